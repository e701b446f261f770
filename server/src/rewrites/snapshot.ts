import { implsOfType } from '../model/impls-of-type.ts'
import { type Database, query } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId, displayPath, idParts, STD_CRATE } from '../resolve/ids.ts'
import { makeTy } from '../resolve/interner.ts'
import { normalizeAll } from '../resolve/normalize.ts'
import { itemOf } from '../resolve/scopes.ts'
import { type Signature, signature } from '../resolve/signature.ts'
import { bind } from '../resolve/substitute.ts'
import type { Ty } from '../resolve/ty.ts'
import { itemId } from '../syntax/queries.ts'
import type { EnumItem, StructItem } from '../syntax/summary.ts'
import type { ClassSource } from './class-source.ts'
import { isQuietClone } from './clone-reach.ts'
import { codeBody, codeText } from './code-texts.ts'
import { codeOfCrate } from './crate-code.ts'
import { type Problem, placeText } from './problems.ts'
import { sourceOf } from './python-types.ts'
import { type Adt, factPath, MAP, SEQUENCE, SET } from './std-types.ts'
import { tokensIn } from './tokens.ts'

/**
 * Why a reader cannot work on a copy of its object's data instead of holding the lock; null if it can: cloning runs no Python code,
 * and what the reader does to the copy is not lost, since a value without interior mutability does not change through `&self`.
 * Behind a counted pointer (`Arc`, `Py`) the copy and the object share one value. Dropping the copy happens without the lock.
 * @param fields of a struct that gets `#[derive(Clone)]`; without them the class itself has to be `Clone`, and is what is copied
 * @param attached whether only Python calls the reader: a clone of a `Py` panics on a thread that is not attached (PyO3's `Py::clone`)
 */
export function snapshotProblem(source: ClassSource, fields?: ReadonlySet<string>, attached = true): Problem | null {
  const { view, cls, file } = source
  const { db } = view
  const fail = (detail: string): Problem => ({ reason: 'derive-breaks', detail })
  const own = signature(db, cls.id)
  if (!own || own.untrusted) return fail(`the fields of \`${cls.name}\` are not known`)
  if (!fields) {
    const at = placeText(db, file, cls.nameAt.span.start)
    const isSilent = (trait: string): boolean => source.impls.every((it) => it.item.trait?.path.segments.at(-1)?.name !== trait)
    if (!isFaithful(db, cls.id)) return fail(`${at}: \`${cls.name}\` is not known to be copied as it is by a \`Clone\``)
    if (isCopy(db, cls.id)) return null
    if (!isSilent('Drop')) return fail(`${at}: \`${cls.name}\` has a \`Drop\`, which would run for each copy`)
    if (!isQuietClone(db, makeTy(db, { kind: 'adt', def: cls.id, args: [] })))
      return fail(`${at}: cloning \`${cls.name}\` may run code that is not known`)
  }
  // A class that is `Clone` in all its fields says that their types are.
  const walked: Walked = { types: new Set(), cloned: !fields || isFaithful(db, cls.id), counts: false, objects: false }
  for (const field of own.fields) {
    if (fields && !fields.has(field.name)) continue
    const why = (clause: string): Problem => fail(`\`${field.name}\` ${clause}`)
    const lost = fields && !isQuietClone(db, field.ty) ? 'may run code that is not known when it is cloned' : null
    const clause = lost ?? obstacle(db, field.ty, walked)
    if (clause !== null) return why(clause)
  }
  if (walked.objects && !attached)
    return fail('it holds Python objects, which cannot be cloned where Rust calls without the interpreter')
  return walked.counts ? countProblem(source) : null
}

/** Types to look at before giving up. */
const MAX_TYPES = 1_000

/** What has been walked through, and whether counted pointers, and Python objects, were met. */
interface Walked {
  readonly types: Set<Ty>
  /** Whether all that is walked through is known to be `Clone`. */
  readonly cloned: boolean
  counts: boolean
  objects: boolean
}

/** A clause about the first type below one whose copy would not do; null if there is none. */
function obstacle(db: Database, ty: Ty, walked: Walked): string | null {
  const next = [ty]
  for (const each of next) {
    if (walked.types.has(each)) continue
    walked.types.add(each)
    if (walked.types.size > MAX_TYPES) return 'holds too many types'
    const step = copiedWith(db, each, walked.cloned)
    if (step.clause !== null) return step.clause
    walked.counts ||= step.counts
    walked.objects ||= step.objects
    next.push(...step.parts)
  }
  return null
}

/** One value's part in a copy. */
interface Step {
  /** What is copied along. */
  readonly parts: readonly Ty[]
  /** It is a counted pointer: the copy shares what is behind it. */
  readonly counts: boolean
  /** It is a Python object. */
  readonly objects: boolean
  /** Why it cannot be copied without loss; null where it can. */
  readonly clause: string | null
}

const NOTHING: Step = { parts: [], counts: false, objects: false, clause: null }
const COUNTED: Step = { ...NOTHING, counts: true }

function refused(clause: string): Step {
  return { ...NOTHING, clause }
}

/** Containers and values of std without interior mutability that are `Clone` where their arguments are (docs of std). */
const VALUES =
  /^std::(?:vec::(?:Vec|IntoIter)|option::Option|result::Result|boxed::Box|string::String|collections::(?:\w+::)*(?:HashMap|HashSet|BTreeMap|BTreeSet|VecDeque|LinkedList|BinaryHeap)|ops::(?:\w+::)*(?:Range\w*|Bound|ControlFlow)|time::(?:Duration|Instant|SystemTime)|path::PathBuf|ffi::(?:\w+::)*(?:OsString|CString)|net::(?:\w+::)*(?:IpAddr|Ipv4Addr|Ipv6Addr|SocketAddr|SocketAddrV4|SocketAddrV6)|num::(?:\w+::)*(?:NonZero\w*|Wrapping|Saturating)|cmp::(?:Ordering|Reverse)|any::TypeId|alloc::(?:\w+::)*Global|mem::(?:\w+::)*(?:MaybeUninit|ManuallyDrop)|hash::(?:\w+::)*(?:RandomState|BuildHasherDefault|DefaultHasher))$/
const POINTERS = /^std::(?:sync::(?:Arc|Weak)|rc::(?:Rc|Weak))$/
const PY = /^(?:Py|PyBackedStr|PyBackedBytes)$/

/** What is copied along with a value by value. Without a size only what is in a `Box`, which clones it. */
function copiedWith(db: Database, ty: Ty, cloned: boolean): Step {
  switch (ty.kind) {
    case 'prim':
    case 'never':
    case 'fn-ptr':
      return NOTHING
    case 'ref':
      return ty.mut ? refused('holds a `&mut`') : NOTHING
    case 'ptr':
      return refused('holds a raw pointer, and what it points to may go while a copy is in use')
    case 'array':
    case 'slice':
      return { ...NOTHING, parts: [ty.inner] }
    case 'tuple':
      return { ...NOTHING, parts: ty.items }
    case 'adt':
      return copiedWithAdt(db, ty, cloned)
    default:
      return refused('holds a value of a type that is not known')
  }
}

function copiedWithAdt(db: Database, ty: Adt, cloned: boolean): Step {
  const path = factPath(ty)
  const crate = crateOfId(ty.def)
  const name = shortName(ty.def)
  if (POINTERS.test(path)) return COUNTED
  if (path === 'std::marker::PhantomData') return NOTHING
  if (VALUES.test(path) || SEQUENCE.test(path) || MAP.test(path) || SET.test(path)) return { ...NOTHING, parts: ty.args }
  if (crate === STD_CRATE) return refused(`holds a \`${name}\`, which changes in place or cannot be copied`)
  if (crateOf(db, crate)?.package === 'pyo3') {
    if (!PY.test(name)) return refused(`holds a \`${name}\``)
    if (!clonesPy(db, crate)) return refused(`holds a \`${name}\`, which is not \`Clone\` without PyO3's \`py-clone\``)
    return { ...COUNTED, objects: true }
  }
  const source = sourceOf(db, ty.def)
  const own = source === null ? null : signature(db, source)
  // No `Copy` type has anything in it that changes in place (std: `UnsafeCell` is not `Copy`); what it points to is shared.
  if (source !== null && isCopy(db, source)) return { ...NOTHING, parts: ty.args }
  if (source === null || !own || own.untrusted || own.kind === 'union')
    return refused(`holds a \`${name}\`, whose fields are not known`)
  const fields = fieldsOf(db, ty, source, own)
  if (isFaithful(db, source))
    return { ...NOTHING, parts: [...ty.args, ...(isLocal(db, source) ? fields : fields.flatMap(pointed))] }
  if (!cloned || isLocal(db, source))
    return refused(`holds a \`${name}\`, of which it is not known whether it is copied as it is`)
  return { ...NOTHING, parts: [...ty.args, ...fields.flatMap(pointed)] }
}

function isLocal(db: Database, def: DefId): boolean {
  return crateOf(db, crateOfId(def))?.local ?? true
}

/**
 * What a raw pointer of a type of another crate leads to. That a copy of such a value is good for itself is what the crate promises by
 * a safe `Clone` (Rust reference, "Behavior considered undefined": safe code cannot cause it); nor can its fields be reached from here.
 */
function pointed(ty: Ty): readonly Ty[] {
  if (ty.kind === 'ptr') return ty.inner.kind === 'dyn' ? [ty] : [ty.inner]
  return ty.kind === 'adt' && factPath(ty) === 'std::ptr::NonNull' ? ty.args : [ty]
}

function fieldsOf(db: Database, ty: Adt, source: DefId, own: Signature): readonly Ty[] {
  const types = new Map(own.params.flatMap((name, i) => (ty.args[i] ? [[name, ty.args[i]] as const] : [])))
  return own.fields.map((it) => normalizeAll(db, bind(db, it.ty, { owner: source, types })))
}

function shortName(def: DefId): string {
  const parts = idParts(def)
  return (
    (parts.kind === 'fact' ? displayPath(def, '') : def).split(/[\t:]+/).findLast((it) => /^[A-Za-z_]\w*$/.test(it)) ?? 'type'
  )
}

/** Before 0.22 `Py` was always `Clone`, then with the feature `py-clone` (PyO3 CHANGELOG, 0.22.0). */
function clonesPy(db: Database, crate: string): boolean {
  const pyo3 = crateOf(db, crate)
  const minor = Number(/^0\.(\d+)/.exec(pyo3?.version ?? '')?.[1] ?? Number.NaN)
  return minor < 22 || pyo3?.features.get('py-clone') === 'on'
}

/** Whether a struct or enum is `Clone` in every build, where its type arguments are, and a clone has what the original has. */
const isFaithful = query<DefId, boolean>('clonesFaithfully', (db, def) => {
  const item = itemOf(db, def)?.item
  if (item?.kind !== 'struct' && item?.kind !== 'enum') return false
  const derived = item.attrs.some(
    (it) => it.meta.path === 'derive' && it.meta.args?.some((arg) => arg.path.split('::').at(-1) === 'Clone'),
  )
  if (derived) return true
  return implsOfType(db, crateOfId(def), def).some((id) => {
    const owner = itemOf(db, id)
    if (owner?.item.kind !== 'impl' || owner.item.trait?.path.segments.at(-1)?.name !== 'Clone') return false
    const always = owner.condition.kind === 'const' && owner.condition.value
    const { generics, children } = owner.item
    const [fn] = children.flatMap((it) => (it.kind === 'fn' && it.name === 'clone' ? [it] : []))
    const body = fn ? codeBody(db, itemId(owner.origin.expansion ?? owner.origin.file, fn.key)) : null
    return always && generics.params.length === 0 && body !== null && copiesFields(item, body)
  })
})

/** Whether a type is `Copy` in every build, where its arguments are. */
const isCopy = query<DefId, boolean>('isCopyType', (db, def) => {
  const item = itemOf(db, def)?.item
  if (item?.kind !== 'struct' && item?.kind !== 'enum') return false
  const derived = item.attrs.some(
    (it) => it.meta.path === 'derive' && it.meta.args?.some((arg) => arg.path.split('::').at(-1) === 'Copy'),
  )
  return (
    derived ||
    implsOfType(db, crateOfId(def), def).some((id) => {
      const owner = itemOf(db, id)
      const always = owner?.condition.kind === 'const' && owner.condition.value
      return always && owner.item.kind === 'impl' && owner.item.trait?.path.segments.at(-1)?.name === 'Copy'
    })
  )
})

/** Whether the body of a `clone` copies each field of a struct: `Self { a: self.a.clone(), … }`, or `*self`. */
function copiesFields(item: StructItem | EnumItem, body: string): boolean {
  const text = tokensIn(body)
    .map((it) => it.text)
    .join('')
    .replace(/^\{(.*)\}$/, '$1')
  if (text === '*self') return true
  const parts = /^(?:Self|(?:\w+::)*\w+)(?:\{(.*?),?\}|\((.*?),?\))$/.exec(text)
  const list = (parts?.[1] ?? parts?.[2])?.split(',')
  if (item.kind !== 'struct' || !list || list.length !== item.fields.length) return false
  return item.fields.every(({ name }, i) => {
    const part = item.shape === 'tuple' ? list[i] : list.find((it) => it.startsWith(`${name}:`))?.slice(name.length + 1)
    const place = `self.${name}`
    return [place, `${place}.clone()`, `${place}.to_vec()`, `Clone::clone(&${place})`, `Arc::clone(&${place})`].includes(
      part ?? '',
    )
  })
}

/** Asking whether a counted pointer is the only one: a copy that lives on would change the answer. */
const COUNTING = /\b(?:Arc|Rc)\s*::\s*(?:get_mut|try_unwrap|into_inner|strong_count|weak_count)\b/

function countProblem({ view: { db }, cls }: ClassSource): Problem | null {
  for (const file of codeOfCrate(db, cls.crate)) {
    const at = (codeText(db, file) ?? '').search(COUNTING)
    if (at >= 0)
      return {
        reason: 'derive-breaks',
        detail: `${placeText(db, file, at)}: a copy would count as one more owner of a shared value`,
      }
  }
  return null
}
