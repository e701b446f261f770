import type { DefId } from './defs.ts'
import type { Ty } from './ty.ts'

/** Whether an impl head fits a type: for sure, for sure not, or it depends on what is not known. */
export type Fit = 'yes' | 'no' | 'maybe'

/**
 * Matches the head of an impl, written over the impl's parameters, against a type.
 * @param found receives what the parameters of `owner` stand for
 */
export function fitHead(pattern: Ty, target: Ty, owner: DefId, found: Map<string, Ty>): Fit {
  if (pattern.kind === 'param' && pattern.owner === owner) {
    const before = found.get(pattern.name)
    if (before === undefined) found.set(pattern.name, target)
    return before === undefined || before === target ? 'yes' : 'maybe'
  }
  if (isOpen(pattern) || isOpen(target)) return pattern === target ? 'yes' : 'maybe'
  if (pattern.kind !== target.kind) return 'no'
  switch (pattern.kind) {
    case 'adt':
      return target.kind === 'adt' && target.def === pattern.def ? fitAll(pattern.args, target.args, owner, found) : 'no'
    case 'ref':
    case 'ptr':
      return target.kind === pattern.kind && target.mut === pattern.mut
        ? fitHead(pattern.inner, target.inner, owner, found)
        : 'no'
    case 'array':
    case 'slice':
      return target.kind === pattern.kind ? fitHead(pattern.inner, target.inner, owner, found) : 'no'
    case 'tuple':
      return target.kind === 'tuple' && target.items.length === pattern.items.length
        ? fitAll(pattern.items, target.items, owner, found)
        : 'no'
    case 'prim':
      return pattern === target ? 'yes' : 'no'
    case 'never':
      return 'yes'
    default:
      // Signatures of function pointers and lifetimes of trait objects are not kept.
      return 'maybe'
  }
}

/** The same for lists of arguments. */
export function fitAll(patterns: readonly Ty[], targets: readonly Ty[], owner: DefId, found: Map<string, Ty>): Fit {
  let fit: Fit = patterns.length === targets.length ? 'yes' : 'maybe'
  for (const [i, pattern] of patterns.entries()) {
    const target = targets[i]
    const inner = target ? fitHead(pattern, target, owner, found) : 'maybe'
    if (inner === 'no') return 'no'
    if (inner === 'maybe') fit = 'maybe'
  }
  return fit
}

/** A type that may turn out to be any other. */
function isOpen(ty: Ty): boolean {
  return ty.kind === 'param' || ty.kind === 'proj' || ty.kind === 'unknown' || ty.kind === 'impl'
}
