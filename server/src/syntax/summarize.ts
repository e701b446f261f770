import { parseInnerAttributes } from './attributes.ts'
import { findDirectives } from './comments.ts'
import { type Build, createScope } from './draft.ts'
import { createHash, digest, feed } from './hash.ts'
import { readItems } from './items.ts'
import { recycle } from './lexer.ts'
import { findItemWords } from './nested.ts'
import { createReader } from './reader.ts'
import type { Span } from './span.ts'
import type { FileSummary, ItemPosition, Positions, TypeExpr } from './summary.ts'
import { parseType } from './types.ts'

/** A text as plain data, and where its parts are. */
export interface ParsedFile {
  readonly summary: FileSummary
  readonly positions: Positions
}

/** Longest text that is read at all (code units). */
export const MAX_TEXT = 32 * 1024 * 1024

/**
 * Reads what a Rust file (or any list of items, as the output of a macro) declares. Never throws: what makes no sense
 * is left out and listed in `positions.errors`. A byte order mark counts as a code unit.
 */
export function parseSummary(text: string): ParsedFile {
  if (text.length > MAX_TEXT) return tooLarge(text)
  const r = createReader(text)
  const positions = new Map<string, ItemPosition>()
  const build: Build = { r, positions, hash: createHash(), words: findItemWords(text) }
  const attrs = parseInnerAttributes(r)
  for (const { span } of attrs) feed(build.hash, `${span.start} ${text.slice(span.start, span.end)}`)
  const items = readItems(build, createScope(''))
  const errors = [...r.errors].sort((a, b) => a.start - b.start || a.end - b.end)
  const directives = findDirectives(r)
  recycle(r.lexed)
  return { summary: { items, attrs, hash: digest(build.hash) }, positions: { items: positions, errors, directives } }
}

function tooLarge(text: string): ParsedFile {
  const positions = { items: new Map(), errors: [{ start: 0, end: text.length }], directives: [] }
  return { summary: { items: [], attrs: [], hash: 'too-large' }, positions }
}

/** The type that stands at `span` of `text`, with absolute spans; of kind `error` if none does. */
export function readTypeAt(text: string, span: Span): TypeExpr {
  const r = createReader(text.slice(span.start, span.end))
  r.base = -span.start
  const type = parseType(r)
  return r.at < r.limit ? { kind: 'error', text: r.text, span } : type
}
