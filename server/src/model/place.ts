import type { Database } from '../query/database.ts'
import type { Origin } from '../resolve/defs.ts'
import { absolutePlace, itemPosition } from '../resolve/positions.ts'
import { type Span, shift } from '../syntax/span.ts'
import type { Item } from '../syntax/summary.ts'
import type { Location } from './location.ts'

/** Where an item is, in absolute offsets of a real file. What a macro wrote is at the macro's call. */
export interface ItemPlace {
  readonly file: string
  readonly macroMade: boolean
  readonly item: Location
  /** Without attributes and doc comments. */
  readonly head: Location
  readonly name: Location
  /** Braces included; null without a body, and for what a macro wrote. */
  readonly body: Location | null
  /** The location of a span relative to the item. */
  at(span: Span): Location
}

/** Places an item, which may be one inside the item that `origin` is about, such as a method; null if its file is gone. */
export function placeOf(db: Database, origin: Origin, item: Item): ItemPlace | null {
  const position = itemPosition(db, origin, item.key)
  if (!position) return null
  const { start, end, headStart, name, body } = position
  const whole = absolutePlace(db, origin, { start, end })
  if (!whole) return null
  const locate = (span: Span): Location => {
    const { file, span: found } = absolutePlace(db, origin, span) ?? whole
    return { file, span: found }
  }
  const macroMade = origin.expansion !== null
  return {
    file: whole.file,
    macroMade,
    item: locate({ start, end }),
    head: locate({ start: headStart, end }),
    name: locate(name ?? { start: headStart, end: Math.min(end, headStart + 1) }),
    body: body && !macroMade ? locate(body) : null,
    at: (span) => locate(shift(span, start)),
  }
}
