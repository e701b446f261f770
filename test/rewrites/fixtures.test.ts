import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../server/src/syntax/edits.ts'
import { crateOfFiles } from '../support/analyze.ts'
import { type Rewritten, rewrittenIn } from './apply.ts'
import { rewriteFixtures } from './cases.ts'

const FILE = '/demo/src/lib.rs'

function outcome({ fix, refusal }: Rewritten): string {
  return fix ? 'offered' : (refusal?.reason ?? 'nothing')
}

describe.each(rewriteFixtures())('$name', ({ text, cases }) => {
  const crate = crateOfFiles({ 'src/lib.rs': text })
  const windows = crateOfFiles({ 'src/lib.rs': text.replaceAll('\n', '\r\n') })

  it.each(cases)('$className: $rewrite is $expected', ({ className, rewrite, expected }) => {
    const found = rewrittenIn(crate, FILE, className, rewrite)
    expect(`${outcome(found)}${outcome(found) === expected ? '' : ` (${found.refusal?.detail})`}`).toBe(expected)
    if (found.text === null) return
    // Nothing is left to rewrite, and the same happens with other line endings.
    expect(outcome(rewrittenIn(crateOfFiles({ 'src/lib.rs': found.text }), FILE, className, rewrite))).toBe('nothing')
    const fix = rewrittenIn(windows, FILE, className, rewrite).fix
    const other = applyEdits(windows.db.text(FILE) ?? '', fix?.changes[0]?.edits ?? [])
    expect(other).toBe(found.text.replaceAll('\n', '\r\n'))
  })
})
