import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import type { ModId } from '../resolve/defs.ts'
import { expandedModule } from '../resolve/expansions.ts'
import { moduleId } from '../resolve/ids.ts'
import { type ModuleItem, moduleItems } from '../resolve/scopes.ts'

/** More modules than any crate has; a circle of macros that make modules ends here. */
const MAX_MODULES = 20_000

/** All modules of a crate, blocks in bodies included, parents before children. */
export const crateModules = query<CrateId, readonly ModId[]>(
  'crateModules',
  (db, crate) => {
    const found = [moduleId(crate, '')]
    for (let i = 0; i < found.length && i < MAX_MODULES; i++) {
      const module = expandedModule(db, found[i] ?? '')
      for (const { child } of module?.children ?? []) found.push(child.id)
    }
    return found
  },
  { equals: (a, b) => a.length === b.length && a.every((it, i) => it === b[i]) },
)

/** All items of a crate after macro expansion, in source order within each module. */
export function crateItems(db: Database, crate: CrateId): readonly ModuleItem[] {
  return crateItemList(db, crate)
}

const crateItemList = query<CrateId, readonly ModuleItem[]>('crateItems', (db, crate) =>
  crateModules(db, crate).flatMap((module) => moduleItems(db, module)),
)
