import type { CrateId } from '../project/crate-graph.ts'
import { type Database, type Query, query } from '../query/database.ts'
import type { TypeItem } from '../syntax/summary.ts'
import { ALWAYS } from './conditions.ts'
import { authorityOf, crateOf } from './crates.ts'
import type { DefId } from './defs.ts'
import { factImpls } from './fact-impls.ts'
import { crateOfId, idParts } from './ids.ts'
import { implIndex, implPattern } from './impl-index.ts'
import { makeTy } from './interner.ts'
import { lowerType } from './lowering.ts'
import { type Fit, fitAll, fitHead } from './match-head.ts'
import { itemOf } from './scopes.ts'
import { typeParamsOf } from './self-type.ts'
import { type Bindings, bind } from './substitute.ts'
import type { Ty } from './ty.ts'
import { scopeInside, scopeOfMember } from './type-scope.ts'

/** Projections that lead to projections; the language's limit is 128. */
const MAX_STEPS = 32

/**
 * Replaces a projection by what an impl says, where exactly one impl can match; else the same type, and also for one that
 * leads on and on, so that asking again gets no further.
 */
export function normalize(db: Database, ty: Ty): Ty {
  let at = ty
  for (let steps = MAX_STEPS; at.kind === 'proj'; steps--) {
    if (steps === 0) return ty
    const next = projectOnce(db, at)
    if (next === null || next === at) return at
    at = next
  }
  return at
}

/** Normalises every projection inside a type, innermost first. */
export function normalizeAll(db: Database, ty: Ty): Ty {
  const each = (inner: Ty): Ty => normalizeAll(db, inner)
  const { id: _, ...kind } = ty
  switch (kind.kind) {
    case 'adt':
      return kind.args.length === 0 ? ty : makeTy(db, { ...kind, args: kind.args.map(each) })
    case 'proj':
      return normalize(db, makeTy(db, { ...kind, self: each(kind.self), args: kind.args.map(each) }))
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return makeTy(db, { ...kind, inner: each(kind.inner) })
    case 'tuple':
      return makeTy(db, { ...kind, items: kind.items.map(each) })
    case 'dyn':
    case 'impl':
      return makeTy(db, { ...kind, bounds: kind.bounds.map((bound) => ({ ...bound, args: bound.args.map(each) })) })
    default:
      return ty
  }
}

type Projection = Extract<Ty, { kind: 'proj' }>

function projectOnce(db: Database, ty: Projection): Ty | null {
  const { self, trait } = ty
  if (self.kind === 'param' || self.kind === 'proj' || self.kind === 'unknown' || self.kind === 'impl') return null
  const candidates: Match[] = []
  for (const crate of cratesOf(ty)) {
    if (!showsImpls(db, crate, trait)) candidates.push(...matchFacts(db, crate, ty))
    else
      candidates.push(...(implIndex(db, crate).byTrait.get(trait) ?? []).flatMap((id) => matchImpl(db, id, self, ty.args) ?? []))
  }
  // Coherence: an impl for this very type and a blanket one beside it cannot both apply, and then the former does.
  const special = candidates.filter((match) => !match.blanket)
  if (special.length > 1) return agreedValue(db, ty, candidates)
  const only = special[0] ?? (candidates.length === 1 && seesAllImpls(db, ty) ? candidates[0] : undefined)
  return only?.certain ? valueIn(db, ty, only) : null
}

function valueIn(db: Database, ty: Projection, match: Match): Ty | null {
  const value = match.value(ty.name)
  return value ? bind(db, value, match.bindings) : match.hasDefaults ? assocDefault(db, ty) : null
}

/**
 * What several impls say alike: types do not keep constants, so that all of `impl<T> Array for [T; 1]`, `[T; 2]` … are for an
 * array, and facts about several versions tell an impl twice. Whichever applies, this is it.
 */
function agreedValue(db: Database, ty: Projection, matches: readonly Match[]): Ty | null {
  if (!matches.every((match) => match.butForConstants)) return null
  const [value, ...others] = new Set(matches.map((match) => valueIn(db, ty, match)))
  return value && others.length === 0 ? value : null
}

/** Whether all impls for the type that are not in the trait's own crate are known: then a blanket impl stands alone. */
function seesAllImpls(db: Database, ty: Projection): boolean {
  return [...cratesOf(ty)].every((crate) => crate === crateOfId(ty.trait) || showsImpls(db, crate, ty.trait))
}

/**
 * Whether the sources of a crate tell its impls of a trait. A trait that was found in sources although facts speak for its
 * crate (they did not know something next to it) is not the one that facts tell impls of.
 */
function showsImpls(db: Database, crate: CrateId, trait: DefId): boolean {
  if (authorityOf(db, crate).kind === 'source') return true
  return idParts(trait).kind === 'item' && (crateOf(db, crate)?.root ?? null) !== null
}

/** An impl that is, or may be, for a type. */
interface Match {
  readonly certain: boolean
  /** It is, if constants in its head are those of the type. */
  readonly butForConstants: boolean
  /** `impl<T> Trait for T` */
  readonly blanket: boolean
  readonly bindings: Bindings
  /** What the impl says of an associated type, over its own parameters. */
  readonly value: (name: string) => Ty | null
  /** Whether what it does not say is what the trait says. */
  readonly hasDefaults: boolean
}

/** null if the impl cannot be for this type. */
function matchImpl(db: Database, id: DefId, self: Ty, args: readonly Ty[]): Match | null {
  const head = implPattern(db, id)
  const types = new Map<string, Ty>()
  const bindings = { owner: id, types }
  const value = (name: string): Ty | null => assocValue(db, id, name)
  // A head that is being worked out right now may match.
  if (!head) return { certain: false, butForConstants: false, blanket: false, bindings, value, hasDefaults: true }
  const fit = worse(fitHead(head.self, self, id, types), head.trait ? fitAll(head.trait.args, args, id, types) : 'yes')
  if (fit === 'no') return null
  const butForConstants = fit === 'yes' && !head.negative && head.condition === ALWAYS
  const certain = butForConstants && !head.constHead
  return { certain, butForConstants, blanket: head.self.kind === 'param', bindings, value, hasDefaults: !hasMacroMembers(db, id) }
}

/** A macro in the impl that could not be expanded may define the associated type. */
function hasMacroMembers(db: Database, impl: DefId): boolean {
  const item = itemOf(db, impl)?.item
  return item?.kind === 'impl' && item.children.some((child) => child.kind === 'macro_call')
}

function matchFacts(db: Database, crate: CrateId, { self, trait, args }: Projection): readonly Match[] {
  return factImpls(db, crate, trait).flatMap((impl): readonly Match[] => {
    const types = new Map<string, Ty>()
    const fit = worse(fitHead(impl.self, self, impl.id, types), fitAll(impl.args, args, impl.id, types))
    if (fit === 'no') return []
    const bindings = { owner: impl.id, types }
    return [
      {
        certain: fit === 'yes',
        butForConstants: fit === 'yes',
        blanket: impl.self.kind === 'param',
        bindings,
        value: (name) => impl.assoc.get(name) ?? null,
        hasDefaults: false,
      },
    ]
  })
}

function worse(a: Fit, b: Fit): Fit {
  if (a === 'no' || b === 'no') return 'no'
  return a === 'maybe' || b === 'maybe' ? 'maybe' : 'yes'
}

/** Crates that the orphan rule lets write the impl: the trait's, and those of the types named. */
function cratesOf({ self, trait, args }: Projection): ReadonlySet<CrateId> {
  const crates = new Set<CrateId>([crateOfId(trait)])
  const visit = (ty: Ty): void => {
    if (ty.kind === 'adt') {
      crates.add(crateOfId(ty.def))
      for (const arg of ty.args) visit(arg)
    } else if (ty.kind === 'ref' || ty.kind === 'ptr' || ty.kind === 'array' || ty.kind === 'slice') visit(ty.inner)
    else if (ty.kind === 'tuple') for (const item of ty.items) visit(item)
    else if (ty.kind === 'dyn') for (const bound of ty.bounds) if (bound.trait !== null) crates.add(crateOfId(bound.trait))
  }
  visit(self)
  for (const arg of args) visit(arg)
  return crates
}

/**
 * What an impl, or a trait by default, writes for an associated type, lowered. Key: definition and name, `def\nname`. null
 * without such a type, and for one that is written in terms of itself.
 */
const writtenAssoc: Query<string, Ty | null> = query(
  'writtenAssoc',
  (db, key: string): Ty | null => {
    const [def = '', name = ''] = key.split('\n')
    const each = itemOf(db, def)
    if (each?.item.kind !== 'impl' && each?.item.kind !== 'trait') return null
    const child = each.item.children.find((item): item is TypeItem => item.kind === 'type' && item.name === name)
    if (!child?.type) return null
    if (each.item.kind === 'trait') return lowerType(db, scopeInside(each), child.type)
    if (child.generics.params.some((param) => param.kind !== 'lifetime')) return null
    return lowerType(db, scopeOfMember(each, child), child.type)
  },
  { cycle: () => null },
)

function assocValue(db: Database, impl: DefId, name: string): Ty | null {
  return itemOf(db, impl)?.item.kind === 'impl' ? writtenAssoc(db, `${impl}\n${name}`) : null
}

/** `type Item = Default;` in the trait. */
function assocDefault(db: Database, ty: Projection): Ty | null {
  const each = itemOf(db, ty.trait)
  if (each?.item.kind !== 'trait') return null
  const value = writtenAssoc(db, `${ty.trait}\n${ty.name}`)
  if (!value) return null
  const types = new Map<string, Ty>([['Self', ty.self]])
  for (const [i, param] of typeParamsOf(each).entries()) types.set(param, ty.args[i] ?? ty.self)
  return bind(db, value, { owner: each.id, types })
}

/** `Type::Name` without a trait: the one associated type of this name that impls in reach give the type; null if it cannot be told. */
export function assocOfImpls(db: Database, self: Ty, name: string, crate: CrateId): Ty | null {
  const crates = new Set<CrateId>([crate])
  if (self.kind === 'adt') crates.add(crateOfId(self.def))
  const found = new Set<Ty>()
  for (const each of crates) {
    if (authorityOf(db, each).kind !== 'source') continue
    for (const ids of implIndex(db, each).byTrait.values()) {
      for (const id of ids) {
        const item = itemOf(db, id)?.item
        if (item?.kind !== 'impl' || !item.children.some((child) => child.kind === 'type' && child.name === name)) continue
        const args = implPattern(db, id)?.trait?.args ?? []
        const match = matchImpl(db, id, self, args)
        if (!match) continue
        const value = match.certain ? match.value(name) : null
        if (!value) return null
        found.add(bind(db, value, match.bindings))
      }
    }
  }
  const [only] = found
  return found.size === 1 ? (only ?? null) : null
}
