import type { Database } from '../query/database.ts'
import { crateOfId, factId } from '../resolve/ids.ts'
import { makeTy } from '../resolve/interner.ts'
import type { Ty } from '../resolve/ty.ts'
import {
  type Adt,
  adt,
  derefs,
  elementOf,
  factPath,
  isStd,
  itemOfIterator,
  itemsOf,
  iteratorOf,
  MAP,
  option,
  reference,
  SEQUENCE,
  SET,
  std,
} from './std-types.ts'
import { isPyReference } from './typed-calls.ts'

/** The arguments of a method call, as far as results depend on them. */
export interface Arguments {
  readonly count: number
  /** The first is a range. */
  readonly ranged: boolean
  readonly typeOf: (i: number) => Ty | null
  /** The type of the body of a closure. */
  readonly closure: (i: number) => Ty | null
  readonly turbofish: Ty | null
}

/** What a method of std's gives, by its documentation; null for all that is not listed. */
export function stdMethodResult(db: Database, receiver: Ty, name: string, args: Arguments): Ty | null {
  const item = itemOfIterator(receiver)
  if (name === 'into_iter' && !item) return mapped((it) => iteratorOf(db, it), itemsOf(db, receiver))
  if (item) return ofIterator(db, receiver, item, name, args)
  if (/^(?:len|capacity|count)$/.test(name) && args.count === 0) return makeTy(db, { kind: 'prim', name: 'usize' })
  if (
    /^(?:is_empty|contains|contains_key|is_some|is_none|is_ok|is_err|starts_with|ends_with|eq|ne|is_some_and|is_none_or|is_null)$/.test(
      name,
    )
  )
    return makeTy(db, { kind: 'prim', name: 'bool' })
  if (name === 'to_string') return std(db, 'string::String', [])
  for (const each of derefs(receiver)) {
    const found = ofType(db, each, receiver, name, args)
    if (found) return found
  }
  return null
}

function ofType(db: Database, ty: Ty, receiver: Ty, name: string, args: Arguments): Ty | null {
  if (name === 'clone' || name === 'to_owned') return cloned(db, ty, receiver)
  if (ty.kind === 'slice' || ty.kind === 'array') return ofSequence(db, ty.inner, ty, name, args)
  if (ty.kind === 'prim') return ofPrimitive(db, ty, name)
  if (ty.kind !== 'adt') return null
  const path = factPath(ty)
  if (path === 'std::option::Option') return ofOption(db, ty, receiver, name, args)
  if (name === 'borrow' && args.count === 1 && isPyReference(ty) && ty.args[0])
    return adt(db, factId(crateOfId(ty.def), 'type', 'pyo3::PyRef'), [ty.args[0]])
  // The bytes of a `bytes` object.
  if (name === 'as_bytes' && isPyReference(ty))
    return reference(db, makeTy(db, { kind: 'slice', inner: makeTy(db, { kind: 'prim', name: 'u8' }) }))
  if (path === 'std::result::Result') return ofResult(db, ty, name, args)
  if (path === 'std::string::String') return ofPrimitive(db, makeTy(db, { kind: 'prim', name: 'str' }), name)
  if (MAP.test(path)) return ofMap(db, ty, name)
  const element = elementOf(db, ty)
  if (element && SEQUENCE.test(path)) return ofSequence(db, element, ty, name, args)
  if (SET.test(path)) return ofSet(db, ty, name)
  return ofFormatter(db, path, name) ?? ofCell(db, ty, name)
}

/** What writes `Debug` (std: `Formatter::debug_struct` and the like); their methods give themselves back. */
function ofFormatter(db: Database, path: string, name: string): Ty | null {
  const kind = /^debug_(struct|tuple|list|set|map)$/.exec(name)?.[1]
  if (path === 'std::fmt::Formatter' && kind) return std(db, `fmt::Debug${kind.charAt(0).toUpperCase()}${kind.slice(1)}`, [])
  const builder = /^std::(fmt::Debug(?:Struct|Tuple|List|Set|Map))$/.exec(path)?.[1]
  if (!builder) return null
  return /^finish/.test(name)
    ? std(db, 'result::Result', [makeTy(db, { kind: 'tuple', items: [] }), std(db, 'fmt::Error', [])])
    : reference(db, std(db, builder, []), true)
}

/** `.clone()` of a reference gives what it leads to; of a counted pointer the pointer. */
function cloned(db: Database, ty: Ty, receiver: Ty): Ty | null {
  if (ty.kind === 'ref') return null
  if (ty.kind === 'prim' && ty.name === 'str') return std(db, 'string::String', [])
  if (ty.kind === 'slice') return std(db, 'vec::Vec', [ty.inner])
  return ty === receiver || ty.kind === 'adt' || ty.kind === 'prim' || ty.kind === 'tuple' ? ty : null
}

function ofPrimitive(db: Database, ty: Ty, name: string): Ty | null {
  if (ty.kind !== 'prim') return null
  if (ty.name !== 'str')
    return /^(?:abs|min|max|pow|powi|powf|sqrt|clamp|wrapping_\w+|saturating_\w+|floor|ceil|round|rem_euclid|div_ceil)$/.test(
      name,
    )
      ? ty
      : null
  const str = reference(db, ty)
  if (/^(?:as_str|trim\w*|as_ref|as_mut_str)$/.test(name)) return str
  if (/^(?:to_(?:ascii_)?(?:upper|lower)case|replace|replacen|repeat)$/.test(name)) return std(db, 'string::String', [])
  if (/^(?:split\w*|lines|rsplit\w*)$/.test(name) && !/_(?:once|at|off)$/.test(name)) return iteratorOf(db, str)
  if (/^(?:chars)$/.test(name)) return iteratorOf(db, makeTy(db, { kind: 'prim', name: 'char' }))
  if (name === 'bytes') return iteratorOf(db, makeTy(db, { kind: 'prim', name: 'u8' }))
  if (name === 'as_bytes') return reference(db, makeTy(db, { kind: 'slice', inner: makeTy(db, { kind: 'prim', name: 'u8' }) }))
  if (name === 'into_bytes') return std(db, 'vec::Vec', [makeTy(db, { kind: 'prim', name: 'u8' })])
  return null
}

function mapped(wrapper: (inner: Ty) => Ty, inner: Ty | null): Ty | null {
  return inner && wrapper(inner)
}

function ofOption(db: Database, ty: Adt, receiver: Ty, name: string, args: Arguments): Ty | null {
  const [inner] = ty.args
  if (!inner) return null
  const borrowed = receiver.kind === 'ref'
  if (name === 'as_ref') return option(db, reference(db, inner))
  if (name === 'as_mut') return option(db, reference(db, inner, true))
  if (name === 'as_deref' || name === 'as_deref_mut') return option(db, reference(db, derefs(inner)[1] ?? pointee(db, inner)))
  if (/^(?:unwrap|expect|unwrap_or|unwrap_or_else|unwrap_or_default|unwrap_unchecked)$/.test(name)) return inner
  if (/^(?:get_or_insert_with|get_or_insert|insert|get_or_insert_default)$/.test(name)) return reference(db, inner, true)
  if (name === 'cloned' || name === 'copied') return inner.kind === 'ref' ? option(db, inner.inner) : null
  if (name === 'take' || name === 'replace' || (!borrowed && /^(?:or|or_else|filter|xor|inspect)$/.test(name))) return ty
  if (name === 'ok_or' || name === 'ok_or_else') {
    const error = name === 'ok_or' ? args.typeOf(0) : args.closure(0)
    return std(db, 'result::Result', [inner, ...(error ? [error] : [])])
  }
  if (name === 'map') return mapped((it) => option(db, it), args.closure(0))
  if (name === 'and_then') return args.closure(0)
  if (name === 'map_or' || name === 'map_or_else') return args.closure(1)
  if (name === 'iter') return iteratorOf(db, reference(db, inner))
  return null
}

/** What `String` and `Vec` deref to. */
function pointee(db: Database, ty: Ty): Ty {
  if (isStd(ty, 'string::String')) return makeTy(db, { kind: 'prim', name: 'str' })
  const element = ty.kind === 'adt' && SEQUENCE.test(factPath(ty)) ? elementOf(db, ty) : null
  return element ? makeTy(db, { kind: 'slice', inner: element }) : ty
}

function ofResult(db: Database, ty: Adt, name: string, args: Arguments): Ty | null {
  const [inner, error] = ty.args
  if (!inner) return null
  if (/^(?:unwrap|expect|unwrap_or|unwrap_or_else|unwrap_or_default)$/.test(name)) return inner
  if (name === 'ok') return option(db, inner)
  if (name === 'map_err') {
    const other = args.closure(0)
    return std(db, 'result::Result', [inner, ...(other ? [other] : [])])
  }
  if (!error) return null
  if (name === 'err') return option(db, error)
  if (name === 'unwrap_err' || name === 'expect_err') return error
  if (name === 'as_ref') return std(db, 'result::Result', [reference(db, inner), reference(db, error)])
  if (name === 'map') return mapped((it) => std(db, 'result::Result', [it, error]), args.closure(0))
  return name === 'and_then' ? args.closure(0) : null
}

function ofSequence(db: Database, element: Ty, ty: Ty, name: string, args: Arguments): Ty | null {
  const mut = name.endsWith('_mut')
  if (/^(?:first|last|get|front|back|peek|iter)(?:_mut)?$/.test(name)) {
    if (/^iter/.test(name)) return iteratorOf(db, reference(db, element, mut))
    const inner = args.ranged ? makeTy(db, { kind: 'slice', inner: element }) : element
    return option(db, reference(db, inner, mut))
  }
  if (/^(?:pop|pop_front|pop_back)$/.test(name)) return option(db, element)
  if (name === 'remove') return isStd(ty, 'vec::Vec') ? element : option(db, element)
  if (name === 'swap_remove') return element
  if (name === 'drain') return iteratorOf(db, element)
  if (/^(?:as_slice|as_mut_slice|as_ref|as_mut)$/.test(name)) return reference(db, makeTy(db, { kind: 'slice', inner: element }))
  if (name === 'to_vec') return std(db, 'vec::Vec', [element])
  if (/^(?:chunks|windows|chunks_exact|split|rchunks)(?:_mut)?$/.test(name))
    return iteratorOf(db, reference(db, makeTy(db, { kind: 'slice', inner: element }), mut))
  return null
}

function ofMap(db: Database, ty: Adt, name: string): Ty | null {
  const [key, value] = ty.args
  if (!key || !value) return null
  const ref = (it: Ty, mut = false): Ty => reference(db, it, mut)
  const pair = (first: Ty, second: Ty): Ty => makeTy(db, { kind: 'tuple', items: [first, second] })
  switch (name) {
    case 'get':
      return option(db, ref(value))
    case 'get_mut':
      return option(db, ref(value, true))
    case 'insert':
    case 'remove':
    case 'swap_remove':
    case 'shift_remove':
      return option(db, value)
    case 'keys':
      return iteratorOf(db, ref(key))
    case 'into_keys':
      return iteratorOf(db, key)
    case 'values':
      return iteratorOf(db, ref(value))
    case 'values_mut':
      return iteratorOf(db, ref(value, true))
    case 'into_values':
      return iteratorOf(db, value)
    case 'iter':
      return iteratorOf(db, pair(ref(key), ref(value)))
    case 'iter_mut':
      return iteratorOf(db, pair(ref(key), ref(value, true)))
    case 'drain':
      return iteratorOf(db, pair(key, value))
    case 'get_key_value':
    case 'first_key_value':
    case 'last_key_value':
      return option(db, pair(ref(key), ref(value)))
    default:
      return null
  }
}

function ofSet(db: Database, ty: Adt, name: string): Ty | null {
  const [key] = ty.args
  if (!key) return null
  if (name === 'insert' || name === 'remove') return makeTy(db, { kind: 'prim', name: 'bool' })
  if (/^(?:iter|union|intersection|difference|symmetric_difference)$/.test(name)) return iteratorOf(db, reference(db, key))
  if (name === 'drain' || name === 'into_iter') return iteratorOf(db, key)
  return /^(?:get|first|last)$/.test(name) ? option(db, reference(db, key)) : null
}

/** Cells and locks of std. */
function ofCell(db: Database, ty: Adt, name: string): Ty | null {
  const [inner] = ty.args
  if (!inner) return null
  const path = factPath(ty)
  if (path === 'std::io::Cursor' && /^get_(?:ref|mut)$/.test(name)) return reference(db, inner, name === 'get_mut')
  if (path === 'std::cell::RefCell' && (name === 'borrow' || name === 'borrow_mut'))
    return reference(db, inner, name === 'borrow_mut')
  if (path === 'std::cell::Cell' && name === 'get') return inner
  if (/^std::sync::(?:\w+::)?(?:Mutex|RwLock)$/.test(path) && /^(?:lock|read|write)$/.test(name))
    return std(db, 'result::Result', [std(db, 'sync::MutexGuard', [inner])])
  return null
}

function ofIterator(db: Database, receiver: Ty, item: Ty, name: string, args: Arguments): Ty | null {
  const same = /^(?:filter|rev|skip|take|skip_while|take_while|step_by|inspect|chain|by_ref|fuse|into_iter|iter|peekable|cycle)$/
  if (same.test(name)) return receiver
  if (/^(?:next|next_back|last|find|rfind|nth|nth_back|max|min|max_by\w*|min_by\w*)$/.test(name)) return option(db, item)
  if (name === 'copied' || name === 'cloned') return item.kind === 'ref' ? iteratorOf(db, item.inner) : null
  const usize = makeTy(db, { kind: 'prim', name: 'usize' })
  if (name === 'enumerate') return iteratorOf(db, makeTy(db, { kind: 'tuple', items: [usize, item] }))
  if (name === 'count' || name === 'len') return usize
  if (name === 'any' || name === 'all') return makeTy(db, { kind: 'prim', name: 'bool' })
  if (name === 'position' || name === 'rposition') return option(db, usize)
  if (name === 'map') return mapped((it) => iteratorOf(db, it), args.closure(0))
  if (name === 'zip') {
    const other = args.typeOf(0)
    const second = other && itemsOf(db, other)
    return second && iteratorOf(db, makeTy(db, { kind: 'tuple', items: [item, second] }))
  }
  return name === 'sum' || name === 'product' ? args.turbofish : null
}
