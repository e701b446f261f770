import { parseBounds } from './bounds.ts'
import { IDENT, LIFETIME, LITERAL } from './lexer.ts'
import {
  COLON,
  COMMA,
  DOT,
  EQUALS,
  eat,
  fail,
  GREATER,
  inGroup,
  isArrow,
  isJoint,
  isPathSeparator,
  kind,
  kindAt,
  LBRACE,
  LESS,
  LPAREN,
  MINUS,
  PLUS,
  plainName,
  type Reader,
  SEMICOLON,
  skipToken,
  spanFrom,
  startsItemOnNewLine,
  textAt,
  textFrom,
  wordAt,
} from './reader.ts'
import type { GenericArgs, Path, PathSegment, TypeExpr } from './summary.ts'
import { parseType, parseTypeList } from './types.ts'

/** Reads a path of types or traits, generic arguments included; null (and nothing read) if there is none. */
export function parsePath(r: Reader): Path | null {
  const first = r.at
  const global = isPathSeparator(r, r.at)
  if (global) r.at += 2
  const segments: PathSegment[] = []
  readSegments(r, segments)
  if (segments.length === 0) {
    r.at = first
    return null
  }
  return { global, segments, span: spanFrom(r, first) }
}

/** Appends the segments that stand here. */
export function readSegments(r: Reader, into: PathSegment[]): void {
  while (kind(r) === IDENT) {
    const name = plainName(textAt(r, r.at++))
    into.push({ name, args: parseSegmentArgs(r) })
    if (!isPathSeparator(r, r.at) || kindAt(r, r.at + 2) !== IDENT) return
    r.at += 2
  }
}

function parseSegmentArgs(r: Reader): GenericArgs | null {
  const turbofish = isPathSeparator(r, r.at) && (kindAt(r, r.at + 2) === LESS || kindAt(r, r.at + 2) === LPAREN)
  if (turbofish) r.at += 2
  if (kind(r) === LESS) return parseGenericArgs(r)
  if (kind(r) === LPAREN) return parseCallArgs(r)
  return null
}

/** `(A, B) -> C` of `Fn(A, B) -> C`. */
function parseCallArgs(r: Reader): GenericArgs {
  const args: TypeExpr[] = []
  inGroup(r, () => {
    // `method(..)`: return type notation.
    if (kind(r) === DOT) r.at = r.limit
    else parseTypeList(r, args)
  })
  let output: TypeExpr | null = null
  if (isArrow(r, r.at)) {
    r.at += 2
    output = parseType(r, false)
  }
  return { args, assoc: [], call: { output } }
}

function parseGenericArgs(r: Reader): GenericArgs {
  const first = r.at++
  const args: TypeExpr[] = []
  const assoc: { name: string; type: TypeExpr }[] = []
  while (r.at < r.limit && kind(r) !== GREATER) {
    const before = r.at
    parseGenericArg(r, args, assoc)
    if (eat(r, COMMA) || kind(r) === GREATER) continue
    while (r.at < r.limit && kind(r) !== COMMA && !endsArgs(r)) skipToken(r)
    fail(r, before)
    if (!eat(r, COMMA)) break
  }
  if (!eat(r, GREATER)) fail(r, first)
  return { args, assoc, call: null }
}

function endsArgs(r: Reader): boolean {
  const code = kind(r)
  return code === GREATER || code === SEMICOLON || code === LBRACE || startsItemOnNewLine(r, r.at)
}

function parseGenericArg(r: Reader, args: TypeExpr[], assoc: { name: string; type: TypeExpr }[]): void {
  const first = r.at
  const code = kind(r)
  if (code === LIFETIME && kindAt(r, r.at + 1) !== PLUS) {
    r.at++
    return
  }
  if (isConstArg(r)) {
    args.push(parseConstArg(r))
    return
  }
  const type = parseType(r)
  const name = bindingName(type)
  if (name !== null && kind(r) === EQUALS && !(isJoint(r, r.at) && kindAt(r, r.at + 1) === EQUALS)) {
    r.at++
    assoc.push({ name, type: isConstArg(r) ? parseConstArg(r) : parseType(r) })
  } else if (name !== null && kind(r) === COLON && !isPathSeparator(r, r.at)) {
    // `Iterator<Item: Send>` promises as much about `Item` as an `impl Send` in its place.
    r.at++
    const bounds = parseBounds(r, true)
    assoc.push({ name, type: { kind: 'impl', bounds, span: spanFrom(r, first) } })
  } else args.push(type)
}

function bindingName(type: TypeExpr): string | null {
  if (type.kind !== 'path' || type.path.global || type.path.segments.length !== 1) return null
  return type.path.segments[0]?.name ?? null
}

/** Whether a literal, a negative number, `true`, `false` or a block stands here. */
export function isConstArg(r: Reader): boolean {
  const code = kind(r)
  if (code === LITERAL || code === LBRACE) return true
  if (code === MINUS) return kindAt(r, r.at + 1) === LITERAL
  const word = wordAt(r, r.at)
  return word === 'true' || word === 'false'
}

/** Reads one constant argument or default. */
export function parseConstArg(r: Reader): TypeExpr {
  const first = r.at
  if (kind(r) === MINUS) r.at++
  skipToken(r)
  return { kind: 'const', text: textFrom(r, first), span: spanFrom(r, first) }
}
