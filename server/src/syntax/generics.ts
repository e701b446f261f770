import { parseBounds } from './bounds.ts'
import { IDENT, LIFETIME } from './lexer.ts'
import { isConstArg, parseConstArg } from './paths.ts'
import {
  COLON,
  COMMA,
  EQUALS,
  eat,
  eatWord,
  fail,
  GREATER,
  HASH,
  isPathSeparator,
  isWord,
  kind,
  kindAt,
  LBRACE,
  LBRACKET,
  LESS,
  LPAREN,
  plainName,
  type Reader,
  SEMICOLON,
  skipToken,
  spanFrom,
  startsItemOnNewLine,
  textAt,
  textFrom,
  tokenSpan,
} from './reader.ts'
import type { GenericParam, Generics, TypeExpr, WherePredicate } from './summary.ts'
import { parseType, skipForLifetimes } from './types.ts'

/** Generics under construction: parameters come before the item's name or fields, the `where` clause after them. */
export interface GenericsDraft {
  readonly params: GenericParam[]
  readonly where: WherePredicate[]
}

/** Shared by all items without generics. */
export const NO_GENERICS: Generics = { params: [], where: [] }

/** The finished generics; the shared empty value where there is nothing. */
export function finishGenerics(draft: GenericsDraft): Generics {
  return draft.params.length === 0 && draft.where.length === 0 ? NO_GENERICS : draft
}

/** Reads `<…>` behind an item's name, if it stands here. */
export function parseGenericParams(r: Reader): GenericsDraft {
  const draft: GenericsDraft = { params: [], where: [] }
  if (kind(r) !== LESS) return draft
  const first = r.at++
  while (r.at < r.limit && kind(r) !== GREATER) {
    const before = r.at
    while (kind(r) === HASH && kindAt(r, r.at + 1) === LBRACKET) {
      r.at++
      skipToken(r)
    }
    readParam(r, draft)
    if (eat(r, COMMA) || kind(r) === GREATER) continue
    while (r.at < r.limit && kind(r) !== COMMA && !endsParams(r)) skipToken(r)
    fail(r, before)
    if (!eat(r, COMMA)) break
  }
  if (!eat(r, GREATER)) fail(r, first)
  mergeRepeated(draft.params)
  return draft
}

/**
 * `<#[cfg(a)] S, #[cfg(not(a))] S = X>` is one parameter in every compilation: it keeps its place, and its default where
 * there is just one.
 */
function mergeRepeated(params: GenericParam[]): void {
  for (let i = params.length - 1; i > 0; i--) {
    const later = params[i]
    const at = params.findIndex((param) => param.name === later?.name)
    const first = params[at]
    if (!later || !first || at === i) continue
    const defaults = [first.default, later.default].filter((each) => each !== null)
    params[at] = { ...first, default: defaults.length === 1 ? (defaults[0] ?? null) : null }
    params.splice(i, 1)
  }
}

function endsParams(r: Reader): boolean {
  const code = kind(r)
  return code === GREATER || code === SEMICOLON || code === LBRACE || code === LPAREN || startsItemOnNewLine(r, r.at)
}

function readParam(r: Reader, draft: GenericsDraft): void {
  if (kind(r) === LIFETIME) {
    draft.params.push({ name: textAt(r, r.at++), kind: 'lifetime', default: null })
    if (eat(r, COLON)) parseBounds(r, true)
  } else if (isWord(r, r.at, 'const')) readConstParam(r, draft)
  else if (kind(r) === IDENT) readTypeParam(r, draft)
}

function readConstParam(r: Reader, draft: GenericsDraft): void {
  r.at++
  if (kind(r) !== IDENT) return
  const name = plainName(textAt(r, r.at++))
  if (eat(r, COLON)) parseType(r)
  const value = eat(r, EQUALS) ? parseConstDefault(r) : null
  draft.params.push({ name, kind: 'const', default: value })
}

function parseConstDefault(r: Reader): TypeExpr {
  if (isConstArg(r)) return parseConstArg(r)
  const first = r.at
  if (kind(r) === IDENT) r.at++
  return { kind: 'const', text: textFrom(r, first), span: spanFrom(r, first) }
}

function readTypeParam(r: Reader, draft: GenericsDraft): void {
  const span = tokenSpan(r, r.at)
  const name = plainName(textAt(r, r.at++))
  if (eat(r, COLON)) {
    const bounds = parseBounds(r, true)
    const path = { global: false, segments: [{ name, args: null }], span }
    if (bounds.length > 0) draft.where.push({ type: { kind: 'path', path, span }, bounds })
  }
  const fallback = eat(r, EQUALS) ? parseType(r) : null
  draft.params.push({ name, kind: 'type', default: fallback })
}

/** Reads a `where` clause into `draft`, if it stands here. */
export function parseWhere(r: Reader, draft: GenericsDraft): void {
  if (!eatWord(r, 'where')) return
  while (r.at < r.limit && !endsWhere(r)) {
    const before = r.at
    if (kind(r) === LIFETIME) {
      r.at++
      if (eat(r, COLON)) parseBounds(r, true)
    } else readPredicate(r, draft)
    if (eat(r, COMMA) || endsWhere(r)) continue
    while (r.at < r.limit && kind(r) !== COMMA && !endsWhere(r)) skipToken(r)
    fail(r, before)
    if (!eat(r, COMMA)) return
  }
}

function readPredicate(r: Reader, draft: GenericsDraft): void {
  skipForLifetimes(r)
  const type = parseType(r)
  if (kind(r) !== COLON || isPathSeparator(r, r.at)) return
  r.at++
  const bounds = parseBounds(r, true)
  if (bounds.length > 0) draft.where.push({ type, bounds })
}

function endsWhere(r: Reader): boolean {
  const code = kind(r)
  return code === LBRACE || code === SEMICOLON || code === EQUALS || startsItemOnNewLine(r, r.at)
}
