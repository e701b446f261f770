import type { CrateId } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import type { Generics, Item } from '../syntax/summary.ts'
import type { DefId, ModId } from './defs.ts'
import { crateOfId } from './ids.ts'
import { itemOf, type ModuleItem } from './scopes.ts'

/** What generic parameters an item brings into scope. */
export interface GenericOwner {
  readonly owner: DefId
  readonly generics: Generics
}

/** Where a type is written: what its names mean. */
export interface TypeScope {
  /** Paths start in this module; null in facts, whose paths are absolute. */
  readonly module: ModId | null
  readonly crate: CrateId
  /** Innermost first. */
  readonly owners: readonly GenericOwner[]
  /** The item that gives `Self` a meaning: a struct, enum, union, trait or impl; null if there is none. */
  readonly selfOwner: ModuleItem | null
}

const NO_GENERICS: Generics = { params: [], where: [] }

/** The generics of an item, empty for kinds that have none. */
export function genericsOf(item: Item): Generics {
  switch (item.kind) {
    case 'struct':
    case 'union':
    case 'enum':
    case 'trait':
    case 'impl':
    case 'fn':
    case 'type':
      return item.generics
    default:
      return NO_GENERICS
  }
}

/** The scope inside an item: its module, its parameters, its `Self`. null if the item is gone. */
export function scopeOfItem(db: Database, id: DefId): TypeScope | null {
  const each = itemOf(db, id)
  return each ? scopeInside(each) : null
}

/** The scope inside an item that is at hand. */
export function scopeInside(each: ModuleItem): TypeScope {
  const { item, id, module } = each
  const hasSelf = item.kind !== 'fn' && item.kind !== 'type' && item.kind !== 'const' && item.kind !== 'static'
  return { module, crate: crateOfId(id), owners: [{ owner: id, generics: genericsOf(item) }], selfOwner: hasSelf ? each : null }
}

/** The scope inside a method or associated type of an impl or trait. Its parameters belong to `<outer id>/<key>`. */
export function scopeOfMember(outer: ModuleItem, member: Item): TypeScope {
  const scope = scopeInside(outer)
  return { ...scope, owners: [{ owner: memberOwner(outer.id, member), generics: genericsOf(member) }, ...scope.owners] }
}

/** Id under which the parameters of a method or associated type are known. */
export function memberOwner(outer: DefId, member: Item): DefId {
  return `${outer}/${member.key}`
}

/** The scope of a text from the facts about a crate: absolute paths, and the parameters of one type. */
export function factScope(
  crate: CrateId,
  owner: DefId,
  params: readonly { readonly name: string; readonly kind: 'type' | 'const' | 'lifetime' }[],
): TypeScope {
  const generics: Generics = { params: params.map(({ name, kind }) => ({ name, kind, default: null })), where: [] }
  return { module: null, crate, owners: [{ owner, generics }], selfOwner: null }
}
