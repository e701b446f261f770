import { type BodyFacts, childFacts, type FieldFact, type MethodFact } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { type BodyScope, typeOfExpression } from './expression-types.ts'
import type { MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { derefs } from './std-types.ts'
import { tokensIn } from './tokens.ts'
import { otherObject } from './two-instances.ts'

/**
 * What a body under the lock, or in part, does with objects of its class that it did not get as its own or as its other one: their
 * fields are behind their own locks, and their methods take those, which may be the one that is held, or wait for one whose holder
 * waits for this one.
 * @param flows whether such an object can be had without naming the class
 */
export function movedAccess(source: ClassSource, plan: MovePlan, method: MethodSource, flows: boolean): Problem | null {
  const { facts } = method
  const scope: BodyScope = {
    db: source.view.db,
    owner: method.impl.module,
    fn: method.fn,
    body: facts,
    text: method.impl.text.slice(method.body.start, method.body.end),
    selfName: method.selfName,
    types: new Map(),
  }
  const known = new Set([method.selfName, 'self', otherObject(source, method)?.name ?? ''])
  const mayFlow = flows || namesClass(source, method)
  const locking = new Set([...plan.moved, ...plan.narrowed.keys()].map((it) => it.name))
  for (const [index, fact] of facts.facts.entries()) {
    const isField = fact.kind === 'field' && plan.fields.has(fact.name)
    const isCall = fact.kind === 'method' && locking.has(fact.name)
    if ((!isField && !isCall) || known.has(fact.receiverText)) continue
    const held = holds(scope, source, facts, index)
    if (held === 'no' || (held === 'unknown' && !mayFlow)) continue
    const at = placeText(source.view.db, method.impl.file, method.body.start + fact.span.start)
    return isField
      ? { reason: 'used-elsewhere', detail: `${at}: \`${shown(fact)}\` may be a field of the class` }
      : { reason: 'two-instances', detail: `${at}: \`${shown(fact)}\` may lock another \`${source.cls.name}\`` }
  }
  return null
}

function shown(fact: FieldFact | MethodFact): string {
  return `${fact.receiverText.replaceAll(/\s+/g, ' ')}.${fact.name}`
}

/** Whether a method names its class as a type other than its result's, and not only for what belongs to it (`Self::MAX`, a literal). */
function namesClass({ cls }: ClassSource, { impl, start, headStart, end, fn }: MethodSource): boolean {
  const ret = fn.ret ? { start: start + fn.ret.span.start, end: start + fn.ret.span.end } : null
  const tokens = tokensIn(impl.text, { start: headStart, end })
  return tokens.some(({ text, start: at }, i) => {
    if (text !== 'Self' && text !== cls.name) return false
    if (ret && ret.start <= at && at < ret.end) return false
    return !/^[:({]$/.test(tokens[i + 1]?.text ?? '')
  })
}

/** Whether the receiver of a field or a call is an object of the class. */
function holds(scope: BodyScope, { cls }: ClassSource, body: BodyFacts, index: number): 'yes' | 'no' | 'unknown' {
  const type = typeOfExpression(scope, childFacts(body, index)[0] ?? -1)
  if (!type) return 'unknown'
  const steps = derefs(type)
  if (steps.some((it) => it.kind === 'adt' && it.def === cls.id)) return 'yes'
  const last = steps.at(-1)
  return last && /^(?:adt|prim|tuple|slice|array|fn-ptr)$/.test(last.kind) ? 'no' : 'unknown'
}
