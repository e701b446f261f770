import type { Fragment, Tok } from './tokens.ts'
import type { Out } from './transcribe.ts'

/**
 * rustc substitutes trees, this expander writes text; where the text would be read as another tree, a captured type or
 * expression gets parentheses (`&$t` with `dyn A + B`, `$e.f()` with `a + b`) or angle brackets (`$t::new` with `Vec<u8>`).
 */
export function groupFragments(out: readonly Out[]): readonly Out[] {
  const wrap = new Map<number, string>()
  const begun: number[] = []
  for (const [at, piece] of out.entries()) {
    if (piece.kind === 'begin') begun.push(at)
    else if (piece.kind === 'end') {
      const begin = begun.pop()
      const brackets = begin === undefined ? null : bracketsFor(out, begin, at, piece.fragment)
      if (begin === undefined || brackets === null) continue
      wrap.set(begin, brackets.slice(0, 1))
      wrap.set(at, brackets.slice(1))
    }
  }
  if (wrap.size === 0) return out
  return out.flatMap((piece, at) => {
    const bracket = wrap.get(at)
    if (bracket === undefined) return [piece]
    const anchor = tokenNear(out, at, piece.kind === 'begin' ? 1 : -1)
    const added: Out[] = anchor === null ? [] : [{ kind: 'token', tok: bracketTok(bracket, anchor, piece.kind === 'begin') }]
    return piece.kind === 'begin' ? [piece, ...added] : [...added, piece]
  })
}

function bracketsFor(out: readonly Out[], begin: number, end: number, fragment: Fragment): string | null {
  const inside = topLevel(out.slice(begin + 1, end))
  const before = tokenNear(out, begin, -1)
  const after = tokenNear(out, end, 1)
  if (fragment === 'ty') {
    if (after?.text === '::' && inside.some((tok) => tok.kind !== 'ident' && tok.text !== '::')) return '<>'
    return hasTopLevelPlus(inside) && !(isSeparator(before, BEFORE_TYPE) && isSeparator(after, AFTER_TYPE)) ? '()' : null
  }
  if (fragment !== 'expr' && fragment !== 'expr_2021') return null
  return isCompound(inside) && !(isSeparator(before, BEFORE) && isSeparator(after, AFTER)) ? '()' : null
}

const BEFORE = new Set(['(', '[', '{', ',', ';', ':', '=', '=>', 'return', '<', '$'])
const AFTER = new Set([')', ']', '}', ',', ';', '=>', '>'])

const BEFORE_TYPE = new Set(['(', '[', '{', ',', ';', '=', '<', ':'])
const AFTER_TYPE = new Set([')', ']', '}', ',', ';', '=', '>', '{'])

/** Whether nothing on this side can bind to the fragment. */
function isSeparator(tok: Tok | null, separators: ReadonlySet<string>): boolean {
  return tok === null || separators.has(tok.text)
}

/** The nearest token before (`by` = -1) or behind, edges of fragments skipped; null if there is none. */
function tokenNear(out: readonly Out[], at: number, by: 1 | -1): Tok | null {
  for (let i = at + by; i >= 0 && i < out.length; i += by) {
    const piece = out[i]
    if (piece?.kind === 'token') return piece.tok
  }
  return null
}

/** Tokens outside of delimiters; a group counts as its opening delimiter. */
function topLevel(pieces: readonly Out[]): readonly Tok[] {
  const found: Tok[] = []
  let depth = 0
  for (const piece of pieces) {
    if (piece.kind !== 'token') continue
    if (piece.tok.kind === 'close') depth--
    else if (depth === 0) found.push(piece.tok)
    if (piece.tok.kind === 'open') depth++
  }
  return found
}

/** Whether bounds are added outside of angle brackets. */
function hasTopLevelPlus(toks: readonly Tok[]): boolean {
  let depth = 0
  for (const tok of toks) {
    if (tok.kind !== 'punct' || tok.text === '->' || tok.text === '=>') continue
    for (const char of tok.text) depth += char === '<' ? 1 : char === '>' ? -1 : 0
    if (tok.text === '+' && depth === 0) return true
  }
  return false
}

const SIMPLE_PUNCT = new Set(['.', '?', '::', '!'])
const PREFIX_WORDS = new Set('return break if match while for loop unsafe async move as let const static yield'.split(' '))

/** Whether an expression is more than one operand with its suffixes. */
function isCompound(toks: readonly Tok[]): boolean {
  return toks.some((tok, at) => {
    if (tok.kind === 'punct') return !SIMPLE_PUNCT.has(tok.text) || (tok.text === '!' && at === 0)
    return tok.kind === 'ident' && PREFIX_WORDS.has(tok.text)
  })
}

/** A bracket that no source has; its place is the edge of the token beside it. */
function bracketTok(text: string, anchor: Tok, opening: boolean): Tok {
  const at = opening ? anchor.start : anchor.end
  return {
    kind: opening ? 'open' : 'close',
    text,
    start: at,
    end: at,
    source: anchor.source,
    partner: -1,
    fragment: null,
    doc: false,
  }
}
