import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseOptions } from '../server/src/cli/options.ts'
import { checkPath, startRun } from '../server/src/cli/run.ts'

const root = path.join(import.meta.dirname, '..')

/** Rows of an example's expectations, first line left out. */
function rows(example: string): string[][] {
  const text = readFileSync(path.join(root, 'examples', example, 'expectations.tsv'), 'utf8')
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
}

async function check(example: string) {
  const options = parseOptions([], ['json'])
  return checkPath(await startRun(options), path.join(root, 'examples', example), options)
}

describe('examples', () => {
  it('gotchas: each class has the finding that its table names', async () => {
    const { findings, crates } = await check('gotchas')
    const classes = crates.flatMap((it) => it.classes.map(({ cls }) => cls.name))
    const expected = rows('gotchas')
    expect(classes.sort()).toEqual(expected.map(([name]) => name).sort())
    const wrappers: Readonly<Record<string, string>> = { Shared: 'SharedBuffer' }
    const found = new Set(findings.map((it) => `${wrappers[it.subject ?? ''] ?? it.subject} ${it.rule}`))
    expect([...found].sort()).toEqual(
      expected
        .filter(([, , , finding]) => finding !== '-')
        .map(([name, , , finding]) => `${name} ${finding}`)
        .sort(),
    )
  })

  it('refused: each class lacks what its table says', async () => {
    const { crates } = await check('refused')
    const found = crates
      .flatMap((it) => it.classes)
      .map(({ cls, verdicts }) => {
        const lacks = [verdicts.send.verdict === 'no' ? 'Send' : '', verdicts.sync.verdict === 'no' ? 'Sync' : ''].filter(Boolean)
        return `${cls.name} ${lacks.join(',')}`
      })
    expect(found.sort()).toEqual(
      rows('refused')
        .map(([name, , lacks]) => `${name} ${lacks}`)
        .sort(),
    )
  })
})
