import { childFacts, type Fact } from '../syntax/body.ts'
import type { TextEdit } from '../syntax/edits.ts'
import type { Change, OwnUse } from './atomic-changes.ts'
import type { Closed } from './atomic-closed.ts'
import type { AtomicField } from './atomic-plan.ts'
import type { AtomicWords } from './atomic-words.ts'
import type { MethodSource } from './class-source.ts'
import { tokensIn } from './tokens.ts'

/** One atomic operation of a method, and the text that does it. */
export interface AtomicStep {
  readonly field: string
  /** Uses of the field that it stands for. */
  readonly covers: readonly number[]
  readonly kind: 'load' | 'store' | 'change'
  readonly loop: 'update' | 'attempt' | null
  readonly wraps: boolean
  readonly write: (words: AtomicWords) => readonly TextEdit[]
}

/** One clause: why what a method does is no atomic step. */
export interface StepProblem {
  readonly reason: 'joint-update' | 'not-atomic'
  readonly clause: string
}

/** A body and what is known of it. */
export interface StepContext extends Closed {
  readonly fields: ReadonlyMap<string, AtomicField>
  readonly uses: readonly OwnUse[]
}

/** An assignment that is one step. */
export interface Write {
  readonly use: OwnUse
  readonly field: AtomicField
  readonly change: Change
  readonly wraps: boolean
  /** Index of the assignment. */
  readonly assign: number
}

/** Own uses inside a fact. */
export function usesInside({ method, own }: Pick<Closed, 'method' | 'own'>, index: number): number[] {
  const after = method.facts.facts[index]?.after ?? index
  return [...own].filter((it) => it >= index && it < after)
}

/** Whether nothing but spaces and line ends stands between two facts. */
export function blankBetween(method: MethodSource, one: number, other: number): boolean {
  const { facts } = method.facts
  const from = absolute(method, facts[one]).end
  return /^\s*$/.test(method.impl.text.slice(from, absolute(method, facts[other]).start))
}

/** The statement before another of the same block; -1 if it is the first. */
export function previous({ facts }: MethodSource, statement: number): number {
  const parent = facts.facts[statement]?.parent ?? -1
  const all = childFacts(facts, parent)
  return all[all.indexOf(statement) - 1] ?? -1
}

/** A fact's span in its file. */
export function absolute({ body }: MethodSource, fact: Fact | undefined): { readonly start: number; readonly end: number } {
  return { start: body.start + (fact?.span.start ?? 0), end: body.start + (fact?.span.end ?? 0) }
}

/** The indentation of the line that an offset is in. */
export function indentOf({ impl }: MethodSource, at: number): string {
  const start = impl.text.lastIndexOf('\n', at - 1) + 1
  return /^[ \t]*/.exec(impl.text.slice(start))?.[0] ?? ''
}

/** A name for the field's value that nothing else in the method has. */
export function localName(method: MethodSource, field: string): string {
  const tokens = tokensIn(method.impl.text, { start: method.headStart, end: method.end })
  const taken = (name: string): boolean =>
    tokens.some((it, i) => it.text === name && tokens[i - 1]?.text !== '.' && it.start !== method.nameAt.start) ||
    tokens.some((it) => it.text.startsWith('"') && it.text.includes(`{${name}`))
  return [field, `new_${field}`, `${field}_now`].find((it) => !taken(it)) ?? `${field}_value`
}
