import type { Database } from '../query/database.ts'
import { type BodyFacts, childFacts, factsOf } from '../syntax/body.ts'
import type { Span } from '../syntax/span.ts'
import { type Problem, placeText } from './problems.ts'
import type { Reach } from './python-types.ts'
import type { StaticUse } from './static-uses.ts'

/** `N.get(py).borrow_mut().push(x)`. Spans are relative to the body. */
export interface Guarded {
  /** `N.get(py).borrow_mut()` */
  readonly span: Span
  /** With what is called on it. */
  readonly whole: Span
  /** `py` */
  readonly token: string
}

/** Methods of std's containers that run no code but that of the elements, and give nothing that borrows from them. */
const OWNED =
  /^(?:len|is_empty|push|push_back|push_front|pop|pop_back|pop_front|clear|insert|contains|contains_key|clone|truncate|remove|push_str|is_some|is_none|take|replace|to_string|to_owned|capacity|reserve)$/

/** Those of them that neither drop nor compare an element. */
const STILL = /^(?:len|is_empty|push|push_back|push_front|is_some|is_none)$/

/** The uses of a static in a function: one, on a line of its own, under whose lock no Python code can run. */
export function guardedChain(
  db: Database,
  use: StaticUse,
  name: string,
  reach: Reach,
  plain: boolean,
): readonly Guarded[] | Problem {
  const { facts, fn, indices } = use
  const [index] = indices
  const why = (reason: Problem['reason'], clause: string): Problem => ({
    reason,
    detail: `${placeText(db, fn.file, fn.start)}: \`${fn.fn.name}\` ${clause}`,
  })
  if (index === undefined || indices.length > 1)
    return why('joint-update', `uses \`${name}\` more than once, and would lock it anew each time`)
  const get = facts.facts[index]?.parent ?? -1
  const borrow = facts.facts[get]?.parent ?? -1
  const [one, two] = [facts.facts[get], facts.facts[borrow]]
  const isChain =
    one?.kind === 'method' &&
    one.name === 'get' &&
    facts.facts[index]?.role === 'receiver' &&
    one.args.length === 1 &&
    two?.kind === 'method' &&
    /^borrow(?:_mut)?$/.test(two.name) &&
    one.role === 'receiver'
  if (!isChain) return why('unsupported-use', `does not borrow \`${name}\` at once`)
  const [argument] = childFacts(facts, get, 'argument')
  const token = facts.facts[argument ?? -1]
  if (token?.kind !== 'path') return why('unsupported-use', `gets its \`Python\` for \`${name}\` from more than a name`)
  const outer = outerOf(facts, borrow, reach, plain)
  if (outer === null) return why('runs-python', `may run other code while \`${name}\` is locked`)
  return [{ span: two.span, whole: facts.facts[outer]?.span ?? two.span, token: token.text }]
}

/** What is done with the guard; null where it outlives that, or where that may run Python code. */
function outerOf(facts: BodyFacts, borrow: number, reach: Reach, plain: boolean): number | null {
  const parent = facts.facts[borrow]?.parent ?? -1
  const fact = facts.facts[parent]
  if (fact?.kind === 'unary' && fact.operator === '*' && plain) return isAlone(facts, parent) ? borrow : null
  if (fact?.kind !== 'method' || facts.facts[borrow]?.role !== 'receiver') return null
  if (!(reach === 'free' ? OWNED : STILL).test(fact.name)) return null
  const args = childFacts(facts, parent, 'argument')
  return args.every((it) => isStill(facts, it)) && isAlone(facts, parent) ? parent : null
}

/** A name, a literal, or a reference to one. */
function isStill(facts: BodyFacts, index: number): boolean {
  const fact = facts.facts[index]
  if (fact?.kind === 'path' || fact?.kind === 'literal') return true
  return fact?.kind === 'borrow' && childFacts(facts, index).every((it) => isStill(facts, it))
}

/**
 * Whether nothing else happens in the statement, at the end of which the guard is dropped. A block's value outlives the block's
 * variables before edition 2024 (Rust reference, "Temporary scopes"), so that there must be none.
 */
function isAlone(facts: BodyFacts, index: number): boolean {
  let at = index
  for (let fuel = 16; fuel > 0; fuel--) {
    const fact = facts.facts[at]
    const parent = facts.facts[fact?.parent ?? -1]
    if (!fact || !parent) return false
    if (fact.role === 'tail') return fact.parent === 0 && factsOf(facts, 'let').length === 0
    if (parent.kind === 'statement' || parent.kind === 'let') return true
    const passes =
      parent.kind === 'paren' ||
      parent.kind === 'cast' ||
      (parent.kind === 'assign' && facts.facts[at]?.role === 'target') ||
      (parent.kind === 'call' && /^(?:Ok|Some)$/.test(parent.path ?? ''))
    if (!passes) return false
    at = fact.parent
  }
  return false
}
