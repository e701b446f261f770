import { describe, expect, it } from 'vitest'
import { allowFixes } from '../server/src/analysis/allow-fixes.ts'
import { applyEdits } from '../server/src/syntax/edits.ts'
import { crateOfFiles } from './support/analyze.ts'

const SOURCE = `//! A crate.
use pyo3::prelude::*;
use std::cell::RefCell;

/// Statistics.
#[pyclass]
#[derive(Debug)]
pub struct Stats {
    /// The names.
    #[pyo3(get)]
    names: RefCell<Vec<String>>,
}

mod inner {
    #[pyo3::pyclass]
    struct Deep { names: std::cell::RefCell<u8> }
}
`

const EXPORT = { ignore: ['class-not-exported'] }

function count(source: string): number {
  return crateOfFiles({ 'src/lib.rs': source }, '0.30', EXPORT).analysis.findings.length
}

describe('allow comments', () => {
  const both = count(SOURCE)

  it('has something to silence', () => expect(both).toBe(2))

  it.each([
    ['on the line', SOURCE.replace('Vec<String>>,', 'Vec<String>>, // pyo3-thread-safety: allow(not-sync): why'), 1],
    [
      'above the line',
      SOURCE.replace('    names: RefCell', '    // pyo3-thread-safety: allow(not-sync): why\n    names: RefCell'),
      1,
    ],
    [
      'above the attributes of a field',
      SOURCE.replace('    /// The names', '    // pyo3-thread-safety: allow(not-sync)\n    /// The names'),
      1,
    ],
    ['above the item', SOURCE.replace('/// Statistics', '// pyo3-thread-safety: allow(not-sync): why\n/// Statistics'), 1],
    ['between the attributes of the item', SOURCE.replace('#[derive', '// pyo3-thread-safety: allow(not-sync)\n#[derive'), 1],
    ['above a module', SOURCE.replace('mod inner', '// pyo3-thread-safety: allow(mut-self, not-sync): why\nmod inner'), 1],
    ['for the file', `// pyo3-thread-safety: allow-file(not-sync): why\n${SOURCE}`, 0],
    ['of another rule', SOURCE.replace('mod inner', '// pyo3-thread-safety: allow(not-send)\nmod inner'), 2],
    ['in a string', SOURCE.replace('/// Statistics.', 'const A: &str = "// pyo3-thread-safety: allow-file(not-sync)";'), 2],
    ['that is not understood', `// pyo3-thread-safety: alow-file(not-sync)\n${SOURCE}`, 2],
  ])('%s', (_, source, left) => expect(count(source)).toBe(left))

  it('are offered for line, item, file and workspace, and each silences its finding', () => {
    for (const text of [SOURCE, SOURCE.replaceAll('\n', '\r\n')]) {
      const crate = crateOfFiles({ 'src/lib.rs': text }, '0.30', EXPORT)
      for (const finding of crate.analysis.findings) {
        const fixes = allowFixes(crate.db, finding)
        expect(fixes.map((it) => it.title.split(' ').at(-1))).toEqual(
          expect.arrayContaining(
            finding.subject === 'Stats' ? ['line', 'item', 'file', 'workspace'] : ['line', 'file', 'workspace'],
          ),
        )
        for (const fix of fixes) {
          const files: Record<string, string> = { 'src/lib.rs': text }
          for (const { file, edits } of fix.changes) {
            files[file.replace('/demo/', '')] = applyEdits(crate.db.text(file) ?? '', edits) ?? ''
          }
          const after = crateOfFiles(files, '0.30', EXPORT).analysis.findings
          expect(
            after.some((it) => it.subject === finding.subject),
            fix.title,
          ).toBe(false)
          for (const changed of Object.values(files)) expect(changed.replaceAll('\r\n', '').includes('\r')).toBe(false)
        }
      }
    }
  })

  it('are joined when one stands above the item already', () => {
    const source = SOURCE.replace('/// Statistics', '// pyo3-thread-safety: allow(not-send): why\n/// Statistics')
    const crate = crateOfFiles({ 'src/lib.rs': source }, '0.30', EXPORT)
    const finding = crate.analysis.findings.find((it) => it.subject === 'Stats')
    const fix = finding && allowFixes(crate.db, finding).find((it) => it.title.endsWith('item'))
    const text = fix && applyEdits(source, fix.changes[0]?.edits ?? [])
    expect(text).toContain('// pyo3-thread-safety: allow(not-send, not-sync): why\n/// Statistics')
  })
})
