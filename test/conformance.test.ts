import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../server/src/analysis/finding.ts'
import { rules } from '../server/src/rules/index.generated.ts'
import type { Profile } from '../server/src/rules/rule.ts'
import { indexLines, positionAt } from '../server/src/syntax/lines.ts'
import { crateOfFiles } from './support/analyze.ts'
import { type Fixture, parseFixture } from './support/fixture.ts'

const ids = rules.map(({ id }) => id)
/** A rule of taste restricts; nothing it reports is bad. Further headings may stand between them. */
const HEADINGS = [['What it does'], ['Why is this bad?', 'Why restrict this?'], ['Example'], ['Use instead'], ['Known problems']]

describe('a rule is a file, a page and a folder of fixtures', () => {
  const names = (folder: string, suffix: string): string[] =>
    readdirSync(folder)
      .filter((it) => it.endsWith(suffix))
      .map((it) => it.slice(0, it.length - suffix.length))
      .sort()

  it('of one name', () => {
    expect(names('server/src/rules', '.ts').filter((it) => it !== 'rule' && it !== 'index.generated')).toEqual(ids)
    expect(names('docs/rules', '.md').filter((it) => it !== 'README')).toEqual(ids)
    expect(names('test/fixtures/rules', '')).toEqual(ids)
  })

  it.each(ids)('%s has a fixture where it speaks, and an item about which it does not', (id) => {
    const texts = globSync(`test/fixtures/rules/${id}/*.rs`).map((file) => parseFixture(file, readFileSync(file, 'utf8')))
    expect(texts.some(({ expected }) => expected.some(({ rule }) => rule === id))).toBe(true)
    const marked = (line: number, { expected }: Fixture): boolean => expected.some((it) => it.line === line && it.rule === id)
    const items = texts.flatMap((fixture) =>
      fixture.text
        .split('\n')
        .filter((line, i) => /^\s*(?:pub )?(?:struct|enum|mod|fn|impl|unsafe impl)\b/.test(line) && !marked(i, fixture)),
    )
    expect(items.length).toBeGreaterThan(0)
  })

  it('has an id and a letter of its own', () => {
    expect(new Set(ids).size).toBe(rules.length)
    expect(rules.filter(({ id }) => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([])
    expect(rules.filter(({ letter }) => !/^[A-Z]\d+$/.test(letter)).map(({ id }) => id)).toEqual([])
    expect(new Set(rules.map(({ letter }) => letter)).size).toBe(rules.length)
  })
})

describe.each(ids)('docs/rules/%s.md', (id) => {
  const page = readFileSync(`docs/rules/${id}.md`, 'utf8')

  it('has its headings in order', () => {
    expect(page.split('\n')[0]).toBe(`# ${id}`)
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading ?? '')
    expect(headings.map((it) => HEADINGS.findIndex((one) => one.includes(it))).filter((it) => it >= 0)).toEqual([0, 1, 2, 3, 4])
    expect(page).not.toContain('One line, as in the rule.')
  })

  it('has examples that fire as marked', () => {
    const examples = blocks(page, 'Example')
    expect(examples.length).toBeGreaterThan(0)
    const marked = examples.flatMap(({ expected }) => expected.map(({ rule }) => rule))
    expect(marked).toContain(id)
    for (const example of examples) expect(linesOf(findings(example), example)).toEqual(wanted(example))
  })

  it('has replacements that are clean', () => {
    const replacements = blocks(page, 'Use instead')
    expect(sectionOf(page, 'Use instead').trim()).not.toBe('')
    for (const replacement of replacements) expect(linesOf(findings(replacement), replacement)).toEqual(wanted(replacement))
    expect(replacements.flatMap(({ expected }) => expected.filter(({ rule }) => rule === id))).toEqual([])
  })

  it('links to pages that exist', () => {
    const links = [...page.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, file]) => file ?? '')
    const pages = readdirSync('docs/rules')
    expect(links.filter((it) => !pages.includes(it))).toEqual([])
  })
})

function sectionOf(page: string, heading: string): string {
  const section = page.split(/^## /m).find((it) => it.startsWith(`${heading}\n`)) ?? ''
  return section.slice(heading.length)
}

/** The Rust blocks below a heading. */
function blocks(page: string, heading: string): Fixture[] {
  return [...sectionOf(page, heading).matchAll(/^```rust[^\n]*\n([\s\S]*?)^```/gm)].map(([, code = ''], i) =>
    parseFixture(`${heading} ${i + 1}`, code),
  )
}

function findings({ text, directives }: Fixture): readonly Finding[] {
  const config = {
    profile: (directives.get('profile') ?? 'default') as Profile,
    ignore: (directives.get('ignore') ?? '').split(/[,\s]+/).filter(Boolean),
  }
  return crateOfFiles({ 'src/lib.rs': text }, directives.get('pyo3') ?? '0.30', config).analysis.findings
}

/** Hints that a class without a module cannot be imported are left out unless marked: examples show one thing. */
function linesOf(found: readonly Finding[], { text, expected }: Fixture): string[] {
  const lines = indexLines(text)
  const asked = new Set(expected.map(({ rule }) => rule))
  return found
    .filter(({ rule }) => rule !== 'class-not-exported' || asked.has(rule))
    .map(({ rule, at }) => `${positionAt(lines, at.span.start).line + 1} ${rule}`)
    .sort()
}

function wanted({ expected }: Fixture): string[] {
  return expected.map(({ line, rule }) => `${line + 1} ${rule}`).sort()
}

describe('generated files', () => {
  const CASES: readonly (readonly [script: string, files: readonly string[]])[] = [
    ['scripts/gen-rules.ts', ['server/src/rules/index.generated.ts']],
    ['scripts/gen-docs.ts', ['docs/rules/README.md', 'README.md']],
  ]

  it.each(CASES)('are what %s writes', (script, files) => {
    const copy = mkdtempSync(path.join(tmpdir(), 'generated-'))
    try {
      for (const part of ['server/src', 'docs/rules', 'scripts', 'README.md', 'package.json'])
        cpSync(part, path.join(copy, part), { recursive: true })
      mkdirSync(path.join(copy, 'docs'), { recursive: true })
      symlinkSync(path.resolve('node_modules'), path.join(copy, 'node_modules'), 'junction')
      execFileSync(process.execPath, [path.join(copy, script)], { cwd: copy })
      for (const file of files) expect(readFileSync(file, 'utf8'), file).toBe(readFileSync(path.join(copy, file), 'utf8'))
    } finally {
      rmSync(copy, { recursive: true })
    }
  })
})
