import { type Database, query } from '../query/database.ts'
import type { Item, UseImport, Visibility } from '../syntax/summary.ts'
import type { Condition } from './conditions.ts'
import type { Def, DefId, ModId, Namespace } from './defs.ts'
import { type ExpandedItem, expandedModule, type OpaqueSource } from './expansions.ts'
import { crateOfId, idParts, itemId, moduleId } from './ids.ts'
import { sameValue } from './same-value.ts'

/** A name that a module declares itself. */
export interface ScopeEntry {
  readonly namespace: Namespace
  /** The item, or the module for `mod`. */
  readonly def: DefId
  readonly vis: Visibility
  readonly condition: Condition
}

/** A `use` or `extern crate`, not resolved yet. */
export interface ScopeImport {
  readonly path: readonly string[]
  readonly global: boolean
  /** `extern crate name`: the path is the crate's name and nothing else can be meant. */
  readonly externCrate: boolean
  readonly vis: Visibility
  readonly condition: Condition
}

/** What a module declares, before any import is followed. Does not change when only the inside of an item does. */
export interface ModuleScope {
  readonly module: ModId
  readonly parent: ModId | null
  /** A block: names that are not found are looked up around it. */
  readonly block: boolean
  /** When the module exists. */
  readonly condition: Condition
  readonly names: ReadonlyMap<string, readonly ScopeEntry[]>
  readonly imports: ReadonlyMap<string, readonly ScopeImport[]>
  readonly globs: readonly ScopeImport[]
  readonly opaque: readonly OpaqueSource[]
}

/** A module's items by definition. */
export interface ModuleItem extends ExpandedItem {
  readonly id: DefId
  readonly module: ModId
}

/** The items of a module with their ids, in source order; impls have ids too. Empty for a module that does not exist. */
export const moduleItems = query<ModId, readonly ModuleItem[]>('moduleItems', (db, module) => {
  const expanded = expandedModule(db, module)
  const counts = new Map<string, number>()
  return (expanded?.items ?? []).flatMap(flattenExtern).map((each) => {
    const namespace = mainNamespace(each.item)
    const name = each.item.kind === 'impl' ? each.item.key.split('/').at(-1)?.replaceAll('\t', ' ') || 'impl' : each.item.name
    const key = `${namespace} ${name}`
    const nth = counts.get(key) ?? 0
    counts.set(key, nth + 1)
    return { ...each, id: itemId(module, namespace, name, nth), module }
  })
})

/** Items of `extern "C" { … }` count as the module's. */
function flattenExtern(each: ExpandedItem): readonly ExpandedItem[] {
  if (each.item.kind !== 'extern_block') return [each]
  return each.item.children.map((item) => ({
    ...each,
    item,
    origin: { ...each.origin, itemKey: each.origin.expansion === null ? item.key : each.origin.itemKey },
  }))
}

function mainNamespace(item: Item): Namespace {
  if (item.kind === 'fn' || item.kind === 'const' || item.kind === 'static') return 'value'
  return item.kind === 'macro_rules' ? 'macro' : 'type'
}

const itemTable = query<ModId, ReadonlyMap<DefId, ModuleItem>>(
  'itemTable',
  (db, module) => new Map(moduleItems(db, module).map((each) => [each.id, each])),
)

/** The item with an id; null if there is none any more. Equal as long as the item says the same. */
export const itemOf = query<DefId, ModuleItem | null>(
  'itemOf',
  (db, id) => {
    const parts = idParts(id)
    return parts.kind === 'item' ? (itemTable(db, parts.module).get(id) ?? null) : null
  },
  { equals: sameValue },
)

/** What a module declares. null for a module that does not exist. */
export const moduleScope = query<ModId, ModuleScope | null>('moduleScope', (db, module) => buildScope(db, module), {
  equals: sameValue,
})

interface Building {
  readonly names: Map<string, ScopeEntry[]>
  readonly imports: Map<string, ScopeImport[]>
  readonly globs: ScopeImport[]
}

function buildScope(db: Database, module: ModId): ModuleScope | null {
  const expanded = expandedModule(db, module)
  if (!expanded) return null
  const building: Building = { names: new Map(), imports: new Map(), globs: [] }
  const modules = new Map(expanded.children.map(({ child }) => [child.item, child.id]))
  for (const each of moduleItems(db, module)) declare(building, each, modules)
  const { parent, block, condition } = expanded.source
  return { module, parent, block, condition, ...building, opaque: expanded.opaque }
}

function declare(building: Building, each: ModuleItem, modules: ReadonlyMap<Item, ModId>): void {
  const { item, condition } = each
  if (item.kind === 'use') {
    for (const leaf of item.imports) declareImport(building, leaf, item.vis, condition)
    return
  }
  if (item.kind === 'extern_crate') {
    const path = [item.name]
    const entry = { path, global: true, externCrate: true, vis: item.vis, condition }
    push(building.imports, item.alias ?? item.name, entry)
    return
  }
  if (item.name === '' || item.name === '_' || item.kind === 'impl') return
  const def = item.kind === 'mod' ? (modules.get(item) ?? each.id) : each.id
  for (const namespace of namespacesOf(item)) push(building.names, item.name, { namespace, def, vis: item.vis, condition })
}

function declareImport(building: Building, leaf: UseImport, vis: Visibility, condition: Condition): void {
  const target = { path: leaf.path, global: leaf.global, externCrate: false, vis, condition }
  if (leaf.glob) building.globs.push(target)
  else if (leaf.alias !== '_') push(building.imports, leaf.alias ?? leaf.path.at(-1) ?? '', target)
}

function namespacesOf(item: Item): readonly Namespace[] {
  if (item.kind === 'struct' && item.shape !== 'named') return ['type', 'value']
  return [mainNamespace(item)]
}

function push<T>(table: Map<string, T[]>, name: string, value: T): void {
  const list = table.get(name)
  if (list) list.push(value)
  else table.set(name, [value])
}

/** The crate's root module. */
export function rootOf(module: ModId): ModId {
  return moduleId(crateOfId(module), '')
}

/** The definition of an item as plain data. */
export function itemDef(each: ModuleItem): Def {
  const { id, module, item, origin } = each
  return { kind: 'item', id, crate: crateOfId(id), module, name: item.name, item, origin }
}
