import { type BodyFacts, factsOf } from '../syntax/body.ts'
import type { Span } from '../syntax/span.ts'
import type { MethodSource } from './class-source.ts'

/** What a method does with its `PyRef`/`PyRefMut` as a Python object, beside reaching fields and methods through it. */
export interface GuardUses {
  /** Indices of `slf.py()`. */
  readonly py: readonly number[]
  /** The object is the method's result: as `slf`, `Ok(slf)`, `slf.into()` or `Ok(slf.into())`, the same form everywhere. */
  readonly handed: { readonly form: string; readonly spans: readonly Span[] } | null
  /** Offsets of the mentions of `slf` that the above explains. */
  readonly explained: ReadonlySet<number>
  /** Another variable is called `slf`, so that its mentions cannot be told apart. */
  readonly shadowed: boolean
}

const NOTHING: GuardUses = { py: [], handed: null, explained: new Set(), shadowed: false }

/** Finds `slf.py()` and the places where the object is handed back. Spans are relative to the body. */
export function guardUses(method: MethodSource): GuardUses {
  if (!method.self.startsWith('guard')) return NOTHING
  const { facts, selfName } = method
  const py: number[] = []
  const explained = new Set<number>()
  const handed: { form: string; span: Span; tail: boolean }[] = []
  for (const { index, fact } of factsOf(facts, 'path')) {
    if (fact.text !== selfName) continue
    const parent = facts.facts[fact.parent]
    const isCall = parent?.kind === 'method' && fact.role === 'receiver' && parent.args.length === 0
    if (isCall && parent.name === 'py') {
      py.push(fact.parent)
      explained.add(fact.span.start)
      continue
    }
    const found = handedAt(facts, isCall && parent.name === 'into' ? fact.parent : index, selfName)
    if (!found) continue
    handed.push(found)
    explained.add(fact.span.start)
  }
  const bound = facts.facts.some((it) => 'bindings' in it && it.bindings.some((each) => each.name === selfName))
  const forms = new Set(handed.map((it) => it.form))
  const [form] = forms
  // Where the object itself is the result, there is nothing else that the body could end with.
  const complete = form?.startsWith('Ok(') || handed.some((it) => it.tail)
  if (form === undefined) return { py, handed: null, explained, shadowed: bound }
  return { py, handed: { form, spans: handed.map((it) => it.span) }, explained, shadowed: bound || forms.size > 1 || !complete }
}

function handedAt(body: BodyFacts, index: number, selfName: string): { form: string; span: Span; tail: boolean } | null {
  const fact = body.facts[index]
  if (!fact) return null
  const parent = body.facts[fact.parent]
  const value = fact.kind === 'method' ? `${selfName}.into()` : selfName
  const wrapped = parent?.kind === 'call' && parent.path === 'Ok' && fact.role === 'argument'
  const at = wrapped ? fact.parent : index
  const tail = isTail(body, at)
  if (!tail && !isReturned(body, at)) return null
  const whole = body.facts[at]
  if (!whole) return null
  // Without `Ok` the branches of an `if` would need `()` for a value: only the last line and `return` are handled.
  if (!wrapped && tail && body.facts[whole.parent]?.role !== 'root') return null
  return { form: wrapped ? `Ok(${value})` : value, span: whole.span, tail }
}

/** Whether an expression is the value of the body: its last one, or that of a branch of its last one. */
function isTail(body: BodyFacts, index: number): boolean {
  let at = index
  for (let fuel = 64; fuel > 0; fuel--) {
    const fact = body.facts[at]
    const parent = fact && fact.parent >= 0 ? body.facts[fact.parent] : undefined
    if (!fact || !parent) return false
    if (fact.role === 'tail' && parent.role === 'root') return true
    const passes =
      (parent.kind === 'block' && fact.role === 'tail' && parent.flavor === 'plain') ||
      (parent.kind === 'if' && (fact.role === 'then' || fact.role === 'else')) ||
      (parent.kind === 'match' && fact.role === 'arm') ||
      (parent.kind === 'arm' && fact.role === 'body')
    if (!passes) return false
    at = fact.parent
  }
  return false
}

/** Whether an expression is what a `return` of the method (not of a closure in it) gives. */
function isReturned(body: BodyFacts, index: number): boolean {
  const fact = body.facts[index]
  if (body.facts[fact?.parent ?? -1]?.kind !== 'return') return false
  for (let at = fact?.parent ?? -1, fuel = 256; at >= 0 && fuel > 0; at = body.facts[at]?.parent ?? -1, fuel--) {
    const outer = body.facts[at]
    if (outer?.kind === 'closure' || (outer?.kind === 'block' && outer.flavor !== 'plain' && outer.flavor !== 'unsafe'))
      return false
  }
  return true
}
