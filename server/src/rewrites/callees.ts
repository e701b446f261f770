import { definitionOfType } from '../model/type-names.ts'
import { type Database, query } from '../query/database.ts'
import { crateOf, externCrate } from '../resolve/crates.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import { crateOfId, idParts, STD_CRATE } from '../resolve/ids.ts'
import { implIndex, implPattern } from '../resolve/impl-index.ts'
import { crateItems } from '../resolve/items.ts'
import { resolveTargets } from '../resolve/lookup.ts'
import { itemOf, type ModuleItem, moduleScope } from '../resolve/scopes.ts'
import { traitInfo } from '../resolve/traits.ts'
import type { Ty } from '../resolve/ty.ts'
import type { FnItem } from '../syntax/summary.ts'
import { type BodyScope, typeNamed } from './expression-types.ts'
import { isExamined, namableCrates, pythonCrates, usersOf } from './python-crates.ts'
import { sourceOf } from './python-types.ts'
import { derefs } from './std-types.ts'

/** A function of a crate with sources. */
export interface FunctionRef {
  /** The item of the module that it is or stands in. */
  readonly owner: ModuleItem
  readonly fn: FnItem
}

/** What a call may lead to. */
export type Callees =
  /** One of these functions; `of` is the type they belong to, '' where that is not the point. */
  | { readonly kind: 'functions'; readonly functions: readonly FunctionRef[]; readonly of: DefId }
  /** A tuple struct or variant. */
  | { readonly kind: 'constructor'; readonly of: DefId }
  /** Code of a crate of which the functions are not looked into; derived or provided code of such a crate's traits too. */
  | { readonly kind: 'foreign'; readonly crate: string }
  /** `bounded`: it is a method of a trait, since the receiver is a generic parameter or a `dyn`. */
  | { readonly kind: 'unknown'; readonly bounded: boolean }

const UNKNOWN: Callees = { kind: 'unknown', bounded: false }

interface Member extends FunctionRef {
  /** The type the impl is for; null for a trait, or an impl for references, parameters and the like. */
  readonly self: DefId | null
}

/** `self` is undefined for a function of a module. */
type Entry = Member | (FunctionRef & { readonly self: undefined })

/** The functions of a crate by name: those of impls and traits, and those of modules. */
const functionTable = query<string, ReadonlyMap<string, readonly Entry[]>>('rewriteFunctions', (db, crate) => {
  const found = new Map<string, Entry[]>()
  const add = (it: Entry): void => {
    const known = found.get(it.fn.name)
    if (known) known.push(it)
    else found.set(it.fn.name, [it])
  }
  for (const owner of crateItems(db, crate)) {
    const { item, module } = owner
    if (item.kind === 'fn') add({ owner, fn: item, self: undefined })
    if (item.kind !== 'impl' && item.kind !== 'trait') continue
    const fns = item.children.filter((it) => it.kind === 'fn')
    if (fns.length === 0) continue
    const self = item.kind === 'impl' ? definitionOfType(db, module, item.self) : null
    for (const fn of fns) add({ owner, fn, self })
  }
  return found
})

/** The crates whose functions a call in a crate may mean: its own and those of the workspace that use PyO3. */
const cratesInReach = query<string, readonly string[]>('rewriteCrates', (db, crate) => [
  ...new Set([crate, ...pythonCrates(db, crate).filter((it) => crateOf(db, it)?.local && isExamined(db, it))]),
])

/** All functions of the workspace with a name that code of a crate can mean. */
export function functionsOfName(db: Database, crate: string, name: string): readonly FunctionRef[] {
  const namable = namableCrates(db, crate)
  return cratesInReach(db, crate).flatMap((it) => {
    const all = functionTable(db, it).get(name) ?? []
    return namable === null || namable.has(it) ? all : all.filter(({ owner }) => isInScope(db, owner, namable))
  })
}

/** Whether generic code and trait objects may reach an impl's function without naming the type: they have to name the trait. */
function isInScope(db: Database, { id, item }: ModuleItem, namable: ReadonlySet<string>): boolean {
  if (item.kind !== 'impl' || item.trait === null) return false
  const trait = implPattern(db, id)?.trait?.trait ?? null
  return trait === null || crateOfId(trait) === STD_CRATE || namable.has(crateOfId(trait))
}

/** Functions of the workspace with a name, of which nothing else is known. `count`: arguments without the receiver. */
export function functionsNamed(
  db: Database,
  crate: string,
  name: string,
  count: number,
  form: 'method' | 'trait method' | 'any',
): readonly FunctionRef[] {
  return functionsOfName(db, crate, name).filter(({ fn, owner }) => {
    if (form === 'trait method' && owner.item.kind === 'impl' && owner.item.trait === null) return false
    if (form !== 'any') return fn.receiver !== null && fn.params.length === count
    return fn.params.length + (fn.receiver ? 1 : 0) === count
  })
}

/** What a method of a name is, on a value of a known type. */
export function methodsOn(db: Database, from: ModuleItem, receiver: Ty, name: string): Callees {
  const crate = crateOfId(from.module)
  const crates = new Set(cratesInReach(db, crate))
  const steps = derefs(receiver)
  for (const step of steps) if (step.kind === 'adt' && isExamined(db, crateOfId(step.def))) crates.add(crateOfId(step.def))
  const all = [...crates].flatMap((it) => functionTable(db, it).get(name) ?? [])
  const members = all.filter((it): it is Member => it.self !== undefined && it.fn.receiver !== null)
  const namable = namableCrates(db, crate)
  const open = members.filter(
    ({ self, owner }) => self === null && (namable === null || namable.has(crateOfId(owner.id)) || isInScope(db, owner, namable)),
  )
  for (const step of steps) {
    if (step.kind !== 'adt') continue
    const own = members.filter((it) => it.self === step.def)
    if (own.length > 0) return { kind: 'functions', functions: [...preferred(own), ...open], of: step.def }
  }
  const last = steps.at(-1)
  if (!last || last.kind === 'unknown') return UNKNOWN
  if (last.kind === 'dyn') {
    const own = methodsBehind(db, crates, last.bounds[0]?.trait ?? null, name)
    // They come before those of other traits, as a type's own do (rustc: `assemble_inherent_candidates_from_object`).
    if (own.length > 0) return { kind: 'functions', functions: own, of: '' }
  }
  if (last.kind === 'param' || last.kind === 'dyn' || last.kind === 'proj') return { kind: 'unknown', bounded: true }
  if (open.length > 0) return { kind: 'functions', functions: open, of: '' }
  return { kind: 'foreign', crate: last.kind === 'adt' ? crateOfId(last.def) : STD_CRATE }
}

/** What a method may be of a value behind a `dyn` of a trait that only code that is looked at implements; none for other traits. */
function methodsBehind(db: Database, crates: ReadonlySet<string>, trait: DefId | null, name: string): readonly FunctionRef[] {
  const users = trait === null ? null : usersOf(db, crateOfId(trait))
  if (trait === null || users === null) return []
  const all = new Set([...crates, ...users])
  const traits = traitsAbove(db, trait)
  const selves = selvesOf(db, all, trait)
  return [...all]
    .flatMap((it) => functionTable(db, it).get(name) ?? [])
    .filter(({ owner, fn, self }) => {
      const isOwn = traits.has(owner.id) || traits.has(traitOf(db, owner) ?? '')
      return isOwn && fn.receiver !== null && (!self || !selves || selves.has(self))
    })
}

/** A trait and those that it demands. */
function traitsAbove(db: Database, trait: DefId): ReadonlySet<DefId> {
  const found = new Set<DefId>([trait])
  for (const each of found) {
    for (const { trait: above } of traitInfo(db, each)?.supertraits ?? [])
      if (above !== null && found.size < MAX_TRAITS) found.add(above)
  }
  return found
}

const MAX_TRAITS = 64

/** The types that a trait is implemented for; null if others may be among them. */
function selvesOf(db: Database, crates: ReadonlySet<string>, trait: DefId): ReadonlySet<DefId> | null {
  const impls = [...crates].flatMap((it) => implIndex(db, it).byTrait.get(trait) ?? [])
  const selves = impls.map((it) => implPattern(db, it)?.self)
  return selves.every((it) => it?.kind === 'adt') ? new Set(selves.flatMap((it) => (it?.kind === 'adt' ? [it.def] : []))) : null
}

function traitOf(db: Database, { id, item }: ModuleItem): DefId | null {
  return item.kind === 'impl' ? (implPattern(db, id)?.trait?.trait ?? null) : null
}

/** A type's own methods come before those of traits (Rust reference, "Method-call expressions"). */
function preferred(all: readonly Member[]): readonly Member[] {
  const inherent = all.filter(({ owner }) => owner.item.kind === 'impl' && owner.item.trait === null)
  return inherent.length > 0 ? inherent : all
}

/** What a path that is called means. */
export function functionsAt(scope: BodyScope, path: string): Callees {
  const { db, owner } = scope
  const segments = path.replace(/^::/, '').split('::')
  const name = segments.at(-1) ?? ''
  if (segments[0] === 'Self') {
    const self = typeNamed(scope, 'Self')
    if (segments.length === 1) return self?.kind === 'adt' ? { kind: 'constructor', of: self.def } : UNKNOWN
    return self?.kind === 'adt' && segments.length === 2 ? associated(db, self.def, name) : UNKNOWN
  }
  const { targets } = resolveTargets(db, owner.module, segments, path.startsWith('::'), 'value')
  const found = targets.map((target): Callees => {
    if (target.def === null) return { kind: 'foreign', crate: STD_CRATE }
    if (target.rest > 1) return UNKNOWN
    return target.rest === 1 ? associated(db, target.def, name) : atDefinition(db, target.def)
  })
  const [first] = found
  if (first === undefined) return throughImport(scope, segments)
  if (found.length === 1) return first
  if (found.some((it) => it.kind !== 'functions')) return UNKNOWN
  return { kind: 'functions', functions: found.flatMap((it) => (it.kind === 'functions' ? it.functions : [])), of: '' }
}

/** The definition in the sources of what facts describe, for a crate that is looked into. */
function examinedItem(db: Database, def: DefId): DefId {
  return idParts(def).kind === 'fact' && isExamined(db, crateOfId(def)) ? (sourceOf(db, def) ?? def) : def
}

function atDefinition(db: Database, found: DefId): Callees {
  const def = examinedItem(db, found)
  const parts = idParts(def)
  if (parts.kind === 'variant') return { kind: 'constructor', of: parts.enum }
  const each = itemOf(db, def)
  if (each?.item.kind === 'struct') return { kind: 'constructor', of: def }
  if (each?.item.kind === 'fn' && isExamined(db, parts.crate))
    return { kind: 'functions', functions: [{ owner: each, fn: each.item }], of: '' }
  return parts.kind === 'fact' || each?.item.kind === 'fn' ? { kind: 'foreign', crate: parts.crate } : UNKNOWN
}

/** A function that belongs to a type. */
function associated(db: Database, found: DefId, name: string): Callees {
  const def = examinedItem(db, found)
  const parts = idParts(def)
  const { crate } = parts
  if (parts.kind === 'fact' || !isExamined(db, crate)) return { kind: 'foreign', crate }
  const kind = itemOf(db, def)?.item.kind
  if (kind !== 'struct' && kind !== 'enum' && kind !== 'union') return UNKNOWN
  const crates = new Set([crate, ...cratesInReach(db, crate)])
  const members = [...crates].flatMap((it) => functionTable(db, it).get(name) ?? [])
  const own = members.filter((it): it is Member => it.self === def)
  const open = members.filter((it): it is Member => it.self === null)
  return own.length + open.length === 0
    ? UNKNOWN
    : { kind: 'functions', functions: [...preferred(own), ...(own.length > 0 ? [] : open)], of: def }
}

/** Whether a name means something in a module or at the root of its crate. */
function isModule(db: Database, module: ModId, name: string): boolean {
  return [
    ['self', name],
    ['crate', name],
  ].some((it) => resolveTargets(db, module, it, false, 'type').targets.length > 0)
}

/** A path into a crate whose names are not known is still known to lead into that crate. */
function throughImport({ db, owner }: BodyScope, segments: readonly string[]): Callees {
  const crate = crateOfId(owner.module)
  const [first = ''] = segments
  const imports = moduleScope(db, owner.module)?.imports.get(first) ?? []
  const names = imports.length > 0 ? imports.map((it) => it.path[0] ?? '') : segments.length > 1 ? [first] : []
  const crates = new Set(names.map((it) => externCrate(db, crate, it)))
  const [only] = crates
  if (crates.size !== 1 || only === undefined) return UNKNOWN
  if (only !== null) return { kind: 'foreign', crate: only }
  // An import that leads nowhere in the workspace: from a crate that is not among those known of.
  const outside = imports.length > 0 && names.every((it) => !/^(?:crate|self|super)$/.test(it) && !isModule(db, owner.module, it))
  return outside ? { kind: 'foreign', crate: names[0] ?? '' } : UNKNOWN
}
