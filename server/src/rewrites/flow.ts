import type { BodyFacts } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import type { Flow, Walk } from './flow-types.ts'
import { walkBlock } from './flow-walk.ts'
import { freshNames, holdsLiteral, usesAndCalls } from './narrow-parts.ts'
import type { MovePlan, Narrowed } from './plan.ts'
import { type LoudFact, loudFacts, scopeOfMethod } from './python-free.ts'
import { hasToken } from './tokens.ts'

/** Methods of which it is known how they hold the lock. */
type Known = ReadonlyMap<MethodSource, Narrowed>

/** The flow of a method whose body cannot run under the lock as a whole; null where none of these forms does. */
export function flowOf(source: ClassSource, plan: MovePlan, method: MethodSource, known: Known): Flow | null {
  const { facts, impl, body } = method
  if (impl.kind === 'trait' || method.fn.async || !/^(?:mut|ref|guard|guard-mut)$/.test(method.self)) return null
  if (method.name === '__traverse__' || ['this', 'guard'].some((it) => hasToken(impl.text, body, it))) return null
  const found = usesAndCalls(source, plan, method)
  if (!found || holdsLiteral(source, facts, 0)) return null
  const { uses } = found
  const named = found.calls.map((index) => ({ index, ...calledBy(source, known, facts, index) }))
  if (named.some((it) => !it.known) || [...uses, ...found.calls].some((it) => isAway(facts, it))) return null
  // What is computed once and never changes may be asked for at any time, but not with the lock.
  const asked = named.filter((it) => it.cached).map((it) => it.index)
  const calls = named.filter((it) => !it.cached).map((it) => it.index)
  const quiet = new Set(plan.moved.map(({ name }) => name))
  const loud = [...loudFacts(source, method, quiet), ...handingBack(method)]
  const fresh = freshNames(method)
  const scope = scopeOfMethod(source, method)
  const walk: Walk = {
    source,
    plan,
    method,
    facts,
    uses,
    calls,
    asked,
    loud,
    scope,
    fresh,
    steps: [],
    lent: new Map(),
    loop: -1,
    heldLoop: false,
  }
  if (uses.length + found.calls.length === 0) return null
  return walkBlock(walk, 0, 'free', method.fn.ret !== null) ? { uses, steps: walk.steps } : null
}

/** What a call of another method of the object that stays means. */
function calledBy(source: ClassSource, known: Known, { facts }: BodyFacts, index: number): { known: boolean; cached: boolean } {
  const fact = facts[index]
  const callees = source.methods.filter((it) => fact?.kind === 'method' && it.name === fact.name && it.self !== 'none')
  const found = callees.map((it) => known.get(it))
  return { known: found.every((it) => it !== undefined), cached: found.every((it) => it !== undefined && 'looked' in it) }
}

/** Whether an expression runs another time than where it stands. */
function isAway({ facts }: BodyFacts, index: number): boolean {
  for (let at = facts[index]?.parent ?? -1; at >= 0; at = facts[at]?.parent ?? -1) {
    const fact = facts[at]
    if (fact?.kind === 'closure' && (fact.move || fact.async)) return true
    if (fact?.kind === 'block' && fact.flavor !== 'plain' && fact.flavor !== 'unsafe') return true
  }
  return false
}

/** Where the object itself is moved, which a guard would borrow. */
function handingBack({ facts, selfName }: MethodSource): LoudFact[] {
  return facts.facts.flatMap((fact, index): LoudFact[] => {
    const parent = facts.facts[fact.parent]?.kind ?? ''
    const isBare =
      fact.kind === 'path' && fact.text === selfName && parent !== 'field' && !(parent === 'method' && fact.role === 'receiver')
    const isInto = fact.kind === 'method' && fact.receiverText === selfName && fact.name === 'into'
    return isBare || isInto ? [{ index, reason: 'passes-self', clause: 'hands the object back' }] : []
  })
}
