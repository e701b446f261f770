import type { CrateId } from '../project/crate-graph.ts'
import { query } from '../query/database.ts'
import { both, type Condition } from './conditions.ts'
import { moduleTree } from './module-tree.ts'
import { type ModuleItem, moduleItems } from './scopes.ts'

/** An item of a crate after macro expansion. */
export interface CrateItem extends ModuleItem {
  /** When it exists, its modules taken into account. */
  readonly when: Condition
}

/**
 * Every item of a crate with sources, those in blocks of functions and constants and those that macros make included; `mod`s,
 * `use`s and macro definitions too. In the order of modules, then of source.
 */
export const crateItems = query<CrateId, readonly CrateItem[]>('crateItems', (db, crate) =>
  moduleTree(db, crate).modules.flatMap((module) =>
    moduleItems(db, module.id).map((each) => ({ ...each, when: both(module.condition, each.condition) })),
  ),
)
