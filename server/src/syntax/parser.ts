import { type Language, Parser, type Range, type Tree } from 'web-tree-sitter'
import type { Span } from './span.ts'
import { type FlatTree, flatten, type Grammar, readGrammar } from './tree.ts'

/** Why there is no tree. */
export type ParseFailure = 'no-grammar' | 'file-too-large' | 'out-of-budget'

/** Longest stretch that tree-sitter is given (code units): its memory never shrinks again. */
export const MAX_TREE_TEXT = 2 * 1024 * 1024
/** Longest line in such a stretch (code units). */
export const MAX_TREE_LINE = 100 * 1024
/**
 * Most progress reports of one parse. tree-sitter reports after a fixed number of parser steps, so the limit is the
 * same on every machine. Measured: ordinary code 0.0075 reports a code unit, the densest that is valid 0.07.
 */
const FREE_REPORTS = 500
const REPORTS_PER_UNIT = 1 / 8

interface Installed {
  readonly parser: Parser
  readonly grammar: Grammar
}

let installed: Installed | null = null
let live = 0
let made = 0

/**
 * Makes `language` (the Rust grammar, loaded by the host after `Parser.init`) the one that all trees are parsed with.
 * Process-wide like the wasm module itself: it is code, not state. Without it bodies cannot be read, summaries can.
 */
export function installGrammar(language: Language): void {
  installed?.parser.delete()
  installed = { parser: new Parser().setLanguage(language), grammar: readGrammar(language) }
}

/** Whether `installGrammar` has been called. */
export function isGrammarInstalled(): boolean {
  return installed !== null
}

/** Trees that exist in the parser's memory now; 0 whenever no function of this folder runs. */
export function liveTrees(): number {
  return live
}

/** Trees made since the process started. */
export function treesMade(): number {
  return made
}

/**
 * Parses the given ranges of `text` (ascending; null: all of it) as if nothing stood between them; offsets in the
 * result are offsets in `text`, plus `shift` where `text` is a piece of something. The parser's own tree never outlives
 * this call. `budget` limits the parser's progress reports.
 */
export function parseTree(
  text: string,
  ranges: readonly Span[] | null,
  shift = 0,
  budget = budgetOf(text, ranges),
): FlatTree | ParseFailure {
  if (!installed) return 'no-grammar'
  if (isTooLarge(text, ranges)) return 'file-too-large'
  const { parser, grammar } = installed
  const tree = parse(parser, text, ranges, budget)
  if (!tree) return 'out-of-budget'
  try {
    return flatten(tree, grammar, shift)
  } finally {
    tree.delete()
    live--
  }
}

function budgetOf(text: string, ranges: readonly Span[] | null): number {
  return FREE_REPORTS + length(text, ranges) * REPORTS_PER_UNIT
}

function parse(parser: Parser, text: string, ranges: readonly Span[] | null, budget: number): Tree | null {
  let reports = budget
  const progressCallback = (): boolean => --reports < 0
  const tree = parser.parse(text, null, { progressCallback, ...(ranges && { includedRanges: ranges.map(toRange) }) })
  if (tree) {
    live++
    made++
  } else parser.reset()
  return tree
}

/** Rows are made up: nothing here asks a tree for rows, and the parser only needs points to ascend. */
function toRange({ start, end }: Span): Range {
  return { startIndex: start, endIndex: end, startPosition: { row: 0, column: start }, endPosition: { row: 0, column: end } }
}

function length(text: string, ranges: readonly Span[] | null): number {
  return ranges === null ? text.length : ranges.reduce((sum, { start, end }) => sum + end - start, 0)
}

/** Whether what is to be parsed is longer than tree-sitter is trusted with. */
export function isTooLarge(text: string, ranges: readonly Span[] | null): boolean {
  if (length(text, ranges) > MAX_TREE_TEXT) return true
  return (ranges ?? [{ start: 0, end: text.length }]).some((range) => hasLongLine(text, range))
}

function hasLongLine(text: string, { start, end }: Span): boolean {
  for (let at = start; end - at > MAX_TREE_LINE; ) {
    const newline = text.lastIndexOf('\n', at + MAX_TREE_LINE)
    if (newline < at) return true
    at = newline + 1
  }
  return false
}
