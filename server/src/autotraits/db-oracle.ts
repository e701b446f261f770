import { type Database, type Query, query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { factItem } from '../resolve/fact-names.ts'
import { crateOfId, idParts } from '../resolve/ids.ts'
import { autoImplsOf, type ImplHead, implHead, implIndex } from '../resolve/impl-index.ts'
import { makeTy } from '../resolve/interner.ts'
import { normalizeAll } from '../resolve/normalize.ts'
import { declaredBounds, unsizedParams } from '../resolve/predicates.ts'
import { sameValue } from '../resolve/same-value.ts'
import { itemOf } from '../resolve/scopes.ts'
import { signature } from '../resolve/signature.ts'
import { traitInfo } from '../resolve/traits.ts'
import type { Ty, TyKind } from '../resolve/ty.ts'
import { genericsOf } from '../resolve/type-scope.ts'
import { loweredFact, loweredTraitImpls } from './fact-conditions.ts'
import {
  type AdtInfo,
  type AutoTrait,
  type FactCond,
  type ImplInfo,
  type ImplSet,
  type Place,
  type Predicate,
  SIZED,
  type TraitImpl,
  type TypeOracle,
} from './oracle.ts'
import { stdProjection } from './std-projections.ts'
import { replaceProjections } from './substitute.ts'
import { writtenTypes } from './written-types.ts'

/** Answers the solver from the resolver and the facts. Everything it reads is recorded by the database. */
export function dbOracle(db: Database): TypeOracle {
  return {
    make: (kind) => makeTy(db, kind),
    normalize: (ty) => (mentionsProjection(ty) ? normalizeDeep(db, ty) : ty),
    adt: (def) => adtInfo(db, def),
    header: (def) => header(db, def),
    fieldText: (def, field) => (field.index === null ? '' : (writtenTypes(db, def)[field.index] ?? '')),
    explicitImpls: (def, trait) => explicitImpls(db, def, trait),
    fact: (def, trait) => factCond(db, def, trait),
    trait: (def) => traitInfo(db, def),
    declaredBounds: (owner) => declaredBounds(db, owner),
    implsFor: (trait, ty) => implsFor(db, trait, ty),
    langTrait,
  }
}

const adtInfo: Query<DefId, AdtInfo | null> = query(
  'adtInfo',
  (db, def: DefId): AdtInfo | null => {
    const found = signature(db, def)
    if (!found) return null
    const fields = found.fields.map(({ name, variant, ty, index, condition }) => ({ name, variant, ty, index, cfg: condition }))
    return { name: found.name, params: found.params, fields, opaque: found.untrusted, place: placeOf(db, def) }
  },
  { equals: sameValue },
)

function placeOf(db: Database, def: DefId): Place {
  const origin = itemOf(db, def)?.origin
  return origin ? { kind: 'item', origin, field: null } : { kind: 'fact', reference: def }
}

function header(db: Database, def: DefId): { readonly name: string; readonly params: readonly string[] } {
  const found = adtInfo(db, def)
  if (found) return { name: found.name, params: found.params }
  const fact = factItem(db, def)
  if (fact?.kind !== 'type') return { name: def.split('\t').at(-1) ?? def, params: [] }
  const params = fact.type.params.filter((param) => param.kind === 'type').map((param) => param.name)
  return { name: fact.type.path.split('::').at(-1) ?? fact.type.path, params }
}

function explicitImpls(db: Database, def: DefId, trait: AutoTrait): ImplSet {
  if (idParts(def).kind === 'fact') return { impls: loweredFact(db, `${def}|${trait}`)?.heads ?? [], incomplete: null }
  const { impls, incomplete } = autoImplsOf(db, def, trait)
  return { impls: impls.filter((head) => mayMean(db, head, def)).map((head) => implInfo(db, def, head)), incomplete }
}

/**
 * Whether an impl for a type that could not be resolved may be one for `def`: only if it is written with that name. Else
 * one type that a macro made would leave every other type of its crate in doubt.
 */
function mayMean(db: Database, head: ImplHead, def: DefId): boolean {
  if (head.self.kind !== 'unknown') return true
  const impl = itemOf(db, head.id)?.item
  if (impl?.kind !== 'impl' || impl.self.kind !== 'path') return true
  return impl.self.path.segments.at(-1)?.name === itemOf(db, def)?.item.name
}

function implInfo(db: Database, def: DefId, head: ImplHead): ImplInfo {
  const { id, negative, params, self, constHead, condition } = head
  return {
    id,
    negative,
    params,
    self,
    constHead,
    where: [...declaredBounds(db, id), ...sizedBounds(db, def, head)],
    cfg: condition,
    place: placeOf(db, id),
  }
}

/** What `impl<T>` silently wants of `T` where the type itself takes unsized arguments. */
function sizedBounds(db: Database, def: DefId, head: ImplHead): readonly Predicate[] {
  const type = itemOf(db, def)?.item
  const impl = itemOf(db, head.id)?.item
  if (!type || !impl || unsizedParams(genericsOf(type)).size === 0) return []
  const unsized = unsizedParams(genericsOf(impl))
  const sized = head.params.filter((name) => !unsized.has(name))
  return sized.map((name) => ({ ty: makeTy(db, { kind: 'param', owner: head.id, name }), auto: null, trait: null, name: SIZED }))
}

function factCond(db: Database, def: DefId, trait: AutoTrait): FactCond | null {
  return idParts(def).kind === 'fact' ? (loweredFact(db, `${def}|${trait}`)?.cond ?? null) : null
}

/** Only the crates of the trait and of the type may hold such an impl (orphan rule). */
function implsFor(db: Database, trait: DefId, ty: Ty): readonly TraitImpl[] {
  const crates = new Set([crateOfId(trait), ...(ty.kind === 'adt' ? [crateOfId(ty.def)] : [])])
  return [...crates].flatMap((crate) => [
    ...loweredTraitImpls(db, `${crate}\n${trait}`).filter((impl) => sameShape(impl.self, ty)),
    ...(implIndex(db, crate).byTrait.get(trait) ?? []).flatMap((id) => {
      const head = implHead(db, id)
      if (!head || !sameShape(head.self, ty)) return []
      const { negative, params, self, constHead, condition } = head
      const info = {
        id,
        negative,
        params,
        self,
        constHead,
        where: declaredBounds(db, id),
        cfg: condition,
        place: placeOf(db, id),
      }
      return [{ ...info, traitArgs: head.trait?.args ?? [] }]
    }),
  ])
}

/** Whether an impl's self type can be the type at all; sorts out most impls of common traits. */
function sameShape(self: Ty, ty: Ty): boolean {
  if (self.kind === 'param') return true
  return self.kind === ty.kind && (self.kind !== 'adt' || ty.kind !== 'adt' || self.def === ty.def)
}

function langTrait(trait: DefId): 'Copy' | 'Clone' | null {
  const parts = idParts(trait)
  if (parts.kind !== 'fact') return null
  if (parts.path === 'std::marker::Copy') return 'Copy'
  return parts.path === 'std::clone::Clone' ? 'Clone' : null
}

/** Projections that lead to projections; the language's limit is 128. */
const MAX_STEPS = 16

/** By impls with sources and, where none can be seen, by what std says of its own types. */
function normalizeDeep(db: Database, ty: Ty): Ty {
  const make = (kind: TyKind): Ty => makeTy(db, kind)
  let at = normalizeAll(db, ty)
  for (let steps = MAX_STEPS; steps > 0 && mentionsProjection(at); steps--) {
    const next = normalizeAll(
      db,
      replaceProjections(make, at, (projection) => stdProjection(make, projection)),
    )
    if (next === at) break
    at = next
  }
  return at
}

function mentionsProjection(ty: Ty): boolean {
  switch (ty.kind) {
    case 'proj':
      return true
    case 'adt':
      return ty.args.some(mentionsProjection)
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return mentionsProjection(ty.inner)
    case 'tuple':
      return ty.items.some(mentionsProjection)
    case 'dyn':
    case 'impl':
      return ty.bounds.some((bound) => bound.args.some(mentionsProjection))
    default:
      return false
  }
}
