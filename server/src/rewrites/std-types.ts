import type { Database } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { displayPath, factId, idParts, STD_CRATE } from '../resolve/ids.ts'
import { makeTy } from '../resolve/interner.ts'
import { normalizeAll } from '../resolve/normalize.ts'
import { signature } from '../resolve/signature.ts'
import { bind } from '../resolve/substitute.ts'
import type { Ty } from '../resolve/ty.ts'

export type Adt = Extract<Ty, { kind: 'adt' }>

export function adt(db: Database, def: DefId, args: readonly Ty[]): Ty {
  return makeTy(db, { kind: 'adt', def, args })
}

/** A type of std, by its path below `std`. */
export function std(db: Database, path: string, args: readonly Ty[]): Ty {
  return adt(db, factId(STD_CRATE, 'type', `std::${path}`), args)
}

/** Path of a type that facts describe, with the crate's name in front; '' for all others. */
export function factPath(ty: Ty | null): string {
  return ty?.kind === 'adt' && idParts(ty.def).kind === 'fact' ? displayPath(ty.def, '') : ''
}

export function isStd(ty: Ty | null, path: string): boolean {
  return factPath(ty) === `std::${path}`
}

export function reference(db: Database, inner: Ty, mut = false): Ty {
  return makeTy(db, { kind: 'ref', mut, inner })
}

export function option(db: Database, inner: Ty): Ty {
  return std(db, 'option::Option', [inner])
}

/** An iterator of which only the item is known. */
export function iteratorOf(db: Database, item: Ty): Ty {
  const trait = factId(STD_CRATE, 'type', 'std::iter::Iterator')
  return makeTy(db, { kind: 'impl', send: false, sync: false, bounds: [{ trait, reason: null, args: [item] }] })
}

/** The item of an iterator as `iteratorOf` makes them. */
export function itemOfIterator(ty: Ty | null): Ty | null {
  const bound = ty?.kind === 'impl' && ty.bounds.length === 1 ? ty.bounds[0] : undefined
  return bound?.args.length === 1 && bound.trait !== null && displayPath(bound.trait, '') === 'std::iter::Iterator'
    ? (bound.args[0] ?? null)
    : null
}

/** Pointers of std and PyO3 through which methods and fields are looked up (their `Deref`). */
const POINTERS =
  /^(?:std::(?:boxed::Box|sync::Arc|rc::Rc|sync::(?:\w+::)?(?:MutexGuard|RwLockReadGuard|RwLockWriteGuard)|cell::(?:Ref|RefMut))|pyo3::(?:\w+::)*(?:PyRef|PyRefMut|PyClassGuard|PyClassGuardMut))$/

/** What a reference or pointer leads to; null for a type that is none. */
export function peel(ty: Ty): Ty | null {
  if (ty.kind === 'ref') return ty.inner
  if (ty.kind === 'adt' && POINTERS.test(factPath(ty))) return ty.args[0] ?? null
  return null
}

/** The types on which a method or field of a value is looked up, one after the other. */
export function derefs(ty: Ty): Ty[] {
  const found: Ty[] = []
  for (let at: Ty | null = ty, fuel = 16; at !== null && fuel > 0; fuel--) {
    found.push(at)
    at = peel(at)
  }
  return found
}

/** The type of a field, through references and pointers. */
export function fieldOf(db: Database, ty: Ty, name: string): Ty | null {
  for (const each of derefs(ty)) {
    if (each.kind === 'tuple') return each.items[Number(name)] ?? null
    if (each.kind !== 'adt') continue
    const found = fieldOfAdt(db, each, null, name)
    if (found) return found
  }
  return null
}

/** The type of a struct's field, or of a variant's; null where cfgs make it several. */
export function fieldOfAdt(db: Database, ty: Adt, variant: string | null, name: string): Ty | null {
  const own = idParts(ty.def).kind === 'item' ? signature(db, ty.def) : null
  const fields = own?.fields.filter((it) => it.name === name && it.variant === variant) ?? []
  const [field] = fields
  if (!own || !field || fields.length > 1) return null
  const types = new Map(own.params.flatMap((param, i) => (ty.args[i] ? [[param, ty.args[i]] as const] : [])))
  return normalizeAll(db, bind(db, field.ty, { owner: ty.def, types }))
}

/** std's and others' sequences, maps and sets by path. */
export const SEQUENCE =
  /^(?:std::(?:vec::Vec|collections::(?:\w+::)?VecDeque|collections::(?:\w+::)?BinaryHeap)|smallvec::SmallVec)$/
export const MAP =
  /^(?:std::collections::(?:\w+::)?(?:HashMap|BTreeMap)|hashbrown::(?:\w+::)?HashMap|indexmap::(?:\w+::)?IndexMap)$/
export const SET =
  /^(?:std::collections::(?:\w+::)?(?:HashSet|BTreeSet)|hashbrown::(?:\w+::)?HashSet|indexmap::(?:\w+::)?IndexSet)$/

/** What a sequence holds, looked at through references and pointers; for a map its values. */
export function elementOf(_db: Database, ty: Ty): Ty | null {
  for (const each of derefs(ty)) {
    if (each.kind === 'slice' || each.kind === 'array') return each.inner
    if (each.kind !== 'adt') continue
    const path = factPath(each)
    if (SEQUENCE.test(path)) return each.args[0] ?? null
    if (MAP.test(path)) return each.args[1] ?? null
  }
  return null
}

/** What a `for` over a value, or `.into_iter()`, gives; references of it for a borrowed container. */
export function itemsOf(db: Database, ty: Ty): Ty | null {
  const borrowed = ty.kind === 'ref'
  const inner = borrowed ? ty.inner : ty
  const wrap = (item: Ty): Ty => (borrowed ? reference(db, item, ty.mut) : item)
  const item = itemOfIterator(inner)
  if (item) return item
  if (inner.kind === 'slice' || inner.kind === 'array') return wrap(inner.inner)
  if (inner.kind !== 'adt') return null
  const path = factPath(inner)
  const [first, second] = inner.args
  if (first && (SEQUENCE.test(path) || SET.test(path) || path === 'std::option::Option')) return wrap(first)
  if (first && second && MAP.test(path))
    return makeTy(db, { kind: 'tuple', items: [borrowed ? reference(db, first) : first, wrap(second)] })
  if (first && /^std::vec::IntoIter$|^std::collections::(?:\w+::)*vec_deque::IntoIter$/.test(path)) return first
  return null
}
