/**
 * Writes server/data/facts/crates.txt from the list in crates.txt here: of each version line the newest release, the oldest
 * that still builds and, for features that matter, one with them. `--passes new,old,all` says which; what an earlier run
 * found is kept.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describe, type Job } from './build-docs.ts'
import { type Snapshot, section } from './records.ts'

interface Entry {
  readonly package: string
  readonly lines: readonly string[]
  readonly features: readonly string[]
  readonly apart: readonly string[]
}

function readList(): Entry[] {
  const lines = readFileSync(join(import.meta.dirname, 'crates.txt'), 'utf8').split('\n')
  return lines.flatMap((line): Entry[] => {
    const [name = '', ...words] = line.split(' ')
    if (name === '' || name === '#') return []
    const marked = (mark: string): string[] => words.filter((w) => w.startsWith(mark)).flatMap((w) => w.slice(1).split(','))
    return [{ package: name, lines: words.filter((w) => /^[\d*]/.test(w)), features: marked('+'), apart: marked('?') }]
  })
}

function jobs(entry: Entry, pass: string): Job[] {
  return entry.lines.flatMap((version): Job[] => {
    const base = { package: entry.package, version, features: entry.features, label: '' }
    if (pass === 'old') return version === '*' ? [] : [{ ...base, oldest: true }]
    if (pass === 'all') return [{ ...base, allFeatures: true, label: '*' }]
    return [base, ...entry.apart.map((feature) => ({ ...base, features: [...entry.features, feature], label: feature }))]
  })
}

const { values } = parseArgs({ options: { passes: { type: 'string', default: 'new' } } })
const found = new Map<string, Snapshot[]>()
for (const pass of values.passes.split(',')) {
  for (const entry of readList()) {
    for (const job of jobs(entry, pass)) {
      const snapshot = describe(job)
      if (snapshot) found.set(entry.package, [...(found.get(entry.package) ?? []), snapshot])
    }
  }
}

/** One snapshot per configuration: two version lines may have led to the same release. */
function distinct(snapshots: readonly Snapshot[]): Snapshot[] {
  return [...new Map(snapshots.map((snapshot) => [snapshot.config, snapshot])).values()]
}

const sections = [...found].map(([name, snapshots]) => section(distinct(snapshots), name.replaceAll('-', '_')))
writeFileSync(join(import.meta.dirname, '../../server/data/facts/crates.txt'), sections.sort().join(''))
