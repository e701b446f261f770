import { type Query, query } from '../query/database.ts'
import type { Generics } from '../syntax/summary.ts'
import type { DefId } from './defs.ts'
import { type LoweredBound, lowerBound } from './lower-bounds.ts'
import { lower, newLowering } from './lowering.ts'
import { sameValue } from './same-value.ts'
import { itemOf } from './scopes.ts'
import type { Ty } from './ty.ts'
import { genericsOf, scopeInside } from './type-scope.ts'

/** `ty: bound`, from generics or a where clause. Lifetime bounds, `?Sized` and `Sized` are left out. */
export interface Predicate extends LoweredBound {
  readonly ty: Ty
}

/** The bounds that an item (struct, enum, union, trait, impl, fn, alias) declares; empty for others. */
export const declaredBounds: Query<DefId, readonly Predicate[]> = query(
  'declaredBounds',
  (db, id: DefId): readonly Predicate[] => {
    const each = itemOf(db, id)
    if (!each) return []
    return genericsOf(each.item).where.flatMap(({ type, bounds }) => {
      const cx = newLowering(db, scopeInside(each))
      const ty = lower(cx, type)
      return bounds.flatMap((bound) => {
        const lowered = lowerBound(cx, bound)
        return lowered ? [{ ...lowered, ty }] : []
      })
    })
  },
  { equals: sameValue, cycle: () => [] },
)

/** Names of the type parameters that are `?Sized`. */
export function unsizedParams(generics: Generics): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { type, bounds } of generics.where) {
    const name = type.kind === 'path' && type.path.segments.length === 1 ? type.path.segments[0]?.name : undefined
    if (name !== undefined && bounds.some((bound) => bound.maybe)) found.add(name)
  }
  return found
}
