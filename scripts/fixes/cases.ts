import type { Fix } from '../../server/src/fixes/fix.ts'
import { applyEdits } from '../../server/src/syntax/edits.ts'
import { crateOfFiles, type TestCrate } from '../../test/support/analyze.ts'
import { parseFixture } from '../../test/support/fixture.ts'

/** A text to compile: a fixture, or what one of its fixes makes of it. */
export interface Case {
  readonly file: string
  /** Title of the fix; null for the fixture as it is. */
  readonly title: string | null
  readonly text: string
  /** Index of the fixture's own case; null for itself. */
  readonly before: number | null
  /** Whether a finding says that PyO3 refuses to compile it. */
  readonly rejected: boolean
}

const MAIN = '/demo/src/lib.rs'
const MAX_ROUNDS = 20

/** The fixture as it is, then each of its fixes alone, then all preferred ones together. Empty for another version's fixture. */
export function casesOf(file: string, source: string, version: string): Case[] {
  const fixture = parseFixture(file, source)
  const wanted = fixture.directives.get('pyo3')
  if (/^0\.(?:1\d|2[0-2])$/.test(wanted ?? '') || fixture.directives.has('uncompiled')) return []
  const text = source.replace('$0', '')
  const crate = crateOfFiles({ 'src/lib.rs': text }, version)
  const cases: Case[] = [{ file, title: null, text, before: null, rejected: isRejected(crate) }]
  const seen = new Set<string>([text])
  const add = (title: string, after: string) => {
    if (seen.has(after)) return
    seen.add(after)
    cases.push({ file, title, text: after, before: 0, rejected: isRejected(crateOfFiles({ 'src/lib.rs': after }, version)) })
  }
  for (const fix of crate.analysis.findings.flatMap((it) => it.fixes ?? [])) add(fix.title, applied(text, fix))
  add('all preferred fixes', allPreferred(text, version))
  return cases
}

function applied(text: string, fix: Fix): string {
  return (
    applyEdits(
      text,
      fix.changes.flatMap((it) => (it.file === MAIN ? it.edits : [])),
    ) ?? text
  )
}

function allPreferred(text: string, version: string): string {
  let at = text
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { analysis } = crateOfFiles({ 'src/lib.rs': at }, version)
    const fix = analysis.findings.flatMap((it) => it.fixes ?? []).find((it) => it.preferred)
    if (!fix) return at
    at = applied(at, fix)
  }
  return at
}

function isRejected({ analysis }: TestCrate): boolean {
  return analysis.findings.some((it) => (it.rule === 'not-send' || it.rule === 'not-sync') && it.severity === 'error')
}
