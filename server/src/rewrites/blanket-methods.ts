import { type Query, query } from '../query/database.ts'
import { crateItems } from '../resolve/items.ts'
import type { TypeExpr } from '../syntax/summary.ts'

/**
 * Names of methods that a crate's traits give to values of all types: on a guard they are found before those of what it guards, by
 * value even before those that take `&self` (Rust reference, "Method-call expressions").
 */
export const blanketNames: Query<string, ReadonlySet<string>> = query('rewriteBlanketNames', (db, crate): ReadonlySet<string> => {
  const items = crateItems(db, crate).map((it) => it.item)
  const traits = new Set(
    items.flatMap((it) => {
      if (it.kind !== 'impl' || !it.trait) return []
      const params = new Set(it.generics.params.map((param) => param.name))
      return isParam(it.self, params) ? [it.trait.path.segments.at(-1)?.name ?? ''] : []
    }),
  )
  return new Set(
    items.flatMap((it) =>
      it.kind === 'trait' && traits.has(it.name) ? it.children.flatMap((fn) => (fn.kind === 'fn' ? [fn.name] : [])) : [],
    ),
  )
})

function isParam(type: TypeExpr, params: ReadonlySet<string>): boolean {
  if (type.kind === 'ref') return isParam(type.inner, params)
  return type.kind === 'path' && type.path.segments.length === 1 && params.has(type.path.segments[0]?.name ?? '')
}
