import type { Fragment, OpaqueRange, Source, Tok } from './tokens.ts'
import type { Out } from './transcribe.ts'

/**
 * A stretch of an expansion and where it comes from. If both have the same length they are the same text, character by
 * character; else (`$crate`, the `doc` attribute of a comment) the stretch as a whole stands for the other.
 * Offsets count UTF-16 code units: in `Expansion.text`, and in the arguments or the definition.
 */
export interface Segment {
  readonly start: number
  readonly end: number
  readonly from: Source
  readonly source: { readonly start: number; readonly end: number }
}

export interface Rendered {
  readonly text: string
  readonly map: readonly Segment[]
  readonly opaque: readonly OpaqueRange[]
}

interface Page {
  readonly sources: Readonly<Record<Source, string>>
  text: string
  readonly map: Segment[]
  last: Tok | null
}

/**
 * Text whose tokens are those of `out`. Neighbours from the same place keep what stood between them (so comments and line
 * breaks survive); all others are separated by a space, so that no two grow together.
 */
export function render(out: readonly Out[], args: string, definition: string): Rendered {
  const page: Page = { sources: { args, definition }, text: '', map: [], last: null }
  const opaque: OpaqueRange[] = []
  const pending: { readonly fragment: Fragment; start: number }[] = []
  for (let at = 0; at < out.length; at++) {
    const piece = out[at]
    if (piece === undefined) break
    if (piece.kind === 'token') {
      const width = docWidth(out, at)
      const start = width > 0 ? writeDoc(page, piece.tok) : writeToken(page, piece.tok)
      for (const open of pending) if (open.start < 0) open.start = start
      at += Math.max(0, width - 1)
    } else if (piece.kind === 'begin') pending.push({ fragment: piece.fragment, start: -1 })
    else {
      const open = pending.pop()
      if (open !== undefined) opaque.push(endFragment(page, open))
    }
  }
  return { text: page.text, map: page.map, opaque: opaque.sort((a, b) => a.start - b.start || b.end - a.end) }
}

function endFragment(page: Page, open: { readonly fragment: Fragment; readonly start: number }): OpaqueRange {
  if (open.start >= 0) return { start: open.start, end: page.text.length, fragment: open.fragment }
  // An empty fragment (`vis`) stands between two spaces, so that it has a place of its own.
  page.text += '  '
  page.last = null
  return { start: page.text.length - 1, end: page.text.length - 1, fragment: open.fragment }
}

/** How many pieces from `at` on spell one whole doc comment; 0 if it is not there in full. */
function docWidth(out: readonly Out[], at: number): number {
  const first = out[at]
  if (first?.kind !== 'token' || !first.tok.doc || first.tok.text !== '#') return 0
  const second = out[at + 1]
  const width = second?.kind === 'token' && second.tok.text === '!' ? 7 : 6
  for (let i = 1; i < width; i++) {
    const piece = out[at + i]
    if (piece?.kind !== 'token' || !piece.tok.doc || piece.tok.start !== first.tok.start || piece.tok.source !== first.tok.source)
      return 0
  }
  const end = out[at + width - 1]
  return end?.kind === 'token' && end.tok.kind === 'close' ? width : 0
}

/** Writes a doc comment as it stood in the source. */
function writeDoc(page: Page, tok: Tok): number {
  const comment = page.sources[tok.source].slice(tok.start, tok.end)
  return writeToken(page, { ...tok, text: comment, doc: false }, comment.startsWith('//'))
}

/** Returns where the token starts. */
function writeToken(page: Page, tok: Tok, line = false): number {
  const own = sourceGap(page, tok)
  const gap = page.last === null ? '' : (own ?? ' ')
  const start = page.text.length + gap.length
  const end = start + tok.text.length
  const previous = page.map.at(-1)
  if (previous !== undefined && own !== null) {
    page.map[page.map.length - 1] = { ...previous, end, source: { start: previous.source.start, end: tok.end } }
  } else page.map.push({ start, end, from: tok.source, source: { start: tok.start, end: tok.end } })
  page.text += gap + tok.text
  page.last = tok
  if (line) {
    page.text += '\n'
    page.last = null
  }
  return start
}

/** Whether both tokens are written out as they stand in one source, one after the other. */
function continues(last: Tok, tok: Tok): boolean {
  return last.source === tok.source && isVerbatim(last) && isVerbatim(tok) && last.end <= tok.start
}

function isVerbatim(tok: Tok): boolean {
  return !tok.doc && tok.text.length === tok.end - tok.start
}

/** Blanks and ordinary comments only: anything else between the two was left out of the expansion. */
const TRIVIA = /^(?:\s|\/\/(?![/!])[^\n]*\n|\/\*(?![*!])(?:[^*/]|\*(?!\/)|\/(?!\*))*\*\/)*$/

/** What stands between the last token and this one in their source; null if they are not neighbours there. */
function sourceGap(page: Page, tok: Tok): string | null {
  const { last } = page
  if (last === null || !continues(last, tok)) return null
  const gap = page.sources[tok.source].slice(last.end, tok.start)
  return gap.length < 2_000 && TRIVIA.test(gap) ? gap : null
}
