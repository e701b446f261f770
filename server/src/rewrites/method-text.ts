import { applyEdits, indentationAt, replace, type TextEdit } from '../syntax/edits.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { type LiteralShape, literalEdits, literalsIn, tupleEdits } from './literals.ts'
import { type Problem, placeText } from './problems.ts'
import { columns, lockedCall, signatureText } from './rust-format.ts'
import { tokensIn } from './tokens.ts'

/** Words that a lock's guard, or what is imported for traits, may answer before the inner struct does. */
const SHADOWED =
  /^(?:borrow|borrow_mut|into|try_into|from|to_owned|to_string|type_id|fmt|clone|clone_from|as_ref|as_mut|deref|deref_mut|eq|ne|drop|into_\w+|by_ref|cmp|partial_cmp|hash|map|try_map|filter_map|unlock_fair|bump|add|call|read|write|get_type)$/

/** The names that a rewrite gives to things. */
export interface LockNames {
  readonly inner: string
  readonly lockField: string
  /** Method that locks for reading, and for writing: the same for a mutex. */
  readonly read: string
  readonly write: string
  /** Whether moved methods keep their visibility, since those of another module call them. */
  readonly open: boolean
}

/** What a moved method becomes: a line in the class and the whole in the inner impl. */
export interface MovedMethod {
  /** From the visibility to the end of the body, for the class; null if it leaves the class altogether. */
  readonly outer: string | null
  /** For the inner impl, indented. */
  readonly inner: string
}

interface Signature {
  readonly head: string
  readonly params: readonly string[]
  readonly tail: string
  readonly multiline: boolean
  /** Comments or a where clause stand in it: it is not laid out anew. */
  readonly rigid: boolean
}

/** Splits a method's signature: `fn name<T>`, its parameters as written, and what follows up to the body. */
function readSignature(method: MethodSource): Signature | null {
  const { text } = method.impl
  const span = { start: method.headStart, end: method.body.start }
  const tokens = tokensIn(text, { start: method.nameAt.end, end: span.end })
  const { fn } = method
  const firstParam = fn.receiver?.span ?? fn.params[0]?.span
  if (!firstParam) return null
  const open = tokens.findLast((it) => it.text === '(' && it.end <= method.start + firstParam.start)
  const lastParam = fn.params.at(-1)?.span ?? firstParam
  const close = tokens.find((it) => it.text === ')' && it.start >= method.start + lastParam.end)
  if (!open || !close) return null
  const written = text.slice(span.start, span.end)
  return {
    head: text.slice(span.start, open.start),
    params: [...(fn.receiver ? [fn.receiver.span] : []), ...fn.params.map((it) => it.span)].map((it) =>
      text.slice(method.start + it.start, method.start + it.end),
    ),
    tail: text.slice(close.end, span.end).trimEnd(),
    multiline: text.slice(open.start, close.end).includes('\n'),
    rigid: /\/\/|\/\*/.test(written) || /\bwhere\b/.test(text.slice(close.end, span.end)),
  }
}

/** Both halves of a moved method; a problem where its text has a form that is not handled. */
export function movedMethod(
  source: ClassSource,
  method: MethodSource,
  names: LockNames,
  shape: LiteralShape,
  wrapped: boolean,
): MovedMethod | Problem {
  const at = placeText(source.view.db, method.impl.file, method.nameAt.start)
  const signature = readSignature(method)
  if (!signature || signature.rigid)
    return { reason: 'signature', detail: `${at}: the signature of \`${method.name}\` holds comments or a where clause` }
  const body = movedBody(source, method, shape)
  if (body === null)
    return { reason: 'struct-update', detail: `${at}: a literal of \`${source.cls.name}\` in \`${method.name}\` cannot be split` }
  return {
    outer: wrapped ? outerText(method, signature, names) : null,
    inner: innerMethodText(method, signature, body, wrapped, names.open),
  }
}

function isExclusive(method: MethodSource): boolean {
  return method.self === 'mut' || method.self === 'guard-mut'
}

function outerText(method: MethodSource, signature: Signature, names: LockNames): string {
  const indent = indentationAt(method.impl.text, method.headStart)
  const unit = indent.includes('\t') ? '\t' : '    '
  const [, ...others] = signature.params
  const params = ['&self', ...others.map((it) => it.replace(/^((?:#\[[^\]]*\]\s*)*)mut\s+/, '$1'))]
  const head = layOut(indent, signature, params, signature.head, signature.tail)
  const args = method.fn.params.slice(method.fn.receiver ? 0 : 1).map((it) => it.pattern.replace(/^mut\s+/, ''))
  const lock = isExclusive(method) ? names.write : names.read
  const end = method.fn.ret === null ? ';' : ''
  const call = SHADOWED.test(method.name)
    ? pathCall(names.inner, method, lock, args, end)
    : lockedCall(indent + unit, lock, method.name, args, end)
  return `${head}\n${indent}${unit}${call}\n${indent}}`
}

/** `CounterInner::clone(&self.locked())`, where a method call might find another method first. */
function pathCall(inner: string, method: MethodSource, lock: string, args: readonly string[], end: string): string {
  const guard = `${isExclusive(method) ? '&mut ' : '&'}self.${lock}()`
  return `${inner}::${method.name}(${[guard, ...args].join(', ')})${end}`
}

function innerMethodText(method: MethodSource, signature: Signature, body: string, wrapped: boolean, open: boolean): string {
  const indent = indentationAt(method.impl.text, method.headStart)
  const [, ...others] = signature.params
  const receiver = method.self === 'mut' || method.self === 'guard-mut' ? '&mut self' : '&self'
  const clean = (text: string): string => withClassName(method, text)
  const params = [receiver, ...others.map((it) => clean(it.replace(/^(?:#\[[^\]]*\]\s*)+/, '')))]
  const head = layOut(
    indent,
    signature,
    params,
    open ? clean(signature.head) : clean(signature.head).replace(/^pub(?:\s*\([^)]*\))?\s+/, ''),
    clean(signature.tail),
  )
  const lead = wrapped ? keptAttributes(method, indent) : method.impl.text.slice(method.start, method.headStart)
  return `${indent}${lead}${head.slice(0, -1)}${body}`
}

/** One line if it was one or fits again; else a parameter a line. */
function layOut(indent: string, signature: Signature, params: readonly string[], head: string, tail: string): string {
  const one = `${head}(${params.join(', ')})${tail} {`
  const simple = params.every((it) => !/\n|#\[/.test(it)) && !/\n/.test(head + tail)
  if (!simple) return signature.multiline ? forced(indent, params, head, tail) : one
  if (!signature.multiline && columns(indent) + one.length <= 100) return one
  return signatureText(indent, head, params, tail)
}

function forced(indent: string, params: readonly string[], head: string, tail: string): string {
  const unit = indent.includes('\t') ? '\t' : '    '
  return `${head}(\n${params.map((it) => `${indent}${unit}${it},\n`).join('')}${indent})${tail} {`
}

/** Attributes of a method that mean something to the compiler wherever its body is. */
function keptAttributes(method: MethodSource, indent: string): string {
  return method.fn.attrs
    .filter((it) => /^(?:allow|expect|inline|cfg)$/.test(it.meta.path))
    .map((it) => `${method.impl.text.slice(method.start + it.span.start, method.start + it.span.end)}\n${indent}`)
    .join('')
}

/** The body as it stands in the inner impl: unchanged but for `Self`, which is another type there, and for literals of the class. */
export function movedBody(source: ClassSource, method: MethodSource, shape: LiteralShape): string | null {
  const { text } = method.impl
  const { body, facts } = method
  const edits: TextEdit[] = []
  for (const { index, fact } of literalsIn(facts, new Set(['Self', source.cls.name]))) {
    const found = literalEdits(text, fact, facts, index, body.start, shape)
    if (found === null) return null
    edits.push(...found.map((it) => ({ ...it, newText: withClassName(method, it.newText) })))
  }
  const tuples =
    source.struct.shape === 'tuple'
      ? tupleEdits(facts, text, new Set(['Self', source.cls.name]), body.start, shape)
      : { edits: [] }
  if (tuples === null) return null
  const inLiteral = (start: number): boolean => edits.some((it) => it.span.start <= start && start < it.span.end)
  const words: TextEdit[] = []
  for (const token of tokensIn(text, body)) {
    if (inLiteral(token.start)) continue
    if (token.text === 'Self') words.push(replace({ start: token.start, end: token.end }, method.impl.self))
    else if (method.self.startsWith('guard') && token.text === method.selfName)
      words.push(replace({ start: token.start, end: token.end }, 'self'))
  }
  const all = [...edits, ...tuples.edits, ...words].map((it) => ({
    ...it,
    span: { start: it.span.start - body.start, end: it.span.end - body.start },
  }))
  return applyEdits(text.slice(body.start, body.end), all)
}

/** `Self` → the class as the head of the impl names it. */
function withClassName({ impl }: MethodSource, text: string): string {
  const words = tokensIn(text).filter((it) => it.text === 'Self')
  return (
    applyEdits(
      text,
      words.map((it) => replace({ start: it.start, end: it.end }, impl.self)),
    ) ?? text
  )
}
