import type { CrateId } from '../project/crate-graph.ts'
import { query } from '../query/database.ts'
import { crateItems } from '../resolve/items.ts'
import type { Location } from './location.ts'
import { placeOf } from './place.ts'

/** A `static mut` of a crate. */
export interface StaticMut {
  readonly name: string
  /** Its name. */
  readonly at: Location
}

/** The `static mut`s of a crate as it is built; those of `extern` blocks belong to other code. */
export const staticMuts = query<CrateId, readonly StaticMut[]>('staticMuts', (db, crate) =>
  crateItems(db, crate).flatMap(({ item, origin }): StaticMut[] => {
    if (item.kind !== 'static' || !item.mutable) return []
    const place = placeOf(db, origin, item)
    if (!place) return []
    // Only a static of another language has no value.
    const { start, end } = place.head.span
    const isOurs = place.macroMade || (db.text(place.file) ?? '').slice(start, end).includes('=')
    return isOurs ? [{ name: item.name, at: place.name }] : []
  }),
)
