import { identifierEnd, isIdentifierStart, isWhitespace } from './characters.ts'
import { blockCommentEnd, literalEnd, quoteEnd } from './literals.ts'

/**
 * Numeric token kinds as they stand in `Lexed.kinds`. Every kind not named here is a single punctuation character or
 * delimiter, and is then its own character code (`0x7b` for `{`), so that the parser compares plain numbers.
 */
export const IDENT = 1
export const LIFETIME = 2
export const LITERAL = 3
/** A character that Rust has no token for. */
export const UNKNOWN = 4

/** Comment kinds as they stand in `Lexed.commentKinds`. */
export const COMMENT = 0
export const OUTER_DOC = 1
export const INNER_DOC = 2

/** Tokens of a text in parallel arrays: `count` of them; comments stand apart. Offsets are UTF-16 code units. */
export interface Lexed {
  readonly text: string
  readonly count: number
  readonly kinds: Uint16Array
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  /** How many comments stand before token `i`; index `count` holds their total. */
  readonly commentsBefore: Uint32Array
  readonly commentKinds: readonly number[]
  readonly commentStarts: readonly number[]
  readonly commentEnds: readonly number[]
  /** Start of a string or comment that the text ends in, -1 if there is none. */
  readonly unterminated: number
}

export type TokenKind = 'ident' | 'lifetime' | 'literal' | 'punct' | 'open' | 'close' | 'comment' | 'doc'

/** A token as an object; offsets are UTF-16 code units. Raw identifiers keep their `r#`; `_` is an ident. */
export interface Token {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
  /** For `punct`: a character of Rust's punctuation follows without a gap, as the first `:` of `::`. Else false. */
  readonly joint: boolean
}

interface Sink {
  kinds: Uint16Array
  starts: Uint32Array
  ends: Uint32Array
  before: Uint32Array
  count: number
  readonly commentKinds: number[]
  readonly commentStarts: number[]
  readonly commentEnds: number[]
  unterminated: number
}

/**
 * Splits `text` into tokens. Never throws; what is no Rust token becomes `UNKNOWN`.
 * A text that ends inside a string or comment is usually one in the making, and a stray quote would turn all strings
 * after it inside out; so it is read again with such literals cut at the end of their line where code seems to follow.
 */
export function lex(text: string): Lexed {
  const lexed = scan(text, false)
  return lexed.unterminated < 0 ? lexed : lexCautiously(text)
}

/** As `lex`, but taking every string that seems to span code for one that lacks its closing quote. */
export function lexCautiously(text: string): Lexed {
  return scan(text, true)
}

function scan(text: string, cautious: boolean): Lexed {
  const sink = createSink(text.length)
  let at = start(text, sink)
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (isWhitespace(code)) at++
    else if (code === 0x2f && isCommentNext(text, at)) at = comment(text, at, sink, cautious)
    else at = token(text, at, code, sink, cautious)
  }
  endTokens(sink)
  const { kinds, starts, ends, before, count, commentKinds, commentStarts, commentEnds, unterminated } = sink
  return { text, count, kinds, starts, ends, commentsBefore: before, commentKinds, commentStarts, commentEnds, unterminated }
}

/** Closes the arrays with blanks, so that looking a few tokens ahead needs no check. */
function endTokens(sink: Sink): void {
  const { count } = sink
  grow(sink, count + LOOKAHEAD)
  sink.kinds.fill(0, count, count + LOOKAHEAD)
  sink.starts.fill(0xffffffff, count, count + LOOKAHEAD)
  sink.before[count] = sink.commentStarts.length
}

const LOOKAHEAD = 4
/** Largest arrays that are kept for the next text (tokens). */
const MAX_SPARE = 1 << 20

type Arrays = Pick<Sink, 'kinds' | 'starts' | 'ends' | 'before'>

let spare: Arrays | null = null

/**
 * Gives the arrays of `lexed` to the next call of `lex`: fresh ones for every key press keep the garbage collector busy
 * for longer than lexing takes. Nobody may read `lexed` afterwards.
 */
export function recycle({ kinds, starts, ends, commentsBefore }: Lexed): void {
  if (kinds.length <= MAX_SPARE) spare = { kinds, starts, ends, before: commentsBefore }
}

function takeArrays(room: number): Arrays {
  const arrays = spare
  spare = null
  if (arrays && arrays.kinds.length >= room) return arrays
  return {
    kinds: new Uint16Array(room),
    starts: new Uint32Array(room),
    ends: new Uint32Array(room),
    before: new Uint32Array(room),
  }
}

function createSink(length: number): Sink {
  return {
    ...takeArrays((length >> 2) + 16),
    count: 0,
    commentKinds: [],
    commentStarts: [],
    commentEnds: [],
    unterminated: -1,
  }
}

/** Skips a byte order mark and a `#!` line; the latter counts as a comment, but not if it opens an attribute. */
function start(text: string, sink: Sink): number {
  const at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  if (!text.startsWith('#!', at) || /^#!\s*\[/.test(text.slice(at, at + 200))) return at
  const end = lineEnd(text, at)
  pushComment(sink, COMMENT, at, end)
  return end
}

function isCommentNext(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1)
  return next === 0x2f || next === 0x2a
}

function comment(text: string, at: number, sink: Sink, cautious: boolean): number {
  const line = text.charCodeAt(at + 1) === 0x2f
  let end = line ? lineEnd(text, at) : blockCommentEnd(text, at)
  if (end < 0) {
    if (sink.unterminated < 0) sink.unterminated = at
    end = cautious ? lineEnd(text, at) : text.length
  }
  pushComment(sink, docKind(text, at, end), at, end)
  return end
}

function docKind(text: string, at: number, end: number): number {
  const marker = text.charCodeAt(at + 1)
  const third = text.charCodeAt(at + 2)
  if (third === 0x21) return end - at > 2 ? INNER_DOC : COMMENT
  if (third !== marker) return COMMENT
  const fourth = text.charCodeAt(at + 3)
  // `////` and `/***` are ordinary, and so is the empty `/**/`.
  return fourth === marker || (marker === 0x2a && fourth === 0x2f) ? COMMENT : OUTER_DOC
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  if (end < 0) return text.length
  return text.charCodeAt(end - 1) === 0x0d ? end - 1 : end
}

function pushComment(sink: Sink, kind: number, start: number, end: number): void {
  sink.commentKinds.push(kind)
  sink.commentStarts.push(start)
  sink.commentEnds.push(end)
}

/** Reads one token that starts at `at`; returns where it ends. */
function token(text: string, at: number, code: number, sink: Sink, cautious: boolean): number {
  let end = literalEnd(text, at, code)
  if (end !== 0) {
    if (end < 0 || (cautious && swallowsCode(text, at, end))) {
      if (sink.unterminated < 0) sink.unterminated = at
      end = cautious ? lineEnd(text, at) : text.length
    }
    return push(sink, LITERAL, at, end)
  }
  if (isIdentifierStart(text, at, code)) return push(sink, IDENT, at, identifierEnd(text, at))
  if (code === 0x27) {
    end = quoteEnd(text, at)
    if (end !== 0) return push(sink, end > 0 ? LITERAL : LIFETIME, at, Math.abs(end))
  }
  if (code > 0x20 && code < 0x7f) return push(sink, code, at, at + 1)
  return push(sink, UNKNOWN, at, at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1))
}

/** Whether a literal spans lines that look like the start of items: then it is the hole between two strings. */
function swallowsCode(text: string, start: number, end: number): boolean {
  const newline = text.indexOf('\n', start)
  if (newline < 0 || newline >= end) return false
  return /\n[ \t]*(?:(?:pub|fn|impl|struct|enum|use|mod|let|trait|unsafe)\b[^\n]*[{};(]|#!?\[|\}[;),]*[ \t\r]*\n)/.test(
    text.slice(newline, end),
  )
}

function push(sink: Sink, kind: number, start: number, end: number): number {
  const index = sink.count
  if (index >= sink.kinds.length) grow(sink, index * 2)
  sink.kinds[index] = kind
  sink.starts[index] = start
  sink.ends[index] = end
  sink.before[index] = sink.commentStarts.length
  sink.count = index + 1
  return end
}

function grow(sink: Sink, room: number): void {
  if (room <= sink.kinds.length) return
  const kinds = new Uint16Array(room)
  kinds.set(sink.kinds)
  sink.kinds = kinds
  sink.starts = grown(sink.starts, room)
  sink.ends = grown(sink.ends, room)
  sink.before = grown(sink.before, room)
}

function grown(array: Uint32Array, room: number): Uint32Array {
  const bigger = new Uint32Array(room)
  bigger.set(array)
  return bigger
}

/**
 * The tokens of `text` in order, comments included (`doc` for `///`, `//!`, `/**`, `/*!`). Tokens and the white space
 * between them cover the text. Never throws. Multi-character operators come as single characters with `joint` set.
 */
export function tokenize(text: string): Token[] {
  const lexed = lex(text)
  const tokens: Token[] = []
  let comments = 0
  for (let i = 0; i <= lexed.count; i++) {
    const before = lexed.commentsBefore[i] ?? 0
    for (; comments < before; comments++) tokens.push(commentToken(lexed, comments))
    if (i === lexed.count) break
    const kind = lexed.kinds[i] ?? UNKNOWN
    const end = lexed.ends[i] ?? 0
    const named = kindName(kind)
    const joint =
      named === 'punct' && isPunctuation(lexed.kinds[i + 1] ?? 0) && lexed.starts[i + 1] === end && i + 1 < lexed.count
    tokens.push({ kind: named, start: lexed.starts[i] ?? 0, end, joint })
  }
  return tokens
}

function commentToken(lexed: Lexed, index: number): Token {
  const kind = lexed.commentKinds[index] === COMMENT ? 'comment' : 'doc'
  return { kind, start: lexed.commentStarts[index] ?? 0, end: lexed.commentEnds[index] ?? 0, joint: false }
}

function kindName(kind: number): TokenKind {
  if (kind === IDENT) return 'ident'
  if (kind === LIFETIME) return 'lifetime'
  if (kind === LITERAL) return 'literal'
  if (kind === 0x28 || kind === 0x5b || kind === 0x7b) return 'open'
  if (kind === 0x29 || kind === 0x5d || kind === 0x7d) return 'close'
  return 'punct'
}

function isPunctuation(kind: number): boolean {
  return kind > UNKNOWN && kindName(kind) === 'punct'
}
