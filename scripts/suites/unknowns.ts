/**
 * Counts why the verdicts about classes of the corpus are unknown, the most frequent reason first.
 *
 *   node scripts/suites/unknowns.ts [NAME …] [--cli FILE] [--timeout SECONDS] [--verbose]
 *
 * Runs `check` over the unpacked packages of the corpus (`scripts/corpus.ts` downloads them) whose names start with one of
 * those given, all without any. Prints one line a package: classes, those with an unknown verdict, those with a `no` that are
 * not `unsendable`; then the reasons. `--verbose` names the classes too.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cacheRoot } from '../corpus/packages.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cli: { type: 'string', default: join(import.meta.dirname, '../../dist/cli.mjs') },
    timeout: { type: 'string', default: '120' },
    verbose: { type: 'boolean', default: false },
  },
})

interface Verdict {
  readonly verdict: 'yes' | 'no' | 'unknown'
  readonly because: readonly string[]
  readonly reason?: string
  readonly detail?: string
}

interface Report {
  readonly crates: readonly {
    readonly classes: readonly {
      readonly name: string
      readonly unsendable: boolean
      readonly send: Verdict
      readonly sync: Verdict
    }[]
  }[]
}

const reasons = new Map<string, Set<string>>()
const total = { packages: 0, classes: 0, unknown: 0, no: 0 }

for (const name of packages()) {
  const report = check(name)
  if (report) count(name, report)
}
console.log(`\n${total.packages} packages, ${total.classes} classes, ${total.unknown} unknown (${share()} %), ${total.no} no`)
for (const [reason, classes] of [...reasons].sort(([, a], [, b]) => b.size - a.size)) {
  console.log(`${String(classes.size).padStart(5)}  ${reason}`)
}

function packages(): readonly string[] {
  const names = readdirSync(join(cacheRoot(), 'corpus')).filter((name) => name !== 'archives')
  return positionals.length === 0 ? names : names.filter((name) => positionals.some((start) => name.startsWith(start)))
}

/** What `check` says of a package; null if it crashes or takes too long, which is said. */
function check(name: string): Report | null {
  const args = [values.cli, 'check', join(cacheRoot(), 'corpus', name), '--format', 'json']
  try {
    return JSON.parse(run(args)) as Report
  } catch (error) {
    console.log(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    return null
  }
}

/** Findings make the status 1, which is no failure here. */
function run(args: readonly string[]): string {
  const options = { encoding: 'utf8', maxBuffer: 1 << 28, timeout: Number(values.timeout) * 1000 } as const
  try {
    return execFileSync(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1 && 'stdout' in error) return String(error.stdout)
    throw error
  }
}

function count(name: string, report: Report): void {
  const classes = report.crates.flatMap((crate) => crate.classes)
  let unknown = 0
  let no = 0
  for (const each of classes) {
    const verdicts = [each.send, each.sync]
    const open = verdicts.find(({ verdict }) => verdict === 'unknown')
    if (open) unknown++
    if (!each.unsendable && verdicts.some(({ verdict }) => verdict === 'no')) no++
    if (!open) continue
    const reason = `${open.reason}: ${open.detail}`
    reasons.set(reason, (reasons.get(reason) ?? new Set()).add(`${name} ${each.name}`))
    if (values.verbose) console.log(`  ${name} ${each.name}: ${open.because.join(' > ')}`)
  }
  console.log(`${name}: ${classes.length} classes, ${unknown} unknown, ${no} no`)
  total.packages++
  total.classes += classes.length
  total.unknown += unknown
  total.no += no
}

function share(): string {
  return ((100 * total.unknown) / Math.max(1, total.classes)).toFixed(1)
}
