import { parseBounds } from './bounds.ts'
import { IDENT, LIFETIME, LITERAL } from './lexer.ts'
import { parsePath, readSegments } from './paths.ts'
import {
  AMPERSAND,
  BANG,
  COLON,
  COMMA,
  EQUALS,
  eat,
  eatWord,
  fail,
  GREATER,
  groupContents,
  groupEnd,
  inGroup,
  isArrow,
  isOpen,
  isPathSeparator,
  isWord,
  kind,
  kindAt,
  LBRACE,
  LBRACKET,
  LESS,
  LPAREN,
  MAX_DEPTH,
  PLUS,
  QUESTION,
  type Reader,
  SEMICOLON,
  STAR,
  skipToken,
  spanFrom,
  startsItemOnNewLine,
  TILDE,
  textFrom,
} from './reader.ts'
import type { Path, PathSegment, TypeExpr } from './summary.ts'

/**
 * Reads a type. With `plus` a bare `A + B` is a trait object (edition 2015), without it stops before the `+`.
 * Always returns a type; where there is none, one of kind `error` that holds what was skipped.
 */
export function parseType(r: Reader, plus = true): TypeExpr {
  if (r.depth >= MAX_DEPTH) return skippedType(r, r.at)
  r.depth++
  const type = parseByKind(r, plus)
  r.depth--
  return type
}

function parseByKind(r: Reader, plus: boolean): TypeExpr {
  switch (kind(r)) {
    case IDENT:
      return parseWordType(r, plus)
    case LPAREN:
      return parseParenthesized(r, plus)
    case AMPERSAND:
      return parseReference(r)
    case LBRACKET:
      return parseSequence(r)
    case STAR:
      return parsePointer(r)
    case LESS:
      return parseQualified(r)
    case BANG: {
      const first = r.at++
      return { kind: 'never', span: spanFrom(r, first) }
    }
    case COLON:
      return isPathSeparator(r, r.at) ? parsePathType(r, plus) : skippedType(r, r.at)
    case LIFETIME:
    case QUESTION:
    case TILDE:
      return parseBareBounds(r, plus)
    default:
      return skippedType(r, r.at)
  }
}

/** Skips what can be no type; never leaves the group, the argument, the field or the item. */
export function skippedType(r: Reader, first: number): TypeExpr {
  while (r.at < r.limit && !endsType(kind(r)) && !startsItemOnNewLine(r, r.at)) skipToken(r)
  fail(r, first)
  return { kind: 'error', text: textFrom(r, first), span: spanFrom(r, first) }
}

function endsType(code: number): boolean {
  return code === COMMA || code === SEMICOLON || code === GREATER || code === EQUALS || code === LBRACE
}

function parseWordType(r: Reader, plus: boolean): TypeExpr {
  const first = r.at
  const word = r.text.slice(r.starts[first], r.ends[first])
  switch (word) {
    case '_':
      r.at++
      return { kind: 'infer', span: spanFrom(r, first) }
    case 'dyn':
      if (!startsBound(r, r.at + 1)) break
      r.at++
      return { kind: 'dyn', bounds: parseBounds(r, plus), span: spanFrom(r, first) }
    case 'impl':
      r.at++
      return { kind: 'impl', bounds: parseBounds(r, plus), span: spanFrom(r, first) }
    case 'for':
      return parseHigherRanked(r, plus)
    case 'fn':
    case 'unsafe':
    case 'extern':
      return parseFnPointer(r)
    case 'struct':
    case 'enum':
    case 'pub':
    case 'where':
      return skippedType(r, first)
  }
  return parsePathType(r, plus)
}

/** Whether a bound can start at `index`; tells the keyword `dyn` from a path that begins with a 2015 name `dyn`. */
function startsBound(r: Reader, index: number): boolean {
  const code = kindAt(r, index)
  if (code === IDENT) return !isWord(r, index, 'as')
  return code === LIFETIME || code === QUESTION || code === LPAREN || code === TILDE || code === LESS
}

function parsePathType(r: Reader, plus: boolean): TypeExpr {
  const first = r.at
  const path = parsePath(r)
  if (!path) return skippedType(r, first)
  if (kind(r) === BANG && isOpen(r, r.at + 1)) return parseMacroType(r, first)
  if (plus && kind(r) === PLUS) {
    r.at = first
    return { kind: 'dyn', bounds: parseBounds(r, true), span: spanFrom(r, first) }
  }
  return { kind: 'path', path, span: path.span }
}

function parseMacroType(r: Reader, first: number): TypeExpr {
  const path = textFrom(r, first).replaceAll(/\s+/g, '')
  const open = r.at + 1
  const { start, end } = groupContents(r, open)
  r.at = Math.min(groupEnd(r, open), r.limit)
  return { kind: 'macro', path, args: r.text.slice(start, end), span: spanFrom(r, first) }
}

/** `'a + Trait`, `?Sized + Trait`: a trait object without `dyn` that does not begin with a trait. */
function parseBareBounds(r: Reader, plus: boolean): TypeExpr {
  const first = r.at
  const bounds = parseBounds(r, plus)
  if (bounds.every((bound) => bound.path === null)) return skippedType(r, first)
  return { kind: 'dyn', bounds, span: spanFrom(r, first) }
}

function parseParenthesized(r: Reader, plus: boolean): TypeExpr {
  const first = r.at
  const items: TypeExpr[] = []
  const commas = inGroup(r, () => parseTypeList(r, items))
  const only = items[0]
  if (items.length !== 1 || commas > 0 || !only) return { kind: 'tuple', items, span: spanFrom(r, first) }
  if (!plus || kind(r) !== PLUS) return only
  r.at = first
  return { kind: 'dyn', bounds: parseBounds(r, true), span: spanFrom(r, first) }
}

/** Types separated by commas up to the limit; returns the number of commas. */
export function parseTypeList(r: Reader, into: TypeExpr[]): number {
  let commas = 0
  while (r.at < r.limit) {
    const first = r.at
    into.push(parseType(r))
    if (eat(r, COMMA)) commas++
    else if (r.at < r.limit) skipRest(r, first)
  }
  return commas
}

function skipRest(r: Reader, first: number): void {
  while (r.at < r.limit && kind(r) !== COMMA) skipToken(r)
  fail(r, first)
  eat(r, COMMA)
}

function parseReference(r: Reader): TypeExpr {
  const first = r.at++
  if (kind(r) === LIFETIME) r.at++
  // Nightly: `&pin mut T`.
  if (isWord(r, r.at, 'pin') && (isWord(r, r.at + 1, 'mut') || isWord(r, r.at + 1, 'const'))) r.at++
  const mut = eatWord(r, 'mut')
  if (!mut) eatWord(r, 'const')
  return { kind: 'ref', mut, inner: parseType(r, false), span: spanFrom(r, first) }
}

function parsePointer(r: Reader): TypeExpr {
  const first = r.at++
  const mut = eatWord(r, 'mut')
  if (!mut && !eatWord(r, 'const')) fail(r, r.at)
  return { kind: 'ptr', mut, inner: parseType(r, false), span: spanFrom(r, first) }
}

function parseSequence(r: Reader): TypeExpr {
  const first = r.at
  let length: string | null = null
  const inner = inGroup(r, () => {
    const element = parseType(r)
    if (eat(r, SEMICOLON)) {
      const from = r.at
      r.at = r.limit
      length = textFrom(r, from)
    } else if (r.at < r.limit) skipRest(r, r.at)
    return element
  })
  if (length === null) return { kind: 'slice', inner, span: spanFrom(r, first) }
  return { kind: 'array', inner, length, span: spanFrom(r, first) }
}

/** `<T as Trait>::Name` */
function parseQualified(r: Reader): TypeExpr {
  const first = r.at++
  const self = parseType(r)
  let trait: Path | null = null
  if (eatWord(r, 'as')) trait = parsePath(r)
  if (!eat(r, GREATER)) return skippedType(r, first)
  const rest: PathSegment[] = []
  if (isPathSeparator(r, r.at)) {
    r.at += 2
    readSegments(r, rest)
  }
  return { kind: 'qpath', self, trait, rest, span: spanFrom(r, first) }
}

/** `for<'a> fn(&'a T)` or, without `dyn`, `for<'a> Fn(&'a T)`. */
function parseHigherRanked(r: Reader, plus: boolean): TypeExpr {
  const first = r.at
  skipForLifetimes(r)
  if (isWord(r, r.at, 'fn') || isWord(r, r.at, 'unsafe') || isWord(r, r.at, 'extern')) {
    parseFnPointer(r)
    return { kind: 'fnPtr', span: spanFrom(r, first) }
  }
  r.at = first
  return { kind: 'dyn', bounds: parseBounds(r, plus), span: spanFrom(r, first) }
}

/** Moves over `for<'a, 'b>` if it stands here. */
export function skipForLifetimes(r: Reader): void {
  if (!isWord(r, r.at, 'for') || kindAt(r, r.at + 1) !== LESS) return
  r.at += 2
  while (r.at < r.limit && kind(r) !== GREATER && kind(r) !== LBRACE) skipToken(r)
  eat(r, GREATER)
}

function parseFnPointer(r: Reader): TypeExpr {
  const first = r.at
  while (isWord(r, r.at, 'unsafe') || isWord(r, r.at, 'extern') || kind(r) === LITERAL) r.at++
  if (!eatWord(r, 'fn') || kind(r) !== LPAREN) return skippedType(r, first)
  skipToken(r)
  if (isArrow(r, r.at)) {
    r.at += 2
    parseType(r, false)
  }
  return { kind: 'fnPtr', span: spanFrom(r, first) }
}
