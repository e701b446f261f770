import type { Repetition } from './definition.ts'
import type { Tok } from './tokens.ts'

/** What follows the `)` of `$( … )`: `*`, `,*`, `?`, …; `end` is the index behind it. null if that is not a repetition. */
export interface RepetitionTail {
  readonly op: Repetition
  readonly separator: Tok | null
  readonly end: number
}

/** Reads the tail that starts at `at`. `+` and `*` right behind the `)` are operators, never separators, as in rustc. */
export function repetitionTail(toks: readonly Tok[], at: number): RepetitionTail | null {
  const first = toks[at]
  if (first === undefined || first.kind === 'open' || first.kind === 'close') return null
  const op = operator(first)
  if (op !== null) return { op, separator: null, end: at + 1 }
  const second = toks[at + 1]
  const afterSeparator = second === undefined ? null : operator(second)
  // `$( … ),?` is an error.
  return afterSeparator === null || afterSeparator === '?' ? null : { op: afterSeparator, separator: first, end: at + 2 }
}

function operator(tok: Tok): Repetition | null {
  if (tok.kind !== 'punct') return null
  return tok.text === '*' || tok.text === '+' || tok.text === '?' ? tok.text : null
}
