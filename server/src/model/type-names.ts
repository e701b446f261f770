import type { Database } from '../query/database.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import { resolveTargets } from '../resolve/lookup.ts'
import { itemOf } from '../resolve/scopes.ts'
import type { TypeExpr } from '../syntax/summary.ts'

/** How many aliases a name may go through. */
const MAX_ALIASES = 16

/** The struct, enum or union that a type names, aliases followed; null if it names anything else or is not known for sure. */
export function definitionOfType(db: Database, module: ModId, type: TypeExpr): DefId | null {
  let at = module
  let expr = type
  for (let i = 0; i < MAX_ALIASES; i++) {
    if (expr.kind !== 'path') return null
    const def = definitionOfPath(
      db,
      at,
      expr.path.segments.map((it) => it.name),
      expr.path.global,
    )
    const it = def === null ? null : itemOf(db, def)
    if (!it) return def
    if (it.item.kind !== 'type') return def
    if (it.item.type === null) return null
    at = it.module
    expr = it.item.type
  }
  return null
}

/** What a path of names means as a type. null unless there is exactly one answer. */
export function definitionOfPath(db: Database, module: ModId, segments: readonly string[], global: boolean): DefId | null {
  const { targets } = resolveTargets(db, module, segments, global, 'type')
  const defs = new Set(targets.filter((it) => it.rest === 0 && it.def !== null).map((it) => it.def))
  return defs.size === 1 ? ([...defs][0] ?? null) : null
}
