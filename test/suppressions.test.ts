import { describe, expect, it } from 'vitest'
import { allowFixes } from '../server/src/analysis/allow-fixes.ts'
import { projectFindings } from '../server/src/analysis/project-findings.ts'
import { readToml } from '../server/src/project/toml-reader.ts'
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

  it.each([
    ['allow(not-snyc): why', 'There is no rule `not-snyc`'],
    ['alow(not-sync)', 'Not understood; write `allow(rule-id): reason` or `allow-file(rule-id): reason`'],
    ['allow(not-sync): why', null],
  ])('are checked themselves: %s', (comment, message) => {
    const { db, world } = crateOfFiles({
      'src/lib.rs': SOURCE.replace('mod inner', `// pyo3-thread-safety: ${comment}\nmod inner`),
    })
    expect(projectFindings(db, world).findings.map((it) => it.message)).toEqual(message === null ? [] : [message])
  })

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

  describe('in Cargo.toml', () => {
    const manifest = (settings: string) =>
      `[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\npyo3 = "0.30"\n${settings}`
    const allowed = (settings: string) => {
      const files = { 'src/lib.rs': SOURCE, 'Cargo.toml': manifest(settings) }
      const crate = crateOfFiles(files, '0.30', EXPORT)
      const finding = crate.analysis.findings.find((it) => it.rule === 'not-sync')
      const fix = finding && allowFixes(crate.db, finding).find((it) => it.title.endsWith('workspace'))
      const [change] = fix?.changes ?? []
      return change ? (applyEdits(files['Cargo.toml'], change.edits) ?? '') : null
    }
    const TABLE = '[package.metadata.pyo3-thread-safety'
    it.each([
      ['a table', `${TABLE}.rules]\n"mut-self" = "off"\n`],
      ['a table at the very end', `${TABLE}.rules]`],
      ['rules inline', `${TABLE}]\nrules = { "mut-self" = "off" }\n`],
      ['rules inline and empty', `${TABLE}]\nrules = {}\n`],
      ['rules after a list', `${TABLE}]\nfeatures = ["a"]\nrules = { "mut-self" = "off" }\n`],
      ['other settings', `${TABLE}]\nprofile = "default"\n`],
      ['another table behind it', `${TABLE}]\nprofile = "default"\n[profile.dev]\nopt-level = 1\n`],
    ])('goes with %s', (_, settings) => {
      const toml = allowed(settings)
      expect(toml).not.toBeNull()
      const after = crateOfFiles({ 'src/lib.rs': SOURCE, 'Cargo.toml': toml ?? '' }, '0.30', EXPORT)
      expect(after.analysis.findings.map((it) => it.rule)).not.toContain('not-sync')
      expect(projectFindings(after.db, after.world).findings).toEqual([])
      expect(readToml(toml ?? '').problems).toEqual([])
    })

    it.each([
      ['the rule has a level already', `${TABLE}.rules]\n"not-sync" = "warning"\n`],
      ['keys are dotted', `${TABLE}]\nrules.mut-self = "off"\n`],
    ])('is not offered where %s', (_, settings) => expect(allowed(settings)).toBeNull())
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

describe('settings in Cargo.toml', () => {
  it.each([
    ['profle = "strict"', 'there is no setting `profle` (there are profile, python, features, rules)'],
    ['profile = "loud"', '`profile` must be one of default, checklist, strict'],
    ['rules = "off"', '`rules` must be a table such as { "mut-self" = "off" }'],
    ['rules = { "mut-slef" = "off" }', '`rules.mut-slef`: there is no rule `mut-slef`'],
    ['rules = { "mut-self" = "of" }', '`rules.mut-self` must be one of error, warning, info, hint, off'],
  ])('says what it does not understand of %s', (settings, message) => {
    const manifest = `[package]\nname = "demo"\nversion = "0.1.0"\n[dependencies]\npyo3 = "0.30"\n`
    const toml = `${manifest}[package.metadata.pyo3-thread-safety]\n${settings}\n`
    const { db, world } = crateOfFiles({ 'src/lib.rs': SOURCE, 'Cargo.toml': toml })
    const messages = projectFindings(db, world).findings.map((it) => it.message)
    expect(messages).toEqual([`[metadata.pyo3-thread-safety]: ${message}`])
  })
})
