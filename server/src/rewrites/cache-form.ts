import { type BodyFacts, childFacts, useOf } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { freshNames, holdsLiteral, isInside, usesOf } from './narrow-parts.ts'
import type { MovePlan } from './plan.ts'
import { loudFacts } from './python-free.ts'
import { hasToken } from './tokens.ts'

/**
 * A value that is computed when it is first asked for: `if let Some(x) = &self.field { … } else { …; self.field = Some(…); … }`. It is
 * looked for under the lock, computed without it, and stored under the lock if there is still none: all callers get the same, and
 * nothing that was stored is overwritten. Indices are those of the method's facts.
 */
export interface Cached {
  /** The `if`, and the statement that it is or stands in. */
  readonly node: number
  readonly statement: number
  /** What the pattern is matched against, and the use of the field in it. */
  readonly looked: number
  readonly use: number
  /** Whether the value found is copied, and so bound as it is. */
  readonly copies: boolean
  /** The pattern's name. */
  readonly bound: string
  /** What is made of the value found, as the branch's value and without its `Ok(…)`. */
  readonly whole: number
  readonly value: number
  /** The statement that stores, its right side, and the value that follows it. */
  readonly stored: number
  readonly made: number
  readonly tail: number
  /** Name for what is stored, where that is made before the lock is taken. */
  readonly before: string | null
  /** Name for what was found at first. */
  readonly found: string
}

/** The cache that a method's body is; null if it is none. */
export function cachedOf(source: ClassSource, plan: MovePlan, method: MethodSource): Cached | null {
  const { facts, impl, body } = method
  if (impl.kind === 'trait' || method.fn.async || !/^(?:mut|guard-mut)$/.test(method.self)) return null
  if (hasToken(impl.text, body, 'this') || holdsLiteral(source, facts, 0)) return null
  const uses = usesOf(source, plan, method)
  const [use = -1, target = -1] = uses ?? []
  const field = facts.facts[use]
  const other = facts.facts[target]
  if (uses?.length !== 2 || field?.kind !== 'field' || other?.kind !== 'field' || field.name !== other.name) return null
  const head = headOf(facts, use)
  const found = head && (storedAfter(facts, head, target) ?? storedInElse(facts, head, target))
  if (!head || !found) return null
  const quiet = new Set(plan.moved.map(({ name }) => name))
  // Under the lock: what is made of the value found, and what is stored; not that it is stored, for there was nothing before.
  const loud = loudFacts(source, method, quiet).map(({ index }) => index)
  const under = [found.value, ...(head.copies ? [] : [found.whole])]
  if (loud.some((it) => under.some((each) => isInside(facts, it, each)) || isInside(facts, it, head.looked))) return null
  const leaves = facts.facts.some(
    (it, i) => /^(?:try|return|await)$/.test(it.kind) && under.some((each) => isInside(facts, i, each)),
  )
  if (leaves) return null
  const fresh = freshNames(method)
  const before = loud.some((it) => isInside(facts, it, found.made)) ? fresh('made', found.stored) : null
  return { ...head, ...found, found: fresh('found', head.statement), before }
}

type Head = Pick<Cached, 'node' | 'statement' | 'looked' | 'use' | 'copies' | 'bound'>

/** `if let Some(x) = &self.field`, as (part of) the value of a body or a statement of it. */
function headOf(facts: BodyFacts, use: number): Head | null {
  const parent = (index: number): number => facts.facts[index]?.parent ?? -1
  const around = facts.facts[parent(use)]
  const isLooked = around?.kind === 'borrow' ? !around.mut : around?.kind === 'method' && around.name === 'as_ref'
  const looked = isLooked ? parent(use) : use
  const condition = facts.facts[parent(looked)]
  const name = condition?.kind === 'let-condition' ? /^Some\s*\(\s*(\w+)\s*\)$/.exec(condition.pattern)?.[1] : undefined
  const node = parent(parent(looked))
  if (name === undefined || facts.facts[node]?.kind !== 'if') return null
  let statement = node
  for (let fuel = 4; fuel > 0 && parent(statement) !== 0; fuel--) {
    const outer = facts.facts[parent(statement)]
    const passes = outer?.kind === 'statement' || (outer?.kind === 'call' && outer.path === 'Ok')
    if (!passes) return null
    statement = parent(statement)
  }
  return parent(statement) === 0 ? { node, statement, looked, use, copies: looked === use, bound: name } : null
}

type Found = Pick<Cached, 'whole' | 'value' | 'stored' | 'made' | 'tail'>

/** `if let Some(x) = &self.field { value } else { …; self.field = Some(made); tail }`, at the end of the body. */
function storedInElse(facts: BodyFacts, { node, statement }: Head, target: number): Found | null {
  const [then = -1] = childFacts(facts, node, 'then')
  const [other = -1] = childFacts(facts, node, 'else')
  const [whole = -1, ...more] = childFacts(facts, then)
  if (facts.facts[statement]?.role !== 'tail' || facts.facts[other]?.kind !== 'block' || more.length > 0) return null
  return facts.facts[whole]?.role === 'tail' ? storing(facts, other, target, whole) : null
}

/** `if let Some(x) = &self.field { return value; }`, with the rest in the body's own block. */
function storedAfter(facts: BodyFacts, { node, statement }: Head, target: number): Found | null {
  const [then = -1] = childFacts(facts, node, 'then')
  const [only = -1, ...more] = childFacts(facts, then)
  const leaves = facts.facts[only]?.kind === 'statement' ? only + 1 : only
  const whole = childFacts(facts, leaves)[0] ?? -1
  const isAlone = childFacts(facts, node, 'else').length === 0 && more.length === 0 && facts.facts[statement]?.role !== 'tail'
  return isAlone && facts.facts[leaves]?.kind === 'return' && whole >= 0 ? storing(facts, 0, target, whole) : null
}

/** The end of a block that stores what it came by and gives it. */
function storing(facts: BodyFacts, block: number, target: number, whole: number): Found | null {
  const statements = childFacts(facts, block)
  const tail = statements.at(-1) ?? -1
  const stored = statements.at(-2) ?? -1
  const assign = facts.facts[stored + 1]
  const right = childFacts(facts, stored + 1)[1] ?? -1
  const call = facts.facts[right]
  if (facts.facts[stored]?.kind !== 'statement' || assign?.kind !== 'assign' || assign.operator !== '=') return null
  if (childFacts(facts, stored + 1)[0] !== target || useOf(facts, target) !== 'assign') return null
  if (call?.kind !== 'call' || call.path !== 'Some' || facts.facts[tail]?.role !== 'tail') return null
  const given = withoutOk(facts, tail)
  const value = withoutOk(facts, whole)
  // Both ways give it in the same form.
  if ((given === tail) !== (value === whole) || facts.facts[given]?.kind !== 'path') return null
  return { whole, value, stored, made: childFacts(facts, right)[1] ?? -1, tail }
}

function withoutOk(facts: BodyFacts, index: number): number {
  const fact = facts.facts[index]
  return fact?.kind === 'call' && fact.path === 'Ok' ? (childFacts(facts, index)[1] ?? index) : index
}
