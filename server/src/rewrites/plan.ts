import type { Cached } from './cache-form.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import type { Flow } from './flow-types.ts'
import { guardUses } from './guard-uses.ts'
import type { Section } from './narrow.ts'
import { type Problem, placeText } from './problems.ts'
import { pathCaller } from './rust-callers.ts'
import { matchedFields, type SelfUses, selfUses } from './self-uses.ts'
import { keepsExclusive, traitProblem } from './trait-methods.ts'
import { type OtherObject, otherObject } from './two-instances.ts'

/** Which fields and methods of a class move behind the lock. */
export interface MovePlan {
  readonly fields: ReadonlySet<string>
  /** Methods whose bodies move, in source order. */
  readonly moved: readonly MethodSource[]
  readonly uses: ReadonlyMap<MethodSource, SelfUses>
  /** Methods that stay where they are and hold the lock for a part of their bodies. */
  readonly narrowed: ReadonlyMap<MethodSource, Narrowed>
  /** Of those that move, readers that work on a copy without the lock, since they may run Python code; none where left out. */
  readonly copied?: ReadonlySet<MethodSource>
}

/** How a method that stays holds the lock for a part of its body. */
export type Narrowed = Section | Flow | Cached

/** What stays outside the lock together with bodies that run Python code. */
export interface Outside {
  /** Fields that nothing changes. */
  readonly settled: ReadonlySet<string>
  /** Methods of which the bodies stay where they are, unless they are among `inside`. */
  readonly stay: ReadonlySet<MethodSource>
  readonly inside: ReadonlySet<MethodSource>
}

/** Whether a method that moves is called on a copy. */
export function isCopied({ copied }: MovePlan, method: MethodSource): boolean {
  return copied?.has(method) ?? false
}

/**
 * What one body under the lock touches has to be under the lock, and so has every body that touches that: the smallest such
 * set that holds all exclusive borrows. Methods that call a moved one move too, so that what was one borrow stays one lock.
 * @param seeds fields that have to move in any case
 * @param outside what need not move because a body uses it that does not; null if all bodies count as moved
 */
export function movePlan(source: ClassSource, seeds: ReadonlySet<string>, outside: Outside | null = null): MovePlan {
  const uses = new Map(source.methods.map((it) => [it, ownUses(it, otherObject(source, it))]))
  const names = new Set(source.struct.fields.map((it) => it.name))
  const fields = new Set(seeds)
  const moved = new Set(source.methods.filter((it) => isExclusive(it) && !keepsExclusive(it)))
  for (let size = -1; size !== fields.size + moved.size; ) {
    size = fields.size + moved.size
    const movedNames = new Set([...moved].map((it) => it.name))
    for (const method of source.methods) {
      const own = uses.get(method)
      if (!own || method.self === 'none') continue
      const touches = own.fields.some((it) => fields.has(it.name)) || own.calls.some((it) => movedNames.has(it.name))
      if (touches && !staysOutside(method, own, fields)) moved.add(method)
      if (!moved.has(method)) continue
      const stays = outside?.stay.has(method) === true && !outside.inside.has(method)
      for (const { name } of own.fields) if (names.has(name) && !(stays && outside.settled.has(name))) fields.add(name)
      if (stays) continue
      for (const { name } of own.calls)
        for (const callee of source.methods) if (callee.name === name && callee.self !== 'none') moved.add(callee)
    }
  }
  return { fields, moved: source.methods.filter((it) => moved.has(it)), uses, narrowed: new Map() }
}

/** What a body does with its object, but for `slf.py()` and handing the object back, which the method that stays does. */
function ownUses(method: MethodSource, other: OtherObject | null = null): SelfUses {
  const uses = selfUses(method.facts, method.selfName)
  const { explained, shadowed } = guardUses(method)
  if (shadowed) return { ...uses, bare: [...uses.bare, 0] }
  const receiverAt = (index: number): number => {
    const fact = method.facts.facts[index]
    return fact?.kind === 'method' ? fact.receiver.start : -1
  }
  const matched = matchedFields(method)
  return {
    fields: [
      ...uses.fields,
      ...matched.fields,
      ...(other?.fields ?? []).map((name) => ({ name, index: -1, use: 'read' as const })),
    ],
    opaque: uses.opaque.filter((it) => !matched.explained.has(it.at)),
    calls: [
      ...uses.calls.filter((it) => !explained.has(receiverAt(it.index))),
      ...(other?.calls ?? []).map((name) => ({ name, index: -1 })),
    ],
    bare: uses.bare.filter((it) => !explained.has(it)),
  }
}

/** A method that takes the object's exclusive borrow. */
export function isExclusive(method: MethodSource): boolean {
  return method.self === 'mut' || (method.self === 'guard-mut' && !handsBack(method))
}

/**
 * Whether a `PyRefMut` could as well be a `PyRef`: it is handed back as it came, or not `mut`, so that `DerefMut` cannot be called
 * (Rust reference, "Method-call expressions": an exclusive auto-borrow needs a mutable place).
 */
export function handsBack(method: MethodSource): boolean {
  if (method.self !== 'guard-mut') return false
  const { fields, calls, bare, opaque } = ownUses(method)
  if (bare.length > 0) return false
  const mutable = /^mut\s/.test(method.fn.params[0]?.pattern ?? '')
  return !mutable || fields.length + calls.length + opaque.length === 0
}

/** A `PyRef` method that touches no moved field: what it calls locks for itself. */
function staysOutside(method: MethodSource, own: SelfUses, fields: ReadonlySet<string>): boolean {
  return method.self === 'guard' && own.bare.length > 0 && !own.fields.some((it) => fields.has(it.name))
}

/**
 * What keeps a body from moving as it is: first of the reasons that can be seen in its own head and uses of `self`.
 * @param moves false for a body that may stay, where it goes on calling methods that stay too
 */
export function moveProblem(source: ClassSource, plan: MovePlan, method: MethodSource, moves = true): Problem | null {
  const { fn } = method
  const at = placeText(source.view.db, method.impl.file, method.nameAt.start)
  const why = (reason: Problem['reason'], clause: string): Problem => ({ reason, detail: `${at}: \`${method.name}\` ${clause}` })
  if (fn.async) return why('async', 'is async, and a lock must not be held while it waits')
  const odd = traitProblem(source, method)
  if (odd) return odd
  if (fn.extern) return why('signature', 'is `extern`')
  if (method.self === 'typed') return why('signature', 'takes `self` in a form that a lock cannot give')
  if (method.impl.item.generics.params.length > 0 || method.impl.item.generics.where.length > 0)
    return why('generic', 'stands in a generic impl')
  const caller = method.self.startsWith('guard') ? pathCaller(source, method) : null
  if (caller)
    return {
      reason: 'used-elsewhere',
      detail: `${placeText(source.view.db, caller.file, caller.at)}: \`${method.name}\` is given a \`PyRef\` there`,
    }
  const uses = plan.uses.get(method)
  if (!uses) return why('parse-error', 'cannot be read')
  const line = (offset: number): string => placeText(source.view.db, method.impl.file, method.body.start + offset)
  const [opaque] = uses.opaque
  if (opaque) return { reason: 'macro', detail: `${line(opaque.at)}: \`${opaque.macro}!\` gets \`${method.selfName}\`` }
  const [bare] = uses.bare
  if (bare !== undefined)
    return { reason: 'passes-self', detail: `${line(bare)}: \`${method.name}\` uses \`${method.selfName}\` as a whole` }
  const both = uses.calls.find((it) => plan.moved.some((callee) => callee.name === it.name && otherObject(source, callee)))
  if (both) return why('two-instances', `calls \`${both.name}\`, which gets another \`${source.cls.name}\``)
  const names = new Set(source.struct.fields.map((it) => it.name))
  const foreign = uses.fields.find((it) => !names.has(it.name))
  if (foreign) return why('passes-self', `reaches \`${foreign.name}\`, which is no field of the class`)
  const unknown = uses.calls.find(
    (it) => !isKnown(plan.moved.filter((callee) => callee.name === it.name && callee.self !== 'none')),
  )
  if (unknown && moves)
    return why(
      'passes-self',
      `calls \`${method.selfName}.${unknown.name}\`, which is not a method written for the class, or not the only one`,
    )
  return null
}

/** Whether a call can only mean these: one method, or one in several builds. A trait's beside another of its name is not looked up. */
function isKnown(callees: readonly MethodSource[]): boolean {
  return callees.length > 0 && (callees.length === 1 || callees.every((it) => it.impl.kind !== 'trait'))
}
