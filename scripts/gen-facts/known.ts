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

/** A text with paths, each of them the canonical one: what is known of other crates may have come after the text. */
export function canonicalText(text: string): string {
  return text.replace(/(?<![\w:'])[a-z_]\w*(?:::\w+)+/g, canonicalPath)
}

/** Flags of a trait by canonical path; null when unknown. */
export function traitFlagsOf(path: string): string | null {
  return load(path.split('::')[0] ?? '').traits.get(path) ?? null
}

/** Adds to what other versions of the crate have told: where they differ, a path leads to a name that this version lacks, or to the right one. */
export function saveKnown(crate: string, data: KnownCrate): void {
  mkdirSync(folder, { recursive: true })
  const { definitions, traits } = load(crate)
  const all = {
    definitions: [...new Map([...definitions, ...data.definitions])],
    traits: [...new Map([...traits, ...data.traits])],
  }
  writeFileSync(join(folder, `${crate}.known.json`), JSON.stringify(all))
  loaded.delete(crate)
}
