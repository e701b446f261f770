import type { CrateId } from '../project/crate-graph.ts'
import { query } from '../query/database.ts'
import { idParts } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import type { Location } from './location.ts'
import { placeOf } from './place.ts'
import { definitionOfType } from './type-names.ts'

/** A `static` whose type is PyO3's `GILProtected`. */
export interface GilProtectedStatic {
  readonly name: string
  /** The type as a whole. */
  readonly at: Location
}

/** The `GILProtected` statics of a crate; a type of the workspace with the same name is not meant. */
export const gilProtectedStatics = query<CrateId, readonly GilProtectedStatic[]>('gilProtectedStatics', (db, crate) =>
  crateItems(db, crate).flatMap(({ item, module, origin }): GilProtectedStatic[] => {
    if (item.kind !== 'static' || item.type?.kind !== 'path' || item.type.path.segments.at(-1)?.name !== 'GILProtected') return []
    const def = definitionOfType(db, module, item.type)
    // From 0.28 on PyO3 has no such name, so that it leads nowhere.
    if (def !== null && idParts(def).kind !== 'fact') return []
    const place = placeOf(db, origin, item)
    return place ? [{ name: item.name, at: place.at(item.type.span) }] : []
  }),
)
