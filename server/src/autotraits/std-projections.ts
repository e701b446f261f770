import type { DefId } from '../resolve/defs.ts'
import { factId, idParts, STD_CRATE } from '../resolve/ids.ts'
import type { Ty, TyKind } from '../resolve/ty.ts'

/*
 * Associated types of std's impls for std's own types, which no source in reach declares. Only what holds for every
 * instance; each line is checked against rustc by test/autotraits/cases.
 */

/** What `<Self as Trait>::Name` is, by canonical path of `Self`; `$0` is its first argument, a pair is of both. */
type Value = '$0' | 'ref $0' | 'mut $0' | 'slice $0' | 'str' | 'pair ref' | 'pair mut' | 'pair'

const ITEM: Readonly<Record<string, Value>> = {
  'std::vec::IntoIter': '$0',
  'std::vec::Drain': '$0',
  'std::slice::Iter': 'ref $0',
  'std::slice::IterMut': 'mut $0',
  'std::option::IntoIter': '$0',
  'std::option::Iter': 'ref $0',
  'std::option::IterMut': 'mut $0',
  'std::array::IntoIter': '$0',
  'std::iter::Once': '$0',
  'std::iter::Empty': '$0',
  'std::iter::Repeat': '$0',
  'std::collections::vec_deque::IntoIter': '$0',
  'std::collections::vec_deque::Iter': 'ref $0',
  'std::collections::hash_set::IntoIter': '$0',
  'std::collections::hash_set::Iter': 'ref $0',
  'std::collections::btree_set::IntoIter': '$0',
  'std::collections::btree_set::Iter': 'ref $0',
  'std::collections::hash_map::IntoIter': 'pair',
  'std::collections::hash_map::Iter': 'pair ref',
  'std::collections::hash_map::IterMut': 'pair mut',
  'std::collections::hash_map::Keys': 'ref $0',
  'std::collections::btree_map::IntoIter': 'pair',
  'std::collections::btree_map::Iter': 'pair ref',
  'std::collections::btree_map::IterMut': 'pair mut',
  'std::collections::btree_map::Keys': 'ref $0',
}

const INTO_ITEM: Readonly<Record<string, Value>> = {
  ...ITEM,
  'std::vec::Vec': '$0',
  'std::option::Option': '$0',
  'std::collections::VecDeque': '$0',
  'std::collections::LinkedList': '$0',
  'std::collections::BinaryHeap': '$0',
  'std::collections::HashSet': '$0',
  'std::collections::BTreeSet': '$0',
  'std::collections::HashMap': 'pair',
  'std::collections::BTreeMap': 'pair',
}

const TARGET: Readonly<Record<string, Value>> = {
  'std::boxed::Box': '$0',
  'std::rc::Rc': '$0',
  'std::sync::Arc': '$0',
  'std::cell::Ref': '$0',
  'std::cell::RefMut': '$0',
  'std::sync::MutexGuard': '$0',
  'std::sync::RwLockReadGuard': '$0',
  'std::sync::RwLockWriteGuard': '$0',
  'std::borrow::Cow': '$0',
  'std::mem::ManuallyDrop': '$0',
  'std::panic::AssertUnwindSafe': '$0',
  'std::vec::Vec': 'slice $0',
  'std::string::String': 'str',
}

/** `ToOwned` for unsized types; every Sized one owns itself, since the blanket impl for `T: Clone` is its only one. */
const OWNED: Readonly<Record<string, string>> = {
  'std::path::Path': 'std::path::PathBuf',
  'std::ffi::OsStr': 'std::ffi::OsString',
  'std::ffi::os_str::OsStr': 'std::ffi::os_str::OsString',
  'std::ffi::CStr': 'std::ffi::CString',
}

type Projection = Extract<Ty, { kind: 'proj' }>

/** What std says a projection is; null if that is not known here. */
export function stdProjection(make: (kind: TyKind) => Ty, ty: Projection): Ty | null {
  const trait = factPath(ty.trait)
  switch (`${trait} ${ty.name}`) {
    case 'std::borrow::ToOwned Owned':
      return owned(make, ty.self)
    case 'std::iter::Iterator Item':
      return fromTable(make, ITEM, ty.self)
    case 'std::iter::IntoIterator Item':
      return intoItem(make, ty.self)
    case 'std::iter::IntoIterator IntoIter':
      return intoIter(make, ty.self)
    case 'std::ops::Deref Target':
      return ty.self.kind === 'ref' ? ty.self.inner : fromTable(make, TARGET, ty.self)
    default:
      return null
  }
}

function owned(make: (kind: TyKind) => Ty, self: Ty): Ty | null {
  switch (self.kind) {
    case 'prim':
      return self.name === 'str' ? stdType(make, 'std::string::String', []) : self
    case 'slice':
      return stdType(make, 'std::vec::Vec', [self.inner, stdType(make, 'std::alloc::Global', [])])
    case 'adt': {
      const path = factPath(self.def)
      const other = path === null ? undefined : OWNED[path]
      if (other !== undefined) return stdType(make, other, [])
      // A struct of the crate may be unsized and have an impl of its own, which the resolver would have found.
      return self
    }
    case 'ref':
    case 'ptr':
    case 'tuple':
    case 'array':
    case 'fn-ptr':
    case 'never':
      return self
    default:
      return null
  }
}

function intoItem(make: (kind: TyKind) => Ty, self: Ty): Ty | null {
  if (self.kind === 'array') return self.inner
  if (self.kind !== 'ref') return fromTable(make, INTO_ITEM, self)
  const { inner, mut } = self
  const isList = inner.kind === 'slice' || inner.kind === 'array'
  return isList ? make({ kind: 'ref', mut, inner: inner.inner }) : null
}

/** Iterators are their own; of the rest those that are flattened in practice. */
function intoIter(make: (kind: TyKind) => Ty, self: Ty): Ty | null {
  if (self.kind !== 'adt') return null
  const path = factPath(self.def)
  if (path !== null && path in ITEM) return self
  if (path === 'std::vec::Vec') return stdType(make, 'std::vec::IntoIter', self.args)
  return path === 'std::option::Option' ? stdType(make, 'std::option::IntoIter', self.args) : null
}

function fromTable(make: (kind: TyKind) => Ty, table: Readonly<Record<string, Value>>, self: Ty): Ty | null {
  if (self.kind !== 'adt') return null
  const value = table[factPath(self.def) ?? '']
  const [first, second] = self.args
  if (value === 'str') return make({ kind: 'prim', name: 'str' })
  if (value === undefined || !first) return null
  const ref = (inner: Ty, mut = false): Ty => make({ kind: 'ref', mut, inner })
  switch (value) {
    case '$0':
      return first
    case 'ref $0':
      return ref(first)
    case 'mut $0':
      return ref(first, true)
    case 'slice $0':
      return make({ kind: 'slice', inner: first })
    case 'pair':
      return second ? make({ kind: 'tuple', items: [first, second] }) : null
    case 'pair ref':
      return second ? make({ kind: 'tuple', items: [ref(first), ref(second)] }) : null
    case 'pair mut':
      return second ? make({ kind: 'tuple', items: [ref(first), ref(second, true)] }) : null
  }
}

function factPath(def: DefId): string | null {
  const parts = idParts(def)
  return parts.kind === 'fact' ? parts.path : null
}

function stdType(make: (kind: TyKind) => Ty, path: string, args: readonly Ty[]): Ty {
  return make({ kind: 'adt', def: factId(STD_CRATE, 'type', path), args })
}
