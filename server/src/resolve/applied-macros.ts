import type { Database } from '../query/database.ts'
import { filePositions } from '../syntax/queries.ts'
import type { Attr, Item, MacroCallItem } from '../syntax/summary.ts'
import { meantPaths } from './attribute-meaning.ts'
import { type CallSite, macroOfCall } from './expand-call.ts'
import { expansionById, positionsOfExpansion } from './expansion-store.ts'

/** The attributes of crate macro_rules_attribute, and their names where a `#[macro_use]` brings them. */
const APPLYING: ReadonlySet<string> = new Set([
  'macro_rules_attribute::macro_rules_attribute',
  'macro_rules_attribute::apply',
  'macro_rules_attribute',
])

/** The one macro that such an attribute names. */
const MACRO = /\(\s*((?:::\s*)?\w+(?:\s*::\s*\w+)*)\s*!\s*\)\s*\]$/

/**
 * `#[macro_rules_attribute(m!)] item` as the call `m! { item }` that it stands for by its documentation: what the macro makes
 * replaces the item. Attributes above it have been dealt with by then.
 * @returns null for other items, and where the macro is not known
 */
export function appliedMacro(db: Database, item: Item, at: CallSite): MacroCallItem | null {
  const attr = item.attrs.find(({ meta }) => isApplying(db, at, meta))
  const text = attr && textOf(db, item, at)
  const path = text && MACRO.exec(text.slice(attr.span.start, attr.span.end))?.[1]?.replace(/\s+/g, '')
  if (!path || macroOfCall(db, path, at) === null) return null
  const { key, name, vis, comments } = item
  const argsSpan = { start: attr.span.end, end: text.length }
  return { kind: 'macro_call', key, name, vis, comments, attrs: [], path, args: text.slice(attr.span.end), argsSpan }
}

function isApplying(db: Database, at: CallSite, { path }: Attr['meta']): boolean {
  const last = path.slice(path.lastIndexOf(':') + 1)
  // Looked up only where the name is one of these, or may be an alias of one.
  if (path === '' || (last !== 'apply' && !last.includes('macro_rules'))) return false
  return meantPaths(db, at.module, path).every((meant) => APPLYING.has(meant))
}

function textOf(db: Database, item: Item, { file, expansion }: CallSite): string | null {
  const positions = expansion === null ? filePositions(db, file) : positionsOfExpansion(db, expansion)
  const text = expansion === null ? db.text(file) : (expansionById(db, expansion)?.text ?? null)
  const position = positions?.items.get(item.key)
  return position && text !== null ? text.slice(position.start, position.end) : null
}
