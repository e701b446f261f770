import type { Database } from '../query/database.ts'
import type { Origin } from '../resolve/defs.ts'
import { expansionById, positionsOfExpansion } from '../resolve/expansion-store.ts'
import { filePositions, fileSummary } from '../syntax/queries.ts'
import { type Span, shift } from '../syntax/span.ts'
import type { Item, ItemPosition, MacroCallItem } from '../syntax/summary.ts'
import type { Location } from './location.ts'

/** Where an item is, in absolute offsets of a real file. What a macro wrote is at the macro's call. */
export interface ItemPlace {
  readonly file: string
  readonly macroMade: boolean
  readonly item: Location
  /** Without attributes and doc comments. */
  readonly head: Location
  readonly name: Location
  readonly body: Location | null
  /** The location of a span relative to the item. */
  at(span: Span): Location
}

/** Places an item; null if its file is gone. `inner` is an item inside of `item`, such as a method of an impl. */
export function placeOf(db: Database, origin: Origin, item: Item): ItemPlace | null {
  return origin.expansion === null ? writtenPlace(db, origin.file, item) : expandedPlace(db, origin, item)
}

function writtenPlace(db: Database, file: string, item: Item): ItemPlace | null {
  const position = filePositions(db, file)?.items.get(item.key)
  if (!position) return null
  const at = (span: Span): Location => ({ file, span: shift(span, position.start) })
  return { ...parts(file, position), macroMade: false, at }
}

function parts(file: string, position: ItemPosition) {
  const { start, end, headStart, name, body } = position
  const location = (span: Span): Location => ({ file, span })
  return {
    file,
    item: location({ start, end }),
    head: location({ start: headStart, end }),
    name: location(name ?? { start: headStart, end: Math.min(end, headStart + 1) }),
    body: body && location(body),
  }
}

/** Tokens that come from the arguments of a written call stand there; everything else stands at the call. */
function expandedPlace(db: Database, origin: Origin, item: Item): ItemPlace | null {
  const { file, itemKey } = origin
  const call = filePositions(db, file)?.items.get(itemKey)
  if (!call) return null
  const whole: Location = { file, span: { start: call.headStart, end: call.end } }
  const argumentsAt = argumentsStart(db, origin, call)
  const expansion = origin.expansion === null ? null : expansionById(db, origin.expansion)
  const made = origin.expansion === null ? undefined : positionsOfExpansion(db, origin.expansion)?.items.get(item.key)
  const toFile = (span: Span): Location => {
    const inArguments = expansion && argumentsAt !== null ? expansion.toArguments(span) : null
    return inArguments && argumentsAt !== null ? { file, span: shift(inArguments, argumentsAt) } : whole
  }
  return {
    file,
    macroMade: true,
    item: whole,
    head: whole,
    name: made?.name ? toFile(made.name) : whole,
    body: null,
    at: (span) => (made ? toFile(shift(span, made.start)) : whole),
  }
}

/** Absolute start of the call's arguments; null if the expansion is one inside another. */
function argumentsStart(db: Database, origin: Origin, call: ItemPosition): number | null {
  if (origin.expansion === null || expansionById(db, origin.expansion)?.parent !== null) return null
  const item = findCall(fileSummary(db, origin.file)?.items ?? [], origin.itemKey)
  return item ? call.start + item.argsSpan.start : null
}

function findCall(items: readonly Item[], key: string): MacroCallItem | null {
  for (const item of items) {
    if (item.key === key) return item.kind === 'macro_call' ? item : null
    if (!key.startsWith(`${item.key}/`)) continue
    const found = 'children' in item && item.children ? findCall(item.children, key) : null
    if (found) return found
  }
  return null
}
