import { type BodyFacts, childFacts } from '../syntax/body.ts'
import type { Walk } from './flow-types.ts'
import { isInside } from './narrow-parts.ts'

const ENDS = /^(?:(?:std|core)::)?(?:panic|unreachable|todo|unimplemented)$/

/** Whether no way leads past an expression or statement; or, of those ways, none stays in the method. */
export function diverges(facts: BodyFacts, index: number, forGood = false): boolean {
  const fact = facts.facts[index]
  const every = (list: readonly number[]): boolean => list.every((it) => diverges(facts, it, forGood))
  switch (fact?.kind) {
    case 'return':
      return true
    case 'break':
    case 'continue':
      return !forGood
    case 'statement':
      return every([index + 1])
    case 'macro':
      return ENDS.test(fact.path)
    case 'block':
      return childFacts(facts, index).some((it) => every([it]))
    case 'if': {
      const branches = [...childFacts(facts, index, 'then'), ...childFacts(facts, index, 'else')]
      return branches.length === 2 && every(branches)
    }
    case 'match': {
      const arms = childFacts(facts, index, 'arm')
      return arms.length > 0 && arms.every((it) => every(childFacts(facts, it, 'body')))
    }
    default:
      return false
  }
}

/** Uses of the object that may come after a statement: in what follows it, and in loops around it, but not in other branches. */
export function laterUses({ facts, uses, calls, loop }: Walk, index: number): readonly number[] {
  const found: number[] = []
  const within = (outer: number): readonly number[] => [...uses, ...calls].filter((it) => isInside(facts, it, outer))
  if (diverges(facts, index, true)) return []
  let at = index
  for (let parent = facts.facts[at]?.parent ?? -1; parent >= 0; parent = facts.facts[at]?.parent ?? -1) {
    const kind = facts.facts[parent]?.kind ?? ''
    if (parent === loop) break
    if (/^(?:loop|while|for)$/.test(kind)) found.push(...within(parent))
    const isBranch = (kind === 'if' || kind === 'match') && !/^(?:condition|value)$/.test(facts.facts[at]?.role ?? '')
    const after = isBranch ? [] : childFacts(facts, parent).filter((it) => it > at)
    for (const child of after) {
      found.push(...within(child))
      if (kind === 'block' && diverges(facts, child, true)) return found
    }
    at = parent
  }
  return found
}

/**
 * Whether a loop does nothing with the object but to give it what a turn came by: no value of the object is kept for another turn, so
 * that no turn depends on what the object was in an earlier one.
 */
export function commandsOnly({ facts, uses, calls }: Walk, loop: number): boolean {
  const own = [...uses, ...calls].filter((it) => isInside(facts, it, loop))
  const hasUse = (index: number): boolean => own.some((it) => isInside(facts, it, index))
  const keeps = facts.facts.some((fact, index) => {
    if (!isInside(facts, index, loop) || !hasUse(index)) return false
    const [first = -1, ...rest] = childFacts(facts, index)
    // What the object is must not decide on another turn.
    if (
      fact.role === 'condition' ||
      fact.role === 'guard' ||
      (fact.role === 'value' && facts.facts[fact.parent]?.kind === 'match')
    )
      return true
    if (fact.kind === 'let' || fact.kind === 'break') return true
    if (fact.kind === 'assign') return !hasUse(first)
    // `found.push(self.pop())`
    return fact.kind === 'method' && !hasUse(first) && rest.some(hasUse)
  })
  return !keeps
}
