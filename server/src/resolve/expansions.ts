import type { CfgExpr } from '../project/cfg.ts'
import { type Database, type Query, query } from '../query/database.ts'
import type { Attr, Item, MacroCallItem, ModItem } from '../syntax/summary.ts'
import { appliedMacro } from './applied-macros.ts'
import { meantPaths } from './attribute-meaning.ts'
import { mayBeAttributeMacro } from './attribute-names.ts'
import { ALWAYS, both, type Condition, conditionOf, effectiveAttrs } from './conditions.ts'
import type { ModId, Origin, UnknownReason } from './defs.ts'
import { type CallSite, expandItemCall, expandMembers, type ItemExpansion } from './expand-call.ts'
import { childModuleId, crateOfId, idParts, moduleId } from './ids.ts'
import { isHarmlessAttribute, isImplOnlyDerive } from './known-macros.ts'
import { definitionOf } from './macro-lookup.ts'
import { define, type MacroScope } from './macro-scope.ts'
import {
  type ChildModule,
  childModules,
  type Declaration,
  declarationIn,
  type ModuleSource,
  openModule,
  writtenModule,
} from './module-source.ts'
import { sameValue } from './same-value.ts'

/** An item of a module after macro expansion. */
export interface ExpandedItem {
  readonly item: Item
  readonly origin: Origin
  /** When it exists, relative to its module. */
  readonly condition: Condition
  /** An attribute macro that may have rewritten the item; null if it can be taken as written. */
  readonly untrusted: UnknownReason | null
}

/** Something that may add names to a module which we cannot see. */
export interface OpaqueSource {
  readonly reason: UnknownReason
  /** Identifiers that it was given: it may define those over names from globs and preludes. */
  readonly words: ReadonlyMap<string, true>
  /** Whether it defines nothing but names among `words`. */
  readonly onlyWords: boolean
}

/** A module declared in another, with what it inherits from there. */
export interface ExpandedChild {
  readonly child: ChildModule
  readonly declaration: Declaration
  readonly scope: MacroScope
}

/** A module with its macros expanded, as far as they can be. */
export interface ExpandedModule {
  readonly source: ModuleSource
  /** Without macro calls. */
  readonly items: readonly ExpandedItem[]
  readonly children: readonly ExpandedChild[]
  readonly opaque: readonly OpaqueSource[]
  /** Macros in textual scope at the end. */
  readonly exitScope: MacroScope
}

/** Expansions in one module; real modules stay below a few hundred. */
const MAX_EXPANSIONS = 10_000
/** Macros that call macros, as in the language's default `recursion_limit`. */
const MAX_DEPTH = 128
const MAX_MODULE_DEPTH = 64

/** A module's items after expansion; null for a module that does not exist. */
export const expandedModule: Query<ModId, ExpandedModule | null> = query(
  'expandedModule',
  (db, id) => {
    const entry = moduleEntry(db, id)
    return entry ? expandSource(db, entry.source, entry.scope, 0) : null
  },
  { equals: sameValue },
)

interface ModuleEntry {
  readonly source: ModuleSource
  readonly scope: MacroScope
}

/** Where a module starts: apart from `expandedModule`, so that an edit in the parent does not touch the children. */
const moduleEntry: Query<ModId, ModuleEntry | null> = query(
  'moduleEntry',
  (db, id) => {
    const parts = idParts(id)
    if (parts.kind !== 'module') return null
    if (parts.path === '') {
      const root = writtenModule(db, id)
      return root ? { source: root, scope: null } : null
    }
    const cut = parts.path.lastIndexOf('::')
    const parent = expandedModule(db, moduleId(parts.crate, cut < 0 ? '' : parts.path.slice(0, cut)))
    const entry = parent?.children.find((each) => each.child.id === id)
    if (!entry) return null
    return { source: openModule(db, entry.child, entry.declaration), scope: entry.scope }
  },
  { equals: sameValue },
)

/** What changes while a module is gone through in source order. */
interface Pass {
  readonly db: Database
  readonly source: ModuleSource
  readonly written: ReadonlyMap<Item, readonly ChildModule[]>
  readonly usedNames: Map<string, number>
  readonly items: ExpandedItem[]
  readonly children: ExpandedChild[]
  readonly opaque: OpaqueSource[]
  readonly moduleDepth: number
  scope: MacroScope
  fuel: number
}

/** Where the items being gone through come from. */
interface Place {
  readonly declaration: Declaration
  readonly origin: { readonly file: string; readonly callKey: string | null; readonly expansion: string | null }
  readonly condition: CfgExpr
  readonly depth: number
}

function expandSource(db: Database, source: ModuleSource, scope: MacroScope, moduleDepth: number): ExpandedModule {
  const children = childModules(db, source.id, source.items)
  const written = new Map<Item, ChildModule[]>()
  for (const child of children) written.set(child.owner, [...(written.get(child.owner) ?? []), child])
  const usedNames = new Map<string, number>()
  for (const { item } of children) if (item.kind === 'mod') usedNames.set(item.name, (usedNames.get(item.name) ?? 0) + 1)
  const pass: Pass = {
    db,
    source,
    written,
    usedNames,
    items: [],
    children: [],
    opaque: [],
    moduleDepth,
    scope,
    fuel: MAX_EXPANSIONS,
  }
  if (source.problem !== null) pass.opaque.push(opaqueSource('generated-file', source.problem, ''))
  const origin = { file: source.file, callKey: outerCall(source), expansion: source.expansion }
  expandItems(pass, source.items, { declaration: declarationIn(source), origin, condition: ALWAYS, depth: 0 })
  return { source, items: pass.items, children: pass.children, opaque: pass.opaque, exitScope: pass.scope }
}

/** Expansion ids start with file and key of the outermost call. */
function outerCall(source: ModuleSource): string | null {
  return source.expansion === null ? null : (source.expansion.split('\t')[1] ?? null)
}

function expandItems(pass: Pass, items: readonly Item[], place: Place): void {
  for (const item of items) {
    const own = conditionOf(pass.db, crateOfId(pass.source.id), item.attrs)
    if (own === null) continue
    const condition = both(place.condition, own)
    const call = item.kind === 'macro_call' ? item : appliedTo(pass, item, place)
    if (call) expandCall(pass, call, { ...place, condition })
    else addItem(pass, item, place, condition)
  }
}

/** The call that an attribute above an item stands for, if nothing else may have changed the item before. */
function appliedTo(pass: Pass, item: Item, place: Place): MacroCallItem | null {
  const applied = item.attrs.length === 0 ? null : appliedMacro(pass.db, item, callSite(pass, place))
  if (!applied) return null
  const before = item.attrs.filter(({ span }) => span.end < applied.argsSpan.start)
  return lookAtAttributes(pass, { ...item, attrs: before }) === null ? applied : null
}

function addItem(pass: Pass, item: Item, place: Place, condition: CfgExpr): void {
  const crate = crateOfId(pass.source.id)
  const { file, callKey, expansion } = place.origin
  const untrusted = lookAtAttributes(pass, item)
  const member =
    item.kind === 'impl' || item.kind === 'trait'
      ? { ...item, children: expandMembers(pass.db, item.children, callSite(pass, place)) }
      : item
  pass.items.push({ item: member, origin: { file, itemKey: callKey ?? item.key, expansion }, condition, untrusted })
  if (item.kind === 'macro_rules') pass.scope = define(pass.scope, definitionOf(pass.db, crate, item))
  for (const child of childrenOf(pass, item)) {
    // The condition of the item itself comes back with its attributes when the module is opened; that of an owner does not.
    const outer = both(place.declaration.condition, child.owner === child.item ? place.condition : condition)
    pass.children.push({ child, declaration: { ...place.declaration, condition: outer }, scope: pass.scope })
    if (item.kind === 'mod') leaveModule(pass, child, place.declaration)
  }
}

/** Written children have their ids already; those that a macro made are numbered after them. */
function childrenOf(pass: Pass, item: Item): readonly ChildModule[] {
  const written = pass.written.get(item)
  if (written) return written
  return childModules(pass.db, pass.source.id, [item]).map((child) => {
    if (item.kind !== 'mod') return { ...child, id: `${child.id}#${pass.items.length}` }
    const nth = pass.usedNames.get(item.name) ?? 0
    pass.usedNames.set(item.name, nth + 1)
    return nth === 0 ? child : { ...child, id: childModuleId(pass.source.id, `${item.name}#${nth}`) }
  })
}

/** `#[macro_use] mod m;`: what m defines stays in scope after it. */
function leaveModule(pass: Pass, child: ChildModule, declaration: Declaration): void {
  const attrs = effectiveAttrs(pass.db, crateOfId(pass.source.id), child.item.attrs)
  if (!attrs.some((attr) => attr.meta.path === 'macro_use') || pass.moduleDepth >= MAX_MODULE_DEPTH) return
  const source = openModule(pass.db, child, declaration)
  pass.scope = expandSource(pass.db, source, pass.scope, pass.moduleDepth + 1).exitScope
}

function expandCall(pass: Pass, call: MacroCallItem, place: Place): void {
  if (pass.fuel-- <= 0 || place.depth >= MAX_DEPTH) {
    pass.opaque.push(opaqueSource('limit', `macro ${call.path}! expands too deeply`, call.args))
    return
  }
  const result = expandItemCall(pass.db, call, callSite(pass, place))
  if (result.kind === 'nothing') return
  if (result.kind === 'opaque') {
    const { code, text } = result.reason
    if (result.names === null) pass.opaque.push(opaqueSource(code, text, call.args))
    else pass.opaque.push({ ...opaqueSource(code, text, result.names.join(' ')), onlyWords: true })
    return
  }
  for (const part of result.parts) expandPart(pass, part, call, place)
}

function callSite(pass: Pass, place: Place): CallSite {
  return { module: pass.source.id, scope: pass.scope, ...place.origin, pathBase: place.declaration.pathBase }
}

function expandPart(pass: Pass, part: ItemExpansion, call: MacroCallItem, place: Place): void {
  const own = part.cfg === null ? ALWAYS : conditionOf(pass.db, crateOfId(pass.source.id), [part.cfg])
  if (own === null) return
  const origin =
    part.expansion === null
      ? { file: part.file, callKey: null, expansion: null }
      : { file: place.origin.file, callKey: place.origin.callKey ?? call.key, expansion: part.expansion }
  const declaration = { ...place.declaration, file: origin.file, expansion: origin.expansion }
  expandItems(pass, part.items, { declaration, origin, condition: both(place.condition, own), depth: place.depth + 1 })
}

function opaqueSource(code: UnknownReason['code'], text: string, args: string): OpaqueSource {
  const words = new Map<string, true>()
  for (const [word] of args.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) words.set(word, true)
  return { reason: { code, text }, words, onlyWords: false }
}

/** Notes what attribute and derive macros may add to the module; returns why the item itself cannot be trusted. */
function lookAtAttributes(pass: Pass, item: Item): UnknownReason | null {
  let untrusted: UnknownReason | null = null
  const crate = crateOfId(pass.source.id)
  const attrs = effectiveAttrs(pass.db, crate, item.attrs)
  const hasDerive = attrs.some(({ meta }) => meta.path === 'derive')
  for (const { meta } of attrs) {
    if (meta.path === 'derive') lookAtDerives(pass, meta.args ?? [], item)
    else if (meta.path !== '' && mayBeMacro(item.kind) && !isHarmless(pass, meta.path)) {
      if (hasDerive && !meta.path.includes('::') && !mayBeAttributeMacro(pass.db, crate, meta.path)) continue
      untrusted = { code: 'attribute-macro', text: `attribute macro #[${meta.path}] may rewrite ${item.name}` }
      pass.opaque.push(opaqueSource('attribute-macro', `attribute macro #[${meta.path}] may add names`, item.name))
    }
  }
  return untrusted
}

/** A name that is harmless as written may still be another's alias. */
function isHarmless(pass: Pass, path: string): boolean {
  return meantPaths(pass.db, pass.source.id, path).every(isHarmlessAttribute)
}

function mayBeMacro(kind: Item['kind']): boolean {
  return kind !== 'use' && kind !== 'extern_crate' && kind !== 'macro_rules'
}

function lookAtDerives(pass: Pass, derives: readonly Attr['meta'][], item: Item): void {
  for (const derive of derives) {
    if (derive.path === '' || meantPaths(pass.db, pass.source.id, derive.path).every(isImplOnlyDerive)) continue
    pass.opaque.push(opaqueSource('derive-macro', `derive macro ${derive.path} may add names`, item.name))
  }
}

/** The item that declares a module, for its attributes; null for a crate's root. */
export function declaringItem(db: Database, id: ModId): ModItem | null {
  const parts = idParts(id)
  if (parts.kind !== 'module' || parts.path === '') return null
  const cut = parts.path.lastIndexOf('::')
  const parent = expandedModule(db, moduleId(parts.crate, cut < 0 ? '' : parts.path.slice(0, cut)))
  const item = parent?.children.find((each) => each.child.id === id)?.child.item
  return item?.kind === 'mod' ? item : null
}
