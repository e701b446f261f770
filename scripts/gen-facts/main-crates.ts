/**
 * Writes server/data/facts/crates.txt from the list in crates.txt here: of each version line the newest release (pass `new`),
 * the oldest that still builds (`old`), and the newest with all features (`all`). What an earlier run found is kept in the
 * cache folder: `--passes new,old` after `--passes new` builds only what is missing, `--cached` builds nothing.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compatKey } from '../../server/src/facts/versions.ts'
import { describe, type Job } from './build-docs.ts'
import { type ListedCrate, listedCrates, sectionName } from './crate-list.ts'
import { mentionedTraits } from './impls.ts'
import { type Snapshot, section } from './records.ts'

const { values } = parseArgs({
  options: { passes: { type: 'string', default: 'new' }, cached: { type: 'boolean', default: false } },
})
const output = join(import.meta.dirname, '../../server/data/facts/crates.txt')

function jobs(entry: ListedCrate, pass: string): Job[] {
  return entry.lines.flatMap((version): Job[] => {
    const base: Job = { package: entry.package, version, features: entry.features, label: '' }
    if (pass === 'new')
      return [base, ...entry.apart.map((feature) => ({ ...base, features: [...entry.features, feature], label: feature }))]
    const newest = describe(base, values.cached)?.config
    if (newest === undefined) return []
    return pass === 'old' ? [{ ...base, version: compatKey(newest), oldest: true }] : [{ ...base, allFeatures: true, label: '*' }]
  })
}

/** One snapshot per configuration: two version lines may have led to the same release. */
function distinct(snapshots: readonly Snapshot[]): Snapshot[] {
  return [...new Map(snapshots.map((snapshot) => [snapshot.config, snapshot])).values()]
}

const found = new Map<string, Snapshot[]>()
for (const pass of values.passes.split(',')) {
  for (const entry of listedCrates()) {
    for (const job of jobs(entry, pass)) {
      const snapshot = describe(job, values.cached)
      if (snapshot) found.set(entry.package, [...(found.get(entry.package) ?? []), snapshot])
    }
  }
  const traits = mentionedTraits([...found.values()].flat())
  const base = new Map(listedCrates().map((each) => [each.package, each.features]))
  const sections = [...found].map(([name, snapshots]) => section(distinct(snapshots), traits, sectionName(name), base.get(name)))
  writeFileSync(output, sections.sort().join(''))
}
