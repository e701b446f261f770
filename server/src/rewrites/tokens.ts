import { lex } from '../syntax/lexer.ts'
import type { Span } from '../syntax/span.ts'

/** A token that is no comment; offsets are absolute UTF-16 code units. */
export interface Word {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** The tokens of a range of `text`; punctuation comes as single characters. */
export function tokensIn(text: string, span: Span = { start: 0, end: text.length }): Word[] {
  const piece = text.slice(span.start, span.end)
  const { count, starts, ends } = lex(piece)
  const found: Word[] = []
  for (let i = 0; i < count; i++) {
    const start = starts[i] ?? 0
    const end = ends[i] ?? 0
    found.push({ text: piece.slice(start, end), start: span.start + start, end: span.start + end })
  }
  return found
}

/** Whether a token is a name or keyword, raw identifiers included. */
export function isName(text: string | undefined): boolean {
  return text !== undefined && /^(?:r#)?[\p{XID_Start}_]/u.test(text)
}

/** Whether a range of text holds a token. */
export function hasToken(text: string, span: Span, name: string): boolean {
  return text.slice(span.start, span.end).includes(name) && tokensIn(text, span).some((it) => it.text === name)
}

/** Token index → index of the delimiter that closes or opens it; -1 for all others. */
export function matesOf(tokens: readonly Word[]): Int32Array {
  const mates = new Int32Array(tokens.length).fill(-1)
  const open: number[] = []
  for (const [i, { text }] of tokens.entries()) {
    if (text === '(' || text === '[' || text === '{') open.push(i)
    else if (text === ')' || text === ']' || text === '}') {
      const from = open.pop()
      if (from === undefined) continue
      mates[from] = i
      mates[i] = from
    }
  }
  return mates
}
