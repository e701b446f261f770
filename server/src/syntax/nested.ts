import type { Build, Scope } from './draft.ts'
import { readItem } from './items.ts'
import { IDENT } from './lexer.ts'
import {
  BANG,
  groupEnd,
  groupInnerEnd,
  HASH,
  kindAt,
  LBRACE,
  LBRACKET,
  LPAREN,
  MAX_DEPTH,
  type Reader,
  SEMICOLON,
  wordAt,
} from './reader.ts'
import type { Span } from './span.ts'
import type { Item } from './summary.ts'

const ITEM_WORDS = /\b(?:impl|struct|enum|union|trait|macro_rules)\b/g

/** Offsets of the words that make a body worth a look. Words in strings and comments count: looking is harmless. */
export function findItemWords(text: string): number[] {
  const offsets: number[] = []
  for (const match of text.matchAll(ITEM_WORDS)) offsets.push(match.index)
  return offsets
}

/** Whether one of those words stands in `span` (absolute). */
export function holdsItemWords({ words }: Build, { start, end }: Span): boolean {
  let low = 0
  let high = words.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((words[middle] ?? 0) < start) low = middle + 1
    else high = middle
  }
  return low < words.length && (words[low] ?? end) < end
}

/**
 * The items that are declared by statements between token `from` and token `to`, at any depth of blocks, in source
 * order. Arguments of macro calls are not looked into, and calls themselves are not items here. Leaves `r.at` as it was.
 */
export function collectNested(build: Build, from: number, to: number, scope: Scope): Item[] {
  const { r } = build
  const { at, limit, base } = r
  const items: Item[] = []
  walk(build, from, Math.min(to, limit), scope, items)
  r.at = at
  r.limit = limit
  r.base = base
  return items
}

function walk(build: Build, from: number, to: number, scope: Scope, into: Item[]): void {
  const { r } = build
  if (r.depth >= MAX_DEPTH) return
  r.depth++
  let statement = kindAt(r, from - 1) === LBRACE
  for (let i = from; i < to; ) {
    const code = r.kinds[i] ?? 0
    const next = statement && (code === IDENT || code === HASH) ? tryItem(build, i, to, scope, into) : 0
    if (next > 0) i = next
    else if (isGroupAt(r, i)) {
      const isAttribute = statement && (r.kinds[i - 1] ?? 0) === HASH
      const end = Math.min(groupEnd(r, i), to)
      if (!isMacroArgs(r, i)) walk(build, i + 1, Math.min(groupInnerEnd(r, i), to), scope, into)
      statement = isAttribute || code === LBRACE
      i = end
    } else {
      statement = code === SEMICOLON || (statement && code === HASH)
      i++
    }
  }
  r.depth--
}

function isGroupAt(r: Reader, index: number): boolean {
  const code = r.kinds[index] ?? 0
  return code === LBRACE || code === LPAREN || code === LBRACKET
}

/** Reads an item at token `index`; where it ends, or 0 if there is none. */
function tryItem(build: Build, index: number, to: number, scope: Scope, into: Item[]): number {
  const { r } = build
  const limit = r.limit
  r.at = index
  r.limit = to
  const item = readItem(build, scope, false)
  const next = r.at
  r.limit = limit
  if (!item) return 0
  into.push(item)
  return next
}

const NOT_MACROS = new Set(['if', 'while', 'match', 'return', 'in', 'else', 'break', 'let', 'for', 'mut', 'ref', 'move'])

function isMacroArgs(r: Reader, index: number): boolean {
  const before = r.kinds[index - 1]
  if (before === BANG) {
    const name = wordAt(r, index - 2)
    return name !== '' && !NOT_MACROS.has(name)
  }
  return before === IDENT && r.kinds[index - 2] === BANG && r.kinds[index - 3] === IDENT && wordAt(r, index - 3) === 'macro_rules'
}
