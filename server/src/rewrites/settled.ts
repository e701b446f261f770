import type { ClassSource, MethodSource } from './class-source.ts'
import { judgedPlan, loudMethods } from './judged-plan.ts'
import { changes } from './needless-exclusive.ts'
import { isExclusive, type MovePlan, movePlan } from './plan.ts'
import type { Problem } from './problems.ts'
import { matchedFields, selfUses } from './self-uses.ts'

/**
 * A second plan, in which fields that no method changes stay outside the lock where only bodies that run Python code use them: what
 * is never written can be read at any time, by Rust's own rules for `&self`. The problem of the first plan where that is no help.
 */
export function settledPlan(source: ClassSource, seeds: ReadonlySet<string>, first: MovePlan | Problem): MovePlan | Problem {
  if (!('reason' in first)) return first
  const settled = settledFields(source, seeds)
  if (settled.size === 0) return first
  const stay = new Set(loudMethods(source, movePlan(source, seeds)).keys())
  if (stay.size === 0) return first
  // A method that needs a copy of the object takes all of its fields to where that is made.
  let inside: ReadonlySet<MethodSource> = new Set()
  for (let fuel = 8; fuel > 0; fuel--) {
    const plan = judgedPlan(source, movePlan(source, seeds, { settled, stay, inside }))
    if ('reason' in plan) return first
    const copied = [...(plan.copied ?? [])].filter((it) => !inside.has(it))
    if (copied.length === 0) return plan
    inside = new Set([...inside, ...copied])
  }
  return first
}

/** Fields that no method with a receiver changes, nor hands on in a way that is not seen. */
function settledFields(source: ClassSource, seeds: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set(source.struct.fields.map((it) => it.name).filter((it) => !seeds.has(it)))
  for (const method of source.methods) {
    const uses = selfUses(method.facts, method.selfName)
    const matched = matchedFields(method)
    // Where the object is used as a whole through `&mut self`, any field may change.
    const hidden = uses.bare.length > 0 || uses.opaque.some((it) => !matched.explained.has(it.at))
    if (hidden && (isExclusive(method) || method.self === 'guard-mut')) return new Set()
    for (const { name, index } of uses.fields) if (found.has(name) && changes(source, method, name, index)) found.delete(name)
  }
  return found
}
