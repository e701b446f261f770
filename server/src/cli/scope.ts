import { type CrateGraph, crateGraph } from '../project/crate-graph.ts'
import { basename, dirname, isInside } from '../project/paths.ts'
import { nearestManifest } from '../project/workspace-root.ts'
import type { Database } from '../query/database.ts'

/** The part of a workspace that a path given on the command line stands for: what `check` reports and `fix` may change. */
export interface Scope {
  /** @param folder of a crate's manifest; null for a file without one */
  holdsCrate(folder: string | null): boolean
  holdsFile(file: string): boolean
}

/**
 * The crates at and below `target` (an absolute path), or, for a path inside a crate, that crate. Where this is the whole
 * workspace, files that stand in no crate's folder belong to it too.
 */
export function scopeOf(db: Database, world: string, target: string): Scope {
  const folders = manifestFolders(crateGraph(db, world))
  const base = basename(target) === 'Cargo.toml' ? (dirname(target) ?? target) : target
  const below = folders.filter((it) => isInside(it, base))
  const nearest = dirname(nearestManifest(db, target) ?? '/')
  const chosen = new Set(below.length > 0 ? below : folders.filter((it) => it === nearest))
  if (chosen.size === folders.length) return { holdsCrate: () => true, holdsFile: () => true }
  return {
    holdsCrate: (folder) => folder !== null && chosen.has(folder),
    holdsFile(file) {
      const owner = folders.find((it) => isInside(file, it))
      return owner === undefined ? isInside(file, base) : chosen.has(owner)
    },
  }
}

/** Folders of all crates of a workspace, the deepest first: the first one that holds a file owns it. */
function manifestFolders(graph: CrateGraph): string[] {
  const folders = new Set([...graph.crates.values()].flatMap((it) => it.manifest?.dir ?? []))
  return [...folders].sort((a, b) => b.length - a.length)
}
