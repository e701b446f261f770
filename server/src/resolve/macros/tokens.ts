import { type Token, tokenize } from '../../syntax/lexer.ts'

/** Fragment specifiers of `macro_rules!`. `expr` and `pat` mean what they mean in the macro's edition. */
export type Fragment =
  | 'block'
  | 'expr'
  | 'expr_2021'
  | 'ident'
  | 'item'
  | 'lifetime'
  | 'literal'
  | 'meta'
  | 'pat'
  | 'pat_param'
  | 'path'
  | 'stmt'
  | 'tt'
  | 'ty'
  | 'vis'

/** A stretch of text that a macro captured as one fragment: other macros cannot look inside it. Offsets in its text. */
export interface OpaqueRange {
  readonly start: number
  readonly end: number
  readonly fragment: Fragment
}

/** Which text a token was written in. */
export type Source = 'args' | 'definition'

/** A token as rustc's macro engine sees it: operators glued, doc comments spelled as attributes. */
export interface Tok {
  readonly kind: 'ident' | 'lifetime' | 'literal' | 'punct' | 'open' | 'close'
  /** '' for the invisible delimiters around a captured fragment. */
  readonly text: string
  /** Where it stands in its source; for the parts of a doc comment the whole comment. */
  readonly start: number
  readonly end: number
  readonly source: Source
  /** Index of the other delimiter in the same list, -1 for other tokens. */
  readonly partner: number
  /** For invisible delimiters: what was captured. */
  readonly fragment: Fragment | null
  /** Part of a doc comment (`# [ doc = "…" ]`): then `text` is not what stands in the source. */
  readonly doc: boolean
}

const OPERATORS = new Set('<<= >>= ... ..= == <= >= != && || -> <- => :: .. += -= *= /= %= ^= &= |= << >>'.split(' '))

/** Delimiters nested deeper than this are refused. */
const NESTING = 256

/**
 * The tokens of `text`, delimiters paired; null if they do not pair up.
 * `opaque` are the fragments that an earlier expansion captured in it, in any order, properly nested.
 */
export function readTokens(text: string, source: Source, opaque: readonly OpaqueRange[]): Tok[] | null {
  const sink: Sink = { text, source, toks: [], open: [] }
  const ranges = [...opaque].sort((a, b) => a.start - b.start || b.end - a.end)
  const edges = new Set(ranges.flatMap((range) => [range.start, range.end]))
  const raw = tokenize(text).filter((token) => token.kind !== 'comment')
  let nextRange = 0
  const invisible: OpaqueRange[] = []
  const settle = (at: number): boolean => {
    for (;;) {
      const inner = invisible.at(-1)
      const next = ranges[nextRange]
      if (inner !== undefined && inner.end <= at) {
        invisible.pop()
        if (!close(sink, '', inner.end, inner.end, inner.fragment)) return false
      } else if (next !== undefined && next.start <= at) {
        invisible.push(next)
        nextRange++
        open(sink, '', next.start, next.start, next.fragment)
      } else return true
    }
  }
  for (let i = 0; i < raw.length; ) {
    const token = raw[i]
    if (token === undefined || !settle(token.start)) return null
    const width = glued(text, raw, i, edges)
    if (!pushToken(sink, token, raw[i + width - 1]?.end ?? token.end)) return null
    i += width
  }
  return settle(text.length + 1) && sink.open.length === 0 ? sink.toks : null
}

interface Sink {
  readonly text: string
  readonly source: Source
  readonly toks: Tok[]
  /** Indices of delimiters that are still open. */
  readonly open: number[]
}

/** How many of the single-character tokens from `i` on make one operator. */
function glued(text: string, raw: readonly Token[], i: number, edges: ReadonlySet<number>): number {
  for (const width of [3, 2]) {
    const parts = raw.slice(i, i + width)
    const first = parts[0]
    if (first === undefined || parts.length < width || !parts.every((part) => part.kind === 'punct')) continue
    const end = first.start + width
    const touching = parts.every(
      (part, offset) => part.start === first.start + offset && (offset === 0 || !edges.has(part.start)),
    )
    if (touching && OPERATORS.has(text.slice(first.start, end))) return width
  }
  return 1
}

function pushToken(sink: Sink, token: Token, end: number): boolean {
  const text = sink.text.slice(token.start, end)
  if (token.kind === 'doc') return pushDoc(sink, text, token.start, end)
  if (token.kind === 'open') return open(sink, text, token.start, end, null)
  if (token.kind === 'close') return close(sink, text, token.start, end, null)
  const kind = token.kind === 'comment' ? 'punct' : token.kind
  sink.toks.push({ kind, text, start: token.start, end, source: sink.source, partner: -1, fragment: null, doc: false })
  return true
}

function open(sink: Sink, text: string, start: number, end: number, fragment: Fragment | null): boolean {
  sink.open.push(sink.toks.length)
  sink.toks.push({ kind: 'open', text, start, end, source: sink.source, partner: -1, fragment, doc: false })
  return sink.open.length <= NESTING
}

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '': '' }

function close(sink: Sink, text: string, start: number, end: number, fragment: Fragment | null): boolean {
  const index = sink.open.pop()
  const opener = index === undefined ? undefined : sink.toks[index]
  if (index === undefined || opener === undefined || CLOSERS[opener.text] !== text) return false
  sink.toks[index] = { ...opener, partner: sink.toks.length }
  sink.toks.push({ kind: 'close', text, start, end, source: sink.source, partner: index, fragment, doc: opener.doc })
  return true
}

/** `/// x` is `#[doc = r" x"]` to a macro, `//! x` is `#![doc = r" x"]`. */
function pushDoc(sink: Sink, comment: string, start: number, end: number): boolean {
  const part = (kind: Tok['kind'], text: string, partner = -1): void => {
    sink.toks.push({ kind, text, start, end, source: sink.source, partner, fragment: null, doc: true })
  }
  part('punct', '#')
  if (comment[2] === '!') part('punct', '!')
  const at = sink.toks.length
  part('open', '[', at + 4)
  part('ident', 'doc')
  part('punct', '=')
  part('literal', rawString(comment.startsWith('/*') ? comment.slice(3, -2) : comment.slice(3)))
  part('close', ']', at)
  return true
}

/** `value` as a raw string literal. */
export function rawString(value: string): string {
  const runs = value.match(/"#*/g) ?? []
  const hashes = '#'.repeat(Math.max(0, ...runs.map((run) => run.length)))
  return `r${hashes}"${value}"${hashes}`
}
