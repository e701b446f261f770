import { parseOuterAttributes } from './attributes.ts'
import { IDENT, OUTER_DOC } from './lexer.ts'
import {
  COLON,
  COMMA,
  EQUALS,
  eat,
  endOf,
  fail,
  HASH,
  inGroup,
  isOnNewLine,
  isPathSeparator,
  isWord,
  kind,
  kindAt,
  LBRACE,
  LPAREN,
  plainName,
  type Reader,
  skipExpression,
  skipToken,
  spanFrom,
  startOf,
  textAt,
  textFrom,
  tokenSpan,
} from './reader.ts'
import type { Span } from './span.ts'
import type { Attr, Field, Shape, TypeExpr, Variant, Visibility } from './summary.ts'
import { parseType, skippedType } from './types.ts'

/** Reads `pub`, `pub(crate)`, `pub(in a::b)`; 'private' if there is none. */
export function parseVisibility(r: Reader): Visibility {
  if (!isWord(r, r.at, 'pub')) return 'private'
  r.at++
  if (kind(r) !== LPAREN) return 'pub'
  const inner = textAt(r, r.at + 1)
  if (inner !== 'in' && !((inner === 'crate' || inner === 'super' || inner === 'self') && kindAt(r, r.at + 2) === 0x29))
    return 'pub'
  return inGroup(r, () => {
    const first = r.at + 1
    r.at = r.limit
    if (inner === 'in') return { in: textFrom(r, first).replaceAll(/\s+/g, '') }
    return inner === 'self' ? 'private' : inner === 'crate' ? 'crate' : 'super'
  })
}

/** Offset at which the thing that starts with token `first` begins: its first `///` comment, or the token itself. */
export function startWithDocs(r: Reader, first: number): number {
  const { commentsBefore, commentKinds, commentStarts } = r.lexed
  const to = commentsBefore[first] ?? 0
  const previousEnd = endOf(r, first - 1)
  let start = startOf(r, first)
  for (let i = to - 1; i >= 0; i--) {
    const at = commentStarts[i] ?? 0
    if (at < previousEnd) break
    if (commentKinds[i] === OUTER_DOC) start = at
  }
  return start
}

/** Reads the fields of a struct, union or variant that stand here in braces or parentheses. */
export function parseFields(r: Reader, variant: string | null): { shape: Shape; fields: Field[] } {
  const fields: Field[] = []
  if (kind(r) === LBRACE) {
    inGroup(r, () => readList(r, () => readNamedField(r, variant, fields)))
    return { shape: 'named', fields }
  }
  if (kind(r) === LPAREN) {
    inGroup(r, () => readList(r, () => readTupleField(r, variant, fields)))
    return { shape: 'tuple', fields }
  }
  return { shape: 'unit', fields }
}

/** Runs `read` for each element of a list separated by commas; a missing comma before a new line is forgiven. */
function readList(r: Reader, read: () => void): void {
  while (r.at < r.limit) {
    const before = r.at
    read()
    if (eat(r, COMMA) || r.at >= r.limit) continue
    if (r.at > before && isOnNewLine(r, r.at) && startsElement(r)) {
      fail(r, r.at)
      continue
    }
    while (r.at < r.limit && kind(r) !== COMMA) skipToken(r)
    fail(r, before)
    eat(r, COMMA)
  }
}

function startsElement(r: Reader): boolean {
  return kind(r) === HASH || isWord(r, r.at, 'pub') || isNamedFieldAt(r, r.at)
}

function isNamedFieldAt(r: Reader, index: number): boolean {
  return kindAt(r, index) === IDENT && kindAt(r, index + 1) === COLON && !isPathSeparator(r, index + 1)
}

function readNamedField(r: Reader, variant: string | null, into: Field[]): void {
  const first = r.at
  const docs = startWithDocs(r, first)
  const attrs = parseOuterAttributes(r)
  const vis = parseVisibility(r)
  if (!isNamedFieldAt(r, r.at)) return
  const nameSpan = tokenSpan(r, r.at)
  const name = plainName(textAt(r, r.at))
  r.at += 2
  const type = parseFieldType(r)
  if (eat(r, EQUALS)) skipExpression(r)
  into.push({ name, variant, vis, attrs, type, span: fieldSpan(r, first, docs), nameSpan })
}

function fieldSpan(r: Reader, first: number, docs: number): Span {
  return { start: docs - r.base, end: spanFrom(r, first).end }
}

/** A type and nothing else before the comma: what else stands there makes it one we cannot read. */
function parseFieldType(r: Reader): TypeExpr {
  const first = r.at
  // `name:` in the making, the next field in the next line.
  if (isOnNewLine(r, first) && (isNamedFieldAt(r, first) || isWord(r, first, 'pub')))
    return skippedType({ ...r, limit: first }, first)
  const type = parseType(r)
  const done = r.at >= r.limit || kind(r) === COMMA || kind(r) === EQUALS
  if (done || (isOnNewLine(r, r.at) && startsElement(r))) return type
  while (r.at < r.limit && kind(r) !== COMMA && !(isOnNewLine(r, r.at) && startsElement(r))) skipToken(r)
  fail(r, first)
  return { kind: 'error', text: textFrom(r, first), span: spanFrom(r, first) }
}

function readTupleField(r: Reader, variant: string | null, into: Field[]): void {
  const first = r.at
  const docs = startWithDocs(r, first)
  const attrs = parseOuterAttributes(r)
  const vis = parseVisibility(r)
  const typeAt = r.at
  const type = parseFieldType(r)
  if (r.at === typeAt && type.kind === 'error' && attrs.length === 0) return
  into.push({ name: `${into.length}`, variant, vis, attrs, type, span: fieldSpan(r, first, docs), nameSpan: spanFrom(r, typeAt) })
}

/** Reads the variants of an enum that stand here in braces; fields of all of them come in one list. */
export function parseVariants(r: Reader): { variants: Variant[]; fields: Field[] } {
  const variants: Variant[] = []
  const fields: Field[] = []
  inGroup(r, () => readList(r, () => readVariant(r, variants, fields)))
  return { variants, fields }
}

function readVariant(r: Reader, variants: Variant[], into: Field[]): void {
  const first = r.at
  const docs = startWithDocs(r, first)
  const attrs: readonly Attr[] = parseOuterAttributes(r)
  parseVisibility(r)
  if (kind(r) !== IDENT) return
  const name = plainName(textAt(r, r.at++))
  const { shape, fields } = parseFields(r, name)
  if (eat(r, EQUALS)) skipExpression(r)
  into.push(...fields)
  variants.push({ name, attrs, shape, span: fieldSpan(r, first, docs) })
}
