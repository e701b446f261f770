import type { Bound, Path, PathSegment } from '../syntax/summary.ts'
import type { DefId, UnknownReason } from './defs.ts'
import { factItem } from './fact-names.ts'
import { crateOfId, idParts } from './ids.ts'
import { makeTy } from './interner.ts'
import { factParams, lowerArgs, resolveIn } from './lower-path.ts'
import { type Lowering, lower } from './lowering.ts'
import { itemOf } from './scopes.ts'
import type { TraitRef, Ty } from './ty.ts'
import { factScope, scopeInside } from './type-scope.ts'

/** A bound after resolution. */
export interface LoweredBound {
  /** The trait if it is Send or Sync, else null. */
  readonly auto: 'Send' | 'Sync' | null
  /** Any other trait; null for Send and Sync. */
  readonly trait: TraitRef | null
  /** The trait's last path segment as written. */
  readonly name: string
}

/** Bounds of a `dyn` or `impl` type. */
export interface BoundSet {
  readonly send: boolean
  readonly sync: boolean
  readonly bounds: readonly TraitRef[]
}

/** The auto trait that a definition is, null for every other. Names do not matter: `use Send as S` is Send. */
export function autoTraitOf(def: DefId): 'Send' | 'Sync' | null {
  const parts = idParts(def)
  if (parts.kind !== 'fact') return null
  if (parts.path === 'std::marker::Send') return 'Send'
  return parts.path === 'std::marker::Sync' ? 'Sync' : null
}

/** Whether a definition is std's `Sized`. */
export function isSized(def: DefId): boolean {
  const parts = idParts(def)
  return parts.kind === 'fact' && parts.path === 'std::marker::Sized'
}

/** Resolves one bound; null for lifetimes, `?Trait` and `Sized`. */
export function lowerBound(cx: Lowering, bound: Bound): LoweredBound | null {
  if (!bound.path || bound.maybe) return null
  const name = bound.path.segments.at(-1)?.name ?? ''
  const trait = lowerTraitPath(cx, bound.path)
  if (trait.trait !== null && isSized(trait.trait)) return null
  const auto = trait.trait === null ? null : autoTraitOf(trait.trait)
  return { auto, trait: auto ? null : trait, name }
}

/** Resolves the bounds of `dyn` and `impl`. */
export function lowerBounds(cx: Lowering, bounds: readonly Bound[]): BoundSet {
  const lowered = bounds.flatMap((bound) => lowerBound(cx, bound) ?? [])
  return {
    send: lowered.some((bound) => bound.auto === 'Send'),
    sync: lowered.some((bound) => bound.auto === 'Sync'),
    bounds: lowered.flatMap((bound) => bound.trait ?? []),
  }
}

/** Resolves the path of a trait. `trait` is null, with a reason, if it cannot be told which trait that is. */
export function lowerTraitPath(cx: Lowering, path: Path): TraitRef {
  const { trait, reason } = resolveTraitPath(cx, path)
  const last = path.segments.at(-1)
  return trait === null || !last ? { trait: null, reason, args: [] } : { trait, reason: null, args: traitArgs(cx, trait, last) }
}

/** The trait that a path names, its arguments left aside. */
export function resolveTraitPath(
  cx: Lowering,
  path: Path,
): { readonly trait: DefId | null; readonly reason: UnknownReason | null } {
  const text = path.segments.map((segment) => segment.name).join('::')
  const fail = (reason: UnknownReason) => ({ trait: null, reason })
  const { targets, opaque } = resolveIn(
    cx,
    path.segments.map((segment) => segment.name),
    path.global,
  )
  const defs = targets.flatMap((each) => (each.rest === 0 && each.def !== null ? [each.def] : []))
  const [trait] = defs
  if (opaque) return fail(opaque)
  if (trait === undefined) return fail({ code: 'unresolved-name', text: `trait ${text} cannot be resolved` })
  if (defs.length > 1) return fail({ code: 'cfg', text: `trait ${text} depends on cfg` })
  const isTrait = itemOf(cx.db, trait)?.item.kind === 'trait' || factItem(cx.db, trait)?.kind === 'trait'
  return isTrait ? { trait, reason: null } : fail({ code: 'unresolved-name', text: `${text} is not a trait` })
}

function traitArgs(cx: Lowering, def: DefId, segment: PathSegment): readonly Ty[] {
  if (segment.args?.call) return [inputs(cx, segment)]
  const each = itemOf(cx.db, def)
  if (each?.item.kind === 'trait') return lowerArgs(cx, def, each.item.generics.params, segment.args, scopeInside(each))
  const fact = factItem(cx.db, def)
  if (fact?.kind !== 'trait') return []
  const params = factParams(cx, fact.trait.params)
  return lowerArgs(cx, def, params, segment.args, factScope(crateOfId(def), def, params))
}

/** `Fn(A, B)` is `Fn<(A, B)>`. */
function inputs(cx: Lowering, segment: PathSegment): Ty {
  return makeTy(cx.db, { kind: 'tuple', items: (segment.args?.args ?? []).map((arg) => lower(cx, arg)) })
}
