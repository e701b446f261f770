import type { BodyFacts } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import type { BodyScope } from './expression-types.ts'
import { isLent, type Lent } from './flow-owned.ts'
import { isInside } from './narrow-parts.ts'
import type { MovePlan } from './plan.ts'
import type { LoudFact } from './python-free.ts'

/**
 * Sections that the control flow of a body allows, of which every way through the body meets one at most: what it does with moved
 * fields happens under one lock, so that nothing is read, kept while Python runs, and written back. A guard that would be alive where
 * Python code runs is dropped right before.
 */
export interface Flow {
  readonly uses: readonly number[]
  readonly steps: readonly FlowStep[]
}

/** Indices are those of the method's facts; a statement is a `let`, an expression with its `;`, or the value of a block. */
export type FlowStep =
  /** The lock is taken before a statement. */
  | { readonly kind: 'lock'; readonly at: number }
  /** The lock is taken and given back in a statement, or in the value of a block or arm. */
  | { readonly kind: 'inline'; readonly at: number; readonly use: number }
  /** The guard is dropped before a statement, or after it. */
  | { readonly kind: 'drop' | 'drop-after'; readonly at: number }
  /** What a statement needs of the object gets a name before it; the guard, if any, is dropped. */
  | { readonly kind: 'value'; readonly at: number; readonly index: number; readonly name: string; readonly inline: boolean }
  /** A value that runs Python code is computed before the lock is taken. */
  | { readonly kind: 'before'; readonly at: number; readonly index: number; readonly name: string }
  /** The old value of a field is kept until the lock is given back. */
  | { readonly kind: 'old'; readonly at: number; readonly name: string; readonly value: string | null }
  /** The value of a block gets a name, so that what it borrows for a moment goes before the guard. */
  | { readonly kind: 'result'; readonly at: number; readonly valued: boolean }
  /** The expression of an arm becomes a block: with a named result, or after the guard. */
  | { readonly kind: 'arm'; readonly at: number; readonly valued: boolean; readonly drop: boolean }

/** Whether the lock is not yet taken, held, given back on some ways or on all, or the way ends. */
export type State = 'free' | 'held' | 'mixed' | 'done' | 'gone'

/** What is known while a body is walked through in the order of evaluation. */
export interface Walk {
  readonly source: ClassSource
  readonly plan: MovePlan
  readonly method: MethodSource
  readonly facts: BodyFacts
  readonly uses: readonly number[]
  /** Calls of methods that take the lock, each of which is a section; and of those that give a value that is computed once. */
  readonly calls: readonly number[]
  readonly asked: readonly number[]
  readonly loud: readonly LoudFact[]
  readonly scope: BodyScope
  readonly fresh: (wanted: string, statement: number) => string
  steps: FlowStep[]
  /** Names that may borrow from the object while the lock is held. */
  lent: Lent
  /** The loop of which every turn is a way of its own; -1 outside. */
  loop: number
  /** Whether the lock is held around a loop. */
  heldLoop: boolean
}

/** What of a fact is inside. */
export interface Inside {
  readonly loud: readonly LoudFact[]
  readonly uses: readonly number[]
  /** Names are mentioned that may borrow from the object. */
  readonly lent: boolean
}

export function insideOf({ facts, loud, uses, lent, method, asked }: Walk, index: number): Inside {
  // A cached value is asked for with a lock of its own, as if that were Python.
  const locking = asked.filter((it) => !loud.some((each) => each.index === it))
  const all = [...loud, ...locking.map((it): LoudFact => ({ index: it, reason: 'calls-python', clause: 'locks for itself' }))]
  return {
    loud: all.filter((it) => isInside(facts, it.index, index)),
    uses: uses.filter((it) => isInside(facts, it, index)),
    lent: isLent(method, lent, index),
  }
}
