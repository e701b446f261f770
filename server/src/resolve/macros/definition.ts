import type { Edition } from './cursor.ts'
import { parseMatcher } from './parse-matcher.ts'
import { parsePieces } from './parse-pieces.ts'
import { type Refusal, refuse } from './refusal.ts'
import { type Fragment, type OpaqueRange, readTokens, type Tok } from './tokens.ts'

export type Repetition = '*' | '+' | '?'

/** A step of a matcher, as rustc's `MatcherLoc`: a flat program that threads run through. */
export type Step =
  | { readonly kind: 'token'; readonly tok: Tok }
  /** Start of `$( … )`: its variables are `first..first+count`, `after` is the step behind it. */
  | {
      readonly kind: 'enter'
      readonly op: Repetition
      readonly first: number
      readonly count: number
      readonly depth: number
      readonly after: number
    }
  /** End of a repetition without separator; `body` is its first step. */
  | { readonly kind: 'again'; readonly op: Repetition; readonly body: number }
  /** Separator; the `repeat` step behind it goes back to the body. */
  | { readonly kind: 'separator'; readonly tok: Tok }
  | { readonly kind: 'repeat'; readonly body: number }
  | { readonly kind: 'capture'; readonly fragment: Fragment; readonly variable: number; readonly depth: number }
  | { readonly kind: 'end' }

/** A piece of the right-hand side. */
export type Piece =
  | { readonly kind: 'token'; readonly tok: Tok }
  | { readonly kind: 'variable'; readonly name: string; readonly dollar: Tok; readonly tok: Tok }
  | { readonly kind: 'crate'; readonly tok: Tok }
  | { readonly kind: 'repeat'; readonly body: readonly Piece[]; readonly separator: Tok | null; readonly op: Repetition }
  /** `${count(x)}`, `$$`: refused where it is reached. */
  | { readonly kind: 'unsupported' }

export interface Rule {
  readonly steps: readonly Step[]
  /** Names of the captures, by number. */
  readonly variables: readonly string[]
  readonly body: readonly Piece[]
}

export interface MacroRules {
  /** The text that was parsed: between the outer delimiters of the definition. */
  readonly definition: string
  readonly edition: Edition
  readonly rules: readonly Rule[]
}

/**
 * The rules between the outer delimiters of `macro_rules! name { … }`, written in a crate of `edition`.
 * `opaque`: fragments that another macro captured in this text (a macro that defines a macro).
 */
export function parseMacroRules(definition: string, edition: Edition, opaque: readonly OpaqueRange[] = []): MacroRules | Refusal {
  const toks = readTokens(definition, 'definition', opaque)
  if (toks === null) return refuse('parse-error', 'unbalanced delimiters in the definition')
  const rules: Rule[] = []
  for (let at = 0; at < toks.length; ) {
    const left = groupAt(toks, at)
    const right = left === null ? null : groupAt(toks, left.end + 1)
    if (left === null || right === null || toks[left.end]?.text !== '=>')
      return refuse('parse-error', 'a rule is not `(…) => {…}`')
    const matcher = parseMatcher(toks, left.start + 1, left.end - 1, edition)
    if ('reason' in matcher) return matcher
    const body = parsePieces(toks, right.start + 1, right.end - 1)
    if ('reason' in body) return body
    rules.push({ ...matcher, body: body.pieces })
    at = right.end
    if (at < toks.length && toks[at]?.text !== ';') return refuse('parse-error', 'rules are not separated by `;`')
    at++
  }
  return rules.length === 0 ? refuse('parse-error', 'no rules') : { definition, edition, rules }
}

/** The visible group that starts at `at`, its end past the closing delimiter. */
function groupAt(toks: readonly Tok[], at: number): { readonly start: number; readonly end: number } | null {
  const tok = toks[at]
  return tok?.kind === 'open' && tok.fragment === null ? { start: at, end: tok.partner + 1 } : null
}
