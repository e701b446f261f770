/**
 * Writes server/data/facts/crates.txt from the list in crates.txt here: of each version line the newest release (pass `new`),
 * and the oldest that still builds (`old`). Pass `all` looks at the newest with all features: where those change nothing, facts are
 * marked as holding for any, else what changes becomes unknown. What an earlier run found is kept in the cache folder: `--passes new,old` after `--passes new`
 * builds only what is missing, `--cached` builds nothing, `--only a,b` only those packages.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compatKey } from '../../server/src/facts/versions.ts'
import { describe, type Job } from './build-docs.ts'
import { type ListedCrate, listedCrates, sectionName } from './crate-list.ts'
import { mentionedTraits } from './impls.ts'
import { agreesWith, type Snapshot, section } from './records.ts'

const { values } = parseArgs({
  options: {
    passes: { type: 'string', default: 'new' },
    cached: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})
const only = values.only?.split(',') ?? null
const output = join(import.meta.dirname, '../../server/data/facts/crates.txt')

function jobs(entry: ListedCrate, pass: string): Job[] {
  return entry.lines.flatMap((version): Job[] => {
    const base: Job = { package: entry.package, version, features: entry.features, label: '' }
    if (pass === 'new')
      return [base, ...entry.apart.map((feature) => ({ ...base, features: [...entry.features, feature], label: feature }))]
    const newest = describe(base, isCachedOnly(entry))?.config
    return newest === undefined ? [] : [{ ...base, version: compatKey(newest), oldest: true }]
  })
}

function isCachedOnly(entry: ListedCrate): boolean {
  return values.cached || (only !== null && !only.includes(entry.package))
}

interface Described {
  readonly snapshots: readonly Snapshot[]
  /** Features that all runs had on beyond the default ones; `*` where all features together change nothing about any type. */
  readonly base: readonly string[]
}

/** Adds what is known with all features of the newest release of each line. */
function withAllFeatures(entry: ListedCrate, snapshots: readonly Snapshot[]): Described {
  const full = entry.lines.flatMap((version) => {
    const job = { package: entry.package, version, features: entry.features, allFeatures: true, label: '*' }
    return describe(job, isCachedOnly(entry) || !values.passes.includes('all')) ?? []
  })
  const isSame = full.every((each) => {
    const plain = snapshots.find(({ config }) => `${config}+*` === each.config)
    return plain !== undefined && agreesWith(each, plain)
  })
  if (isSame && full.length === entry.lines.length) return { snapshots, base: ['*'] }
  return { snapshots: [...snapshots, ...full], base: entry.features }
}

/** One snapshot per configuration: two version lines may have led to the same release. */
function distinct(snapshots: readonly Snapshot[]): Snapshot[] {
  return [...new Map(snapshots.map((snapshot) => [snapshot.config, snapshot])).values()]
}

const found = new Map<string, Snapshot[]>()
for (const pass of values.passes.split(',').filter((each) => each !== 'all')) {
  for (const entry of listedCrates()) {
    for (const job of jobs(entry, pass)) {
      const snapshot = describe(job, isCachedOnly(entry))
      if (snapshot) found.set(entry.package, [...(found.get(entry.package) ?? []), snapshot])
    }
  }
  const traits = mentionedTraits([...found.values()].flat())
  const sections = listedCrates().flatMap((entry) => {
    const plain = found.get(entry.package)
    if (!plain) return []
    const { snapshots, base } = withAllFeatures(entry, distinct(plain))
    return section(distinct(snapshots), traits, sectionName(entry.package), base)
  })
  writeFileSync(output, sections.sort().join(''))
}
