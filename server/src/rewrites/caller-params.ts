import { resolvePath } from '../resolve/lookup.ts'
import { moduleScope } from '../resolve/scopes.ts'
import { type BodyFacts, factsOf, useOf } from '../syntax/body.ts'
import { remove, replace, type TextEdit } from '../syntax/edits.ts'
import type { Param } from '../syntax/summary.ts'
import type { ClassSource } from './class-source.ts'
import { codeText, isExpansion } from './code-texts.ts'
import type { FunctionSource } from './functions.ts'
import { tokensIn } from './tokens.ts'

/** A parameter through which a function has the exclusive borrow of an object of the class: `&mut C` or `PyRefMut<C>`. */
export interface ExclusiveParam {
  readonly fn: FunctionSource
  readonly param: Param
  readonly guard: boolean
}

/** The parameter of a written function in whose type an offset lies; null if it lies elsewhere. */
export function exclusiveParam(functions: readonly FunctionSource[], offset: number, guard: boolean): ExclusiveParam | null {
  for (const fn of functions) {
    if (offset < fn.start || offset >= fn.body.start || isExpansion(fn.file)) continue
    const param = fn.fn.params.find((it) => fn.start + it.type.span.start <= offset && offset < fn.start + it.type.span.end)
    if (param) return { fn, param, guard }
  }
  return null
}

/** Attributes that leave a function to Rust. */
const OF_RUST = /^(?:doc|allow|expect|warn|deny|inline|must_use|cold|track_caller|cfg|test)$/

/** Whether only Rust calls a function: then `&mut C` may stay, for whoever owns the object has it. */
export function isRustOnly({ fn, owner, of }: FunctionSource): boolean {
  const plain = fn.attrs.every((it) => OF_RUST.test(it.meta.path))
  if (of === null) return plain
  return plain && owner?.item.kind === 'impl' && owner.item.attrs.every((it) => OF_RUST.test(it.meta.path))
}

/** `&mut C` → `&C`, `PyRefMut<C>` → `PyRef<C>` where the body only calls methods and uses fields; null where it does more. */
export function sharedParam(
  source: ClassSource,
  { fn, param, guard }: ExclusiveParam,
  facts: BodyFacts,
  shared: (name: string) => boolean,
  moved: ReadonlySet<string>,
): TextEdit[] | null {
  const { db } = source.view
  const text = codeText(db, fn.file) ?? ''
  const name = param.pattern.replace(/^mut\s+/, '')
  if (!/^\w+$/.test(name) || !fn.owner) return null
  if (guard && !hasPyRef(source, fn.owner.module)) return null
  const rebound = factsOf(facts, 'let', 'let-condition', 'for', 'arm', 'closure').some(({ fact }) =>
    fact.bindings.some((it) => it.name === name),
  )
  const opaque = factsOf(facts, 'macro').some(
    ({ fact }) => tokensIn(fact.args).some((it) => it.text === name) && !fact.expressions,
  )
  if (rebound || opaque) return null
  for (const { fact } of factsOf(facts, 'path')) {
    if (fact.text !== name) continue
    const parent = facts.facts[fact.parent]
    const isReceiver = fact.role === 'receiver'
    if (parent?.kind === 'method' && isReceiver && shared(parent.name)) continue
    // Moved fields are judged one by one; of the others only reading needs no exclusive borrow.
    if (parent?.kind === 'field' && isReceiver && (moved.has(parent.name) || useOf(facts, fact.parent) === 'read')) continue
    return null
  }
  const span = { start: fn.start + param.span.start, end: fn.start + param.span.end }
  const tokens = tokensIn(text, span)
  return tokens.flatMap((it, i) => {
    if (it.text === 'mut') return [remove({ start: it.start, end: tokens[i + 1]?.start ?? it.end })]
    return it.text === 'PyRefMut' ? [replace({ start: it.start, end: it.end }, 'PyRef')] : []
  })
}

/** Whether a module has `PyRef` in scope, and `PyRefMut` from where it does not matter that nothing uses it. */
function hasPyRef(source: ClassSource, module: string): boolean {
  const { db } = source.view
  return resolvePath(db, module, 'PyRef', 'type').kind === 'found' && !moduleScope(db, module)?.imports.has('PyRefMut')
}
