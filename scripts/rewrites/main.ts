/**
 * All tables of the class rewrites: written fixtures, classes lifted out of corpus crates, classes rewritten in place, how many of the
 * corpus' classes are offered one and why the others are not, and what threads make of classes before and after.
 *
 *   node scripts/rewrites/main.ts [--quick] [--failures FILE]
 *
 * `--quick` is for every change (some minutes, if dependencies are compiled already): fixtures, offers against the committed figures,
 * two small crates in place. Status 1 if a part fails.
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { parseArgs } from 'node:util'

interface Part {
  readonly title: string
  readonly script: string
  readonly args: readonly string[]
  readonly quick: boolean
}

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, failures: { type: 'string' } } })
const failures = values.failures === undefined ? [] : ['--failures', values.failures]

const PARTS: readonly Part[] = [
  { title: 'written classes', script: 'bench', args: [], quick: true },
  { title: 'lifted classes', script: 'lifted', args: failures, quick: false },
  { title: 'in place', script: 'in-place', args: values.quick ? ['cramjam', 'watchfiles'] : ['--all', ...failures], quick: true },
  { title: 'offers on the classes of the corpus', script: 'histogram', args: ['--check'], quick: true },
  { title: 'threads', script: 'behaviour', args: [], quick: false },
]

function main(): number {
  const lines: string[] = []
  for (const part of PARTS.filter((it) => it.quick || !values.quick)) {
    console.log(`\n## ${part.title}`)
    const start = performance.now()
    const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, `${part.script}.ts`), ...part.args], {
      stdio: 'inherit',
    })
    lines.push(`${status === 0 ? 'ok    ' : 'FAILED'}  ${part.title}, ${Math.round((performance.now() - start) / 1000)} s`)
  }
  console.log(`\n${lines.join('\n')}`)
  return lines.some((it) => it.startsWith('FAILED')) ? 1 : 0
}

process.exitCode = main()
