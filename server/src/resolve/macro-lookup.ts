import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import type { Item, MacroDefItem, UseImport } from '../syntax/summary.ts'
import { conditionOf, effectiveAttrs } from './conditions.ts'
import { crateOf, editionOf, externCrate } from './crates.ts'
import type { ModId } from './defs.ts'
import { crateOfDollar } from './dollar-crate.ts'
import { childModuleId, crateOfId, moduleId, STD_CRATE } from './ids.ts'
import { type MacroDef, macroDef } from './macro-scope.ts'
import { childModules, writtenModule } from './module-source.ts'
import { sameValue } from './same-value.ts'

/** Modules looked at for one macro path; real chains of re-exports are shorter than ten. */
const FUEL = 2_000

interface Search {
  readonly seen: Set<string>
  fuel: number
}

/** The definition an item `macro_rules!` makes. */
export function definitionOf(db: Database, crate: CrateId, item: MacroDefItem): MacroDef {
  const attr = effectiveAttrs(db, crate, item.attrs).find(({ meta }) => meta.path === 'macro_export')
  const localInner = attr?.meta.args?.some((arg) => arg.path === 'local_inner_macros') ?? false
  const { name, body } = item
  return macroDef({ name, body, crate, edition: editionOf(db, crate), exported: attr !== undefined, localInner })
}

/**
 * Every `#[macro_export]` macro that is written in a crate, by name. Those inside other macros' output are not among them.
 * Reads the whole crate, so it is asked only for a macro that textual order does not find.
 */
export const exportedMacros = query<CrateId, ReadonlyMap<string, MacroDef>>(
  'exportedMacros',
  (db, crate) => {
    const found = new Map<string, MacroDef>()
    const pending: ModId[] = [moduleId(crate, '')]
    for (let fuel = 20_000; pending.length > 0 && fuel > 0; fuel--) {
      const source = writtenModule(db, pending.pop() ?? '')
      if (!source) continue
      for (const item of source.items) {
        if (item.kind !== 'macro_rules' || conditionOf(db, crate, item.attrs) === null) continue
        const def = definitionOf(db, crate, item)
        if (def.exported) found.set(def.name, def)
      }
      for (const child of childModules(db, source.id, source.items)) pending.push(child.id)
    }
    return found
  },
  { equals: sameValue },
)

/**
 * The macro that a path means in a module, not by textual order but through `use`, `#[macro_export]` and
 * `#[macro_use] extern crate`. Looks at written items only, so that it can be asked while macros are being expanded.
 * @param segments of the path; `global` for a leading `::`
 * @returns null if it is not one whose text we have
 */
export function macroByPath(db: Database, module: ModId, segments: readonly string[], global: boolean): MacroDef | null {
  const search: Search = { seen: new Set(), fuel: FUEL }
  const scope = enclosingModule(db, module)
  const [only] = segments
  if (segments.length === 1 && only !== undefined && !global) {
    return macroIn(db, scope, only, search) ?? macroUsePrelude(db, crateOfId(module), only, search)
  }
  return macroAt(db, scope, segments, global, search)
}

/** The nearest module around a block, or the module itself. */
function enclosingModule(db: Database, module: ModId): ModId {
  let id = module
  for (let fuel = 64; fuel > 0; fuel--) {
    const source = writtenModule(db, id)
    if (!source?.block || source.parent === null) return id
    id = source.parent
  }
  return id
}

function macroAt(db: Database, module: ModId, path: readonly string[], global: boolean, search: Search): MacroDef | null {
  const name = path.at(-1)
  if (name === undefined) return null
  const target = moduleAt(db, module, path.slice(0, -1), global)
  return target === null ? null : macroIn(db, target, name, search)
}

/** Follows names of written modules and crates; null where the path leaves them. */
function moduleAt(db: Database, from: ModId, path: readonly string[], global: boolean): ModId | null {
  let at: ModId | null = null
  for (const [i, name] of path.entries()) {
    if (at === null || name === 'super' || name === 'self') at = firstStep(db, at ?? from, name, global && i === 0)
    else at = writtenModule(db, childModuleId(at, name)) ? childModuleId(at, name) : null
    if (at === null) return null
  }
  return at
}

function firstStep(db: Database, from: ModId, name: string, global: boolean): ModId | null {
  const crate = crateOfId(from)
  if (name === 'crate') return moduleId(crate, '')
  const dollar = crateOfDollar(db, name)
  if (dollar !== null) return moduleId(dollar, '')
  if (name === 'self') return from
  if (name === 'super') return writtenModule(db, from)?.parent ?? null
  const child = childModuleId(from, name)
  if (!global && writtenModule(db, child)) return child
  const extern = externCrate(db, crate, name) ?? renamedCrate(db, crate, name)
  return extern === null || extern === STD_CRATE ? null : moduleId(extern, '')
}

/** `extern crate x as name;` in the crate's root. */
function renamedCrate(db: Database, crate: CrateId, name: string): CrateId | null {
  for (const item of writtenModule(db, moduleId(crate, ''))?.items ?? []) {
    if (item.kind === 'extern_crate' && item.alias === name) return externCrate(db, crate, item.name)
  }
  return null
}

function macroIn(db: Database, module: ModId, name: string, search: Search): MacroDef | null {
  const key = `${module}!${name}`
  if (search.seen.has(key) || search.fuel-- <= 0) return null
  search.seen.add(key)
  const source = writtenModule(db, module)
  if (!source) return null
  const crate = crateOfId(module)
  const imports = source.items.flatMap((item) => importsOf(db, crate, item))
  for (const use of imports) {
    if (use.glob || (use.alias ?? use.path.at(-1)) !== name) continue
    const found =
      use.path.length === 1 ? textual(db, module, use.path[0] ?? '') : macroAt(db, module, use.path, use.global, search)
    if (found) return found
  }
  if (source.parent === null) {
    const exported = exportedMacros(db, crate).get(name)
    if (exported) return exported
  }
  for (const use of imports) {
    if (!use.glob) continue
    const target = moduleAt(db, module, use.path, use.global)
    const found = target === null ? null : macroIn(db, target, name, search)
    if (found) return found
  }
  return null
}

function importsOf(db: Database, crate: CrateId, item: Item): readonly UseImport[] {
  return item.kind === 'use' && conditionOf(db, crate, item.attrs) !== null ? item.imports : []
}

/** The macro that `use name;` makes nameable by path: defined in this module or one around it. */
function textual(db: Database, module: ModId, name: string): MacroDef | null {
  let at: ModId | null = module
  for (let fuel = 64; at !== null && fuel > 0; fuel--) {
    const source: ReturnType<typeof writtenModule> = writtenModule(db, at)
    const crate = crateOfId(module)
    for (const item of source?.items ?? []) {
      if (item.kind === 'macro_rules' && item.name === name && conditionOf(db, crate, item.attrs) !== null)
        return definitionOf(db, crate, item)
    }
    at = source?.parent ?? null
  }
  return null
}

function macroUsePrelude(db: Database, crate: CrateId, name: string, search: Search): MacroDef | null {
  for (const item of writtenModule(db, moduleId(crate, ''))?.items ?? []) {
    if (item.kind !== 'extern_crate' || !effectiveAttrs(db, crate, item.attrs).some((attr) => attr.meta.path === 'macro_use'))
      continue
    const extern = externCrate(db, crate, item.name)
    if (extern === null || extern === STD_CRATE || crateOf(db, extern) === null) continue
    const found = macroIn(db, moduleId(extern, ''), name, search)
    if (found) return found
  }
  return null
}
