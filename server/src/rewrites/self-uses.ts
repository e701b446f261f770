import { type BodyFacts, enclosing, factsOf, type Use, useOf } from '../syntax/body.ts'
import type { MethodSource } from './class-source.ts'
import { isName, tokensIn } from './tokens.ts'

/** What a method's body does with its object. Spans are relative to the body, as in its facts. */
export interface SelfUses {
  /** `self.name` */
  readonly fields: readonly { readonly name: string; readonly index: number; readonly use: Use }[]
  /** `self.name(…)` */
  readonly calls: readonly { readonly name: string; readonly index: number }[]
  /** Offsets at which the object is used as a whole, or in a macro that cannot be read. */
  readonly bare: readonly number[]
  readonly opaque: readonly { readonly macro: string; readonly at: number }[]
}

/** Classifies every mention of `self` (or of the parameter that stands for it) in a body. */
export function selfUses(body: BodyFacts, selfName: string): SelfUses {
  const fields: SelfUses['fields'][number][] = []
  const calls: SelfUses['calls'][number][] = []
  const bare: number[] = []
  for (const { index, fact } of factsOf(body, 'path')) {
    if (fact.text !== selfName) continue
    const parent = body.facts[fact.parent]
    if (parent?.kind === 'field' && fact.role === 'receiver') {
      fields.push({ name: parent.name, index: fact.parent, use: useOf(body, fact.parent) })
    } else if (parent?.kind === 'method' && fact.role === 'receiver') {
      calls.push({ name: parent.name, index: fact.parent })
    } else bare.push(fact.span.start)
    if (index < 0) break
  }
  const opaque: SelfUses['opaque'][number][] = []
  for (const { index, fact } of factsOf(body, 'macro')) {
    const inner = tokensIn(fact.args)
    if (!fact.expressions && inner.some((it) => it.text === selfName)) opaque.push({ macro: fact.path, at: fact.span.start })
    // A name captured by a format string.
    if (new RegExp(`\\{${selfName}[:}]`).test(fact.args)) bare.push(fact.span.start)
    if (enclosing(body, index, 'item') >= 0) bare.push(fact.span.start)
  }
  return { fields, calls, bare, opaque }
}

/** Fields that `matches!(self.name, …)` looks at: the macro of std evaluates its first argument once and shares it. */
export function matchedFields({ facts, selfName }: MethodSource): {
  readonly fields: SelfUses['fields']
  readonly explained: ReadonlySet<number>
} {
  const fields: SelfUses['fields'][number][] = []
  const explained = new Set<number>()
  for (const { index, fact } of factsOf(facts, 'macro')) {
    if (fact.expressions || !/^(?:(?:std|core)::)?matches$/.test(fact.path)) continue
    const tokens = tokensIn(fact.args)
    const own = tokens.flatMap((it, i) => (it.text === selfName ? [i] : []))
    const isField = (i: number): boolean =>
      tokens[i + 1]?.text === '.' && isName(tokens[i + 2]?.text) && tokens[i + 3]?.text !== '('
    if (own.length === 0 || !own.every(isField)) continue
    explained.add(fact.span.start)
    fields.push(...own.map((i) => ({ name: tokens[i + 2]?.text ?? '', index, use: 'borrow' as const })))
  }
  return { fields, explained }
}
