import type { Tok } from './tokens.ts'

/**
 * A place in a token list. Parsers of fragments move it over what they accept and return whether they could; after a
 * failure its place means nothing. The contents of groups are stepped over unread: in a program that compiles they are
 * well formed, and only where a fragment ends matters here.
 */
export interface Cursor {
  readonly toks: readonly Tok[]
  at: number
  /** Characters of the current operator that are consumed already (`>>` is split where a type ends). */
  sub: number
  /** Nested parsers under way. */
  depth: number
  readonly edition: Edition
}

export type Edition = '2015' | '2018' | '2021' | '2024'

const DEPTH = 200

/** The token at the cursor; undefined at the end and at a closing delimiter. */
export function peek(c: Cursor, ahead = 0): Tok | undefined {
  const tok = c.toks[c.at + ahead]
  return tok?.kind === 'close' ? undefined : tok
}

/** Text of a token that is no delimiter, what is left of it if it was split; '' at groups and at the end. */
export function word(c: Cursor, ahead = 0): string {
  const tok = peek(c, ahead)
  if (tok === undefined || tok.kind === 'open') return ''
  return ahead === 0 ? tok.text.slice(c.sub) : tok.text
}

/** Moves over one token or a whole group; false at the end. */
export function bump(c: Cursor): boolean {
  const tok = peek(c)
  if (tok === undefined) return false
  c.at = tok.kind === 'open' ? tok.partner + 1 : c.at + 1
  c.sub = 0
  return true
}

/** Moves over the token if it is `text` and no literal. */
export function eat(c: Cursor, text: string): boolean {
  if (word(c) !== text || peek(c)?.kind === 'literal') return false
  return bump(c)
}

/** Moves over the character `char`, splitting an operator that starts with it. */
export function eatChar(c: Cursor, char: string): boolean {
  const left = word(c)
  if (peek(c)?.kind !== 'punct' || !left.startsWith(char)) return false
  if (left.length === 1) return bump(c)
  c.sub++
  return true
}

/** Moves over a group with the opening delimiter `open`. */
export function eatGroup(c: Cursor, open: '(' | '[' | '{'): boolean {
  return isGroup(peek(c), open) && bump(c)
}

export function isGroup(tok: Tok | undefined, open: '(' | '[' | '{'): boolean {
  return tok?.kind === 'open' && tok.text === open
}

/** Runs a parser one level deeper; false past the limit. */
export function nested(c: Cursor, parse: () => boolean): boolean {
  if (c.depth >= DEPTH) return false
  c.depth++
  const parsed = parse()
  c.depth--
  return parsed
}

const STRICT = new Set(
  'as break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while abstract become box do final macro override priv typeof unsized virtual yield _ $crate'.split(
    ' ',
  ),
)
const FROM_2018 = new Set(['async', 'await', 'dyn', 'try'])

/** Whether a word is a keyword in this edition, `_` included. Raw identifiers never are. */
export function isReserved(text: string, edition: Edition): boolean {
  return STRICT.has(text) || (edition !== '2015' && FROM_2018.has(text)) || (edition === '2024' && text === 'gen')
}

/** Keywords that stand in paths. */
export function isPathKeyword(text: string): boolean {
  return text === 'self' || text === 'Self' || text === 'super' || text === 'crate' || text === '$crate'
}

/** Whether the token can be a segment of a path. */
export function isSegment(c: Cursor, ahead = 0): boolean {
  const tok = peek(c, ahead)
  return tok?.kind === 'ident' && (isPathKeyword(tok.text) || !isReserved(tok.text, c.edition))
}
