import type { Database } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import { idParts } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import { itemOf } from '../resolve/scopes.ts'
import type { TypeExpr } from '../syntax/summary.ts'
import { typeItem } from './local-types.ts'
import type { LockedType } from './locked-type.ts'
import type { PyClass } from './pyclass.ts'
import { definitionOfType } from './type-names.ts'

/** Locks of the standard library and of the crates that classes use (canonical paths). */
const LOCKS = new Set([
  'std::sync::Mutex',
  'std::sync::RwLock',
  'std::sync::nonpoison::Mutex',
  'std::sync::nonpoison::RwLock',
  'parking_lot::Mutex',
  'parking_lot::RwLock',
  'lock_api::mutex::Mutex',
  'lock_api::rwlock::RwLock',
  'lock_api::Mutex',
  'lock_api::RwLock',
  'tokio::sync::Mutex',
  'tokio::sync::RwLock',
  'pyo3::sync::PyMutex',
  'pyo3::types::PyMutex',
])

/** The first lock in a class's fields that guards a type of the workspace. */
export function lockedTypeOf(db: Database, cls: PyClass): LockedType | null {
  const item = typeItem(db, cls.id)?.item
  for (const [i, field] of (item?.fields ?? []).entries()) {
    const found = lockIn(db, cls, field.type)
    if (found) return { ...found, field: field.name, lock: cls.fields[i]?.type.replace(/\s+/g, ' ') ?? '' }
  }
  return null
}

type Found = Pick<LockedType, 'type' | 'typeName'>

function lockIn(db: Database, cls: PyClass, type: TypeExpr): Found | null {
  if (type.kind !== 'path') return null
  const args = type.path.segments.at(-1)?.args?.args ?? []
  const def = definitionOfType(db, cls.module, type)
  const parts = def === null ? null : idParts(def)
  if (parts?.kind === 'fact' && isLock(parts.path)) {
    const [inner] = args
    const local = inner ? definitionOfType(db, cls.module, inner) : null
    const item = local === null ? null : itemOf(db, local)
    if (local !== null && item && inner?.kind === 'path' && crateOf(db, idParts(local).crate)?.local) {
      return { type: local, typeName: inner.path.segments.map((it) => it.name).join('::') }
    }
    return null
  }
  for (const arg of args) {
    const found = lockIn(db, cls, arg)
    if (found) return found
  }
  return null
}

function isLock(path: string): boolean {
  return LOCKS.has(path) || LOCKS.has(path.replace(/::(mutex|rwlock|poison)::/, '::'))
}

/**
 * Whether a function call in a `const` of the crate names the type as generic argument of an assertion:
 * `assert_send_sync::<T>()`, or a `static_assertions` macro.
 */
export function isAssertedType(db: Database, cls: PyClass, names: readonly string[]): boolean {
  const wanted = new RegExp(
    `\\bassert_\\w*(?:send|sync|impl)\\w*\\s*(?:::\\s*<\\s*(?:\\w+\\s*::\\s*)*|!\\s*[({]\\s*)(?:${names.join('|')})\\b`,
    'i',
  )
  const files = new Set(crateItems(db, cls.crate).map((it) => it.origin.file))
  for (const file of files) if (wanted.test(db.text(file) ?? '')) return true
  return false
}
