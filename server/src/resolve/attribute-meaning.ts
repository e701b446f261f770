import { type Database, query } from '../query/database.ts'
import type { UseImport } from '../syntax/summary.ts'
import { conditionOf } from './conditions.ts'
import type { ModId } from './defs.ts'
import { childModuleId, crateOfId, moduleId } from './ids.ts'
import { writtenModule } from './module-source.ts'
import { sameValue } from './same-value.ts'

/** Imports that lead to imports; real chains are shorter than five. */
const FUEL = 64

/** The imports of a module by the name they give, aliases and other names alike. */
const namedImports = query<ModId, ReadonlyMap<string, readonly UseImport[]>>(
  'namedImports',
  (db, module) => {
    const found = new Map<string, UseImport[]>()
    for (const item of writtenModule(db, module)?.items ?? []) {
      if (item.kind !== 'use' || conditionOf(db, crateOfId(module), item.attrs) === null) continue
      for (const use of item.imports) {
        const name = use.alias ?? use.path.at(-1)
        if (!use.glob && name !== undefined) found.set(name, [...(found.get(name) ?? []), use])
      }
    }
    return found
  },
  { equals: sameValue },
)

/** A path, and the module that it is seen from. */
interface Seen {
  readonly at: ModId
  readonly segments: readonly string[]
}

/**
 * What the path of an attribute or derive macro may stand for, aliases resolved: `pc` after `use pyo3::pyclass as pc` is
 * `pyo3::pyclass`, also where the `use` stands in another module of the crate and is imported from there. Looks at written
 * `use` items only.
 * @returns more than one where exclusive conditions give the name different meanings; the path as written where no import
 *   is in play, or where the import is of something that cannot be a macro (a crate, a module of this crate)
 */
export function meantPaths(db: Database, module: ModId, path: string): readonly string[] {
  if (path.startsWith('::')) return [path.slice(2)]
  const found = new Set<string>()
  const pending: Seen[] = [{ at: module, segments: path.split('::') }]
  for (let fuel = FUEL; pending.length > 0 && fuel > 0; fuel--) {
    const { at, segments } = pending.pop() ?? { at: module, segments: [] }
    const imports = importsAround(db, at, segments[0] ?? '')
    if (imports.length === 0) {
      const inside = intoModules(db, at, segments)
      if (inside === null || inside.at === at) found.add(segments.join('::'))
      else if (inside.segments.length > 0) pending.push(inside)
    }
    for (const { from, use } of imports) {
      const full = [...use.path, ...segments.slice(1)]
      const local = use.global ? null : intoModules(db, from, full)
      if (local === null) {
        if (full.length > 1) found.add(full.join('::'))
      } else if (local.segments.length > 0) pending.push(local)
    }
  }
  return found.size === 0 ? [path] : [...found]
}

/** The imports that give a name in a module or in those around a block. */
function importsAround(db: Database, module: ModId, name: string): readonly { readonly from: ModId; readonly use: UseImport }[] {
  let at: ModId | null = module
  for (let fuel = FUEL; at !== null && fuel > 0; fuel--) {
    const from: ModId = at
    const found = namedImports(db, from).get(name)
    if (found) return found.map((use) => ({ from, use }))
    const source: ReturnType<typeof writtenModule> = writtenModule(db, from)
    at = source?.block ? source.parent : null
  }
  return []
}

/** Goes as far into the crate's own modules as a path leads; null if it starts in another crate. */
function intoModules(db: Database, from: ModId, path: readonly string[]): Seen | null {
  let at = from
  for (const [i, name] of path.entries()) {
    const next = i === 0 && name === 'crate' ? moduleId(crateOfId(from), '') : nextModule(db, at, name)
    if (next === null) return i === 0 ? null : { at, segments: path.slice(i) }
    at = next
  }
  return { at, segments: [] }
}

function nextModule(db: Database, at: ModId, name: string): ModId | null {
  if (name === 'self') return at
  if (name === 'super') return writtenModule(db, at)?.parent ?? null
  return writtenModule(db, childModuleId(at, name)) ? childModuleId(at, name) : null
}
