import { type Brackets, matchBrackets, startsItem } from './brackets.ts'
import { IDENT, type Lexed, lex, lexCautiously } from './lexer.ts'
import type { Span } from './span.ts'

/** Where a hand-written parser stands in a token list. Functions of this folder move `at`; `limit` fences it in. */
export interface Reader {
  readonly lexed: Lexed
  readonly text: string
  readonly kinds: Uint16Array
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly mates: Int32Array
  /** Next token. */
  at: number
  /** First token that is out of bounds. */
  limit: number
  /** Offset that spans are relative to: the start of the item being read. */
  base: number
  /** Nesting, bounded by `MAX_DEPTH` so that no text can exhaust the stack. */
  depth: number
  /** Absolute. */
  readonly errors: Span[]
}

/** Types, groups and items nested deeper than this are not read. */
export const MAX_DEPTH = 128

export const LPAREN = 0x28
export const LBRACKET = 0x5b
export const LBRACE = 0x7b
export const COMMA = 0x2c
export const SEMICOLON = 0x3b
export const COLON = 0x3a
export const EQUALS = 0x3d
export const LESS = 0x3c
export const GREATER = 0x3e
export const HASH = 0x23
export const BANG = 0x21
export const PLUS = 0x2b
export const STAR = 0x2a
export const AMPERSAND = 0x26
export const MINUS = 0x2d
export const QUESTION = 0x3f
export const DOT = 0x2e
export const TILDE = 0x7e

/** A reader over all of `text`. */
export function createReader(text: string): Reader {
  const { lexed, brackets } = readTokens(text)
  const { mates, errors } = brackets
  const unterminated =
    lexed.unterminated < 0 ? [] : [{ start: lexed.unterminated, end: Math.min(text.length, lexed.unterminated + 1) }]
  const { kinds, starts, ends, count } = lexed
  return { lexed, text, kinds, starts, ends, mates, at: 0, limit: count, base: 0, depth: 0, errors: [...unterminated, ...errors] }
}

/** Delimiters that do not balance may come from a stray quote that turned strings inside out: the better reading wins. */
function readTokens(text: string): { lexed: Lexed; brackets: Brackets } {
  const lexed = lex(text)
  const brackets = matchBrackets(lexed)
  if (brackets.errors.length === 0 || lexed.unterminated >= 0) return { lexed, brackets }
  const other = lexCautiously(text)
  if (other.unterminated < 0) return { lexed, brackets }
  const otherBrackets = matchBrackets(other)
  return otherBrackets.errors.length < brackets.errors.length ? { lexed: other, brackets: otherBrackets } : { lexed, brackets }
}

/** Kind of the token at `index`, 0 out of bounds. */
export function kindAt(r: Reader, index: number): number {
  return index < r.limit && index >= 0 ? (r.kinds[index] ?? 0) : 0
}

/** Kind of the next token, 0 at the end. */
export function kind(r: Reader): number {
  return r.at < r.limit ? (r.kinds[r.at] ?? 0) : 0
}

export function startOf(r: Reader, index: number): number {
  return index < r.lexed.count ? (r.starts[index] ?? 0) : r.text.length
}

export function endOf(r: Reader, index: number): number {
  return index < 0 ? 0 : index < r.lexed.count ? (r.ends[index] ?? 0) : r.text.length
}

/** Text of the token at `index`, '' out of bounds. */
export function textAt(r: Reader, index: number): string {
  return index < r.limit && index >= 0 ? r.text.slice(r.starts[index], r.ends[index]) : ''
}

/** Text of the token at `index` if it is an identifier or keyword, else ''. */
export function wordAt(r: Reader, index: number): string {
  return kindAt(r, index) === IDENT ? r.text.slice(r.starts[index], r.ends[index]) : ''
}

export function isWord(r: Reader, index: number, word: string): boolean {
  if (kindAt(r, index) !== IDENT) return false
  const start = r.starts[index] ?? 0
  return (r.ends[index] ?? 0) - start === word.length && r.text.startsWith(word, start)
}

/** Whether token `index` touches the one after it. */
export function isJoint(r: Reader, index: number): boolean {
  return r.ends[index] === r.starts[index + 1]
}

/** Whether `::` stands at `index`. */
export function isPathSeparator(r: Reader, index: number): boolean {
  return kindAt(r, index) === COLON && kindAt(r, index + 1) === COLON && isJoint(r, index)
}

/** Whether `->` stands at `index`. */
export function isArrow(r: Reader, index: number): boolean {
  return kindAt(r, index) === MINUS && kindAt(r, index + 1) === GREATER && isJoint(r, index)
}

export function eat(r: Reader, code: number): boolean {
  if (kind(r) !== code) return false
  r.at++
  return true
}

export function eatWord(r: Reader, word: string): boolean {
  if (!isWord(r, r.at, word)) return false
  r.at++
  return true
}

/** Whether an opening delimiter stands at `index`. */
export function isOpen(r: Reader, index: number): boolean {
  const code = kindAt(r, index)
  return code === LBRACE || code === LPAREN || code === LBRACKET
}

/** First token that is no longer inside the group that opens at `index`. */
export function groupInnerEnd(r: Reader, index: number): number {
  const mate = r.mates[index] ?? 0
  return mate < 0 ? -mate - 1 : mate
}

/** First token after the group that opens at `index`. */
export function groupEnd(r: Reader, index: number): number {
  const mate = r.mates[index] ?? 0
  return mate < 0 ? -mate - 1 : mate + 1
}

/** The group that opens at `index`, delimiters included; absolute. An unclosed one ends with its last token. */
export function groupSpan(r: Reader, index: number): Span {
  return { start: startOf(r, index), end: endOf(r, groupEnd(r, index) - 1) }
}

/** What stands between the delimiters of the group that opens at `index`; absolute. */
export function groupContents(r: Reader, index: number): Span {
  const mate = r.mates[index] ?? 0
  return { start: endOf(r, index), end: mate < 0 ? endOf(r, -mate - 2) : startOf(r, mate) }
}

/** Runs `read` fenced into the group that opens at the next token, and goes on after the group. */
export function inGroup<T>(r: Reader, read: () => T): T {
  const { at, limit } = r
  const next = Math.min(groupEnd(r, at), limit)
  r.limit = Math.min(groupInnerEnd(r, at), limit)
  r.at = at + 1
  r.depth++
  const value = read()
  r.depth--
  r.limit = limit
  r.at = next
  return value
}

/** Moves over the next token, or over the whole group that it opens. */
export function skipToken(r: Reader): void {
  r.at = isOpen(r, r.at) ? Math.min(groupEnd(r, r.at), r.limit) : r.at + 1
}

/** Moves over an expression, to the next comma that is outside groups and not between generic arguments. */
export function skipExpression(r: Reader): void {
  while (r.at < r.limit && kind(r) !== COMMA) {
    if (isPathSeparator(r, r.at) && kindAt(r, r.at + 2) === LESS) skipTurbofish(r)
    else skipToken(r)
  }
}

/** Moves over `::<…>`; over no more than the `::<` if it is not closed. */
function skipTurbofish(r: Reader): void {
  const inside = r.at + 3
  r.at = inside
  for (let depth = 1; depth > 0; ) {
    const code = kind(r)
    if (code === 0 || code === SEMICOLON) {
      r.at = inside
      return
    }
    if (code === LESS) depth++
    else if (code === GREATER && kindAt(r, r.at - 1) !== MINUS) depth--
    skipToken(r)
  }
}

/** Moves to the next token of kind `a` or `b` outside groups, or to the start of an item on a new line, or to the limit. */
export function skipTo(r: Reader, a: number, b: number): void {
  while (r.at < r.limit) {
    const code = kind(r)
    if (code === a || code === b || startsItemOnNewLine(r, r.at)) return
    skipToken(r)
  }
}

const NEVER_IN_EXPRESSION = new Set(['struct', 'enum', 'trait', 'mod', 'use', 'pub', 'impl', 'fn', 'macro_rules'])

/** Whether a new line begins at `index` with something that cannot go on an expression or a type. */
export function startsItemOnNewLine(r: Reader, index: number): boolean {
  const code = kindAt(r, index)
  if (code !== IDENT && code !== HASH) return false
  if (code === HASH ? !startsItem(r.lexed, index) : !NEVER_IN_EXPRESSION.has(textAt(r, index))) return false
  // `fn(u8)` is a type.
  if (isWord(r, index, 'fn') && kindAt(r, index + 1) !== IDENT) return false
  return isOnNewLine(r, index)
}

/** Whether a line break stands between token `index` and the one before it. */
export function isOnNewLine(r: Reader, index: number): boolean {
  const end = startOf(r, index)
  for (let at = endOf(r, index - 1); at < end; at++) {
    if (r.text.charCodeAt(at) === 0x0a) return true
  }
  return false
}

/** From token `first` to the last token read, relative to the item. */
export function spanFrom(r: Reader, first: number): Span {
  const start = startOf(r, first)
  return { start: start - r.base, end: Math.max(start, endOf(r, r.at - 1)) - r.base }
}

/** Token `index`, relative to the item. */
export function tokenSpan(r: Reader, index: number): Span {
  return { start: startOf(r, index) - r.base, end: endOf(r, index) - r.base }
}

/** Text from token `first` to the last token read. */
export function textFrom(r: Reader, first: number): string {
  return r.at > first ? r.text.slice(startOf(r, first), endOf(r, r.at - 1)) : ''
}

/** Notes that the tokens from `first` to `r.at` make no sense (a place of no width if there are none). */
export function fail(r: Reader, first: number): void {
  const start = r.at > first ? startOf(r, first) : endOf(r, first - 1)
  const end = r.at > first ? endOf(r, r.at - 1) : start
  const last = r.errors.at(-1)
  if (last && last.start === start && last.end === end) return
  r.errors.push({ start, end })
}

/** An identifier's name: a raw one without `r#`. */
export function plainName(word: string): string {
  return word.startsWith('r#') ? word.slice(2) : word
}
