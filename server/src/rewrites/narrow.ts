import { type BodyFacts, childFacts, type Fact } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { ownership } from './narrow-ownership.ts'
import {
  freshNames,
  holdsLiteral,
  isInside,
  leavesWith,
  nameFor,
  replacedBy,
  takenValue,
  usesOf,
  valueName,
  valuesBefore,
} from './narrow-parts.ts'
import type { MovePlan } from './plan.ts'
import { loudFacts } from './python-free.ts'
import { hasToken } from './tokens.ts'

/**
 * The part of a body that needs the lock, where the rest runs Python code: statements that follow one another in one block.
 * All that the method does with moved fields happens in there, so others see it before or after, as they did.
 * Indices are those of the method's facts.
 */
export interface Section {
  readonly block: number
  readonly first: number
  readonly last: number
  /** Values that are computed before the lock is taken: they run Python code and use no moved field. */
  readonly before: readonly Named[]
  /** What the last statement needs of the object; the statement itself runs after the lock. */
  readonly taken: Named | null
  /** Statements whose old value is dropped after the lock, for it may hold Python objects. */
  readonly replaced: readonly Named[]
  /** Names bound inside that are used after. */
  readonly leaving: readonly string[]
  /** The last statement is the value of the method's block and leaves too. */
  readonly tail: boolean
  /** `self.name` of moved fields and `self.name()` of moved methods. */
  readonly uses: readonly number[]
  /** Gives up where the lock is taken: the whole body of a `__traverse__`. */
  readonly tries: boolean
}

export interface Named {
  readonly index: number
  readonly name: string
}

/** The section of a method whose body cannot run under the lock as a whole; null where there is none of a form that is handled. */
export function narrowSection(source: ClassSource, plan: MovePlan, method: MethodSource): Section | null {
  const { facts } = method
  if (method.impl.kind === 'trait' || method.fn.async || !/^(?:mut|ref|guard|guard-mut)$/.test(method.self)) return null
  const uses = usesOf(source, plan, method)
  if (uses && method.name === '__traverse__') return traversal(method, uses)
  const block = uses && blockOf(facts, uses)
  if (!uses || block === null || hasToken(method.impl.text, method.body, 'this')) return null
  const statements = childFacts(facts, block)
  const holding = statements.filter((it) => uses.some((use) => isInside(facts, use, it)))
  const [first, last] = [holding[0], holding.at(-1)]
  if (first === undefined || last === undefined) return null
  const range = statements.filter((it) => first <= it && it <= last)
  if (range.some((it) => holdsLiteral(source, facts, it))) return null
  const draft = draftOf(source, method, plan, { uses, range, first, last })
  if (!draft) return null
  const leaving = leavingNames(source, method, plan, { block, range, ...draft })
  const isTail = facts.facts[last]?.role === 'tail' && draft.taken === null
  const unit = block === 0 && method.fn.ret === null
  if (!leaving || (isTail && !unit && !ownership(source, plan, method)(last))) return null
  if (draft.replaced.length > 0 && (isTail || leavesEarly(facts, range, draft.taken))) return null
  return { block, first, last, ...draft, leaving, tail: isTail && !unit, uses, tries: false }
}

/**
 * `__traverse__` must not wait: the collector stops the thread that holds the lock (PyO3 guide, "Garbage collector integration").
 * What it then does not see stays alive until the next collection. It must not run Python code in any case.
 */
function traversal(method: MethodSource, uses: readonly number[]): Section | null {
  if (method.self !== 'ref' || hasToken(method.impl.text, method.body, 'this')) return null
  return { block: 0, first: 0, last: 0, before: [], taken: null, replaced: [], leaving: [], tail: false, uses, tries: true }
}

/** The innermost block around all uses that runs once; null if they are in a loop, a closure or a future. */
function blockOf(facts: BodyFacts, uses: readonly number[]): number | null {
  let block = 0
  for (let at = 0; at >= 0; ) {
    const inside = (facts.facts[at]?.kind === 'block' ? childFacts(facts, at) : childFacts(facts, at)).filter((child) =>
      uses.every((use) => isInside(facts, use, child)),
    )
    at = inside[0] ?? -1
    const fact = facts.facts[at]
    if (!fact) break
    if (fact.kind === 'closure' || fact.kind === 'loop' || fact.kind === 'while' || fact.kind === 'for') break
    if (fact.kind === 'block' && fact.flavor !== 'plain' && fact.flavor !== 'unsafe') break
    if (fact.kind === 'block') block = at
  }
  return facts.facts[block]?.kind === 'block' ? block : null
}

interface Range {
  readonly uses: readonly number[]
  readonly range: readonly number[]
  readonly first: number
  readonly last: number
}

type Draft = Pick<Section, 'before' | 'taken' | 'replaced'>

/** What has to come out of the statements so that nothing under the lock runs Python code; null if that cannot be done. */
function draftOf(source: ClassSource, method: MethodSource, plan: MovePlan, it: Range): Draft | null {
  const { facts } = method
  const quiet = new Set(plan.moved.map(({ name }) => name))
  const loud = loudFacts(source, method, quiet)
  const names = freshNames(method)
  const before: Named[] = []
  const replaced: Named[] = []
  let taken: Named | null = null
  for (const statement of it.range) {
    let problems = loud.filter(({ index }) => isInside(facts, index, statement))
    const old = replacedBy(facts, statement, it.uses, problems)
    if (old !== null) {
      replaced.push({ index: statement, name: names('_old', statement) })
      problems = problems.filter(({ index }) => index !== old)
    }
    problems = problems.filter(({ index }) => facts.facts[statement]?.role !== 'tail' || !leavesWith(facts, index, statement))
    if (problems.length === 0) continue
    const values = statement === it.first ? valuesBefore(facts, statement, it.uses) : null
    if (values && problems.every(({ index }) => values.some((value) => isInside(facts, index, value)))) {
      for (const value of values)
        if (problems.some(({ index }) => isInside(facts, index, value)))
          before.push({ index: value, name: names(valueName(facts, statement), statement) })
      continue
    }
    if (statement !== it.last || old !== null) return null
    const value = takenValue(
      method,
      statement,
      it.uses,
      problems.map(({ index }) => index),
      ownership(source, plan, method),
    )
    if (value === null) return null
    taken = { index: value, name: names(nameFor(method, value), statement) }
  }
  return { before, taken, replaced }
}

/** Names bound in the section that the rest of its block uses; null if one of them may borrow from the object. */
function leavingNames(
  source: ClassSource,
  method: MethodSource,
  plan: MovePlan,
  { block, range, taken }: { readonly block: number; readonly range: readonly number[]; readonly taken: Named | null },
): readonly string[] | null {
  const { facts } = method
  const inside = taken ? range.slice(0, -1) : range
  const end = facts.facts[range.at(-1) ?? -1]
  const rest = {
    start: method.body.start + (taken ? (end?.span.start ?? 0) : (end?.span.end ?? 0)),
    end: method.body.start + (facts.facts[block]?.span.end ?? 0),
  }
  const isOwnedValue = ownership(source, plan, method)
  const found: string[] = []
  for (const index of inside) {
    const fact = facts.facts[index]
    if (fact?.kind !== 'let') continue
    const used = fact.bindings.filter((it) => isUsed(method.impl.text, rest, it.name))
    if (used.length === 0) continue
    const value = childFacts(facts, index, 'value')[0] ?? -1
    const simple = fact.bindings.length === 1 && fact.pattern === fact.bindings[0]?.name && !fact.bindings[0].mut
    if (!simple || !isOwnedValue(value)) return null
    found.push(...used.map((it) => it.name))
  }
  return found
}

/** A name may also be captured by a format string. */
function isUsed(text: string, span: { readonly start: number; readonly end: number }, name: string): boolean {
  return hasToken(text, span, name) || new RegExp(`\\{${name}\\b`).test(text.slice(span.start, span.end))
}

/** Whether a section can be left in the middle, which would drop what it replaced while the lock is held. */
function leavesEarly(facts: BodyFacts, range: readonly number[], taken: Named | null): boolean {
  const last = range.at(-1) ?? -1
  return facts.facts.some((fact: Fact, index) => {
    if (!/^(?:try|return|break|continue)$/.test(fact.kind)) return false
    return range.some(
      (it) => isInside(facts, index, it) && (it !== last || taken === null || isInside(facts, index, taken.index)),
    )
  })
}
