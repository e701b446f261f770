import type { CrateId } from '../project/crate-graph.ts'
import { dirname } from '../project/paths.ts'
import { query } from '../query/database.ts'
import type { Condition } from './conditions.ts'
import { crateOf } from './crates.ts'
import type { ModId } from './defs.ts'
import { expandedModule } from './expansions.ts'
import { moduleId } from './ids.ts'
import { prefetchSources } from './module-source.ts'
import { sameValue } from './same-value.ts'

/** A module of a crate. */
export interface ModuleNode {
  readonly id: ModId
  readonly parent: ModId | null
  /** File that holds its items (or the call of the macro that makes them). */
  readonly file: string
  readonly condition: Condition
  /** The block of a fn or const: no path leads into it. */
  readonly block: boolean
}

/** All modules of a crate, parents before children, in source order. */
export interface ModuleTree {
  readonly modules: readonly ModuleNode[]
  /** Files of which the crate consists. */
  readonly files: readonly string[]
  /** What could not be followed, as `file not found for module x`, with the file that declares it. */
  readonly problems: readonly { readonly module: ModId; readonly file: string; readonly message: string }[]
}

/** More modules than any crate has; a bound against macros that make modules without end. */
const MAX_MODULES = 100_000

/** The module tree of a crate with sources, macros expanded; empty for a crate without. */
export const moduleTree = query<CrateId, ModuleTree>(
  'moduleTree',
  (db, crate) => {
    const info = crateOf(db, crate)
    const folder = info?.local && info.root !== null ? dirname(info.root) : null
    if (folder !== null) prefetchSources(db, folder)
    const modules: ModuleNode[] = []
    const problems: { module: ModId; file: string; message: string }[] = []
    const pending: ModId[] = [moduleId(crate, '')]
    while (pending.length > 0 && modules.length < MAX_MODULES) {
      const id = pending.pop()
      const expanded = id === undefined ? null : expandedModule(db, id)
      if (!expanded) continue
      const { source } = expanded
      modules.push({ id: source.id, parent: source.parent, file: source.file, condition: source.condition, block: source.block })
      if (source.problem !== null) problems.push({ module: source.id, file: source.file, message: source.problem })
      for (const { child } of expanded.children.toReversed()) pending.push(child.id)
    }
    return { modules, files: [...new Set(modules.map((module) => module.file))], problems }
  },
  { equals: sameValue },
)
