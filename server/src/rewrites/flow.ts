import { type BodyFacts, childFacts, type Fact } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import type { BodyScope } from './expression-types.ts'
import { commandsOnly, diverges, laterUses } from './flow-control.ts'
import { isLent, type Lent, lentBy, ownedBy } from './flow-owned.ts'
import {
  freshNames,
  holdsLiteral,
  isInside,
  nameFor,
  replacedBy,
  takenValue,
  usesAndCalls,
  valueName,
  valuesBefore,
} from './narrow-parts.ts'
import type { MovePlan, Narrowed } from './plan.ts'
import { type LoudFact, loudFacts, scopeOfMethod } from './python-free.ts'
import { hasToken } from './tokens.ts'

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
type State = 'free' | 'held' | 'mixed' | 'done' | 'gone'

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
  const loud = loudFacts(source, method, quiet)
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

function walkBlock(walk: Walk, block: number, from: State, valued: boolean): State | null {
  const outer = walk.lent
  let state: State = from
  for (const statement of childFacts(walk.facts, block)) {
    // What is never reached keeps its `self`.
    if (state === 'gone' && insideOf(walk, statement).uses.length > 0) return null
    if (state === 'gone') break
    const next = walkStatement(walk, statement, state, valued)
    if (next === null) return null
    state = next
  }
  walk.lent = outer
  // A guard that was taken in the block goes with it.
  return from === 'free' && (state === 'held' || state === 'mixed') ? 'done' : state
}

/** What of a fact is inside. */
interface Inside {
  readonly loud: readonly LoudFact[]
  readonly uses: readonly number[]
  /** Names are mentioned that may borrow from the object. */
  readonly lent: boolean
}

function insideOf({ facts, loud, uses, lent, method, asked }: Walk, index: number): Inside {
  // A cached value is asked for with a lock of its own, as if that were Python.
  const locking = asked.filter((it) => !loud.some((each) => each.index === it))
  const all = [...loud, ...locking.map((it): LoudFact => ({ index: it, reason: 'calls-python', clause: 'locks for itself' }))]
  return {
    loud: all.filter((it) => isInside(facts, it.index, index)),
    uses: uses.filter((it) => isInside(facts, it, index)),
    lent: isLent(method, lent, index),
  }
}

function walkStatement(walk: Walk, at: number, state: State, valued: boolean): State | null {
  const inside = insideOf(walk, at)
  const end = (next: State): State => (diverges(walk.facts, at) ? 'gone' : next)
  const calls = walk.calls.filter((it) => isInside(walk.facts, it, at))
  if (calls.length > 0) return state === 'free' ? callingFromFree(walk, at, calls, valued) : null
  if (state === 'free') return inside.uses.length === 0 ? end('free') : fromFree(walk, at, inside, valued)
  if (state === 'held') return fromHeld(walk, at, inside, valued)
  if (inside.uses.length > 0 || inside.lent) return null
  if (state === 'mixed' && inside.loud.length > 0) return null
  const jumps =
    walk.heldLoop && walk.facts.facts.some((it, i) => /^(?:break|continue)$/.test(it.kind) && isInside(walk.facts, i, at))
  return jumps ? null : end(state)
}

/** A statement that calls what locks for itself: nothing else of the object may be used on the way. */
function callingFromFree(walk: Walk, at: number, calls: readonly number[], valued: boolean): State | null {
  const { facts, uses } = walk
  const [call = -1, ...more] = calls
  const plain = more.length === 0 && !uses.some((it) => isInside(facts, it, at)) && !isInClosure(facts, call, at)
  if (plain && laterUses(walk, at).length === 0) return diverges(facts, at) ? 'gone' : 'done'
  const node = controlOf(walk, at)
  return node < 0 ? null : walkControl(walk, node, 'free', isValued(facts, at, valued))
}

/** A statement that uses the object, before which the lock is not held. */
function fromFree(walk: Walk, at: number, inside: Inside, valued: boolean): State | null {
  const { facts } = walk
  const single = laterUses(walk, at).length === 0
  if (inside.loud.length === 0) return quietFromFree(walk, at, single, valued)
  const saved = { steps: [...walk.steps], lent: walk.lent }
  const node = controlOf(walk, at)
  if (node >= 0) {
    const found = walkControl(walk, node, 'free', isValued(facts, at, valued))
    if (found !== null) return found
    walk.steps = saved.steps
    walk.lent = saved.lent
  }
  const values = valuesBefore(facts, at, walk.uses)
  const replaced = single && inside.uses.length === 1 ? replacedBy(facts, at, inside.uses, inside.loud) : null
  const others = inside.loud.filter((it) => it.index !== replaced)
  if (values && others.every(({ index }) => values.some((it) => isInside(facts, index, it)))) {
    for (const index of values)
      if (others.some((it) => isInside(facts, it.index, index)))
        walk.steps.push({ kind: 'before', at, index, name: walk.fresh(valueName(facts, at), at) })
    if (replaced === null) return quietFromFree(walk, at, single, valued)
    walk.steps.push({ kind: 'inline', at, use: inside.uses[0] ?? -1 })
    walk.steps.push({ kind: 'old', at, name: walk.fresh('_old', at), value: null })
    return 'done'
  }
  const taken = single && inside.uses.length === 1 ? takenIn(walk, at, inside, true) : null
  if (taken !== null) return taken
  walk.steps.push({ kind: 'lock', at })
  return fromHeld(walk, at, inside, valued)
}

function quietFromFree(walk: Walk, at: number, single: boolean, valued: boolean): State | null {
  const { facts, method } = walk
  const [use = -1, ...more] = walk.uses.filter((it) => isInside(facts, it, at))
  const fact = facts.facts[at]
  const span = fact?.span ?? { start: 0, end: 0 }
  const text = method.impl.text.slice(method.body.start + span.start, method.body.start + span.end)
  const short = more.length === 0 && text.length <= 44 && !text.includes('\n') && !isInClosure(facts, use, at)
  const keeps = fact?.kind === 'let' ? !ownedBy(walk, childFacts(facts, at, 'value')[0] ?? -1) : false
  const isTail = fact?.role === 'tail'
  if (!single || !short || keeps || walk.steps.some((it) => it.kind === 'before' && it.at === at && it.index > use && isTail)) {
    walk.steps.push({ kind: 'lock', at })
    return fromHeld(walk, at, { loud: [], uses: [use, ...more], lent: false }, valued)
  }
  if (isTail && valued && !ownedBy(walk, at)) return null
  walk.steps.push({ kind: 'inline', at, use })
  if (isTail) walk.steps.push({ kind: 'result', at, valued })
  return diverges(facts, at) ? 'gone' : 'done'
}

function isInClosure({ facts }: BodyFacts, index: number, outer: number): boolean {
  for (let at = index; at > outer; at = facts[at]?.parent ?? -1)
    if (/^(?:closure|for|while|loop)$/.test(facts[at]?.kind ?? '')) return true
  return false
}

/** A statement that is reached with the lock held. */
function fromHeld(walk: Walk, at: number, inside: Inside, valued: boolean): State | null {
  const { facts } = walk
  if (inside.loud.length === 0) return quietFromHeld(walk, at, inside, valued)
  if (inside.uses.length === 0 && !inside.lent) {
    if (!canDrop(walk)) return null
    walk.steps.push({ kind: 'drop', at })
    return diverges(facts, at) ? 'gone' : 'done'
  }
  return replacedIn(walk, at, inside) ?? takenIn(walk, at, inside, false) ?? controlFromHeld(walk, at, valued)
}

function quietFromHeld(walk: Walk, at: number, inside: Inside, valued: boolean): State | null {
  const { facts } = walk
  const fact = facts.facts[at]
  if (fact?.kind === 'let') lendNames(walk, fact, childFacts(facts, at, 'value')[0] ?? -1)
  if (fact?.role === 'tail' && (inside.uses.length > 0 || inside.lent)) {
    if (valued && !ownedBy(walk, at)) return null
    if (!/^(?:path|field)$/.test(fact.kind)) walk.steps.push({ kind: 'result', at, valued })
  }
  return diverges(facts, at) ? 'gone' : 'held'
}

function lendNames(walk: Walk, fact: Fact, value: number): void {
  if (!('bindings' in fact) || value < 0 || ownedBy(walk, value)) return
  const free = lentBy(walk, value)
  walk.lent = new Map([...walk.lent, ...fact.bindings.map((it): [string, boolean] => [it.name, free])])
}

/** Whether nothing that borrows from the guard has to be dropped after it (E0505). */
function canDrop({ lent }: Walk): boolean {
  return [...lent.values()].every((it) => it)
}

/** `self.callback = None;` and the like, as the last that is done with the object. */
function replacedIn(walk: Walk, at: number, { loud, uses }: Inside): State | null {
  const { facts } = walk
  const old = replacedBy(facts, at, uses, loud)
  if (old === null || loud.some((it) => it.index !== old) || laterUses(walk, at).length > 0 || !canDrop(walk)) return null
  const value = childFacts(facts, old)[1] ?? -1
  const asks = facts.facts[old]?.kind === 'assign' && walk.uses.some((it) => isInside(facts, it, value))
  walk.steps.push({
    kind: 'old',
    at,
    name: walk.fresh('_old', at),
    value: asks ? walk.fresh(valueName(facts, at), at) : null,
  })
  walk.steps.push({ kind: 'drop-after', at })
  return 'done'
}

/** What a statement needs of the object is fetched before it. */
function takenIn(walk: Walk, at: number, { loud, uses }: Inside, inline: boolean): State | null {
  const { facts, method, lent } = walk
  const problems = loud.map(({ index }) => index)
  const index = takenValue(method, at, uses, problems, (it) => ownedBy(walk, it))
  if (index === null || laterUses(walk, at).length > 0 || !canDrop(walk)) return null
  const span = facts.facts[index]?.span ?? { start: 0, end: 0 }
  const whole = facts.facts[at]?.span ?? span
  const rest = [
    { start: whole.start, end: span.start },
    { start: span.end, end: whole.end },
  ]
  const offset = method.body.start
  if (
    rest.some((it) =>
      [...lent.keys()].some((name) => hasToken(method.impl.text, { start: offset + it.start, end: offset + it.end }, name)),
    )
  )
    return null
  walk.steps.push({ kind: 'value', at, index, name: walk.fresh(nameFor(method, index), at), inline })
  return diverges(facts, at) ? 'gone' : 'done'
}

function controlFromHeld(walk: Walk, at: number, valued: boolean): State | null {
  const node = controlOf(walk, at)
  return node < 0 ? null : walkControl(walk, node, 'held', isValued(walk.facts, at, valued))
}

function isValued({ facts }: BodyFacts, at: number, valued: boolean): boolean {
  const fact = facts[at]
  return fact?.role === 'tail' ? valued : fact?.kind !== 'statement' || facts[at + 1]?.kind === 'try'
}

/** The `if`, `match`, block or loop that is all of a statement but for its binding, `Ok(…)`, `?` and `return`; -1 if it is no such. */
function controlOf({ facts }: Walk, statement: number): number {
  let at = statement
  for (let fuel = 16; fuel > 0; fuel--) {
    const fact = facts.facts[at]
    const children = childFacts(facts, at)
    if (!fact) return -1
    if (/^(?:if|match|block|loop|while|for)$/.test(fact.kind)) return at
    if (fact.kind === 'call' && /^(?:Ok|Some|Err)$/.test(fact.path ?? '') && children.length === 2) at = children[1] ?? -1
    else if (/^(?:statement|let|paren|try|return)$/.test(fact.kind) && children.length === 1) at = children[0] ?? -1
    else return -1
  }
  return -1
}

function walkControl(walk: Walk, node: number, state: State, valued: boolean): State | null {
  const { facts } = walk
  const fact = facts.facts[node]
  switch (fact?.kind) {
    case 'block':
      return fact.flavor === 'plain' || fact.flavor === 'unsafe' ? walkBlock(walk, node, state, valued) : null
    case 'if': {
      const [head = -1] = childFacts(facts, node, 'condition')
      if (!isQuietHead(walk, head, state)) return null
      const branches = [...childFacts(facts, node, 'then'), ...childFacts(facts, node, 'else')]
      const states = branches.map((it, i) => walkBranch(walk, it, state, valued, i === 0 ? head : -1))
      return joined(branches.length === 1 ? [...states, state] : states)
    }
    case 'match': {
      const [head = -1] = childFacts(facts, node, 'value')
      const arms = childFacts(facts, node, 'arm')
      if (!isQuietHead(walk, head, state)) return null
      if (arms.some((it) => childFacts(facts, it, 'guard').some((guard) => !isQuietHead(walk, guard, state)))) return null
      return joined(
        arms.map((it) => {
          const outer = walk.lent
          const arm = facts.facts[it]
          if (arm && state === 'held') lendNames(walk, arm, head)
          const found = walkBranch(walk, childFacts(facts, it, 'body')[0] ?? -1, state, valued, -1)
          walk.lent = outer
          return found
        }),
      )
    }
    case 'loop':
    case 'while':
    case 'for':
      return state === 'free' ? freeLoop(walk, node) : state === 'held' ? heldLoop(walk, node) : null
    default:
      return null
  }
}

/** What is decided on is read under the lock, or has nothing to do with the object. */
function isQuietHead(walk: Walk, head: number, state: State): boolean {
  const { loud, uses } = insideOf(walk, head)
  if (walk.calls.some((it) => isInside(walk.facts, it, head))) return false
  return state === 'free' ? uses.length === 0 : loud.length === 0
}

function walkBranch(walk: Walk, index: number, state: State, valued: boolean, head: number): State | null {
  const { facts } = walk
  const outer = walk.lent
  if (state === 'held' && head >= 0)
    for (const fact of facts.facts.slice(head, facts.facts[head]?.after))
      if (fact.kind === 'let-condition') lendNames(walk, fact, childFacts(facts, facts.facts.indexOf(fact), 'value')[0] ?? -1)
  const kind = facts.facts[index]?.kind ?? ''
  const found = /^(?:block|if|match)$/.test(kind) ? walkControl(walk, index, state, valued) : walkArm(walk, index, state, valued)
  walk.lent = outer
  return found
}

/** The expression of an arm. */
function walkArm(walk: Walk, index: number, state: State, valued: boolean): State | null {
  const { facts } = walk
  const { loud, uses, lent } = insideOf(walk, index)
  const calls = walk.calls.filter((it) => isInside(walk.facts, it, index))
  if (calls.length > 0) return state === 'free' ? callingFromFree(walk, index, calls, valued) : null
  const end = (next: State): State => (diverges(facts, index) ? 'gone' : next)
  if (state === 'free' && uses.length === 0) return end('free')
  if (state === 'held' && loud.length > 0 && uses.length === 0 && !lent && canDrop(walk)) {
    walk.steps.push({ kind: 'arm', at: index, valued, drop: true })
    return end('done')
  }
  if (loud.length > 0) return null
  if (valued && (uses.length > 0 || lent) && !ownedBy(walk, index)) return null
  if (state === 'held') {
    if (valued && uses.length > 0) walk.steps.push({ kind: 'arm', at: index, valued, drop: false })
    return end('held')
  }
  if (state !== 'free' || uses.length !== 1 || isInClosure(facts, uses[0] ?? -1, index)) return null
  walk.steps.push({ kind: 'inline', at: index, use: uses[0] ?? -1 }, { kind: 'arm', at: index, valued, drop: false })
  return end('done')
}

/** A loop of which every turn takes the lock once, to do something to the object: as if Python had called for each of its values. */
function freeLoop(walk: Walk, node: number): State | null {
  const { facts, loop } = walk
  const [body = -1] = childFacts(facts, node, 'body')
  const heads = childFacts(facts, node).filter((it) => it !== body)
  if (!heads.every((it) => isQuietHead(walk, it, 'free')) || !commandsOnly(walk, node)) return null
  walk.loop = node
  const state = walkBlock(walk, body, 'free', false)
  walk.loop = loop
  return state === null ? null : 'done'
}

/** A loop under the lock, which only what leaves it gives back. */
function heldLoop(walk: Walk, node: number): State | null {
  const { facts, heldLoop: outer } = walk
  const [body = -1] = childFacts(facts, node, 'body')
  const heads = childFacts(facts, node).filter((it) => it !== body)
  const quiet = heads.every(
    (it) => isQuietHead(walk, it, 'held') && (facts.facts[node]?.kind !== 'for' || isQuietHead(walk, it, 'free')),
  )
  if (!quiet) return null
  walk.heldLoop = true
  const state = walkBlock(walk, body, 'held', false)
  walk.heldLoop = outer
  if (state !== 'held' && state !== 'gone') return null
  const leaves =
    facts.facts[node]?.kind !== 'loop' || facts.facts.some((it, i) => it.kind === 'break' && isInside(facts, i, node))
  return leaves ? 'held' : 'gone'
}

/** What is so after ways have met again. */
function joined(states: readonly (State | null)[]): State | null {
  if (states.includes(null)) return null
  const left = [...new Set(states.filter((it) => it !== 'gone'))]
  const [only = 'gone'] = left
  if (left.length <= 1) return only
  return left.includes('held') || left.includes('mixed') ? 'mixed' : 'done'
}
