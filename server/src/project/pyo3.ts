import type { Database } from '../query/database.ts'
import { type Crate, type CrateId, crateGraph, crateOf, dependencyCrate } from './crate-graph.ts'
import { formatVersion, lowerBound } from './version.ts'

/** What PyO3 a crate is built with. */
export interface Pyo3Dependency {
  /** Name in code (`pyo3`, or a rename). */
  readonly name: string
  /** As written in the manifest, or in the workspace's for `workspace = true`; null for a path or git dependency without one. */
  readonly requirement: string | null
  /** Version of Cargo.lock (or of the folder a path dependency names); null without. */
  readonly locked: string | null
  /** The least version that may be built with: `locked`, else the requirement's lower end, as `0.23.0`; null if neither is there. */
  readonly lowest: string | null
  /** PyO3's own crate; null if it is not in the graph. */
  readonly crate: CrateId | null
  /** The crate of the workspace that has the dependency, if it is not this one: it re-exports PyO3 or depends on this crate. */
  readonly via: CrateId | null
  readonly optional: boolean
}

const MAX_CRATES = 4_096

/**
 * The PyO3 of a crate: its own dependency (optional ones too, on or off), else that of a crate of the workspace below it
 * (which may re-export it), else above it. null if PyO3 is nowhere near. `key` is the graph's, see `crateGraph`.
 */
export function pyo3Of(db: Database, key: string, id: CrateId): Pyo3Dependency | null {
  const graph = crateGraph(db, key)
  const start = graph.crates.get(id) ?? crateOf(db, id)
  if (!start) return null
  const below = (crate: Crate): readonly CrateId[] => [...crate.dependencies.values()].filter((other) => graph.crates.has(other))
  const above = (crate: Crate): readonly CrateId[] =>
    [...graph.crates.values()].filter((other) => [...other.dependencies.values()].includes(crate.id)).map((other) => other.id)
  return searchFrom(db, graph.crates, start, below) ?? searchFrom(db, graph.crates, start, above)
}

/** Breadth first along `next`; the nearest crate with a dependency on PyO3 wins. */
function searchFrom(
  db: Database,
  crates: ReadonlyMap<CrateId, Crate>,
  start: Crate,
  next: (crate: Crate) => readonly CrateId[],
): Pyo3Dependency | null {
  const queue: CrateId[] = [start.id]
  const seen = new Set(queue)
  for (let at = 0; at < queue.length && at < MAX_CRATES; at++) {
    const crate = queue[at] === start.id ? start : crates.get(queue[at] ?? '')
    if (!crate) continue
    const found = ownPyo3(db, crate)
    if (found) return { ...found, via: crate.id === start.id ? null : crate.id }
    for (const other of next(crate)) {
      if (seen.has(other)) continue
      seen.add(other)
      queue.push(other)
    }
  }
  return null
}

function ownPyo3(db: Database, crate: Crate): Pyo3Dependency | null {
  const named = (crate.manifest?.dependencies ?? []).filter((dependency) => dependency.package === 'pyo3')
  const dependency = named.find((candidate) => candidate.kind === 'normal')
  if (!dependency) return crate.manifest === null && crate.dependencies.has('pyo3') ? unknownPyo3(crate) : null
  const name = dependency.name.replaceAll('-', '_')
  const target = dependencyCrate(db, crate.id, dependency)
  const locked = target === null || target.assumed ? null : target.version
  return {
    name,
    requirement: dependency.requirement,
    locked,
    lowest: locked ?? lowestOf(dependency.requirement),
    crate: target?.id ?? null,
    via: null,
    optional: dependency.optional,
  }
}

/** A file without a manifest. */
function unknownPyo3(crate: Crate): Pyo3Dependency {
  const id = crate.dependencies.get('pyo3') ?? null
  return { name: 'pyo3', requirement: null, locked: null, lowest: null, crate: id, via: null, optional: false }
}

function lowestOf(requirement: string | null): string | null {
  const lowest = requirement === null ? null : lowerBound(requirement)
  return lowest && formatVersion(lowest)
}
