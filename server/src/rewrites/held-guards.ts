import type { BodyFacts } from '../syntax/body.ts'
import type { Span } from '../syntax/span.ts'
import type { MethodSource } from './class-source.ts'
import type { MovePlan } from './plan.ts'

/** Methods that give a lock's guard, and those that hand it on. */
const LOCKING = /^(?:lock|read|write|upgradable_read|lock_arc|read_arc|write_arc|blocking_lock|blocking_read|blocking_write)$/
const PASSING = /^(?:unwrap|expect|unwrap_or_else|map_err|ok|unwrap_unchecked)$/

/**
 * Whether a body that takes the object's lock for a part of it may hold another lock there. Bodies under the object's lock take other
 * locks after it: in the other order two threads would wait for each other.
 */
export function holdsOtherLock(plan: MovePlan, method: MethodSource): boolean {
  const own = plan.uses.get(method)
  if (!own) return true
  const uses = [...own.fields.filter((it) => plan.fields.has(it.name)), ...own.calls].map((it) => it.index)
  return method.facts.facts.some((fact, index) => {
    if (fact.kind !== 'method' || fact.args.length > 0 || !LOCKING.test(fact.name)) return false
    const held = heldWhile(method.facts, index)
    return uses.some((it) => {
      const at = method.facts.facts[it]?.span.start ?? 0
      return held.start <= at && at < held.end && !within(method.facts, it, index)
    })
  })
}

/** A use in the place that is locked is over when the guard is there. */
function within({ facts }: BodyFacts, use: number, lock: number): boolean {
  return use > lock && use < (facts[lock]?.after ?? 0)
}

/** Where a guard lives: its name's scope, or to the end of the statement that it is a temporary of. */
function heldWhile({ facts }: BodyFacts, index: number): Span {
  let at = index
  for (let fuel = 64; fuel > 0; fuel--) {
    const parent = facts[facts[at]?.parent ?? -1]
    const passes =
      parent?.kind === 'try' ||
      parent?.kind === 'paren' ||
      (parent?.kind === 'method' && facts[at]?.role === 'receiver' && PASSING.test(parent.name))
    if (!passes) break
    at = facts[at]?.parent ?? -1
  }
  const named = facts[facts[at]?.parent ?? -1]
  if (named?.kind === 'let') return { start: named.span.start, end: named.scope.end }
  for (let fuel = 64; fuel > 0 && at > 0; fuel--) {
    const parent = facts[facts[at]?.parent ?? -1]
    if (!parent || parent.kind === 'block') break
    at = facts[at]?.parent ?? -1
  }
  return facts[at]?.span ?? { start: 0, end: 0 }
}
