import type { Database } from '../query/database.ts'
import type { DefId } from './defs.ts'
import { makeTy } from './interner.ts'
import type { TraitRef, Ty } from './ty.ts'

/** What stands for the parameters of one item; `Self` of a trait is a parameter too. */
export interface Bindings {
  readonly owner: DefId
  readonly types: ReadonlyMap<string, Ty>
}

/** `ty` with the parameters of an owner replaced; those without an entry stay. The same object if nothing changes. */
export function bind(db: Database, ty: Ty, by: Bindings): Ty {
  if (by.types.size === 0) return ty
  const each = (inner: Ty): Ty => bind(db, inner, by)
  switch (ty.kind) {
    case 'param':
      return ty.owner === by.owner ? (by.types.get(ty.name) ?? ty) : ty
    case 'adt':
      return ty.args.length === 0 ? ty : makeTy(db, { ...withoutId(ty), args: ty.args.map(each) })
    case 'proj':
      return makeTy(db, { ...withoutId(ty), self: each(ty.self), args: ty.args.map(each) })
    case 'ref':
    case 'ptr':
      return makeTy(db, { ...withoutId(ty), inner: each(ty.inner) })
    case 'array':
    case 'slice':
      return makeTy(db, { ...withoutId(ty), inner: each(ty.inner) })
    case 'tuple':
      return makeTy(db, { ...withoutId(ty), items: ty.items.map(each) })
    case 'dyn':
    case 'impl':
      return makeTy(db, { ...withoutId(ty), bounds: ty.bounds.map((bound) => bindTrait(db, bound, by)) })
    default:
      return ty
  }
}

/** A trait reference with the parameters of an owner replaced. */
export function bindTrait(db: Database, bound: TraitRef, by: Bindings): TraitRef {
  return bound.args.length === 0 ? bound : { ...bound, args: bound.args.map((arg) => bind(db, arg, by)) }
}

function withoutId<T extends Ty>(ty: T): Omit<T, 'id'> {
  const { id: _, ...kind } = ty
  return kind
}
