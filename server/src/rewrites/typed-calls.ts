import type { Database } from '../query/database.ts'
import { idParts } from '../resolve/ids.ts'
import { itemOf } from '../resolve/scopes.ts'
import type { Ty } from '../resolve/ty.ts'
import { factPath } from './std-types.ts'

/** A reference to an object. */
export function isPyReference(ty: Ty | null): boolean {
  return /^pyo3::(?:\w+::)*(?:Py|Bound)$/.test(factPath(ty))
}

function isLent(ty: Ty): boolean {
  return ty.kind === 'prim' || factPath(ty) === 'std::string::String' || (ty.kind === 'slice' && isLent(ty.inner))
}

const MAX_DEPTH = 24

/**
 * Whether a method of this name on a value of this type is quiet because of the type. `Py::borrow` only counts borrows and references
 * (PyO3 guide, "Smart pointers"), and what is dropped later cannot be the last reference while what it was borrowed from is there.
 * `into_pyobject` of plain values, of std's containers of them, of objects and of classes makes new objects and calls nothing.
 */
export function isQuietOn(db: Database, ty: Ty, name: string): boolean {
  if (name === 'borrow') return isPyReference(ty)
  return /^into_py(?:object|_any)$/.test(name) && isConverted(db, ty, 0)
}

/** Whether `IntoPyObject` of a type makes new objects and calls nothing. */
export function isConverted(db: Database, ty: Ty | null, depth: number): boolean {
  if (!ty || depth > MAX_DEPTH) return false
  if (ty.kind === 'prim') return true
  if (ty.kind === 'tuple') return ty.items.every((it) => isConverted(db, it, depth + 1))
  if (ty.kind === 'array') return isConverted(db, ty.inner, depth + 1)
  // `&str`, `&String`, `&u64`, `&[u64]`, and references to objects.
  if (ty.kind === 'ref') return isLent(ty.inner) || isPyReference(ty.inner)
  if (ty.kind !== 'adt') return false
  if (isPyReference(ty) || factPath(ty) === 'std::string::String') return true
  // The second argument of `Vec` is its allocator.
  if (/^std::(?:vec::Vec|option::Option)$/.test(factPath(ty))) return isConverted(db, ty.args[0] ?? null, depth + 1)
  const cls = idParts(ty.def).kind === 'item' ? itemOf(db, ty.def) : null
  const attribute = cls?.item.kind === 'struct' ? cls.item.attrs.find((it) => /(?:^|::)pyclass$/.test(it.meta.path)) : undefined
  return attribute !== undefined && !attribute.meta.args?.some((it) => it.path === 'extends')
}
