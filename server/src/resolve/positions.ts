import type { Database } from '../query/database.ts'
import { filePositions } from '../syntax/queries.ts'
import { type Span, shift } from '../syntax/span.ts'
import type { ItemPosition } from '../syntax/summary.ts'
import type { Origin } from './defs.ts'
import { type Expansion, expansionById, positionsOfExpansion, toArguments } from './expansion-store.ts'
import { splitMemberKey } from './member-key.ts'

/** An absolute place in a file. */
export interface Place {
  readonly file: string
  readonly span: Span
  /** False where a macro's own text stands behind it: then `span` is the call, and nothing in there can be edited. */
  readonly written: boolean
}

/** Nested calls in one expansion; the expander allows fewer. */
const MAX_DEPTH = 200

/**
 * Where an item, or a range relative to its start, stands. Ranges in a macro's output map to the call's arguments where
 * they come from there, else to the whole outermost call. null if the item is not in its file any more.
 * @param key of the item: in the file, or in the expansion named by `origin`
 * @param span relative to the item's start; the whole item without it
 */
export function placeOf(db: Database, origin: Origin, key: string, span?: Span): Place | null {
  const member = splitMemberKey(key)
  if (member)
    return placeOf(
      db,
      { ...origin, itemKey: member.expansion.split('\t')[1] ?? '', expansion: member.expansion },
      member.key,
      span,
    )
  const position = itemPosition(db, origin, key)
  if (!position) return null
  return absolutePlace(db, origin, span ? shift(span, position.start) : { start: position.start, end: position.end })
}

/**
 * Where an item's parts stand in its file, or in the text of the expansion that `origin` names. null if it is gone, and for
 * a member that a macro in a written impl made: `placeOf` knows its place.
 */
export function itemPosition(db: Database, origin: Origin, key: string): ItemPosition | null {
  const positions = origin.expansion === null ? filePositions(db, origin.file) : positionsOfExpansion(db, origin.expansion)
  return positions?.items.get(key) ?? null
}

/** Maps a range that is absolute in the file or expansion `origin` names to the file. */
export function absolutePlace(db: Database, origin: Origin, span: Span): Place | null {
  if (origin.expansion === null) return { file: origin.file, span, written: true }
  const call = filePositions(db, origin.file)?.items.get(origin.itemKey)
  if (!call) return null
  const whole = { file: origin.file, span: { start: call.start, end: call.end }, written: false }
  const mapped = throughCalls(db, origin.expansion, span)
  return mapped === null ? whole : { file: origin.file, span: mapped, written: true }
}

/** Follows a range from an expansion to the arguments of its call, and on, up to the file; null if some macro wrote it. */
function throughCalls(db: Database, id: string, span: Span): Span | null {
  let expansion: Expansion | null = expansionById(db, id)
  let at: Span | null = span
  for (let fuel = MAX_DEPTH; expansion !== null && at !== null && fuel > 0; fuel--) {
    const inArguments: Span | null = toArguments(expansion, at)
    if (inArguments === null) return null
    const { parent, file, itemKey } = expansion
    const positions = parent === null ? filePositions(db, file) : positionsOfExpansion(db, parent)
    const item = positions?.items.get(itemKey)
    const start: number | null = item === undefined ? null : item.start + expansion.argsStart
    at = start === null ? null : shift(inArguments, start)
    if (parent === null) return at
    expansion = expansionById(db, parent)
  }
  return null
}
