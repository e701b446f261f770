import { indentationAt, replace, type TextEdit } from '../../syntax/edits.ts'
import type { Span } from '../../syntax/span.ts'
import type { Param, TypeExpr } from '../../syntax/summary.ts'
import type { FunctionSource } from '../functions.ts'
import { columns, signatureText } from '../rust-format.ts'
import { matesOf, tokensIn } from '../tokens.ts'
import type { ClassMention } from './class-mentions.ts'

/** A parameter by which a function is lent an object: `c: &C`, `c: Option<&C>`, `mut c: PyRefMut<'_, C>`. */
export interface LentParam {
  readonly param: Param
  readonly mention: ClassMention
  readonly name: string
  /** Its pattern has a `mut`. */
  readonly rebound: boolean
  readonly optional: boolean
  readonly mut: boolean
  readonly guard: boolean
  /** The class as the type names it. */
  readonly inner: TypeExpr
  /** The reference or the guard, absolute. */
  readonly outer: Span
  /** `'py `; '' without. */
  readonly lifetime: string
}

/** The parameter in whose type a mention stands; null where it stands elsewhere, or in a form that is not known. */
export function lentParam(fn: FunctionSource, text: string, mention: ClassMention): LentParam | null {
  const { at } = mention
  const param = fn.fn.params.find((it) => fn.start + it.type.span.start <= at.start && at.end <= fn.start + it.type.span.end)
  const name = param?.pattern.replace(/^mut\s+/, '') ?? ''
  if (!param || param.attrs.length > 0 || !/^\w+$/.test(name)) return null
  const option = argumentOf(param.type, /^Option$/)
  const lent = option ?? param.type
  const held = argumentOf(lent, /^(?:PyRef|PyRefMut|PyClassGuard|PyClassGuardMut)$/)
  const inner = lent.kind === 'ref' ? lent.inner : held
  if (inner?.kind !== 'path' || inner.path.segments.at(-1)?.args) return null
  const outer = { start: fn.start + lent.span.start, end: fn.start + lent.span.end }
  const written = text.slice(outer.start, outer.end)
  const rebound = name !== param.pattern
  if (rebound && held === null) return null
  if (option !== null && held !== null) return null
  const mut = lent.kind === 'ref' ? /^&\s*(?:'\w+\s+)?mut\b/.test(written) : /Mut\s*</.test(written)
  const named = /'(?!_\b)\w+/.exec(written)?.[0]
  const lifetime = named ? `${named} ` : ''
  return { param, mention, name, rebound, optional: option !== null, mut, guard: held !== null, inner, outer, lifetime }
}

/** What a generic type of a name holds. */
function argumentOf(type: TypeExpr, name: RegExp): TypeExpr | null {
  const last = type.kind === 'path' ? type.path.segments.at(-1) : undefined
  return last && name.test(last.name) ? (last.args?.args[0] ?? null) : null
}

/** The new types of parameters, and the function's head laid out as rustfmt has it. */
export function paramTypeEdits(
  fn: FunctionSource,
  text: string,
  params: readonly { readonly param: LentParam; readonly locked: boolean }[],
  face: string,
): TextEdit[] {
  const edits = params.flatMap(({ param, locked }): TextEdit[] => {
    const { outer, lifetime, inner, rebound } = param
    const path = text.slice(fn.start + inner.span.start, fn.start + inner.span.end)
    const type = locked ? `&${lifetime}${path.replace(/\w+$/, face)}` : path
    const pattern = fn.start + param.param.span.start
    const mut = rebound ? /^mut\s+/.exec(text.slice(pattern))?.[0] : undefined
    return [...(mut ? [replace({ start: pattern, end: pattern + mut.length }, '')] : []), replace(outer, type)]
  })
  const head = headOf(fn, text)
  if (!head) return edits
  const { span, open, close } = head
  const done = (from: number, to: number): string => {
    const inside = edits.filter((it) => it.span.start >= from && it.span.end <= to).sort((a, b) => b.span.start - a.span.start)
    return inside.reduce(
      (s, it) => s.slice(0, it.span.start - from) + it.newText + s.slice(it.span.end - from),
      text.slice(from, to),
    )
  }
  const indent = indentationAt(text, span.start)
  const list = splitParams(done(open + 1, close))
  const tail = text.slice(close + 1, span.end - 1).trimEnd()
  const now = text.slice(span.start, span.end)
  const laid = signatureText(indent, text.slice(span.start, open), list, tail)
  const wasLaid = signatureText(indent, text.slice(span.start, open), splitParams(text.slice(open + 1, close)), tail) === now
  return wasLaid && columns(indent) + laid.length > 0 ? [replace(span, laid)] : edits
}

interface Head {
  /** From `pub fn` to `{`. */
  readonly span: Span
  readonly open: number
  readonly close: number
}

/** Where a function's head and its parentheses are; null where it has what is laid out in other ways. */
function headOf(fn: FunctionSource, text: string): Head | null {
  const before = text.slice(fn.start, fn.body.start)
  const at = new RegExp(`(?:\\b(?:pub(?:\\([^)]*\\))?|unsafe|const)\\s+)*\\bfn\\s+${fn.fn.name}\\b`).exec(before)
  if (!at) return null
  const span = { start: fn.start + at.index, end: fn.body.start + 1 }
  const tokens = tokensIn(text, span)
  const mates = matesOf(tokens)
  const name = tokens.findIndex((it) => it.text === fn.fn.name)
  const open = tokens.findIndex((it, i) => i > name && it.text === '(')
  const [from, to] = [tokens[open], tokens[mates[open] ?? -1]]
  if (!from || !to || /\/[/*]|#\[/.test(text.slice(span.start, span.end))) return null
  if (/\n/.test(text.slice(to.end, fn.body.start)) || tokens.some((it) => it.text === 'where')) return null
  return { span, open: from.start, close: to.start }
}

/** The parameters between two parentheses, one by one. */
function splitParams(text: string): string[] {
  const found: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i <= text.length; i++) {
    const char = text[i] ?? ','
    if (/[([{<]/.test(char)) depth++
    else if (/[)\]}]/.test(char) || (char === '>' && text[i - 1] !== '-')) depth--
    if ((char === ',' && depth === 0) || i === text.length) {
      const piece = text.slice(from, i).trim()
      if (piece !== '') found.push(piece)
      from = i + 1
    }
  }
  return found
}
