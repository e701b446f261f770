import { IDENT, type Lexed } from './lexer.ts'
import type { Span } from './span.ts'

/** Which delimiters belong together. */
export interface Brackets {
  /**
   * For an opening token the index of its closing token `c`; or `-e - 1` if it is never closed and its contents are
   * taken to end before token `e`. Meaningless for other tokens.
   */
  readonly mates: Int32Array
  /** Unclosed opening and stray closing delimiters (absolute). */
  readonly errors: readonly Span[]
}

const OPEN = 0x7b
const CLOSERS: Readonly<Record<number, number>> = { 40: 0x29, 91: 0x5d, 123: 0x7d }

/** Pairs up the delimiters of a text; where they do not balance, indentation and item keywords decide. */
export function matchBrackets(lexed: Lexed): Brackets {
  return strict(lexed) ?? recover(lexed)
}

function strict(lexed: Lexed): Brackets | null {
  const { kinds, count } = lexed
  const mates = new Int32Array(count)
  const stack: number[] = []
  for (let i = 0; i < count; i++) {
    const kind = kinds[i] ?? 0
    if (kind === 0x28 || kind === 0x5b || kind === 0x7b) stack.push(i)
    else if (kind === 0x29 || kind === 0x5d || kind === 0x7d) {
      const open = stack.pop()
      if (open === undefined || CLOSERS[kinds[open] ?? 0] !== kind) return null
      mates[open] = i
    }
  }
  return stack.length > 0 ? null : { mates, errors: [] }
}

interface Open {
  readonly index: number
  /** Closing character. */
  readonly closer: number
  /** Indentation of the line that the delimiter stands in. */
  readonly indent: number
  /** Body of a `mod` or `extern`: people leave its contents unindented. */
  readonly container: boolean
}

interface Recovery {
  readonly lexed: Lexed
  readonly mates: Int32Array
  readonly errors: Span[]
  readonly stack: Open[]
  readonly surplusClosers: boolean
}

/**
 * Balances broken text as its author most likely sees it: an item keyword at the start of a line that is indented no
 * deeper than the line of an open delimiter ends that delimiter's contents, and so does a `}` to the left of it.
 */
function recover(lexed: Lexed): Brackets {
  const { kinds, count } = lexed
  const state: Recovery = { lexed, mates: new Int32Array(count), errors: [], stack: [], surplusClosers: hasSurplusClosers(lexed) }
  let indent = 0
  for (let i = 0; i < count; i++) {
    const column = lineIndent(lexed, i)
    if (column >= 0) indent = column
    if (column >= 0 && startsItem(lexed, i)) closeDeeper(state, i, column)
    const kind = kinds[i] ?? 0
    const closer = CLOSERS[kind]
    if (closer !== undefined) state.stack.push({ index: i, closer, indent, container: kind === OPEN && isContainer(lexed, i) })
    else if (kind === 0x29 || kind === 0x5d || kind === 0x7d) close(state, i, kind, column)
  }
  while (state.stack.length > 0) abandon(state, count)
  return state
}

function hasSurplusClosers({ kinds, count }: Lexed): boolean {
  let balance = 0
  for (let i = 0; i < count; i++) balance += kinds[i] === 0x7b ? 1 : kinds[i] === 0x7d ? -1 : 0
  return balance < 0
}

function closeDeeper(state: Recovery, index: number, column: number): void {
  for (let top = state.stack.at(-1); top; top = state.stack.at(-1)) {
    if (top.container ? top.indent <= column : top.indent < column) return
    abandon(state, index)
  }
}

/** Ends the contents of the innermost open delimiter before token `index`. */
function abandon(state: Recovery, index: number): void {
  const top = state.stack.pop()
  if (!top) return
  state.mates[top.index] = -index - 1
  state.errors.push(tokenSpan(state.lexed, top.index))
}

function close(state: Recovery, index: number, kind: number, column: number): void {
  const { stack } = state
  const at = column >= 0 && kind === 0x7d ? braceFor(state, column) : stack.findLastIndex((open) => open.closer === kind)
  const blocked = kind !== 0x7d && stack.findLastIndex((open) => open.closer === 0x7d) > at
  if (at < 0 || blocked) {
    state.errors.push(tokenSpan(state.lexed, index))
    return
  }
  while (stack.length > at + 1) abandon(state, index)
  const open = stack.pop()
  if (open) state.mates[open.index] = index
}

/** Index in the stack of the `{` that a line-initial `}` in `column` closes; -1 if it seems to be one too many. */
function braceFor({ stack, surplusClosers }: Recovery, column: number): number {
  const innermost = stack.findLastIndex((open) => open.closer === 0x7d)
  const top = stack[innermost]
  if (!top || top.indent === column) return innermost
  if (top.indent < column) return surplusClosers ? -1 : innermost
  const aligned = stack.findLastIndex((open) => open.closer === 0x7d && open.indent <= column)
  return aligned >= 0 && stack[aligned]?.indent === column ? aligned : innermost
}

function tokenSpan(lexed: Lexed, index: number): Span {
  return { start: lexed.starts[index] ?? 0, end: lexed.ends[index] ?? 0 }
}

/** Column of token `index` if it is the first of its line (a tab counts as four), else -1. */
export function lineIndent(lexed: Lexed, index: number): number {
  const { text } = lexed
  const from = index > 0 ? (lexed.ends[index - 1] ?? 0) : 0
  let columns = 0
  for (let at = (lexed.starts[index] ?? 0) - 1; at >= from; at--) {
    const code = text.charCodeAt(at)
    if (code === 0x0a || code === 0x0d) return columns
    if (code === 0x20) columns++
    else if (code === 0x09) columns += 4
    else if (code !== 0xfeff) return -1
  }
  return from === 0 ? columns : -1
}

const ITEM_WORDS = new Set([
  'fn',
  'pub',
  'impl',
  'struct',
  'enum',
  'trait',
  'mod',
  'use',
  'const',
  'static',
  'extern',
  'type',
  'macro_rules',
])
const BEFORE_ITEM = new Set(['fn', 'impl', 'trait', 'extern', 'unsafe'])

/** Whether token `index` reads like the start of an item: an item keyword, or the `#` of an attribute. */
export function startsItem(lexed: Lexed, index: number): boolean {
  const kind = lexed.kinds[index]
  if (kind === 0x23) return lexed.kinds[index + 1] === 0x5b && index + 1 < lexed.count
  if (kind !== IDENT) return false
  const text = word(lexed, index)
  if (text === 'const' || text === 'static') return lexed.kinds[index + 1] === IDENT && word(lexed, index + 1) !== 'move'
  if (text === 'unsafe' || text === 'async') return BEFORE_ITEM.has(word(lexed, index + 1))
  return ITEM_WORDS.has(text)
}

function isContainer(lexed: Lexed, index: number): boolean {
  return word(lexed, index - 2) === 'mod' || word(lexed, index - 2) === 'extern' || word(lexed, index - 1) === 'extern'
}

function word({ text, starts, ends, count }: Lexed, index: number): string {
  return index >= 0 && index < count ? text.slice(starts[index], ends[index]) : ''
}
