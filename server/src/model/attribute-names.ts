import { query } from '../query/database.ts'
import type { ModId } from '../resolve/defs.ts'
import { expandedModule } from '../resolve/expansions.ts'
import { crateOfId } from '../resolve/ids.ts'
import type { Item } from '../syntax/summary.ts'
import { type AttributeNames, attributeNames } from './attributes.ts'
import { pyo3NameOf } from './pyo3-name.ts'

/** Names of PyO3's attribute macros in a module; blocks see those of the modules around them. */
export const attributeNamesIn = query<ModId, AttributeNames>('attributeNames', (db, module) => {
  const items: Item[] = []
  for (let at: ModId | null = module; at !== null; ) {
    const expanded = expandedModule(db, at)
    for (const { item } of expanded?.items ?? []) items.push(item)
    at = expanded?.source.block ? expanded.source.parent : null
  }
  return attributeNames(items, pyo3NameOf(db, crateOfId(module)))
})
