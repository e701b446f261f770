import type { DefId } from '../resolve/defs.ts'
import { factId, idParts, STD_CRATE } from '../resolve/ids.ts'
import type { Ty, TyKind } from '../resolve/ty.ts'

/*
 * Associated types of std's impls for std's own types, which no source in reach declares. Only what holds for every
 * instance; each line is checked against rustc by test/autotraits/cases.
 */

/**
 * What `<Self as Trait>::Name` is, as text over the arguments of `Self`: `$0`, `&$0`, `[$0]`, `char`, tuples of them, and
 * `item $0` for the items of the iterator `$0`.
 */
type Table = Readonly<Record<string, readonly Value[]>>
type Value =
  | '$0'
  | '$1'
  | '&$0'
  | '&$1'
  | '&mut $0'
  | '&mut $1'
  | '[$0]'
  | 'item $0'
  | 'item $1'
  | 'str'
  | '&str'
  | 'char'
  | 'u8'
  | 'usize'

/** One value is the type, several are a tuple. */
const ITEM: Table = {
  'std::vec::IntoIter': ['$0'],
  'std::vec::Drain': ['$0'],
  'std::slice::Iter': ['&$0'],
  'std::slice::IterMut': ['&mut $0'],
  'std::option::IntoIter': ['$0'],
  'std::option::Iter': ['&$0'],
  'std::option::IterMut': ['&mut $0'],
  'std::array::IntoIter': ['$0'],
  'std::collections::vec_deque::IntoIter': ['$0'],
  'std::collections::vec_deque::Iter': ['&$0'],
  'std::collections::hash_set::IntoIter': ['$0'],
  'std::collections::hash_set::Iter': ['&$0'],
  'std::collections::btree_set::IntoIter': ['$0'],
  'std::collections::btree_set::Iter': ['&$0'],
  'std::collections::hash_map::IntoIter': ['$0', '$1'],
  'std::collections::hash_map::Iter': ['&$0', '&$1'],
  'std::collections::hash_map::IterMut': ['&$0', '&mut $1'],
  'std::collections::hash_map::Keys': ['&$0'],
  'std::collections::hash_map::Values': ['&$1'],
  'std::collections::btree_map::IntoIter': ['$0', '$1'],
  'std::collections::btree_map::Iter': ['&$0', '&$1'],
  'std::collections::btree_map::IterMut': ['&$0', '&mut $1'],
  'std::collections::btree_map::Keys': ['&$0'],
  'std::collections::btree_map::Values': ['&$1'],
  'std::str::Chars': ['char'],
  'std::str::CharIndices': ['usize', 'char'],
  'std::str::Bytes': ['u8'],
  'std::str::Lines': ['&str'],
  'std::str::SplitWhitespace': ['&str'],
  'std::ops::Range': ['$0'],
  'std::ops::RangeInclusive': ['$0'],
  'std::iter::Once': ['$0'],
  'std::iter::Empty': ['$0'],
  'std::iter::Repeat': ['$0'],
  'std::iter::Enumerate': ['usize', 'item $0'],
  'std::iter::Zip': ['item $0', 'item $1'],
  'std::iter::Chain': ['item $0'],
  'std::iter::Cycle': ['item $0'],
  'std::iter::Filter': ['item $0'],
  'std::iter::Fuse': ['item $0'],
  'std::iter::Inspect': ['item $0'],
  'std::iter::Peekable': ['item $0'],
  'std::iter::Rev': ['item $0'],
  'std::iter::Skip': ['item $0'],
  'std::iter::SkipWhile': ['item $0'],
  'std::iter::StepBy': ['item $0'],
  'std::iter::Take': ['item $0'],
  'std::iter::TakeWhile': ['item $0'],
  'std::boxed::Box': ['item $0'],
}

const INTO_ITEM: Table = {
  ...ITEM,
  'std::vec::Vec': ['$0'],
  'std::option::Option': ['$0'],
  'std::collections::VecDeque': ['$0'],
  'std::collections::LinkedList': ['$0'],
  'std::collections::BinaryHeap': ['$0'],
  'std::collections::HashSet': ['$0'],
  'std::collections::BTreeSet': ['$0'],
  'std::collections::HashMap': ['$0', '$1'],
  'std::collections::BTreeMap': ['$0', '$1'],
}

const TARGET: Table = {
  'std::boxed::Box': ['$0'],
  'std::rc::Rc': ['$0'],
  'std::sync::Arc': ['$0'],
  'std::cell::Ref': ['$0'],
  'std::cell::RefMut': ['$0'],
  'std::sync::MutexGuard': ['$0'],
  'std::sync::RwLockReadGuard': ['$0'],
  'std::sync::RwLockWriteGuard': ['$0'],
  'std::borrow::Cow': ['$0'],
  'std::mem::ManuallyDrop': ['$0'],
  'std::panic::AssertUnwindSafe': ['$0'],
  'std::vec::Vec': ['[$0]'],
  'std::string::String': ['str'],
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
      return fromTable(make, ITEM, ty.self, ty.trait)
    case 'std::iter::IntoIterator Item':
      return intoItem(make, ty)
    case 'std::iter::IntoIterator IntoIter':
      return intoIter(make, ty.self)
    case 'std::ops::Deref Target':
      return ty.self.kind === 'ref' ? ty.self.inner : fromTable(make, TARGET, ty.self, ty.trait)
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

function intoItem(make: (kind: TyKind) => Ty, { self }: Projection): Ty | null {
  if (self.kind === 'array') return self.inner
  if (self.kind !== 'ref') return fromTable(make, INTO_ITEM, self, factId(STD_CRATE, 'type', 'std::iter::Iterator'))
  const { inner, mut } = self
  const isList = inner.kind === 'slice' || inner.kind === 'array'
  return isList ? make({ kind: 'ref', mut, inner: inner.inner }) : null
}

/** Iterators are their own; of the rest those that are flattened in practice. */
function intoIter(make: (kind: TyKind) => Ty, self: Ty): Ty | null {
  if (self.kind !== 'adt') return null
  const path = factPath(self.def)
  // All that these modules hold gets its IntoIterator from being an Iterator.
  if (path !== null && (path in ITEM || /^std::(iter|slice|str)::/.test(path))) return self
  if (path === 'std::vec::Vec') return stdType(make, 'std::vec::IntoIter', self.args)
  return path === 'std::option::Option' ? stdType(make, 'std::option::IntoIter', self.args) : null
}

function fromTable(make: (kind: TyKind) => Ty, table: Table, self: Ty, trait: DefId): Ty | null {
  if (self.kind !== 'adt') return null
  const values = table[factPath(self.def) ?? '']?.map((value) => valueFor(make, value, self.args, trait)) ?? []
  const known = values.filter((value) => value !== null)
  const [only] = known
  if (!only || known.length < values.length) return null
  return known.length === 1 ? only : make({ kind: 'tuple', items: known })
}

/** null if `Self` has no such argument. `trait` is the trait of the projection, Iterator for `item`. */
function valueFor(make: (kind: TyKind) => Ty, value: Value, args: readonly Ty[], trait: DefId): Ty | null {
  const str = make({ kind: 'prim', name: 'str' })
  if (value === 'str') return str
  if (value === '&str') return make({ kind: 'ref', mut: false, inner: str })
  if (value === 'char' || value === 'u8' || value === 'usize') return make({ kind: 'prim', name: value })
  const inner = args[value.includes('1') ? 1 : 0]
  if (!inner) return null
  if (value.startsWith('item ')) return make({ kind: 'proj', self: inner, trait, args: [], name: 'Item' })
  if (value.startsWith('&')) return make({ kind: 'ref', mut: value.startsWith('&mut'), inner })
  return value.startsWith('[') ? make({ kind: 'slice', inner }) : inner
}

function factPath(def: DefId): string | null {
  const parts = idParts(def)
  return parts.kind === 'fact' ? parts.path : null
}

function stdType(make: (kind: TyKind) => Ty, path: string, args: readonly Ty[]): Ty {
  return make({ kind: 'adt', def: factId(STD_CRATE, 'type', path), args })
}
