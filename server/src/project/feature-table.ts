import { type Database, query } from '../query/database.ts'
import { manifestAt } from './cargo-manifest.ts'
import type { Manifest } from './manifest.ts'

/** A package's features, those that optional dependencies imply included. */
export interface FeatureTable {
  readonly features: ReadonlyMap<string, readonly string[]>
  /** Names of dependencies of which some entry is optional. */
  readonly optional: ReadonlySet<string>
}

/** The feature table of the manifest at a path; empty if there is none. */
export const featureTable = query('featureTable', (db: Database, path: string): FeatureTable => {
  const manifest = manifestAt(db, path)
  return manifest ? readFeatureTable(manifest) : { features: new Map(), optional: new Set() }
})

function readFeatureTable(manifest: Manifest): FeatureTable {
  const optional = new Set(manifest.dependencies.filter((dependency) => dependency.optional).map((dependency) => dependency.name))
  const features = new Map(manifest.features)
  // `dep:x` anywhere hides the implicit feature `x` (The Cargo Book, "Optional dependencies").
  const hidden = new Set([...manifest.features.values()].flat().filter((value) => value.startsWith('dep:')))
  for (const name of optional) {
    if (!hidden.has(`dep:${name}`) && !features.has(name)) features.set(name, [`dep:${name}`])
  }
  return { features, optional }
}

/** What a set of requested feature values turns on in one package. */
export interface Expansion {
  readonly features: ReadonlySet<string>
  /** Optional dependencies that are on. */
  readonly enabled: ReadonlySet<string>
  /** Dependency → features of it that are asked for, `x/f` and those of `x?/f` whose dependency is on. */
  readonly forwarded: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * Follows feature values to the end: `f`, `dep:x`, `x/f` (turns on optional `x`) and `x?/f` (does not). Names that the
 * manifest does not have are ignored, as `default` in a package without it. `isBuilt` says of an optional dependency
 * whether any entry of it is for this target.
 */
export function expand(table: FeatureTable, requested: Iterable<string>, isBuilt: (name: string) => boolean): Expansion {
  const features = new Set<string>()
  const enabled = new Set<string>()
  const strong = new Map<string, Set<string>>()
  const weak = new Map<string, Set<string>>()
  const queue = [...requested]
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    const slash = value.indexOf('/')
    if (value.startsWith('dep:')) enabled.add(value.slice(4))
    else if (slash > 0) {
      const isWeak = value[slash - 1] === '?'
      const name = value.slice(0, isWeak ? slash - 1 : slash)
      addTo(isWeak ? weak : strong, name, value.slice(slash + 1))
      if (isWeak || !table.optional.has(name) || !isBuilt(name)) continue
      enabled.add(name)
      // cargo also turns on the feature of the dependency's name, if that feature stands for the dependency.
      if (table.features.get(name)?.includes(`dep:${name}`) === true && !features.has(name)) queue.push(name)
    } else if (!features.has(value)) {
      const values = table.features.get(value)
      if (!values) continue
      features.add(value)
      queue.push(...values)
    }
  }
  for (const [name, wanted] of weak) {
    if (!table.optional.has(name) || enabled.has(name)) for (const feature of wanted) addTo(strong, name, feature)
  }
  return { features, enabled, forwarded: strong }
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const known = map.get(key)
  if (known) known.add(value)
  else map.set(key, new Set([value]))
}
