import type { CrateId } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import type { TypeItem } from '../syntax/summary.ts'
import { ALWAYS } from './conditions.ts'
import { authorityOf } from './crates.ts'
import type { DefId } from './defs.ts'
import { crateOfId } from './ids.ts'
import { implIndex, type ImplPattern, implPattern } from './impl-index.ts'
import { makeTy } from './interner.ts'
import { lowerType } from './lowering.ts'
import { fitAll, fitHead } from './match-head.ts'
import { itemOf } from './scopes.ts'
import { typeParamsOf } from './self-type.ts'
import { bind, type Bindings } from './substitute.ts'
import type { Ty } from './ty.ts'
import { scopeInside, scopeOfMember } from './type-scope.ts'

/** Projections that lead to projections; the language's limit is 128. */
const MAX_STEPS = 32

/** Replaces a projection by what an impl says, where exactly one impl can match; else the same type. */
export function normalize(db: Database, ty: Ty): Ty {
  let at = ty
  for (let steps = MAX_STEPS; at.kind === 'proj' && steps > 0; steps--) {
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
  const { self, trait, name } = ty
  if (self.kind === 'param' || self.kind === 'proj' || self.kind === 'unknown' || self.kind === 'impl') return null
  const crates = cratesOf(ty)
  const candidates: Match[] = []
  for (const crate of crates) {
    for (const id of implIndex(db, crate).byTrait.get(trait) ?? []) {
      const match = matchImpl(db, id, self, ty.args)
      if (match) candidates.push(match)
    }
  }
  const [only, ...others] = candidates
  if (!only?.head || others.length > 0 || !only.certain) return null
  // A blanket impl may not apply (its bounds are not looked at), which another impl out of sight would show.
  const allSeen = [...crates].every((crate) => authorityOf(db, crate).kind === 'source')
  if (only.head.self.kind === 'param' && !allSeen) return null
  return assocValue(db, only, name) ?? assocDefault(db, ty)
}

interface Match {
  /** null if the head is being worked out right now: it may match. */
  readonly head: ImplPattern | null
  readonly certain: boolean
  readonly bindings: Bindings
}

/** null if the impl cannot be for this type. */
function matchImpl(db: Database, id: DefId, self: Ty, args: readonly Ty[]): Match | null {
  const head = implPattern(db, id)
  const types = new Map<string, Ty>()
  if (!head) return { head, certain: false, bindings: { owner: id, types } }
  const fit = fitHead(head.self, self, id, types)
  if (fit === 'no') return null
  const argsFit = head.trait ? fitAll(head.trait.args, args, id, types) : 'yes'
  if (argsFit === 'no') return null
  const certain = fit === 'yes' && argsFit === 'yes' && !head.constHead && !head.negative && head.condition === ALWAYS
  return { head, certain, bindings: { owner: id, types } }
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

function assocValue(db: Database, match: Match, name: string): Ty | null {
  const each = itemOf(db, match.bindings.owner)
  if (each?.item.kind !== 'impl') return null
  const child = each.item.children.find((item): item is TypeItem => item.kind === 'type' && item.name === name)
  if (!child?.type || child.generics.params.some((param) => param.kind !== 'lifetime')) return null
  return bind(db, lowerType(db, scopeOfMember(each, child), child.type), match.bindings)
}

/** `type Item = Default;` in the trait. */
function assocDefault(db: Database, ty: Projection): Ty | null {
  const each = itemOf(db, ty.trait)
  if (each?.item.kind !== 'trait') return null
  const child = each.item.children.find((item): item is TypeItem => item.kind === 'type' && item.name === ty.name)
  if (!child?.type) return null
  const types = new Map<string, Ty>([['Self', ty.self]])
  for (const [i, param] of typeParamsOf(each).entries()) types.set(param, ty.args[i] ?? ty.self)
  return bind(db, lowerType(db, scopeInside(each), child.type), { owner: each.id, types })
}

/** `Type::Name` without a trait: the one associated type of this name that impls in reach give the type; null if it cannot be told. */
export function assocOfImpls(db: Database, self: Ty, name: string, crate: CrateId): Ty | null {
  const crates = new Set<CrateId>([crate])
  if (self.kind === 'adt') crates.add(crateOfId(self.def))
  const found = new Set<Ty>()
  for (const each of crates) {
    for (const ids of implIndex(db, each).byTrait.values()) {
      for (const id of ids) {
        const item = itemOf(db, id)?.item
        if (item?.kind !== 'impl' || !item.children.some((child) => child.kind === 'type' && child.name === name)) continue
        const args = implPattern(db, id)?.trait?.args ?? []
        const match = matchImpl(db, id, self, args)
        if (!match) continue
        const value = match.certain ? assocValue(db, match, name) : null
        if (!value) return null
        found.add(value)
      }
    }
  }
  const [only] = found
  return found.size === 1 ? (only ?? null) : null
}
