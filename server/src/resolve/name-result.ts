import { CFG_TRUE, disjunction, negate } from '../project/cfg.ts'
import { isSatisfiable } from '../project/cfg-logic.ts'
import { both, type Condition } from './conditions.ts'
import type { DefId, UnknownReason } from './defs.ts'

/** One thing a path may mean. */
export interface Target {
  /** null for a primitive type, which `primitive` names. */
  readonly def: DefId | null
  readonly primitive: string | null
  readonly condition: Condition
  /** How many segments at the end of the path were not used: those that name something inside a type or trait. */
  readonly rest: number
}

/** All that a path may mean. */
export interface PathResult {
  readonly targets: readonly Target[]
  /** Something that cannot be looked into may define the name. */
  readonly opaque: UnknownReason | null
}

/** What a lookup under way knows. */
export interface NameResult extends PathResult {
  /** Something that cannot be looked into may define it, if nothing else does. */
  readonly weak: UnknownReason | null
}

/** Nothing is found, and nothing is in doubt. */
export const NOTHING: NameResult = { targets: [], opaque: null, weak: null }

/** Each definition once, under the condition of any of its ways. */
export function distinct(targets: readonly Target[]): readonly Target[] {
  const found = new Map<string, Target>()
  for (const target of targets) {
    const key = `${target.def ?? target.primitive} ${target.rest}`
    const before = found.get(key)
    found.set(key, before ? { ...before, condition: disjunction([before.condition, target.condition]) } : target)
  }
  return [...found.values()]
}

/** One definition. */
export function one(def: DefId, condition: Condition = CFG_TRUE): NameResult {
  return { targets: [{ def, primitive: null, condition, rest: 0 }], opaque: null, weak: null }
}

/** It cannot be told what it means. */
export function opaqueResult(reason: UnknownReason): NameResult {
  return { targets: [], opaque: reason, weak: null }
}

/** What covers every configuration needs no look further out. */
export function isSettled(result: NameResult): boolean {
  return result.opaque !== null || covers(result.targets)
}

export function covers(targets: readonly Target[]): boolean {
  if (targets.length === 0) return false
  if (targets.some((target) => target.condition === CFG_TRUE)) return true
  return !isSatisfiable(negate(disjunction(targets.map((target) => target.condition))))
}

/** Alternatives of `inner`, and those of `outer` for the configurations that `inner` leaves open. */
export function orElse(inner: NameResult, outer: NameResult): NameResult {
  if (isSettled(inner)) return inner
  const left = inner.targets.length === 0 ? CFG_TRUE : negate(disjunction(inner.targets.map((target) => target.condition)))
  const added = outer.targets.map((target) => ({ ...target, condition: both(left, target.condition) }))
  // An opaque outer scope cannot take back what may be found here, but adds a doubt.
  return { targets: [...inner.targets, ...added], opaque: outer.opaque, weak: inner.weak ?? outer.weak }
}

/** Definitions of one name beside each other: each holds under its own condition. */
export function alongside(a: NameResult, b: NameResult): NameResult {
  return { targets: [...a.targets, ...b.targets], opaque: a.opaque ?? b.opaque, weak: a.weak ?? b.weak }
}
