import { childFacts } from '../syntax/body.ts'
import { deeper, indentationAt, insert, remove, replace, type TextEdit } from '../syntax/edits.ts'
import type { Span } from '../syntax/span.ts'
import type { MethodSource } from './class-source.ts'
import type { Section } from './narrow.ts'
import { tokensIn } from './tokens.ts'
import type { LockNames } from './wrapper.ts'
import { SHADOWED } from './wrapper.ts'

/** rustfmt's `chain_width`: a longer chain of calls stands on several lines. */
const CHAIN_WIDTH = 60

/** The edits that put a section of a method under the lock, the rest of its body staying as it is. Absolute. */
export function narrowEdits(method: MethodSource, section: Section, names: LockNames): TextEdit[] {
  const shared = sharedReceiver(method)
  if (section.tries) return [tryEdit(method, names), ...receiverEdits(method, section, 'this')]
  return [...shared, ...(inlineEdits(method, section, names) ?? blockEdits(method, section, names))]
}

/** `&mut self` → `&self`, `mut slf` → `slf`: the guard's own type is changed with those of all methods that stay. */
export function sharedReceiver(method: MethodSource): TextEdit[] {
  const { receiver, params } = method.fn
  if (method.self === 'mut' && receiver)
    return [replace({ start: method.start + receiver.span.start, end: method.start + receiver.span.end }, '&self')]
  const [own] = params
  const mut = own && method.self.startsWith('guard') ? /^mut\s+/.exec(own.pattern) : null
  if (!own || !mut) return []
  const start = method.start + own.span.start
  return [remove({ start, end: start + mut[0].length })]
}

/** Nothing is visited where the lock is taken. */
function tryEdit(method: MethodSource, names: LockNames): TextEdit {
  const indent = deeper(indentationAt(method.impl.text, method.headStart))
  const lines = [`let Some(this) = ${method.selfName}.${names.tryRead}() else {`, `${deeper('')}return Ok(());`, '};']
  return insert(method.body.start + 1, lines.map((it) => `\n${indent}${it}`).join(''))
}

/** The absolute span of a fact of a method. */
export function spanOf(method: MethodSource, index: number): Span {
  const span = method.facts.facts[index]?.span ?? { start: 0, end: 0 }
  return { start: method.body.start + span.start, end: method.body.start + span.end }
}

/** The `self` of each use, replaced by what stands for the locked half. */
function receiverEdits(method: MethodSource, section: Section, words: string): TextEdit[] {
  return section.uses.map((it) => replace(spanOf(method, childFacts(method.facts, it)[0] ?? -1), words))
}

/** Values that are computed first, in front of the first statement, and their names in their places. */
function beforeEdits(method: MethodSource, section: Section, indent: string): TextEdit[] {
  const start = spanOf(method, section.first).start
  return section.before.flatMap(({ index, name }) => {
    const span = spanOf(method, index)
    const spelled = method.impl.text.slice(span.start, span.end)
    return [insert(start, `let ${name} = ${spelled};\n${indent}`), replace(span, name)]
  })
}

/** Whether what is called on the guard itself may be a method of the guard's. */
export function isAnswered({ facts }: MethodSource, use: number | undefined): boolean {
  const fact = facts.facts[use ?? -1]
  return fact?.kind === 'method' && SHADOWED.test(fact.name)
}

/** One use in one statement: the lock is taken and given back in it, or in a `let` before it. null where that is not all. */
function inlineEdits(method: MethodSource, section: Section, names: LockNames): TextEdit[] | null {
  if (section.uses.length !== 1 || section.first !== section.last || isAnswered(method, section.uses[0])) return null
  // The guard of a block's value goes after the block's variables, which may hold Python objects.
  if (section.tail && method.facts.facts.slice(0, section.first).some((it) => 'bindings' in it && it.bindings.length > 0))
    return null
  const { start, end } = spanOf(method, section.taken?.index ?? section.first)
  const locked = `${method.selfName}.${names.write}()`
  if (inlineText(method, section, { start, end }).length + locked.length > CHAIN_WIDTH) return null
  const indent = indentationAt(method.impl.text, spanOf(method, section.first).start)
  if (section.taken) {
    const uses = receiverEdits(method, section, locked).map((it) => it.span)
    const from = uses[0] ?? { start, end: start }
    const value = method.impl.text.slice(start, from.start) + locked + method.impl.text.slice(from.end, end)
    const first = spanOf(method, section.first).start
    return [insert(first, `let ${section.taken.name} = ${value};\n${indent}`), replace({ start, end }, section.taken.name)]
  }
  return [
    ...beforeEdits(method, section, indent),
    ...receiverEdits(method, section, locked),
    ...replacedEdits(method, section.replaced),
  ]
}

/** The statement without what is computed before it; too long to be inline if it has several lines. */
function inlineText(method: MethodSource, section: Section, span: Span): string {
  const { text } = method.impl
  let found = text.slice(span.start, span.end)
  for (const { index, name } of section.before) {
    const value = spanOf(method, index)
    found = found.replace(text.slice(value.start, value.end), () => name)
  }
  return found.includes('\n') ? ' '.repeat(CHAIN_WIDTH) : found
}

/** The statements in a block that holds the lock; what leaves them is the block's value. */
function blockEdits(method: MethodSource, section: Section, names: LockNames): TextEdit[] {
  const { text } = method.impl
  const start = spanOf(method, section.first).start
  const last = section.taken ? spanOf(method, section.last).start : spanOf(method, section.last).end
  const indent = indentationAt(text, start)
  const inner = deeper(indent)
  const leaving = [...section.leaving, ...section.replaced.map((it) => it.name), ...(section.taken ? [section.taken.name] : [])]
  const opening = `{\n${inner}let this = &mut *${method.selfName}.${names.write}();\n${inner}`
  const before = beforeEdits(method, section, indent)
  const body = [...receiverEdits(method, section, 'this'), ...replacedEdits(method, section.replaced)]
  if (section.tail) {
    // A block of its own would drop the guard before what the tail borrowed from it.
    const result = spanOf(method, section.last)
    const closing = `;\n${inner}${leaving.length > 0 ? '' : 'result'}\n${indent}}`
    return [
      ...before,
      insert(start, opening),
      insert(result.start, 'let result = '),
      ...body,
      insert(result.end, closing),
      ...shifted(text, start, last, inner.slice(indent.length)),
    ]
  }
  const result = lastValue(method, section, leaving)
  const value = namesText(leaving)
  const binding = leaving.length > 0 ? `let ${value} = ` : ''
  if (section.taken) {
    const span = spanOf(method, section.taken.index)
    const uses = receiverEdits(method, section, 'this').filter((it) => it.span.start >= span.start && it.span.end <= span.end)
    let taken = ''
    let from = span.start
    for (const { span: each, newText } of uses) {
      taken += text.slice(from, each.start) + newText
      from = each.end
    }
    taken += text.slice(from, span.end)
    const kept = body.filter((it) => it.span.start < span.start || it.span.end > span.end)
    const alone = leaving.length === 1
    const closing = alone
      ? `${taken}\n${indent}};\n${indent}`
      : `let ${section.taken.name} = ${taken};\n${inner}${value}\n${indent}};\n${indent}`
    return [
      ...before,
      insert(start, binding + opening),
      ...kept,
      insert(last, section.first === section.last ? closing : `${inner.slice(indent.length)}${closing}`),
      replace(span, section.taken.name),
      ...shifted(text, start, lineOf(text, last), inner.slice(indent.length)),
    ]
  }
  if (result) {
    const stripped = [
      replace({ start: spanOf(method, section.last).start, end: result.start }, ''),
      replace({ start: result.end, end: last }, ''),
    ]
    return [
      ...before,
      insert(start, binding + opening),
      ...stripped,
      ...body,
      insert(last, `\n${indent}};`),
      ...shifted(text, start, last, inner.slice(indent.length)),
    ]
  }
  const unit = method.facts.facts[section.last]?.role === 'tail' && /[^;}]$/.test(text.slice(start, last)) ? ';' : ''
  const closing = leaving.length > 0 ? `${unit}\n${inner}${value}\n${indent}};` : `${unit}\n${indent}}`
  return [
    ...before,
    insert(start, binding + opening),
    ...body,
    insert(last, closing),
    ...shifted(text, start, last, inner.slice(indent.length)),
  ]
}

/** The value of a last `let` whose name is all that leaves: it is the value of the block. */
function lastValue(method: MethodSource, section: Section, leaving: readonly string[]): Span | null {
  const fact = method.facts.facts[section.last]
  if (section.taken || leaving.length !== 1 || fact?.kind !== 'let' || fact.pattern !== leaving[0] || fact.type) return null
  return spanOf(method, childFacts(method.facts, section.last, 'value')[0] ?? -1)
}

/** `name`, or `(a, b)`. */
function namesText(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? '') : `(${names.join(', ')})`
}

function lineOf(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1)
}

/** Every line that begins inside the span one step to the right, but for those inside a string. */
export function shifted(text: string, start: number, end: number, unit: string): TextEdit[] {
  const edits: TextEdit[] = []
  const tokens = tokensIn(text, { start, end })
  for (let line = text.indexOf('\n', start); line >= 0 && line < end; line = text.indexOf('\n', line + 1)) {
    const inString = tokens.some((it) => it.start <= line && line < it.end)
    const blank = /^\r?\n/.test(text.slice(line + 1))
    if (!inString && !blank && line + 1 < end) edits.push(insert(line + 1, unit))
  }
  return edits
}

/** The old value of a field is kept until the lock is given back: dropping it may run Python code. */
export function replacedEdits(method: MethodSource, replaced: Section['replaced']): TextEdit[] {
  return replaced.flatMap(({ index, name }) => {
    const fact = method.facts.facts[index]
    const inner = fact?.kind === 'statement' ? index + 1 : index
    const action = method.facts.facts[inner]
    const [place = -1, value = -1] = childFacts(method.facts, inner)
    const whole = spanOf(method, inner)
    const span = spanOf(method, place)
    const end = fact?.kind === 'statement' ? '' : ';'
    if (action?.kind === 'method' && action.name === 'take')
      return [insert(whole.start, `let ${name} = `), insert(whole.end, end)]
    if (action?.kind === 'method')
      return [insert(whole.start, `let ${name} = std::mem::take(&mut `), replace({ start: span.end, end: whole.end }, `)${end}`)]
    const right = spanOf(method, value)
    if (method.impl.text.slice(right.start, right.end) === 'None')
      return [insert(whole.start, `let ${name} = `), replace({ start: span.end, end: right.end }, `.take()${end}`)]
    return [
      insert(whole.start, `let ${name} = std::mem::replace(&mut `),
      replace({ start: span.end, end: right.start }, ', '),
      insert(right.end, `)${end}`),
    ]
  })
}
