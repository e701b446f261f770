/** What earlier runs of the generators found in other crates: canonical paths of definitions and traits' auto supertraits. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder as folder } from './folders.ts'

/** One crate's share. */
export interface KnownCrate {
  /** The compiler's definition path to the canonical public one. */
  readonly definitions: readonly (readonly [string, string])[]
  /** Canonical path of a trait to its flags, as in a `t` line. */
  readonly traits: readonly (readonly [string, string])[]
}

const loaded = new Map<string, { definitions: Map<string, string>; traits: Map<string, string> }>()

function load(crate: string): { definitions: Map<string, string>; traits: Map<string, string> } {
  const name = ['std', 'core', 'alloc'].includes(crate) ? 'std' : crate
  const known = loaded.get(name)
  if (known) return known
  const file = join(folder, `${name}.known.json`)
  const data: KnownCrate = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { definitions: [], traits: [] }
  const maps = { definitions: new Map(data.definitions), traits: new Map(data.traits) }
  loaded.set(name, maps)
  return maps
}

/** The canonical path for a definition path of the compiler; itself when nothing is known. */
export function canonicalPath(path: string): string {
  return load(path.split('::')[0] ?? '').definitions.get(path) ?? path
}

/** Flags of a trait by canonical path; null when unknown. */
export function traitFlagsOf(path: string): string | null {
  return load(path.split('::')[0] ?? '').traits.get(path) ?? null
}

export function saveKnown(crate: string, data: KnownCrate): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${crate}.known.json`), JSON.stringify(data))
  loaded.delete(crate)
}
