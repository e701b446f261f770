import { type BodyFacts, childFacts, type Fact, useOf } from '../syntax/body.ts'
import type { Span } from '../syntax/span.ts'
import { blanketNames } from './blanket-methods.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { isEvaluatedFirst, isHandedOn, TAKING_CALL } from './narrow-owned.ts'
import type { MovePlan } from './plan.ts'
import { TAKING_METHODS } from './python-words.ts'
import { tokensIn } from './tokens.ts'

export function holdsLiteral({ cls }: ClassSource, facts: BodyFacts, outer: number): boolean {
  return facts.facts.some(
    (it, index) =>
      isInside(facts, index, outer) &&
      ((it.kind === 'struct' && [cls.name, 'Self'].includes(it.path)) ||
        (it.kind === 'call' && [cls.name, 'Self'].includes(it.path ?? ''))),
  )
}

/** Uses of what is behind the lock; null if the object is used in another way, or through methods that lock for themselves. */
export function usesOf(source: ClassSource, plan: MovePlan, method: MethodSource): readonly number[] | null {
  const found = usesAndCalls(source, plan, method)
  return found && found.calls.length === 0 && found.uses.length > 0 ? found.uses : null
}

/** Uses of what is behind the lock, and calls of methods that lock for themselves; null if the object is used in another way. */
export function usesAndCalls(
  source: ClassSource,
  plan: MovePlan,
  method: MethodSource,
): { readonly uses: readonly number[]; readonly calls: readonly number[] } | null {
  const own = plan.uses.get(method)
  if (!own || own.bare.length > 0 || own.opaque.length > 0) return null
  const found = own.fields.filter((it) => plan.fields.has(it.name)).map((it) => it.index)
  const calls: number[] = []
  for (const call of own.calls) {
    const callees = source.methods.filter((it) => it.name === call.name && it.self !== 'none')
    if (callees.length === 0 || callees.some((it) => it.impl.kind === 'trait')) return null
    if (blanketNames(source.view.db, source.cls.crate).has(call.name)) return null
    if (callees.some((it) => plan.narrowed.has(it))) calls.push(call.index)
    else if (callees.some((it) => plan.moved.includes(it))) found.push(call.index)
  }
  // A macro that looks at a field.
  if (found.some((it) => !/^(?:field|method)$/.test(method.facts.facts[it]?.kind ?? ''))) return null
  return { uses: found.sort((a, b) => a - b), calls }
}

export function isInside(facts: BodyFacts, index: number, outer: number): boolean {
  return index >= outer && index < (facts.facts[outer]?.after ?? 0)
}

/** Index of the assignment or call that drops an old value of a field, where a statement is nothing but that. */
export function replacedBy(
  facts: BodyFacts,
  statement: number,
  uses: readonly number[],
  problems: readonly { readonly index: number }[],
): number | null {
  const fact = facts.facts[statement]
  const index = fact?.kind === 'statement' ? statement + 1 : fact?.role === 'tail' ? statement : -1
  const action = facts.facts[index]
  if (!problems.some((it) => it.index === index)) return null
  const place = childFacts(facts, index)[0] ?? -1
  if (!uses.includes(place)) return null
  if (action?.kind === 'assign' && action.operator === '=') return index
  return action?.kind === 'method' && (action.name === 'take' || action.name === 'clear') && action.args.length === 0
    ? index
    : null
}

/** The right side of an assignment to a moved field, or the arguments of a method called on one: what may be computed first. */
export function valuesBefore(facts: BodyFacts, statement: number, uses: readonly number[]): readonly number[] | null {
  let index = facts.facts[statement]?.kind === 'statement' ? statement + 1 : statement
  while (/^(?:try|paren)$/.test(facts.facts[index]?.kind ?? '')) index++
  const action = facts.facts[index]
  if (action?.kind !== 'assign' && action?.kind !== 'method') return null
  const [place = -1, ...values] = childFacts(facts, index)
  // A method of the object itself.
  if (uses.includes(index) && uses.filter((it) => isInside(facts, it, statement)).length === 1)
    return values.filter((it) => facts.facts[it]?.kind !== 'closure')
  const inPlace = uses.filter((it) => isInside(facts, it, place))
  // Looking up a place has no effect, so that what follows may be computed before it.
  if (inPlace.length !== 1 || !isPlace(facts, place, inPlace[0] ?? -1)) return null
  if (uses.some((it) => isInside(facts, it, statement) && !isInside(facts, it, place))) return null
  return values.filter((it) => facts.facts[it]?.kind !== 'closure')
}

function isPlace(facts: BodyFacts, index: number, use: number): boolean {
  if (index === use) return true
  const fact = facts.facts[index]
  return fact?.kind === 'field' && isPlace(facts, childFacts(facts, index)[0] ?? -1, use)
}

/** The smallest expression that holds all uses of a statement, is evaluated first, and gives a value of its own. */
export function takenValue(
  method: MethodSource,
  statement: number,
  uses: readonly number[],
  problems: readonly number[],
  isOwnedValue: (index: number) => boolean,
): number | null {
  const { facts } = method
  const own = uses.filter((it) => isInside(facts, it, statement))
  let at = own[0] ?? -1
  for (let fuel = 64; fuel > 0 && at > statement; fuel--) {
    const fact = facts.facts[at]
    if (!fact || problems.some((it) => isInside(facts, it, at) && !leavesWith(facts, it, at))) return null
    // A place that is written is no value: the copy of it would be.
    if (/^(?:assign|update|borrow-mut)$/.test(useOf(facts, at))) return null
    if (own.every((it) => isInside(facts, it, at)) && isOwnedValue(at) && isEvaluatedFirst(facts, at, statement)) return at
    at = fact.parent
  }
  return null
}

/** Whether what is taken out of the object is, or is handed on by, the value at `index`: then it is not dropped under the lock. */
export function leavesWith(facts: BodyFacts, problem: number, index: number): boolean {
  const fact = facts.facts[problem]
  const takes =
    fact?.kind === 'method' ? TAKING_METHODS.has(fact.name) : fact?.kind === 'call' && TAKING_CALL.test(fact.path ?? '')
  return takes && isHandedOn(facts, problem, index)
}

/** Makes names: one may be that of a binding inside the statement that it is for, which then shadows it. */
export function freshNames(method: MethodSource): (wanted: string, statement: number) => string {
  const taken = new Set<string>()
  const { text } = method.impl
  const params = new Set(method.fn.params.map((it) => it.pattern.replace(/^mut\s+/, '')))
  return (wanted, statement) => {
    const span = method.facts.facts[statement]?.span ?? { start: 0, end: 0 }
    const before = { start: method.body.start, end: method.body.start + span.start }
    const after = { start: method.body.start + span.end, end: method.body.end }
    for (let n = 1; ; n++) {
      const name = n === 1 ? wanted : `${wanted}${n}`
      if (taken.has(name) || params.has(name) || usesName(text, before, name) || usesName(text, after, name)) continue
      taken.add(name)
      return name
    }
  }
}

/** Whether a name is used other than as a field's or a method's. */
function usesName(text: string, span: Span, name: string): boolean {
  return tokensIn(text, span).some((it, i, all) => it.text === name && all[i - 1]?.text !== '.')
}

/** What a taken value is called: as the field it comes from. */
export function nameFor({ facts, selfName }: MethodSource, index: number): string {
  const end = facts.facts[index]?.after ?? 0
  const field = facts.facts.slice(index, end).find((it) => it.kind === 'field' && it.receiverText === selfName)
  return field?.kind === 'field' && /^[a-z]\w*$/.test(field.name) ? field.name : 'taken'
}

/** What the new value of a field is called: as the field, or plainly a value. */
export function valueName(facts: BodyFacts, statement: number): string {
  const action = facts.facts[facts.facts[statement]?.kind === 'statement' ? statement + 1 : statement]
  const place = facts.facts[facts.facts.indexOf(action as Fact) + 1]
  return action?.kind === 'assign' && place?.kind === 'field' && /^[a-z]\w*$/.test(place.name) ? place.name : 'value'
}
