import { type Database, type Query, query } from '../query/database.ts'
import type { DefId } from './defs.ts'
import { makeTy } from './interner.ts'
import { lowerType } from './lowering.ts'
import { itemOf, type ModuleItem } from './scopes.ts'
import type { Ty } from './ty.ts'
import { genericsOf, scopeInside, type TypeScope } from './type-scope.ts'

/** What `Self` means in a scope; null where it means nothing. */
export function selfTypeOf(db: Database, scope: TypeScope): Ty | null {
  const each = scope.selfOwner
  if (!each) return null
  if (each.item.kind === 'impl') return implSelf(db, each.id)
  if (each.item.kind === 'trait') return makeTy(db, { kind: 'param', owner: each.id, name: 'Self' })
  return genericType(db, each)
}

/** A struct, enum or union applied to its own parameters. */
export function genericType(db: Database, each: ModuleItem): Ty {
  return makeTy(db, {
    kind: 'adt',
    def: each.id,
    args: typeParamsOf(each).map((name) => makeTy(db, { kind: 'param', owner: each.id, name })),
  })
}

/** Names of the type parameters of an item, in order. */
export function typeParamsOf(each: ModuleItem): readonly string[] {
  return genericsOf(each.item)
    .params.filter((param) => param.kind === 'type')
    .map((param) => param.name)
}

/** The self type of an impl; null if it is gone, or names itself. */
export const implSelf: Query<DefId, Ty | null> = query(
  'implSelf',
  (db, id: DefId): Ty | null => {
    const each = itemOf(db, id)
    return each?.item.kind === 'impl' ? lowerType(db, { ...scopeInside(each), selfOwner: null }, each.item.self) : null
  },
  { cycle: () => null },
)
