import { implsOfType } from '../model/impls-of-type.ts'
import { type Database, query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId, STD_CRATE } from '../resolve/ids.ts'
import { itemOf } from '../resolve/scopes.ts'
import { signature } from '../resolve/signature.ts'
import { bind } from '../resolve/substitute.ts'
import type { Ty } from '../resolve/ty.ts'
import { mayAttach } from './attaching.ts'
import { isExamined, needsPyo3 } from './python-crates.ts'
import { reachOf, sourceOf } from './python-types.ts'
import { factPath, MAP, SEQUENCE, SET } from './std-types.ts'

/** Counted pointers: a clone counts up, whatever is behind (std: `Arc`, `Rc`; PyO3: `Py::clone` is `Py_INCREF`, and panics unless attached). */
const COUNTED = /^(?:std::(?:sync::(?:Arc|Weak)|rc::(?:Rc|Weak))|pyo3::(?:\w+::)*(?:Py|PyBackedStr|PyBackedBytes))$/
/** Types of std whose clone is that of their arguments. Their hashers are cloned, not run. */
const BY_ARGUMENTS =
  /^std::(?:vec::Vec|option::Option|result::Result|boxed::Box|string::String|collections::.*|cell::\w+|marker::PhantomData|sync::OnceLock|ops::\w+|time::\w+|path::PathBuf|ffi::\w+|net::\w+|num::\w+|cmp::\w+|alloc::Global|hash::\w+)$/

const MAX_TYPES = 1_000

/** Whether cloning a value of a type runs nothing of Python's and no code that is not known. */
export function isQuietClone(db: Database, ty: Ty): boolean {
  const seen = new Set<Ty>([ty])
  for (const each of seen) {
    if (seen.size > MAX_TYPES) return false
    const parts = clonedWith(db, each)
    if (parts === null) return false
    for (const part of parts) seen.add(part)
  }
  return true
}

/** The types whose values are cloned along; null if that is not known. */
function clonedWith(db: Database, ty: Ty): readonly Ty[] | null {
  switch (ty.kind) {
    case 'prim':
    case 'never':
    case 'ptr':
    case 'fn-ptr':
      return []
    case 'ref':
      return ty.mut ? null : []
    case 'array':
    case 'slice':
      return [ty.inner]
    case 'tuple':
      return ty.items
    case 'adt': {
      const path = factPath(ty)
      if (COUNTED.test(path) || isCountedSource(ty.def)) return []
      // Containers of other crates are `Clone` as std's are: item by item.
      if (SEQUENCE.test(path) || MAP.test(path) || SET.test(path)) return ty.args
      if (crateOfId(ty.def) === STD_CRATE) return BY_ARGUMENTS.test(path) ? ty.args : null
      return reachOf(db, ty) === 'free' ? [] : clonedFields(db, ty)
    }
    default:
      return null
  }
}

/** PyO3 where its sources speak for it. */
function isCountedSource(def: DefId): boolean {
  return /^[^\t]*:pyo3 [^\t]*\t[^\t]*\ttype\t(?:Py|PyBackedStr|PyBackedBytes)\t\d+$/.test(def)
}

/** What a derived `Clone` clones: the fields. One written by hand has to be readable, and to call nothing that attaches. */
function clonedFields(db: Database, ty: Extract<Ty, { kind: 'adt' }>): readonly Ty[] | null {
  const source = sourceOf(db, ty.def)
  const own = source === null ? null : signature(db, source)
  if (source === null || !own || own.untrusted) return null
  // What a crate that knows nothing of Python clones by code of its own is what it holds, and what its arguments are.
  const isForeign = !needsPyo3(db, crateOfId(source))
  if (!isForeign && !derivesClone(db, source)) return null
  const types = new Map(own.params.flatMap((name, i) => (ty.args[i] ? [[name, ty.args[i]] as const] : [])))
  const fields = own.fields.map((it) => bind(db, it.ty, { owner: source, types }))
  return isForeign ? [...ty.args, ...fields] : fields
}

const derivesClone = query<DefId, boolean>('derivesClone', (db, def) => {
  const item = itemOf(db, def)?.item
  const derived = item?.attrs.some(
    (it) => it.meta.path === 'derive' && it.meta.args?.some((arg) => arg.path.split('::').at(-1) === 'Clone'),
  )
  if (derived) return true
  if (!isExamined(db, crateOfId(def))) return false
  const functions = implsOfType(db, crateOfId(def), def).flatMap((id) => {
    const owner = itemOf(db, id)
    if (owner?.item.kind !== 'impl' || owner.item.trait?.path.segments.at(-1)?.name !== 'Clone') return []
    return owner.item.children.flatMap((fn) => (fn.kind === 'fn' ? [{ owner, fn }] : []))
  })
  return functions.length > 0 && !mayAttach(db, functions)
})
