/**
 * Writes server/data/facts/crates.txt from the list in crates.txt here: of each version line the newest release (pass `new`),
 * and the oldest that still builds (`old`). Pass `split` looks between releases that disagree. Pass `all` looks at the newest
 * with all features: where those change nothing, facts are marked as holding for any, else what changes becomes unknown. What
 * an earlier run found is kept in the cache folder: `--passes new,old` after `--passes new` builds only what is missing, `--cached` builds nothing, `--only a,b` only those packages.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compareVersions, compatKey } from '../../server/src/facts/versions.ts'
import { describe, type Job } from './build-docs.ts'
import { type ListedCrate, listedCrates, lockedIn, sectionName } from './crate-list.ts'
import { mentionedTraits } from './impls.ts'
import { agreesWith, compact, type Snapshot, section } from './records.ts'

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
  return pass === 'new' ? [...lineJobs(entry, pass), ...lockedJobs(entry)] : lineJobs(entry, pass)
}

/** At the versions that real projects have in their lock files. */
function lockedJobs({ package: name, features, locks }: ListedCrate): Job[] {
  return locks.flatMap((pack): Job[] => {
    const locked = lockedIn(pack, name)
    return locked ? [{ package: name, version: `=${locked.version}`, features, label: '', lock: locked.lock }] : []
  })
}

function lineJobs(entry: ListedCrate, pass: string): Job[] {
  return entry.lines.flatMap((version): Job[] => {
    const base: Job = { package: entry.package, version, features: entry.features, label: '' }
    if (pass === 'new')
      return [base, ...entry.apart.map((feature) => ({ ...base, features: [...entry.features, feature], label: feature }))]
    const newest = describe(base, isCachedOnly(entry))?.config
    return newest === undefined ? [] : [{ ...base, version: compatKey(newest), oldest: true }]
  })
}

/** What a run found, as it is written down. */
function compactOf(job: Job, cachedOnly: boolean): Snapshot | null {
  const snapshot = describe(job, cachedOnly)
  return snapshot && compact(snapshot)
}

function isCachedOnly(entry: ListedCrate): boolean {
  return values.cached || (only !== null && !only.includes(entry.package))
}

/** Between how many versions a change of a line is looked for. */
const maxSplits = 7

/**
 * Where the ends of a line disagree about a type, the versions between which they come to: an entry holds between two versions
 * that agree. Halves by minor version, or by patch where that is what compatible versions differ in.
 */
function splitLine(entry: ListedCrate, low: Snapshot, high: Snapshot): Snapshot[] {
  const found: Snapshot[] = []
  let [from, to] = [low, high]
  while (found.length < maxSplits && !(agreesWith(from, to) && agreesWith(to, from))) {
    const version = middle(from.config, to.config)
    const job = version && { package: entry.package, version, features: entry.features, label: '' }
    const next = job && compactOf(job, isCachedOnly(entry) || !values.passes.includes('split'))
    if (!next || next.config === from.config || next.config === to.config) break
    found.push(next)
    if (agreesWith(next, to) && agreesWith(to, next)) to = next
    else from = next
  }
  return found
}

/** The newest release that is about half way between two, as a requirement; null where there is nothing between. */
function middle(from: string, to: string): string | null {
  const [major = 0, minor = 0, patch = 0] = (from.match(/\d+/g) ?? []).map(Number)
  const [, otherMinor = 0, otherPatch = 0] = (to.match(/\d+/g) ?? []).map(Number)
  if (otherMinor - minor > 1) return `~${major}.${Math.floor((minor + otherMinor) / 2)}`
  if (otherMinor - minor === 1 && otherPatch > 0) return `=${major}.${otherMinor}.0`
  return minor === otherMinor && otherPatch - patch > 1 ? `=${major}.${minor}.${Math.floor((patch + otherPatch) / 2)}` : null
}

/** The snapshots of a crate with those between the ends of lines that disagree. */
function withSplits(entry: ListedCrate, snapshots: readonly Snapshot[]): Snapshot[] {
  const plain = snapshots.filter(({ config }) => !config.includes('+'))
  const sorted = plain.toSorted((a, b) => compareVersions(a.config, b.config))
  const between = sorted.slice(1).flatMap((high, index) => {
    const low = sorted[index]
    return low && compatKey(low.config) === compatKey(high.config) ? splitLine(entry, low, high) : []
  })
  return [...snapshots, ...between]
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
    return compactOf(job, isCachedOnly(entry) || !values.passes.includes('all')) ?? []
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
for (const pass of values.passes.split(',').filter((each) => each === 'new' || each === 'old')) {
  for (const entry of listedCrates()) {
    for (const job of jobs(entry, pass)) {
      const snapshot = compactOf(job, isCachedOnly(entry))
      if (snapshot) found.set(entry.package, [...(found.get(entry.package) ?? []), snapshot])
    }
  }
  // Iterators of crates are left out: hardly a class holds an adaptor over one, and they are a tenth of everything.
  const traits = new Set([...mentionedTraits([...found.values()].flat())].filter((trait) => !trait.startsWith('std::iter::')))
  const sections = listedCrates().flatMap((entry) => {
    const plain = found.get(entry.package)
    if (!plain) return []
    const { snapshots, base } = withAllFeatures(entry, distinct(withSplits(entry, plain)))
    return section(distinct(snapshots), traits, sectionName(entry.package), base)
  })
  writeFileSync(output, sections.sort().join(''))
}
