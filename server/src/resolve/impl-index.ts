import type { CrateId } from '../project/crate-graph.ts'
import { type Database, type Query, query } from '../query/database.ts'
import type { ImplItem, Path, TypeExpr } from '../syntax/summary.ts'
import { both, type Condition } from './conditions.ts'
import { crateOf } from './crates.ts'
import type { DefId, UnknownReason } from './defs.ts'
import { expandedModule } from './expansions.ts'
import { crateOfId } from './ids.ts'
import { type CrateItem, crateItems } from './items.ts'
import { autoTraitOf, lowerTraitPath, resolveTraitPath } from './lower-bounds.ts'
import { newLowering } from './lowering.ts'
import { moduleTree } from './module-tree.ts'
import { declaredBounds, type Predicate } from './predicates.ts'
import { sameValue } from './same-value.ts'
import { itemOf, moduleScope } from './scopes.ts'
import { implSelf, typeParamsOf } from './self-type.ts'
import type { TraitRef, Ty } from './ty.ts'
import { scopeInside } from './type-scope.ts'

/** The trait impls of a crate with sources, wherever they stand: in modules, function bodies and constants. */
export interface ImplIndex {
  /** Impls of all traits but Send and Sync. */
  readonly byTrait: ReadonlyMap<DefId, readonly DefId[]>
}

/** All trait impls of a crate by trait; empty for a crate without sources. */
export const implIndex: Query<CrateId, ImplIndex> = query(
  'implIndex',
  (db, crate: CrateId): ImplIndex => {
    const byTrait = new Map<DefId, DefId[]>()
    for (const each of traitImplsOf(db, crate)) {
      const { trait } = resolveTraitPath(newLowering(db, { ...scopeInside(each), selfOwner: null }), each.item.trait.path)
      if (trait !== null && !autoTraitOf(trait)) byTrait.set(trait, [...(byTrait.get(trait) ?? []), each.id])
    }
    return { byTrait }
  },
  { equals: sameValue },
)

/** The impls of Send and Sync in a crate with sources. */
export interface AutoIndex {
  /** Negative ones included. */
  readonly autos: ReadonlyMap<'Send' | 'Sync', readonly DefId[]>
  /** Impls of something called Send or Sync that cannot be told. */
  readonly doubtful: readonly { readonly impl: DefId; readonly reason: UnknownReason }[]
}

/**
 * All impls of Send and Sync; empty for a crate without sources. Apart from the index of the other traits: these are
 * `unsafe` or negative, which few impls are, and every verdict about a type of the crate needs them.
 */
export const autoIndex: Query<CrateId, AutoIndex> = query(
  'autoIndex',
  (db, crate: CrateId): AutoIndex => {
    const autos = new Map<'Send' | 'Sync', DefId[]>([
      ['Send', []],
      ['Sync', []],
    ])
    const doubtful: { impl: DefId; reason: UnknownReason }[] = []
    for (const each of traitImplsOf(db, crate)) {
      const written = each.item.trait
      if (!each.item.unsafe && !written.negative) continue
      const trait = resolveTraitPath(newLowering(db, { ...scopeInside(each), selfOwner: null }), written.path)
      const auto = trait.trait === null ? null : autoTraitOf(trait.trait)
      if (auto) autos.get(auto)?.push(each.id)
      else if (trait.reason && isAutoName(written.path)) doubtful.push({ impl: each.id, reason: trait.reason })
    }
    return { autos, doubtful }
  },
  { equals: sameValue },
)

/** A trait of another name would have to be Send renamed by something out of sight. */
function isAutoName(path: Path): boolean {
  const name = path.segments.at(-1)?.name
  return name === 'Send' || name === 'Sync'
}

type TraitImpl = CrateItem & { readonly item: ImplItem & { readonly trait: NonNullable<ImplItem['trait']> } }

function traitImplsOf(db: Database, crate: CrateId): readonly TraitImpl[] {
  if ((crateOf(db, crate)?.root ?? null) === null) return []
  return crateItems(db, crate).filter((each): each is TraitImpl => each.item.kind === 'impl' && each.item.trait !== null)
}

/** What an impl is for. */
export interface ImplPattern {
  readonly id: DefId
  readonly negative: boolean
  readonly unsafe: boolean
  /** Type parameters; types below name them with `owner === id`. */
  readonly params: readonly string[]
  readonly self: Ty
  /** null for an inherent impl. */
  readonly trait: TraitRef | null
  /** The head names a const argument or an array length that is no parameter of the impl: types do not keep those. */
  readonly constHead: boolean
  readonly condition: Condition
}

/** An impl after resolution, with its where clauses. */
export interface ImplHead extends ImplPattern {
  readonly where: readonly Predicate[]
}

/** What an impl is for, and under which bounds; null if it is gone, or named in its own head. */
export function implHead(db: Database, id: DefId): ImplHead | null {
  const pattern = implPattern(db, id)
  return pattern && { ...pattern, where: declaredBounds(db, id) }
}

/** What an impl is for. Apart from its where clauses, which may need other impls to be looked at. */
export const implPattern: Query<DefId, ImplPattern | null> = query(
  'implPattern',
  (db, id: DefId): ImplPattern | null => {
    const each = itemOf(db, id)
    const self = each && implSelf(db, id)
    if (each?.item.kind !== 'impl' || !self) return null
    const { item } = each
    const trait = item.trait ? lowerTraitPath(newLowering(db, scopeInside(each)), item.trait.path) : null
    const condition = both(moduleScope(db, each.module)?.condition ?? each.condition, each.condition)
    return {
      id,
      negative: item.trait?.negative ?? false,
      unsafe: item.unsafe,
      params: typeParamsOf(each),
      self,
      trait,
      constHead: namesConstant(item, item.self),
      condition,
    }
  },
  { equals: sameValue, cycle: () => null },
)

function namesConstant(item: ImplItem, type: TypeExpr): boolean {
  const isParam = (name: string): boolean =>
    item.generics.params.some((param) => param.kind === 'const' && param.name === name.trim())
  switch (type.kind) {
    case 'const':
      return !isParam(type.text.replace(/^\{\s*|\s*\}$/g, ''))
    case 'array':
      return !isParam(type.length) || namesConstant(item, type.inner)
    case 'path':
      return type.path.segments.some((segment) => segment.args?.args.some((arg) => namesConstant(item, arg)))
    case 'ref':
    case 'ptr':
    case 'slice':
      return namesConstant(item, type.inner)
    case 'tuple':
      return type.items.some((each) => namesConstant(item, each))
    default:
      return false
  }
}

/** All explicit impls of Send or Sync for one type. */
export interface AutoImpls {
  /** Their heads name the type; whether they match is for the caller to see. */
  readonly impls: readonly ImplHead[]
  /** Why there may be more; null if these are all. */
  readonly incomplete: UnknownReason | null
}

/** The explicit impls of an auto trait for a struct, enum or union with sources: only its own crate can hold any. */
export function autoImplsOf(db: Database, def: DefId, trait: 'Send' | 'Sync'): AutoImpls {
  const crate = crateOfId(def)
  const index = autoIndex(db, crate)
  const impls = (index.autos.get(trait) ?? []).flatMap((id) => implHead(db, id) ?? []).filter((head) => mayBeFor(head.self, def))
  const doubt = index.doubtful.find(({ impl }) => mayBeFor(implPattern(db, impl)?.self ?? null, def))
  return { impls, incomplete: doubt?.reason ?? macroDoubt(db, crate, itemOf(db, def)?.item.name ?? '') }
}

/** A self type that is not known may be this one. */
function mayBeFor(self: Ty | null, def: DefId): boolean {
  return self === null || self.kind === 'unknown' || (self.kind === 'adt' && self.def === def)
}

/** A macro that cannot be looked into and is given the type's name may write an impl for it. */
function macroDoubt(db: Database, crate: CrateId, name: string): UnknownReason | null {
  return opaqueWords(db, crate).get(name) ?? null
}

/** Identifiers given to macros of the crate that cannot be looked into, each with the first such macro. */
const opaqueWords: Query<CrateId, ReadonlyMap<string, UnknownReason>> = query(
  'opaqueWords',
  (db, crate: CrateId): ReadonlyMap<string, UnknownReason> => {
    const found = new Map<string, UnknownReason>()
    for (const { id } of moduleTree(db, crate).modules) {
      for (const { reason, words, onlyWords } of expandedModule(db, id)?.opaque ?? []) {
        // Derives add impls of the trait they are named for.
        if (onlyWords || reason.code === 'derive-macro') continue
        for (const word of words.keys()) if (!found.has(word)) found.set(word, reason)
      }
    }
    return found
  },
  { equals: sameValue },
)
