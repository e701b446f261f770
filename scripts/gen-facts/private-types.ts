/**
 * Types that have no public name and that public ones are made of all the same: the strategy behind an alias, a private type in
 * an impl's where clause. They are listed where they are defined, in modules that cannot be named.
 */
import { canonicalPath, type KnownCrate } from './known.ts'
import type { Record, Snapshot } from './records.ts'
import { privateRecord } from './rustdoc-json.ts'
import type { Doc } from './rustdoc-types.ts'

/** Types lead to types; real chains are shorter. */
const maxTypes = 400

/** Paths in lines about types and aliases that lead to no public item of the crate. */
export function privateMentions({ crate, modules, records }: Snapshot): string[] {
  const own = new Set([...modules.keys(), ...records.map(({ module, name }) => `${module}::${name}`)])
  return [...new Set(records.flatMap((record) => mentions(crate, record)))].filter((path) => !own.has(path))
}

function mentions(crate: string, { kind, text }: Record): string[] {
  if (!'seuat'.includes(kind)) return []
  return [...text.matchAll(/(?<![\w:'])[a-z_]\w*(?:::\w+)+/g)]
    .map(([path]) => path)
    .filter((path) => path.startsWith(`${crate}::`))
}

/**
 * Adds the private types to a snapshot, and those that these mention.
 * @param doc with private items
 * @param hidden paths where the compiler defines them
 * @param known of the public items
 */
export function withPrivateTypes(snapshot: Snapshot, doc: Doc, hidden: readonly string[], known: KnownCrate): Snapshot {
  const publicPaths = new Map(known.definitions)
  const canonical = (path: string): string => publicPaths.get(path) ?? canonicalPath(path)
  const ids = new Map(Object.entries(doc.paths).map(([id, { path }]) => [path.join('::'), id]))
  const modules = new Map(snapshot.modules)
  const records = [...snapshot.records]
  const seen = new Set(hidden)
  const own = new Set(records.map(({ module, name }) => `${module}::${name}`))
  for (const path of seen) {
    const item = doc.index[ids.get(path) ?? '']
    const record = item && seen.size < maxTypes ? privateRecord(doc, item, path, canonical) : null
    // In a public module it would look like a name that can be used.
    if (!record || snapshot.modules.has(record.module)) continue
    addModules(modules, record.module)
    records.push(record)
    for (const other of mentions(snapshot.crate, record)) if (!own.has(other)) seen.add(other)
  }
  return { ...snapshot, modules, records }
}

/** A module and those around it, as far as they are not public. */
function addModules(modules: Map<string, string>, module: string): void {
  for (let path = module; path.includes('::') && !modules.has(path); path = path.slice(0, path.lastIndexOf('::')))
    modules.set(path, '?h')
}
