import type { Database } from '../query/database.ts'
import type { ModId } from '../resolve/defs.ts'
import { resolveTargets } from '../resolve/lookup.ts'
import { itemOf } from '../resolve/scopes.ts'
import { indentationAt, replace, type TextEdit } from '../syntax/edits.ts'
import { matesOf, tokensIn } from './tokens.ts'

/** Whether a call is known to need no `unsafe`: of a variant or struct, or of a function of the workspace that is not `unsafe`. */
export function safeCall(db: Database, module: ModId, path: string | null): boolean {
  if (path === null) return false
  if (/^(?:Some|Ok|Err|(?:std|core)::cmp::(?:min|max))$/.test(path)) return true
  const { targets } = resolveTargets(db, module, path.split('::'), false, 'value')
  const [only] = targets
  const item = targets.length === 1 && only?.def && only.rest === 0 ? itemOf(db, only.def)?.item : undefined
  return item?.kind === 'fn' && !item.unsafe && !item.extern
}

/**
 * The edit that takes a block's braces away: a plain block where it declares names or gives a value after statements.
 * @param at of a word in front of the block, which goes in any case
 */
export function unwrapped(text: string, at: number, word: string): TextEdit {
  const span = { start: at + word.length, end: text.length }
  const tokens = tokensIn(text, span)
  const mates = matesOf(tokens)
  const open = tokens[0]
  const close = tokens[mates[0] ?? -1]
  if (!open || !close) return replace({ start: at, end: at + word.length }, 'unsafe')
  const inner = text.slice(open.end, close.start)
  const before = text.slice(0, at).trimEnd().at(-1)
  const isStatement = before === ';' || before === '{' || before === '}'
  const statements = /;/.test(inner)
  const isLast = text.slice(close.end).trimStart().startsWith('}')
  const keeps = (statements && !isStatement) || (/\blet\b/.test(inner) && !isLast)
  if (keeps) return replace({ start: at, end: open.start }, '')
  const unit = indentationAt(text, at).includes('\t') ? '\t' : '    '
  const body = inner.trim().replaceAll(`\n${unit}`, '\n')
  const operand = !isStatement && /^(?:[-+*/%.?&|^<>]|as\b)/.test(text.slice(close.end).trimStart()) && /[\s!]/.test(body)
  const rest = /^\s*;/.exec(text.slice(close.end))?.[0] ?? ''
  const end = isStatement && /;$/.test(body) ? close.end + rest.length : close.end
  return replace({ start: at, end }, operand ? `(${body})` : body)
}
