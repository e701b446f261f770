import type { Database } from '../query/database.ts'
import { filePositions, fileSummary } from '../syntax/queries.ts'
import { type Span, shift } from '../syntax/span.ts'
import type { Item } from '../syntax/summary.ts'
import type { Place } from './oracle.ts'

/**
 * Where a step of a derivation stands, absolute in its file: the type of its field, else the item's name, else its head; the
 * whole call for what a macro made. null for facts, and if the item is gone.
 */
export function stepLocation(db: Database, place: Place): { readonly file: string; readonly span: Span } | null {
  if (place.kind === 'fact') return null
  const { file, itemKey, expansion } = place.origin
  const position = filePositions(db, file)?.items.get(itemKey)
  if (!position) return null
  const { start, end, headStart, name } = position
  if (expansion !== null) return { file, span: { start: headStart, end } }
  const item = place.field === null ? null : itemWithKey(fileSummary(db, file)?.items ?? [], itemKey)
  const field = item && 'fields' in item && place.field !== null ? item.fields[place.field] : null
  return { file, span: field ? shift(field.type.span, start) : (name ?? { start: headStart, end }) }
}

function itemWithKey(items: readonly Item[], key: string): Item | null {
  for (const item of items) {
    if (item.key === key) return item
    const inside = 'children' in item && item.children ? itemWithKey(item.children, key) : null
    if (inside) return inside
  }
  return null
}
