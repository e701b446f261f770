import { type BodyFacts, childFacts, factsOf } from '../../syntax/body.ts'
import type { ClassSource, MethodSource } from '../class-source.ts'
import { FORMAT_MACROS, LOG_MACROS, PLAIN_MACROS } from '../python-words.ts'

/**
 * Whether a method only writes its object, all of it wherever it succeeds, as `__setstate__` does, and never reads it: what it leaves
 * behind does not depend on what was there. It may then work on a value of its own, which takes the place of the object's under the
 * lock afterwards: that is one write, and nothing that another thread wrote in between is lost that the method would not have replaced.
 */
export function isOverwrite(source: ClassSource, method: MethodSource): boolean {
  const { facts, fn } = method
  if (method.self !== 'mut' || fn.async || source.impls.some((it) => it.item.trait?.path.segments.at(-1)?.name === 'Drop'))
    return false
  const writes = writesOf(method)
  if (writes === null || writes.size === 0 || !facts.facts.every((_it, index) => isHarmless(facts, index))) return false
  const names = source.struct.fields.map((it) => it.name)
  const isWhole = (index: number): boolean => {
    const found = writtenBefore(facts, index, writes)
    return found.has('*') || names.every((it) => found.has(it))
  }
  const isResult = fn.ret?.kind === 'path' && /Result$/.test(fn.ret.path.segments.at(-1)?.name ?? '')
  if (!isResult) return fn.ret === null && factsOf(facts, 'try', 'return').length === 0 && isWhole(-1)
  const ends = endsOf(facts, 0)
  // Where it fails nothing may have been written yet: the object stays as it is.
  const first = Math.min(...[...writes.keys()].map((it) => facts.facts[it]?.span.end ?? 0))
  const failsLater = writes.size > 1 && factsOf(facts, 'try', 'return').some(({ fact }) => fact.span.end > first)
  if (ends === null || failsLater) return false
  return ends.every((it) => {
    const fact = facts.facts[it]
    if (fact?.kind !== 'call') return false
    return fact.path === 'Ok' ? isWhole(it) : fact.path === 'Err' && writtenBefore(facts, it, writes).size === 0
  })
}

/** Assignments to the object: index → name of the field, `*` for all of it. null where it is used in another way. */
function writesOf({ facts, selfName }: MethodSource): ReadonlyMap<number, string> | null {
  const found = new Map<number, string>()
  for (const { fact } of factsOf(facts, 'path')) {
    if (fact.text !== selfName) continue
    const place = facts.facts[fact.parent]
    const target =
      place?.kind === 'field' && fact.role === 'receiver'
        ? place.name
        : place?.kind === 'unary' && place.operator === '*'
          ? '*'
          : null
    const assign = facts.facts[place?.parent ?? -1]
    if (target === null || place?.role !== 'target' || assign?.kind !== 'assign' || assign.operator !== '=') return null
    found.set(place.parent, target)
  }
  return found
}

/** Whether a part of a body cannot leave it with a success out of sight. */
function isHarmless(facts: BodyFacts, index: number): boolean {
  const fact = facts.facts[index]
  if (fact?.kind === 'return') {
    const value = facts.facts[childFacts(facts, index)[0] ?? -1]
    return value?.kind === 'call' && value.path === 'Err'
  }
  if (fact?.kind !== 'macro') return fact?.kind !== 'item'
  const name = fact.path.split('::').at(-1) ?? ''
  return (FORMAT_MACROS.has(name) || PLAIN_MACROS.has(name) || LOG_MACROS.has(name)) && !/\b(?:self|return)\b/.test(fact.args)
}

/** What is certainly written before an expression is reached: by statements of the blocks around it. -1: before the body ends. */
function writtenBefore(facts: BodyFacts, index: number, writes: ReadonlyMap<number, string>): ReadonlySet<string> {
  const found = new Set<string>()
  const addOf = (block: number, until: number): void => {
    for (const child of childFacts(facts, block)) {
      if (child >= until) return
      const inner = facts.facts[child]?.kind === 'statement' ? (childFacts(facts, child)[0] ?? -1) : child
      const name = writes.get(inner)
      if (name !== undefined) found.add(name)
    }
  }
  if (index < 0) addOf(0, facts.facts.length)
  for (let at = index; at > 0; ) {
    const parent = facts.facts[at]?.parent ?? -1
    if (facts.facts[parent]?.kind === 'closure') return new Set()
    if (facts.facts[parent]?.kind === 'block') addOf(parent, at)
    at = parent
  }
  return found
}

/** The expressions that a body's value comes from; null where that is not only blocks, `if`s and `match`es. */
function endsOf(facts: BodyFacts, index: number): readonly number[] | null {
  const fact = facts.facts[index]
  const all = (list: readonly number[]): readonly number[] | null => {
    const found = list.map((it) => endsOf(facts, it))
    return list.length === 0 || found.includes(null) ? null : found.flatMap((it) => it ?? [])
  }
  switch (fact?.kind) {
    case 'block':
      return all(childFacts(facts, index, 'tail'))
    case 'paren':
      return all(childFacts(facts, index))
    case 'if': {
      const branches = [...childFacts(facts, index, 'then'), ...childFacts(facts, index, 'else')]
      return branches.length === 2 ? all(branches) : null
    }
    case 'match':
      return all(childFacts(facts, index, 'arm').flatMap((it) => childFacts(facts, it, 'body')))
    default:
      return fact ? [index] : null
  }
}
