import { IDENT, LITERAL } from './lexer.ts'
import { stringValue } from './literals.ts'
import {
  BANG,
  COMMA,
  EQUALS,
  eat,
  fail,
  HASH,
  inGroup,
  isJoint,
  isOpen,
  isPathSeparator,
  kind,
  kindAt,
  LBRACKET,
  MAX_DEPTH,
  type Reader,
  skipExpression,
  spanFrom,
  textFrom,
} from './reader.ts'
import type { Attr, Meta } from './summary.ts'

/** Shared by all items without attributes. */
const NONE: readonly Attr[] = []

/** Reads the `#[…]` that stand here. Spans are relative to the item. */
export function parseOuterAttributes(r: Reader): readonly Attr[] {
  if (kind(r) !== HASH) return NONE
  const attrs: Attr[] = []
  while (kind(r) === HASH && kindAt(r, r.at + 1) === LBRACKET) attrs.push(parseAttribute(r, 1))
  return attrs
}

/** Reads the `#![…]` that stand here. */
export function parseInnerAttributes(r: Reader): readonly Attr[] {
  if (kind(r) !== HASH) return NONE
  const attrs: Attr[] = []
  while (kind(r) === HASH && kindAt(r, r.at + 1) === BANG && kindAt(r, r.at + 2) === LBRACKET) attrs.push(parseAttribute(r, 2))
  return attrs
}

function parseAttribute(r: Reader, sigil: number): Attr {
  const first = r.at
  r.at += sigil
  const open = r.at
  const meta = inGroup(r, () => parseMeta(r))
  if ((r.mates[open] ?? 0) < 0) fail(r, first)
  return { meta, span: spanFrom(r, first) }
}

/** Reads one meta item up to the comma that ends it, or to the limit. */
function parseMeta(r: Reader): Meta {
  const first = r.at
  const path = readMetaPath(r)
  if (path !== '') {
    if (endsMeta(r)) return { path, args: null, value: null, quoted: false, span: spanFrom(r, first) }
    if (kind(r) === EQUALS && !(isJoint(r, r.at) && kindAt(r, r.at + 1) === EQUALS)) return parseNamedValue(r, first, path)
    if (isOpen(r, r.at) && r.depth < MAX_DEPTH) {
      const args = inGroup(r, () => parseMetaList(r))
      if (endsMeta(r)) return { path, args, value: null, quoted: false, span: spanFrom(r, first) }
    }
  }
  r.at = first
  return { path: '', args: null, ...parseValue(r), span: spanFrom(r, first) }
}

function endsMeta(r: Reader): boolean {
  return r.at >= r.limit || kind(r) === COMMA
}

function parseNamedValue(r: Reader, first: number, path: string): Meta {
  r.at++
  const value = parseValue(r)
  return { path, args: null, ...value, span: spanFrom(r, first) }
}

/** Reads an expression up to the next comma outside groups. */
function parseValue(r: Reader): { value: string; quoted: boolean } {
  const first = r.at
  skipExpression(r)
  const text = textFrom(r, first)
  const string = r.at === first + 1 && (r.kinds[first] ?? 0) === LITERAL ? stringValue(text) : null
  return string === null ? { value: text, quoted: false } : { value: string, quoted: true }
}

function parseMetaList(r: Reader): Meta[] {
  const metas: Meta[] = []
  while (r.at < r.limit) {
    metas.push(parseMeta(r))
    eat(r, COMMA)
  }
  return metas
}

/** A path without generic arguments as written, without spaces; '' (and nothing read) if there is none. */
export function readMetaPath(r: Reader): string {
  const first = r.at
  if (isPathSeparator(r, r.at)) r.at += 2
  if (kind(r) !== IDENT) {
    r.at = first
    return ''
  }
  r.at++
  while (isPathSeparator(r, r.at) && kindAt(r, r.at + 2) === IDENT) r.at += 3
  return r.at === first + 1 ? textFrom(r, first) : textFrom(r, first).replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|\s+/g, '')
}
