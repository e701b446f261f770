import { implsOfType } from '../model/impls-of-type.ts'
import { query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId, displayPath, idParts, STD_CRATE } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import { itemOf } from '../resolve/scopes.ts'
import { signature } from '../resolve/signature.ts'
import type { Ty } from '../resolve/ty.ts'
import { type Fact, useOf } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { FORMAT_MACROS } from './python-words.ts'
import { type SelfUses, selfUses } from './self-uses.ts'
import { derefs, factPath } from './std-types.ts'

/**
 * Methods that take the exclusive borrow and never use it: with `&self` they compile as they are. The largest such set, as
 * methods may call one another.
 */
export function needlessExclusive(source: ClassSource): ReadonlySet<MethodSource> {
  const found = new Set(source.methods.filter((it) => it.self === 'mut' && it.impl.kind !== 'trait'))
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const method of found) if (needsExclusive(source, method, found)) found.delete(method)
  }
  return found
}

function needsExclusive(source: ClassSource, method: MethodSource, shared: ReadonlySet<MethodSource>): boolean {
  const { facts } = method
  const uses = selfUses(facts, method.selfName)
  if (uses.bare.length > 0 || uses.opaque.length > 0) return true
  if (uses.calls.some(({ name }) => !isSharedMethod(source, name, shared)) || takesSteps(source, method, uses)) return true
  return uses.fields.some(({ name, index }) => changes(source, method, name, index))
}

/** Types of std that change in place, one step at a time. */
const IN_PLACE = /^std::sync::(?:\w+::)*(?:Atomic\w+|Mutex|RwLock)$/

/**
 * Whether a method changes something in place and uses that, or more such, in another step: the exclusive borrow kept others out
 * between the two, so that no update was lost.
 */
function takesSteps({ view, cls }: ClassSource, { facts }: MethodSource, uses: SelfUses): boolean {
  const types = signature(view.db, cls.id)?.fields ?? []
  const steps = uses.fields.filter(({ name }) =>
    types.some((it) => it.name === name && derefs(it.ty).some((step) => IN_PLACE.test(factPath(step)))),
  )
  const isWrite = (index: number): boolean => {
    const user = facts.facts[facts.facts[index]?.parent ?? -1]
    return user?.kind !== 'method' || !/^(?:load|is_poisoned|clone)$/.test(user.name)
  }
  return steps.length > 1 && steps.some((it) => isWrite(it.index))
}

/** Whether every method of the class with this name is content with a shared borrow. */
function isSharedMethod(source: ClassSource, name: string, shared: ReadonlySet<MethodSource>): boolean {
  const own = source.methods.filter((it) => it.name === name)
  // A trait's method is found as an inherent one is, unless another trait has one of the name with `&mut self`, which comes first.
  const clear = own.every((it) => it.impl.kind !== 'trait') || !exclusiveNames(source.view.db, source.cls.crate).has(name)
  return clear && own.length > 0 && own.every((it) => it.self === 'ref' || shared.has(it))
}

/** Whether a use of `self.name`, a fact of the body, may need the place to be mutable. */
export function changes(source: ClassSource, { facts }: MethodSource, name: string, index: number): boolean {
  let ty = signature(source.view.db, source.cls.id)?.fields.find((it) => it.name === name)?.ty ?? null
  let at = index
  for (let fuel = 64; fuel > 0; fuel--) {
    const fact = facts.facts[at]
    const parent = fact && fact.parent >= 0 ? facts.facts[fact.parent] : undefined
    if (!fact || !parent) return false
    if (parent.kind === 'field' && fact.role === 'receiver') {
      ty = ty && fieldType(source, ty, parent.name)
      at = fact.parent
    } else if (parent.kind === 'index') {
      // An index is read; of what is indexed, it depends on what becomes of the element.
      if (fact.role !== 'base') return false
      ty = ty && elementType(ty)
      at = fact.parent
    } else if (parent.kind === 'paren') at = fact.parent
    else if (parent.kind === 'method' && fact.role === 'receiver') return !takesShared(source, ty, parent.name)
    else
      return useOf(facts, at) !== 'read' && useOf(facts, at) !== 'borrow' ? true : bindsMutably(facts.facts, fact.parent, parent)
  }
  return true
}

/** `write!(self.out, …)` borrows its first argument mutably; `ref mut` in a pattern borrows what is matched. */
function bindsMutably(facts: readonly Fact[], index: number, parent: Fact): boolean {
  if (parent.kind === 'macro') return /^writel?n?$/.test(parent.path) || !FORMAT_MACROS.has(parent.path)
  return facts.slice(index, parent.after).some((it) => 'bindings' in it && it.bindings.some((each) => each.ref && each.mut))
}

/** Type of an element of an array, a slice or a list of std; null if it is not known. */
export function elementType(ty: Ty): Ty | null {
  if (ty.kind === 'array' || ty.kind === 'slice') return ty.inner
  const isList = ty.kind === 'adt' && /^std::(?:vec::Vec|collections::VecDeque)$/.test(displayPath(ty.def, ''))
  return isList ? (ty.args[0] ?? null) : null
}

/** Type of a field of a struct without type parameters; null if it is not known. */
function fieldType(source: ClassSource, ty: Ty, name: string): Ty | null {
  if (ty.kind !== 'adt' || ty.args.length > 0) return null
  return signature(source.view.db, ty.def)?.fields.find((it) => it.name === name && it.variant === null)?.ty ?? null
}

/**
 * Whether a method of this name is found with `&self`. Lookup tries inherent methods of the type itself by value, then with
 * `&`, before it tries `&mut` (Rust reference, "Method-call expressions"): one that takes `&self` ends the search.
 */
function takesShared(source: ClassSource, ty: Ty | null, name: string): boolean {
  const { db } = source.view
  // `Clone::clone` takes `&self`, and is there wherever a call of it compiled, unless the crate has one of its own.
  if (name === 'clone' && ty?.kind !== 'adt') return ty !== null && !exclusiveNames(db, source.cls.crate).has(name)
  for (let fuel = 8; ty !== null && fuel > 0; fuel--) {
    if (ty.kind === 'prim') return !exclusiveNames(db, source.cls.crate).has(name)
    if (ty.kind === 'ref' && !ty.mut) return true
    if (ty.kind !== 'adt') return false
    if (crateOfId(ty.def) === STD_CRATE) {
      const path = displayPath(ty.def, '')
      if (/::(?:Arc|Box)$/.test(path)) {
        if (CHANGING.test(name) || exclusiveNames(db, source.cls.crate).has(name)) return false
        // What an `Arc` holds cannot be borrowed mutably through it.
        if (name === 'clone' || path.endsWith('::Arc')) return true
        ty = ty.args[0] ?? null
        continue
      }
      return SHARED_OF_STD.get(path.split('::').at(-1) ?? '')?.has(name) ?? false
    }
    // PyO3's pointers have no method with `&mut self` (docs.rs/pyo3).
    if (/^pyo3::(?:\w+::)*(?:Py|Bound|Borrowed)$/.test(factPath(ty))) return !exclusiveNames(db, source.cls.crate).has(name)
    // `lock_api`, on which `parking_lot` rests.
    if (/^(?:parking_lot|lock_api)::(?:\w+::)*(?:Mutex|RwLock|ReentrantMutex)$/.test(factPath(ty)) && LOCKING.test(name))
      return true
    if (idParts(ty.def).kind !== 'item') return name === 'clone' && !exclusiveNames(db, source.cls.crate).has(name)
    return inherentIsShared(source, ty.def, name) ?? (name === 'clone' && !exclusiveNames(db, source.cls.crate).has(name))
  }
  return false
}

/** Whether a type's inherent impls have methods of a name, all with `&self`; null if they have none of that name. */
function inherentIsShared({ view: { db } }: ClassSource, def: DefId, name: string): boolean | null {
  const receivers = implsOfType(db, crateOfId(def), def).flatMap((id): (boolean | null)[] => {
    const it = itemOf(db, id)
    if (it?.item.kind !== 'impl' || it.item.trait) return []
    return it.item.children.map((child) => {
      if (child.kind === 'fn' && child.name === name) return child.receiver?.kind === 'ref'
      return child.kind === 'macro_call' && /(?:^|::)delegate$/.test(child.path) ? delegates(child.args, name) : null
    })
  })
  const known = receivers.filter((it) => it !== null)
  return known.length > 0 ? known.every((it) => it) : null
}

/** Whether `delegate!` is given a method of this name with `&self`; it writes each with the signature it is given (docs.rs/delegate). */
function delegates(args: string, name: string): boolean | null {
  const receiver = new RegExp(`\\bfn\\s+${name}\\s*(?:<[^(]*>)?\\(\\s*(&\\s*)?(mut\\s+)?self\\b`).exec(args)
  return receiver && receiver[1] !== undefined && receiver[2] === undefined ? true : receiver ? false : null
}

/** Names of the crate's functions with `&mut self`: a trait among them may be implemented for anything. */
const exclusiveNames = query<string, ReadonlySet<string>>('exclusiveNames', (db, crate) => {
  const found = new Set(['add_assign', 'sub_assign', 'mul_assign', 'div_assign'])
  for (const { item } of crateItems(db, crate)) {
    if (item.kind !== 'trait') continue
    for (const child of item.children) if (child.kind === 'fn' && child.receiver?.kind === 'mut') found.add(child.name)
  }
  return found
})

const LOCKING = /^(?:try_)?(?:lock|read|write|upgradable_read)$|^is_locked$/

/** Methods of traits that are implemented for `Arc<File>` and the like with `&mut self`. */
const CHANGING = /^(?:read|write|flush|seek|next|nth|by_ref|poll|call|ready|start_send|extend|fill_buf|consume|advance|put_)/

function names(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}

const COLLECTION = 'len is_empty iter get contains first last clone to_vec as_slice contains_key keys values is_subset'

/** Methods with `&self` of std's types (std docs). */
const SHARED_OF_STD: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    Mutex: 'lock try_lock is_poisoned',
    RwLock: 'read write try_read try_write is_poisoned',
    OnceLock: 'get set get_or_init',
    Sender: 'send clone',
    SyncSender: 'send try_send clone',
    Condvar: 'notify_one notify_all wait',
    JoinHandle: 'is_finished thread',
    String: 'len is_empty as_str as_bytes chars lines clone to_string to_owned trim starts_with ends_with contains find split',
    PathBuf: 'as_path display exists is_file is_dir join parent file_name extension to_str to_string_lossy clone to_path_buf',
    Vec: COLLECTION,
    VecDeque: 'len is_empty iter get contains front back clone',
    HashMap: COLLECTION,
    BTreeMap: COLLECTION,
    HashSet: COLLECTION,
    BTreeSet: COLLECTION,
    Option: 'is_some is_none as_ref as_deref clone iter is_some_and is_none_or',
    Result: 'is_ok is_err as_ref clone',
    Duration: 'as_secs as_millis as_secs_f64 as_nanos',
    Instant: 'elapsed duration_since',
    ...Object.fromEntries(
      'Bool I8 I16 I32 I64 Isize U8 U16 U32 U64 Usize'
        .split(' ')
        .map((it) => [
          `Atomic${it}`,
          'load store swap compare_exchange compare_exchange_weak fetch_add fetch_sub fetch_max fetch_min fetch_and fetch_or fetch_xor',
        ]),
    ),
  }).map(([type, methods]) => [type, names(methods)]),
)
