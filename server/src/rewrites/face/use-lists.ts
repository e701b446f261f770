import { lineStart, replace, type TextEdit } from '../../syntax/edits.ts'
import type { Span } from '../../syntax/span.ts'
import { columns } from '../rust-format.ts'
import { matesOf, tokensIn, type Word } from '../tokens.ts'

/** rustfmt's default `max_width`. */
const MAX_WIDTH = 100

/**
 * The edit that makes a leaf of a `use` name something else or one thing more, laid out and sorted as rustfmt does.
 * @param item the whole `use` in `text`
 * @param leaf where the leaf's name stands
 * @param keep whether it names the old thing too
 */
export function leafEdit(text: string, item: Span, leaf: Span, name: string, keep: boolean): TextEdit | null {
  const tokens = tokensIn(text, item)
  const at = tokens.findIndex((it) => it.start === leaf.start && it.end === leaf.end)
  const old = tokens[at]?.text
  if (old === undefined) return null
  const mates = matesOf(tokens)
  const open = openBefore(tokens, mates, at)
  if (open < 0) {
    if (!keep) return replace(leaf, name)
    return replace(leaf, `{${sorted([old, name]).join(', ')}}`)
  }
  const close = mates[open] ?? -1
  const [from, to] = [tokens[open], tokens[close]]
  if (!from || !to) return null
  const first = pathStart(tokens, at)
  // `{bar::Bar, baz}`: the leaf's own path is not the list's.
  if (first !== at) {
    if (!keep) return replace(leaf, name)
    return replace(leaf, `{${sorted([old, name]).join(', ')}}`)
  }
  const items = itemsOf(text, tokens, mates, open, close)
  if (/\/[/*]/.test(text.slice(from.end, to.start))) return replace(leaf, keep ? `${old}, ${name}` : name)
  const rest = items.filter((it) => it !== old)
  const wanted = keep ? [...rest, old, name] : [...rest, name]
  const list = isSorted(items) ? sorted(wanted) : items.flatMap((it) => (it !== old ? [it] : keep ? [old, name] : [name]))
  return replace({ start: from.start, end: to.end }, listText(text, from, to, list))
}

/** Index of the `{` that a token stands in. */
function openBefore(tokens: readonly Word[], mates: Int32Array, at: number): number {
  for (let i = at - 1; i >= 0; i--) {
    const mate = mates[i] ?? -1
    if (mate >= 0 && mate < i) i = mate
    else if (tokens[i]?.text === '{') return i
  }
  return -1
}

function pathStart(tokens: readonly Word[], at: number): number {
  let first = at
  while (tokens[first - 1]?.text === ':' && tokens[first - 2]?.text === ':') first -= 3
  return first
}

/** The items between two braces, as written. */
function itemsOf(text: string, tokens: readonly Word[], mates: Int32Array, open: number, close: number): string[] {
  const items: string[] = []
  let start = open + 1
  for (let i = open + 1; i <= close; i++) {
    const mate = mates[i] ?? -1
    if (i < close && mate > i) i = mate
    else if (i === close || tokens[i]?.text === ',') {
      const [from, to] = [tokens[start], tokens[i - 1]]
      if (from && to && i > start) items.push(text.slice(from.start, to.end))
      start = i + 1
    }
  }
  return items
}

function listText(text: string, from: Word, to: Word, items: readonly string[]): string {
  const line = lineStart(text, from.start)
  const after = /^[^\n]*/.exec(text.slice(to.end))?.[0].trimEnd() ?? ''
  const before = text.slice(line, from.start)
  const one = `{${items.join(', ')}}`
  const old = text.slice(from.start, to.end)
  const indent = /^\s*/.exec(before)?.[0] ?? ''
  const unit = indent.includes('\t') || /\n\t/.test(old) ? '\t' : '    '
  const lines = old.split('\n').length - 2
  const nested = items.some((it) => /[{:]/.test(it))
  const vertical = nested || (lines > 1 && lines >= items.length - 1)
  const inner = columns(indent) + 4
  if (
    !(nested && old.includes('\n')) &&
    columns(indent) + before.length - indent.length + one.length + after.length <= MAX_WIDTH &&
    !(vertical && old.includes('\n'))
  )
    return one
  if (vertical) return `{\n${items.map((it) => `${indent}${unit}${it},\n`).join('')}${indent}}`
  const filled: string[] = []
  for (const item of items) {
    const last = filled.at(-1)
    if (last !== undefined && inner + last.length + item.length + 2 <= MAX_WIDTH) filled[filled.length - 1] = `${last} ${item},`
    else filled.push(`${item},`)
  }
  return `{\n${filled.map((it) => `${indent}${unit}${it}\n`).join('')}${indent}}`
}

function isSorted(items: readonly string[]): boolean {
  return sorted(items).every((it, i) => it === items[i])
}

function sorted(items: readonly string[]): string[] {
  return [...items].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0))
}

/** rustfmt's order in lists: `self`, `super`, `crate`, modules and functions, types, constants, globs. */
function rank(item: string): number {
  const first = /^(?:r#)?\w+|^./u.exec(item)?.[0] ?? ''
  const special = ['self', 'super', 'crate'].indexOf(first)
  if (special >= 0) return special
  if (first === '*') return 6
  if (first === '{') return 7
  return /^[a-z]/.test(first) ? 3 : /[a-z]/.test(first) ? 4 : 5
}
