import { type Query, query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { expansionById } from '../resolve/expansion-store.ts'
import { itemPosition } from '../resolve/positions.ts'
import { sameValue } from '../resolve/same-value.ts'
import { itemOf } from '../resolve/scopes.ts'

/**
 * The types of a struct's, enum's or union's fields as written, by position in the item's `fields`; '' for one whose text
 * is gone. Empty for other items. Apart from the signature, so that verdicts do not depend on where things are.
 */
export const writtenTypes: Query<DefId, readonly string[]> = query(
  'writtenTypes',
  (db, def: DefId): readonly string[] => {
    const each = itemOf(db, def)
    if (!each || (each.item.kind !== 'struct' && each.item.kind !== 'enum' && each.item.kind !== 'union')) return []
    const { item, origin } = each
    const start = itemPosition(db, origin, item.key)?.start
    const text = origin.expansion === null ? db.text(origin.file) : (expansionById(db, origin.expansion)?.text ?? null)
    if (start === undefined || text === null) return item.fields.map(() => '')
    return item.fields.map(({ type }) => oneLine(text.slice(start + type.span.start, start + type.span.end)))
  },
  { equals: sameValue },
)

/** Types written over several lines are shown on one. */
function oneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/([<([]) | (?=[>)\]])/g, '$1')
    .replace(/,(?=[>)\]])/g, '')
}
