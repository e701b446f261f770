import { type BodyFacts, childFacts, type Fact } from '../syntax/body.ts'

/** Methods whose result borrows nothing from what they are called on (std and PyO3 docs). */
const OWNING = new Set(
  `clone clone_ref to_owned to_string to_vec len is_empty is_some is_none is_ok is_err contains contains_key capacity
   take replace pop pop_front pop_back pop_first pop_last remove swap_remove insert get_or_insert_default count is_some_and is_none_or
   load swap fetch_add fetch_sub elapsed abs min max wrapping_add wrapping_sub saturating_add saturating_sub checked_add
   checked_sub`.split(/\s+/),
)
/** Methods that hand on what they are called on, or something of its arguments. */
const PASSING = new Set(
  'unwrap expect unwrap_or unwrap_or_default unwrap_or_else ok ok_or ok_or_else map_err err into'.split(' '),
)
/** Methods of `Option` that copy what a borrowed one holds. */
const COPYING = new Set(['cloned', 'copied'])
const LENDING = new Set('as_ref get first last front back peek'.split(' '))

/** Functions that move a value out of a place. */
export const TAKING_CALL = /^(?:(?:std|core)::)?mem::(?:take|replace)$/

/** Whether the value at `from` is the value at `to`, or becomes it on the way. */
export function isHandedOn({ facts }: BodyFacts, from: number, to: number): boolean {
  let at = from
  for (let fuel = 64; fuel > 0 && at !== to; fuel--) {
    const fact = facts[at]
    const parent = facts[fact?.parent ?? -1]
    const passes =
      parent?.kind === 'try' ||
      parent?.kind === 'paren' ||
      (parent?.kind === 'method' && fact?.role === 'receiver' && PASSING.has(parent.name))
    if (!passes) return false
    at = fact?.parent ?? -1
  }
  return at === to
}

/** A body and what it calls its object. */
interface Owner {
  readonly facts: BodyFacts
  readonly selfName: string
}

/**
 * Whether the value of an expression surely holds no reference into the object behind a lock, so that it may outlive the guard.
 * @param isPlain whether a field read as a value is of a `Copy` type without references
 * @param isOwnCall whether a method of the class gives such a value
 */
export function isOwned(
  { facts, selfName }: Owner,
  index: number,
  isPlain: (index: number) => boolean,
  isOwnCall: (name: string) => boolean,
): boolean {
  const fact = facts.facts[index]
  if (!fact) return false
  const [first = -1, ...rest] = childFacts(facts, index)
  const owned = (at: number): boolean => isOwned({ facts, selfName }, at, isPlain, isOwnCall)
  switch (fact.kind) {
    case 'literal':
    case 'binary':
    case 'unary':
    case 'cast':
      return true
    case 'paren':
    case 'try':
      return owned(first)
    case 'field':
      return isPlain(index)
    case 'call':
      return TAKING_CALL.test(fact.path ?? '') || (/^(?:Some|Ok)$/.test(fact.path ?? '') && rest.every(owned))
    case 'tuple':
      return childFacts(facts, index).every(owned)
    case 'method': {
      if (OWNING.has(fact.name)) return true
      if (isPath(facts.facts[first], selfName) && isOwnCall(fact.name)) return true
      const receiver = facts.facts[first]
      if (COPYING.has(fact.name)) return receiver?.kind === 'method' && LENDING.has(receiver.name)
      if (fact.name === 'map' && receiver?.kind === 'method' && LENDING.has(receiver.name)) {
        const closure = facts.facts[rest[0] ?? -1]
        return closure?.kind === 'closure' && owned((rest[0] ?? -1) + 1)
      }
      return PASSING.has(fact.name) && owned(first)
    }
    default:
      return false
  }
}

function isPath(fact: Fact | undefined, name: string): boolean {
  return fact?.kind === 'path' && fact.text === name
}

/** Whether nothing with an effect is evaluated before `index` in the evaluation of `top`. */
export function isEvaluatedFirst(facts: BodyFacts, index: number, top: number): boolean {
  let at = index
  for (let fuel = 64; fuel > 0 && at !== top; fuel--) {
    const fact = facts.facts[at]
    if (!fact || fact.parent < 0) return false
    const parent = facts.facts[fact.parent]
    if (!parent || !FIRST_PARENTS.has(parent.kind)) return false
    const before = childFacts(facts, fact.parent).filter((it) => it < at)
    // The right side of `&&` is not always evaluated; what is left of an operator is evaluated before it.
    if (parent.kind === 'binary' && before.length > 0) return false
    if (!before.every((it) => (parent.kind === 'assign' ? isPurePlace(facts, it) : isPure(facts, it)))) return false
    at = fact.parent
  }
  return at === top
}

const FIRST_PARENTS = new Set<Fact['kind']>(
  'statement let method field call try paren match if let-condition unary borrow cast binary tuple return macro for index assign'.split(
    ' ',
  ) as Fact['kind'][],
)

function isPure(facts: BodyFacts, index: number): boolean {
  const fact = facts.facts[index]
  if (fact?.kind === 'path' || fact?.kind === 'literal') return true
  return (fact?.kind === 'borrow' || fact?.kind === 'paren') && childFacts(facts, index).every((it) => isPure(facts, it))
}

function isPurePlace(facts: BodyFacts, index: number): boolean {
  const fact = facts.facts[index]
  return fact?.kind === 'path' || (fact?.kind === 'field' && childFacts(facts, index).every((it) => isPurePlace(facts, it)))
}
