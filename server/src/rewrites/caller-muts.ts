import { type BodyFacts, factsOf } from '../syntax/body.ts'
import { remove, type TextEdit } from '../syntax/edits.ts'
import type { TypeExpr } from '../syntax/summary.ts'
import type { ClassSource } from './class-source.ts'
import type { FunctionSource } from './functions.ts'
import { holdingOf, isMade, type ReceiverKind } from './receivers.ts'

/** Methods that std's derives and blanket impls give with `&self`. */
const OF_STD = /^(?:clone|to_string|eq|ne|into|borrow|as_ref)$/

/**
 * The `mut`s that nothing needs any more: of `let mut c = C::new()` and of `mut c: C`, where no use needs an exclusive borrow. null
 * where that cannot be told.
 */
export function unusedMuts(
  source: ClassSource,
  fn: FunctionSource,
  text: string,
  facts: BodyFacts,
  receiver: (name: string) => ReceiverKind,
  edited: ReadonlySet<number>,
): TextEdit[] | null {
  const edits: TextEdit[] = []
  const names: { name: string; start: number }[] = []
  for (const { index, fact } of factsOf(facts, 'let')) {
    const [binding] = fact.bindings
    if (!binding?.mut || fact.bindings.length !== 1) continue
    const declared = fact.type !== null && isPlain(fact.type) && holdingOf({ source, fn }, fact.type) === 'object'
    if (declared || isMade({ source, fn }, facts, index + 1))
      names.push({ name: binding.name, start: fn.body.start + binding.span.start })
  }
  for (const param of fn.fn.params) {
    const name = /^mut\s+(\w+)$/.exec(param.pattern)?.[1]
    if (name !== undefined && isPlain(param.type) && holdingOf({ source, fn }, param.type) === 'object')
      names.push({ name, start: fn.start + param.span.start + param.pattern.lastIndexOf(name) })
  }
  for (const { name, start } of names) {
    const needed = needsMut(fn, facts, name, receiver, edited)
    if (needed === null) return null
    if (needed) continue
    const before = /mut\s+$/.exec(text.slice(Math.max(0, start - 20), start))
    const inside = /^mut\s+/.exec(text.slice(start))
    if (inside) edits.push(remove({ start, end: start + inside[0].length }))
    else if (before) edits.push(remove({ start: start - before[0].length, end: start }))
  }
  return edits
}

/** A type that is no reference and no guard. */
function isPlain(type: TypeExpr): boolean {
  return type.kind === 'path' && !type.path.segments.at(-1)?.args
}

/** Whether a use of a variable needs it to be `mut`; null where a method is called of which that is not known. */
function needsMut(
  fn: FunctionSource,
  facts: BodyFacts,
  name: string,
  receiver: (name: string) => ReceiverKind,
  edited: ReadonlySet<number>,
): boolean | null {
  let unknown = false
  for (const { index, fact } of factsOf(facts, 'path')) {
    if (fact.text !== name) continue
    const parent = facts.facts[fact.parent]
    if (parent?.kind === 'borrow' && parent.mut) return true
    if (parent?.kind === 'assign' && fact.role === 'target') return true
    if (parent?.kind === 'method' && fact.role === 'receiver' && !OF_STD.test(parent.name)) {
      const kind = receiver(parent.name)
      if (kind === 'exclusive') return true
      unknown ||= kind === 'unknown'
    }
    if (parent?.kind === 'field' && !edited.has(fn.body.start + fact.span.end)) {
      const user = facts.facts[parent.parent]
      if ((user?.kind === 'assign' && parent.role === 'target') || (user?.kind === 'borrow' && user.mut)) return true
      if (user?.kind === 'method' && parent.role === 'receiver') unknown = true
    }
    if (index < 0) break
  }
  return unknown ? null : false
}
