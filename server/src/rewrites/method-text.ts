import { applyEdits, indentationAt, remove, replace, type TextEdit } from '../syntax/edits.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { guardUses } from './guard-uses.ts'
import { type LiteralShape, literalEdits, literalsIn, tupleEdits } from './literals.ts'
import { isExclusive } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { tokensIn } from './tokens.ts'
import { innerName, selfText } from './trait-methods.ts'
import { otherObject } from './two-instances.ts'
import { boundResult, headText, isTokenLet, type LockNames, layOut, outerText, type Signature, tokenParam } from './wrapper.ts'

/** What a moved method becomes: a line in the class and the whole in the inner impl. */
export interface MovedMethod {
  /** From the visibility to the end of the body, for the class; null if it leaves the class altogether. */
  readonly outer: string | null
  /** For the inner impl, indented. */
  readonly inner: string
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
  copied: boolean,
): MovedMethod | Problem {
  const at = placeText(source.view.db, method.impl.file, method.nameAt.start)
  const signature = readSignature(method)
  if (!signature || signature.rigid)
    return { reason: 'signature', detail: `${at}: the signature of \`${method.name}\` holds comments or a where clause` }
  const body = movedBody(source, method, shape)
  if (body === null)
    return { reason: 'struct-update', detail: `${at}: a literal of \`${source.cls.name}\` in \`${method.name}\` cannot be split` }
  return {
    outer: wrapped ? outerText(source, method, signature, names, copied) : null,
    inner: innerMethodText(source, method, signature, body, wrapped, names),
  }
}

function innerMethodText(
  source: ClassSource,
  method: MethodSource,
  signature: Signature,
  body: string,
  wrapped: boolean,
  names: LockNames,
): string {
  const indent = indentationAt(method.impl.text, method.headStart)
  const [own = '', ...others] = signature.params
  // Only a method that leaves the class may name the lifetime of its object.
  const asWritten = method.self === 'value' || (method.fn.receiver && own.includes("'"))
  const receiver = asWritten ? own : isExclusive(method) ? '&mut self' : '&self'
  const clean = (text: string): string => withClassName(method, text)
  const token = tokenParam(source, method)
  const other = otherObject(source, method)
  const params = [
    receiver,
    ...(token?.added ? [token.text] : []),
    ...others.map((it, i) =>
      i === other?.index
        ? `${other.name}: &${other.mut ? 'mut ' : ''}${names.inner}`
        : clean(it.replace(/^(?:#\[[^\]]*\]\s*)+/, '')),
    ),
  ]
  const tail = guardUses(method).handed ? innerTail(method) : clean(boundResult(method) ?? signature.tail)
  const named = signature.head.replace(
    /\bfn(\s+)(?:r#)?[\p{XID_Continue}]+/u,
    (_all, space: string) => `fn${space}${innerName(source, method)}`,
  )
  const bare = names.open ? clean(named) : clean(named).replace(/^pub(?:\s*\([^)]*\))?\s+/, '')
  const head = layOut(indent, signature, params, headText(method, bare, [...params, tail]), tail)
  const lead = wrapped ? keptAttributes(method, indent) : method.impl.text.slice(method.start, method.headStart)
  return `${indent}${lead}${head.slice(0, -1)}${body}`
}

/** The result of a body that handed its object back: nothing, or `PyResult<()>`. */
function innerTail({ impl: { text }, fn, start }: MethodSource): string {
  const { ret } = fn
  const arg = ret?.kind === 'path' ? ret.path.segments.at(-1)?.args?.args[0] : undefined
  if (!ret || !arg || ret.kind !== 'path' || !/Result$/.test(ret.path.segments.at(-1)?.name ?? '')) return ''
  const at = (offset: number): number => start + offset
  return ` -> ${text.slice(at(ret.span.start), at(arg.span.start))}()${text.slice(at(arg.span.end), at(ret.span.end))}`
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
  edits.push(...guardEdits(source, method))
  const inLiteral = (start: number): boolean => edits.some((it) => it.span.start <= start && start < it.span.end)
  const words: TextEdit[] = []
  const tokens = tokensIn(text, body)
  for (const [i, token] of tokens.entries()) {
    if (inLiteral(token.start)) continue
    if (token.text === 'Self') words.push(replace({ start: token.start, end: token.end }, selfText(method, tokens, i)))
    else if (method.self.startsWith('guard') && token.text === method.selfName)
      words.push(replace({ start: token.start, end: token.end }, 'self'))
  }
  const all = [...edits, ...tuples.edits, ...words].map((it) => ({
    ...it,
    span: { start: it.span.start - body.start, end: it.span.end - body.start },
  }))
  return applyEdits(text.slice(body.start, body.end), all)
}

/** `slf.py()` → `py`, and the object that was handed back → nothing, in absolute spans. */
function guardEdits(source: ClassSource, method: MethodSource): TextEdit[] {
  const { text } = method.impl
  const { start } = method.body
  const { facts } = method.facts
  const { py, handed } = guardUses(method)
  const token = tokenParam(source, method)
  const edits: TextEdit[] = []
  for (const index of py) {
    const fact = facts[index]
    if (!fact || !token) continue
    const outer = facts[fact.parent]
    if (token.name === 'py' && outer && isTokenLet(method, fact.parent)) {
      const end = start + outer.span.end
      const rest = /^\s*/.exec(text.slice(end))?.[0] ?? ''
      edits.push(remove({ start: start + outer.span.start, end: end + rest.length }))
    } else edits.push(replace({ start: start + fact.span.start, end: start + fact.span.end }, token.name))
  }
  for (const span of handed?.spans ?? []) {
    const at = { start: start + span.start, end: start + span.end }
    const space = /\s*$/.exec(text.slice(start, at.start))?.[0].length ?? 0
    edits.push(handed?.form.startsWith('Ok(') ? replace(at, 'Ok(())') : remove({ start: at.start - space, end: at.end }))
  }
  return edits
}

/** `Self` → the class as the head of the impl names it. */
function withClassName(method: MethodSource, text: string): string {
  const tokens = tokensIn(text)
  const words = tokens.flatMap((it, i) =>
    it.text === 'Self' ? [replace({ start: it.start, end: it.end }, selfText(method, tokens, i))] : [],
  )
  return applyEdits(text, words) ?? text
}
