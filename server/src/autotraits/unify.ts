import type { DefId } from '../resolve/defs.ts'
import type { TraitRef, Ty } from '../resolve/ty.ts'
import type { Substitution } from './substitute.ts'

/**
 * Outcome of matching an impl head against a type. `maybe`: it depends on what a parameter, projection or unknown type
 * of the target turns out to be.
 */
export type HeadMatch =
  | { readonly kind: 'match'; readonly by: Substitution; readonly general: boolean }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'maybe' }

type Fit = 'yes' | 'no' | 'maybe'

/**
 * Matches `pattern` (the self type of the impl `owner`, in whose parameters it is written) against `target`. `general`
 * says that the head was all distinct parameters, so that it matches every instance of the type.
 */
export function matchHead(pattern: Ty, target: Ty, owner: DefId): HeadMatch {
  const types = new Map<string, Ty>()
  const fit = fits(pattern, target, owner, types)
  if (fit === 'no') return { kind: 'mismatch' }
  if (fit === 'maybe') return { kind: 'maybe' }
  return { kind: 'match', by: { owner, types }, general: isGeneralHead(pattern, owner) }
}

/** Whether an impl head is `X<A, B>` with distinct parameters of its own: then it covers every `X`. */
export function isGeneralHead(head: Ty, owner: DefId): boolean {
  if (head.kind !== 'adt') return false
  const seen = new Set<string>()
  for (const arg of head.args) {
    if (arg.kind !== 'param' || arg.owner !== owner || seen.has(arg.name)) return false
    seen.add(arg.name)
  }
  return true
}

function fits(pattern: Ty, target: Ty, owner: DefId, types: Map<string, Ty>): Fit {
  if (pattern.kind === 'param' && pattern.owner === owner) {
    const bound = types.get(pattern.name)
    if (bound === undefined) {
      types.set(pattern.name, target)
      return 'yes'
    }
    return equal(bound, target)
  }
  if (pattern === target) return blurred(pattern) ? 'maybe' : 'yes'
  if (undetermined(pattern) || undetermined(target)) return 'maybe'
  // Equal constructors of which a part is not kept in the type (a length, a signature) may still be different types.
  const unsure: Fit = sameBlurred(pattern, target) ? 'maybe' : 'yes'
  const inner = components(pattern, target)
  if (inner === null) return 'no'
  return worst([unsure, ...inner.map(([a, b]) => fits(a, b, owner, types))])
}

/** Whether two types are the same for every choice of the parameters in them. */
function equal(a: Ty, b: Ty): Fit {
  if (a === b) return blurred(a) ? 'maybe' : 'yes'
  if (undetermined(a) || undetermined(b)) return 'maybe'
  const inner = components(a, b)
  return inner === null ? 'no' : worst(inner.map(([x, y]) => equal(x, y)))
}

function worst(fitted: readonly Fit[]): Fit {
  if (fitted.includes('no')) return 'no'
  return fitted.includes('maybe') ? 'maybe' : 'yes'
}

/** Types that keep less than rustc does: lengths, signatures and associated types are erased. */
function isBlurred(ty: Ty): boolean {
  return ty.kind === 'fn-ptr' || ty.kind === 'dyn' || ty.kind === 'array' || ty.kind === 'unknown' || ty.kind === 'impl'
}

function sameBlurred(a: Ty, b: Ty): boolean {
  return a.kind === b.kind && isBlurred(a)
}

/** Whether a type has such a part anywhere, so that two spellings of it may be different types. */
function blurred(ty: Ty): boolean {
  switch (ty.kind) {
    case 'adt':
      return ty.args.some(blurred)
    case 'proj':
      return blurred(ty.self) || ty.args.some(blurred)
    case 'ref':
    case 'ptr':
    case 'slice':
      return blurred(ty.inner)
    case 'tuple':
      return ty.items.some(blurred)
    default:
      return isBlurred(ty)
  }
}

/** Types that may still turn out to be another type. */
function undetermined(ty: Ty): boolean {
  return ty.kind === 'param' || ty.kind === 'proj' || ty.kind === 'unknown' || ty.kind === 'impl'
}

/** Corresponding parts of two types with the same constructor, null if the constructors differ. */
function components(a: Ty, b: Ty): readonly (readonly [Ty, Ty])[] | null {
  if (a.kind === 'adt' && b.kind === 'adt') return a.def === b.def ? zip(a.args, b.args) : null
  if (a.kind === 'tuple' && b.kind === 'tuple') return a.items.length === b.items.length ? zip(a.items, b.items) : null
  if ((a.kind === 'ref' && b.kind === 'ref') || (a.kind === 'ptr' && b.kind === 'ptr'))
    return a.mut === b.mut ? [[a.inner, b.inner]] : null
  if ((a.kind === 'array' && b.kind === 'array') || (a.kind === 'slice' && b.kind === 'slice')) return [[a.inner, b.inner]]
  if (a.kind === 'prim' && b.kind === 'prim') return a.name === b.name ? [] : null
  if (a.kind === 'dyn' && b.kind === 'dyn')
    return a.send === b.send && a.sync === b.sync ? traitComponents(a.bounds, b.bounds) : null
  return a.kind === b.kind && (a.kind === 'fn-ptr' || a.kind === 'never') ? [] : null
}

function traitComponents(a: readonly TraitRef[], b: readonly TraitRef[]): readonly (readonly [Ty, Ty])[] | null {
  if (a.length !== b.length) return null
  const pairs: (readonly [Ty, Ty])[] = []
  for (const [i, bound] of a.entries()) {
    const other = b[i]
    if (!other || bound.trait === null || bound.trait !== other.trait || bound.args.length !== other.args.length) return null
    pairs.push(...zip(bound.args, other.args))
  }
  return pairs
}

function zip(a: readonly Ty[], b: readonly Ty[]): readonly (readonly [Ty, Ty])[] {
  return a.flatMap((left, i) => {
    const right = b[i]
    return right ? [[left, right] as const] : []
  })
}
