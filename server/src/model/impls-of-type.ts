import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateItems } from '../resolve/items.ts'
import { sameValue } from '../resolve/same-value.ts'
import { definitionOfType } from './type-names.ts'

const implTable = query<CrateId, ReadonlyMap<DefId, readonly DefId[]>>(
  'implsOfType',
  (db, crate) => {
    const found = new Map<DefId, DefId[]>()
    for (const { id, item, module } of crateItems(db, crate)) {
      const type = item.kind === 'impl' ? definitionOfType(db, module, item.self) : null
      if (type === null) continue
      const known = found.get(type)
      if (known) known.push(id)
      else found.set(type, [id])
    }
    return found
  },
  { equals: sameValue },
)

/** The impls in a crate that are for a type, with or without a trait, in source order within each module. */
export function implsOfType(db: Database, crate: CrateId, type: DefId): readonly DefId[] {
  return implTable(db, crate).get(type) ?? []
}
