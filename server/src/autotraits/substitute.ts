import type { DefId } from '../resolve/defs.ts'
import type { TraitRef, Ty } from '../resolve/ty.ts'
import type { Predicate, TypeOracle } from './oracle.ts'

/** What stands for the parameters of one owner. Names without an entry stay as they are. */
export interface Substitution {
  readonly owner: DefId
  readonly types: ReadonlyMap<string, Ty>
}

/** Pairs parameter names with arguments; surplus ones on either side are dropped. */
export function substitution(owner: DefId, params: readonly string[], args: readonly Ty[]): Substitution {
  const types = new Map<string, Ty>()
  for (const [i, name] of params.entries()) {
    const arg = args[i]
    if (arg) types.set(name, arg)
  }
  return { owner, types }
}

/** `ty` with the owner's parameters replaced; the same object if it names none of them. Not normalised. */
export function substitute(oracle: TypeOracle, ty: Ty, by: Substitution): Ty {
  if (by.types.size === 0) return ty
  const all = (items: readonly Ty[]) => items.map((item) => substitute(oracle, item, by))
  switch (ty.kind) {
    case 'param':
      return ty.owner === by.owner ? (by.types.get(ty.name) ?? ty) : ty
    case 'adt': {
      const args = all(ty.args)
      return sameItems(args, ty.args) ? ty : oracle.make({ kind: 'adt', def: ty.def, args })
    }
    case 'proj': {
      const self = substitute(oracle, ty.self, by)
      const args = all(ty.args)
      if (self === ty.self && sameItems(args, ty.args)) return ty
      return oracle.make({ kind: 'proj', self, trait: ty.trait, args, name: ty.name })
    }
    case 'ref':
    case 'ptr': {
      const inner = substitute(oracle, ty.inner, by)
      return inner === ty.inner ? ty : oracle.make({ kind: ty.kind, mut: ty.mut, inner })
    }
    case 'array':
    case 'slice': {
      const inner = substitute(oracle, ty.inner, by)
      return inner === ty.inner ? ty : oracle.make({ kind: ty.kind, inner })
    }
    case 'tuple': {
      const items = all(ty.items)
      return sameItems(items, ty.items) ? ty : oracle.make({ kind: 'tuple', items })
    }
    case 'dyn':
    case 'impl': {
      const bounds = substituteTraits(oracle, ty.bounds, by)
      if (bounds === ty.bounds) return ty
      return oracle.make({ kind: ty.kind, send: ty.send, sync: ty.sync, bounds })
    }
    default:
      return ty
  }
}

/** `ty` with its projections replaced, innermost first, where `replace` knows them; the same object if none is. */
export function replaceProjections(
  make: TypeOracle['make'],
  ty: Ty,
  replace: (projection: Extract<Ty, { kind: 'proj' }>) => Ty | null,
): Ty {
  const each = (inner: Ty): Ty => replaceProjections(make, inner, replace)
  switch (ty.kind) {
    case 'adt':
      return ty.args.length === 0 ? ty : make({ kind: 'adt', def: ty.def, args: ty.args.map(each) })
    case 'proj': {
      const inner = make({ kind: 'proj', self: each(ty.self), trait: ty.trait, args: ty.args.map(each), name: ty.name })
      return inner.kind === 'proj' ? (replace(inner) ?? inner) : inner
    }
    case 'ref':
    case 'ptr':
      return make({ kind: ty.kind, mut: ty.mut, inner: each(ty.inner) })
    case 'array':
    case 'slice':
      return make({ kind: ty.kind, inner: each(ty.inner) })
    case 'tuple':
      return make({ kind: 'tuple', items: ty.items.map(each) })
    default:
      return ty
  }
}

/** A bound with the owner's parameters replaced. */
export function substitutePredicate(oracle: TypeOracle, predicate: Predicate, by: Substitution): Predicate {
  const ty = substitute(oracle, predicate.ty, by)
  const trait = predicate.trait && { ...predicate.trait, args: predicate.trait.args.map((arg) => substitute(oracle, arg, by)) }
  return { ...predicate, ty, trait }
}

function substituteTraits(oracle: TypeOracle, bounds: readonly TraitRef[], by: Substitution): readonly TraitRef[] {
  let changed = false
  const next = bounds.map((bound) => {
    const args = bound.args.map((arg) => substitute(oracle, arg, by))
    if (sameItems(args, bound.args)) return bound
    changed = true
    return { ...bound, args }
  })
  return changed ? next : bounds
}

function sameItems(a: readonly Ty[], b: readonly Ty[]): boolean {
  return a.every((item, i) => item === b[i])
}

/** Whether the type names a parameter (anything whose answer a caller can still change). */
export function mentionsParam(ty: Ty): boolean {
  switch (ty.kind) {
    case 'param':
      return true
    case 'adt':
      return ty.args.some(mentionsParam)
    case 'proj':
      return mentionsParam(ty.self) || ty.args.some(mentionsParam)
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return mentionsParam(ty.inner)
    case 'tuple':
      return ty.items.some(mentionsParam)
    case 'dyn':
    case 'impl':
      return ty.bounds.some((bound) => bound.args.some(mentionsParam))
    default:
      return false
  }
}

/** How many projections are nested in each other at the outside of a type. */
export function projectionDepth(ty: Ty): number {
  let depth = 0
  for (let at = ty; at.kind === 'proj'; at = at.self) depth++
  return depth
}
