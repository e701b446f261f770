import { type BodyFacts, enclosing, factsOf } from '../syntax/body.ts'
import { isRustOnly } from './caller-params.ts'
import type { ClassSource } from './class-source.ts'
import type { FunctionSource } from './functions.ts'
import type { MovePlan } from './plan.ts'

/**
 * Whether a function that was handed a borrow of an object would now take its lock more than once: what was one step for other
 * threads would be several, and what is read before one could be written back after it.
 */
export function takesSteps(source: ClassSource, plan: MovePlan, fn: FunctionSource, facts: BodyFacts, name: string): boolean {
  const param = fn.fn.params.find((it) => it.pattern.replace(/^mut\s+/, '') === name)
  // Whoever owns the object, or has it exclusively from Rust, shares it with nobody meanwhile.
  if (!param || (param.type.kind === 'path' && !param.type.path.segments.at(-1)?.args)) return false
  if (param.type.kind === 'ref' && param.type.mut && isRustOnly(fn)) return false
  const locks = (method: string): boolean =>
    source.methods.some((it) => it.name === method && (plan.moved.includes(it) || plan.narrowed.has(it)))
  const steps = factsOf(facts, 'field', 'method').filter(
    ({ fact }) => fact.receiverText === name && (fact.kind === 'field' ? plan.fields.has(fact.name) : locks(fact.name)),
  )
  return steps.length > 1 || steps.some(({ index }) => enclosing(facts, index, 'for', 'while', 'loop', 'closure') >= 0)
}
