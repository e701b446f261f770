import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Config } from '../server/src/analysis/config.ts'
import { refactorings } from '../server/src/analysis/refactorings.ts'
import type { Fix } from '../server/src/fixes/fix.ts'
import type { Profile } from '../server/src/rules/rule.ts'
import { applyEdits, overlaps } from '../server/src/syntax/edits.ts'
import { parseSummary } from '../server/src/syntax/summarize.ts'
import { crateOfFiles, type TestCrate } from './support/analyze.ts'
import { type Fixture, parseFixture, readFixture } from './support/fixture.ts'

/*
 * test/fixtures/fixes: `name.before.rs` with `//@ fix: title` becomes `name.after.rs` (UPDATE=1 writes it); `name.refused.rs`
 * with `//@ refused: reason` offers no other type for the field. Beside these, every fix of every fixture of the rules and of
 * the examples has to keep the promises below.
 */

const FIXTURES = 'test/fixtures/fixes'
/** What people asked about, as they wrote it. */
const SEEDS = 'test/fixtures/seeds'
const MAIN = '/demo/src/lib.rs'
const PROFILES: readonly Profile[] = ['default', 'checklist', 'strict']

function settings({ directives }: Fixture, profile?: Profile): Partial<Config> {
  return { profile: profile ?? ((directives.get('profile') ?? 'default') as Profile) }
}

function crateOf(fixture: Fixture, text: string, profile?: Profile): TestCrate {
  const type = fixture.directives.get('crate-type')
  const manifest = `[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["${type}"]\n[dependencies]\npyo3 = "0.30"\n`
  return crateOfFiles(
    { 'src/lib.rs': text, ...(type ? { 'Cargo.toml': manifest } : {}) },
    fixture.directives.get('pyo3') ?? '0.30',
    settings(fixture, profile),
  )
}

/** Fixes of all findings, and with the cursor at `$0` (or in every class) the refactorings; the same change once. */
function fixesOf({ analysis, db, world }: TestCrate, cursors: readonly number[]): Fix[] {
  const all = [
    ...analysis.findings.flatMap((it) => it.fixes ?? []),
    ...cursors.flatMap((offset) => refactorings(db, world, MAIN, offset)),
  ]
  const seen = new Set<string>()
  return all.filter((fix) => {
    const key = JSON.stringify(fix.changes)
    return !seen.has(key) && seen.add(key)
  })
}

function applied(text: string, fix: Fix): string {
  const edits = fix.changes.flatMap((it) => (it.file === MAIN ? it.edits : []))
  expect(fix.changes.map((it) => it.file)).toEqual([MAIN])
  expect(overlaps(edits)).toBe(false)
  return applyEdits(text, edits) ?? ''
}

/** Rule and message of each finding, without what changes when lines move. */
function found({ analysis }: TestCrate): string[] {
  return analysis.findings.map((it) => `${it.rule} ${it.subject ?? ''} ${it.message}`).sort()
}

function beyond(before: readonly string[], after: readonly string[]): string[] {
  const left = [...before]
  return after.filter((it) => {
    const at = left.indexOf(it)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

const pairs = globSync([`${FIXTURES}/*.before.rs`, `${SEEDS}/*.before.rs`]).sort()

describe.each(pairs)('%s', (file) => {
  const fixture = readFixture(file)
  const title = fixture.directives.get('fix') ?? ''
  const cursor = fixture.text.indexOf('$0')
  const text = fixture.text.replace('$0', '')
  const fixFor = (source: string, shift: number) => {
    const crate = crateOf(fixture, source)
    const fixes = fixesOf(crate, cursor < 0 ? [] : [cursor + shift])
    const refused = crate.analysis.findings.flatMap((it) =>
      (it.refused ?? []).map((no) => `${no.fix}: ${no.reason}: ${no.detail}`),
    )
    return { fix: fixes.find((it) => it.title === title), offered: [...fixes.map((it) => it.title), ...refused] }
  }

  it('becomes the after-file', () => {
    const { fix, offered } = fixFor(text, 0)
    expect(offered).toContain(title)
    const after = fix ? applied(text, fix).replace(/^\/\/@ fix: .*\r?\n/m, '') : ''
    const target = file.replace('.before.', '.after.')
    if (process.env['UPDATE'] || !existsSync(target)) writeFileSync(target, after)
    expect(after).toBe(readFileSync(target, 'utf8'))
  })

  it('becomes the same with CRLF and an emoji above', () => {
    const prefix = '// 🦀\r\n'
    const source = prefix + text.replaceAll('\n', '\r\n')
    const shift = prefix.length + (cursor < 0 ? 0 : text.slice(0, cursor).split('\n').length - 1)
    const { fix } = fixFor(source, shift)
    const after = fix ? applied(source, fix).replace(/^\/\/@ fix: .*\r\n/m, '') : ''
    expect(after).toBe(prefix + readFileSync(file.replace('.before.', '.after.'), 'utf8').replaceAll('\n', '\r\n'))
  })
})

describe.each(globSync(`${SEEDS}/*.rs`, { exclude: ['**/*.after.rs'] }).sort())('%s', (file) => {
  const fixture = readFixture(file)

  it('has the findings that are marked, and no other', () => {
    const ignore = (fixture.directives.get('ignore') ?? '').split(/[,\s]+/)
    const { analysis } = crateOf(fixture, fixture.text)
    const lines = analysis.findings
      .filter((it) => !ignore.includes(it.rule))
      .map((it) => `${fixture.text.slice(0, it.at.span.start).split('\n').length} ${it.rule} ${it.severity}: ${it.message}`)
    for (const { line, rule, severity, text } of fixture.expected) {
      const start = `${line + 1} ${rule} ${severity ?? ''}`
      expect(
        lines.filter((it) => it.startsWith(start) && it.includes(text)).length,
        `${start}: ${text} in ${lines.join('\n')}`,
      ).toBe(1)
    }
    expect(lines.length).toBe(fixture.expected.length)
  })
})

describe.each(globSync(`${FIXTURES}/*.refused.rs`).sort())('%s', (file) => {
  const fixture = readFixture(file)

  it('offers no other type, and says why', () => {
    const { analysis } = crateOf(fixture, fixture.text)
    const refused = analysis.findings.flatMap((it) => it.refused ?? []).filter((it) => it.fix.startsWith('Use '))
    const offered = analysis.findings.flatMap((it) => it.fixes ?? []).filter((it) => it.title.startsWith('Use '))
    expect(offered.map((it) => it.title)).toEqual([])
    expect([...new Set(refused.map((it) => it.reason))]).toEqual([fixture.directives.get('refused')])
    for (const { detail } of refused) expect(detail).toMatch(/^\S.*[^.]$/)
  })
})

const everything = [
  ...globSync('test/fixtures/rules/*/*.rs'),
  ...globSync(`${SEEDS}/*.rs`, { exclude: ['**/*.before.rs'] }),
  ...pairs,
  ...globSync('examples/*/src/*.rs'),
].sort()

describe.each(everything)('every fix of %s', (file) => {
  const fixture = parseFixture(file, readFileSync(file, 'utf8').replace('$0', ''))
  const prefix = '// 🦀\r\n'

  it('parses, ends its finding, makes no new one, and changes nothing when done again', () => {
    expect(broken(fixture, fixture.text)).toEqual([])
  })

  it('does so under CRLF with an emoji above', () => {
    expect(broken(fixture, prefix + fixture.text.replaceAll('\n', '\r\n'))).toEqual([])
  })
})

/** A line for each promise that a fix breaks. */
function broken(fixture: Fixture, text: string): string[] {
  const problems: string[] = []
  for (const profile of PROFILES) {
    const crate = crateOf(fixture, text, profile)
    const before = found(crate)
    const own = new Map<Fix, string>()
    for (const finding of crate.analysis.findings)
      for (const fix of finding.fixes ?? []) own.set(fix, `${finding.rule} ${finding.subject ?? ''} ${finding.message}`)
    for (const fix of fixesOf(crate, [])) {
      const after = applied(text, fix)
      const again = crateOf(fixture, after, profile)
      const left = own.get(fix)
      // What is not `Send` or `Sync` has no other finding; once it is, the checklist has its say.
      const unmasks = profile === 'checklist' && /^(?:not-send|not-sync|unsound)/.test(left ?? '')
      const fresh = beyond(before, found(again)).filter((it) => !(unmasks && it.startsWith('implicit-send-sync ')))
      const errors = parseSummary(after).positions.errors.length - parseSummary(text).positions.errors.length
      const say = (what: string) => problems.push(`${profile}: ${fix.title}: ${what}`)
      if (errors > 0) say('does not parse')
      if (/\r\n/.test(text) && /(?<!\r)\n/.test(after)) say('mixes line endings')
      if (fresh.length > 0) say(`new finding: ${fresh.join(' | ')}`)
      if (left && before.filter((it) => it === left).length <= found(again).filter((it) => it === left).length)
        say('finding stays')
      if (
        fixesOf(again, []).some(
          (it) => it.title === fix.title && applied(after, it) !== after && sameSubject(text, after, it, fix),
        )
      )
        say('is offered again')
    }
  }
  return problems
}

/** Whether two fixes of the same title start at the same distance from the end: the text they are about is still there. */
function sameSubject(before: string, after: string, again: Fix, fix: Fix): boolean {
  const start = (it: Fix) => Math.min(...it.changes.flatMap(({ edits }) => edits.map(({ span }) => span.start)))
  return before.slice(0, start(fix)) === after.slice(0, start(fix)) && start(again) === start(fix)
}
