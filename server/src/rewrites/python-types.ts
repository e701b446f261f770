import { type Database, type Query, query } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId, displayPath, idParts, moduleId, STD_CRATE } from '../resolve/ids.ts'
import { implIndex, implPattern } from '../resolve/impl-index.ts'
import { makeTy } from '../resolve/interner.ts'
import { resolvePath } from '../resolve/lookup.ts'
import { normalizeAll } from '../resolve/normalize.ts'
import { itemOf } from '../resolve/scopes.ts'
import { signature } from '../resolve/signature.ts'
import { bind } from '../resolve/substitute.ts'
import type { Ty } from '../resolve/ty.ts'
import { filePositions } from '../syntax/queries.ts'
import { handedOut } from './handed-out.ts'
import { implsAreLoud } from './loud-impls.ts'
import { isExamined, needsPyo3, usersOf, wakersAreLoud } from './python-crates.ts'
import { factPath } from './std-types.ts'

/**
 * What using or dropping a value of a type can lead to: nothing of Python's; a Python object (dropping it may run `__del__`);
 * or code that is not known: something behind the type may hold callbacks or Python objects that its name does not tell.
 */
export type Reach = 'free' | 'python' | 'opaque'

/** Types to look at before giving up; a runtime with all it holds takes a few hundred. */
const MAX_TYPES = 2_000

/**
 * The worst that a type holds, told by walking through its fields, also those of other crates' types: a value can run Python
 * code only through what it holds, which its fields' types tell, unless one of them hides what is behind it.
 * @param open generic parameters count as free: who calls a generic function answers for what it gives
 */
export function reachOf(db: Database, ty: Ty, open = false): Reach {
  db.slot<Map<number, Ty>>(ASKED, () => new Map()).set(ty.id, ty)
  return reachQuery(db, open ? -ty.id - 1 : ty.id)
}

const ASKED = Symbol('rewrites: types whose reach was asked for')

const reachQuery = query<number, Reach>('reachOfType', (db, key) => {
  const ty = db.slot<Map<number, Ty>>(ASKED, () => new Map()).get(key < 0 ? -key - 1 : key)
  if (!ty) return 'opaque'
  const seen = new Set<Ty>([ty])
  let reach: Reach = 'free'
  for (const each of seen) {
    if (seen.size > MAX_TYPES) return 'opaque'
    const step = key < 0 && isGeneric(each) ? FREE : lookInto(db, each)
    if (step.reach === 'python') return 'python'
    reach = worst([reach, step.reach])
    for (const part of step.parts) seen.add(part)
  }
  return reach
})

export function worst(all: readonly Reach[]): Reach {
  return all.includes('python') ? 'python' : all.includes('opaque') ? 'opaque' : 'free'
}

/** Types from `ty` down to the one that makes its reach what it is: for people who ask why. Empty for a free type. */
export function reachTrail(db: Database, ty: Ty): readonly Ty[] {
  const from = new Map<Ty, Ty | null>([[ty, null]])
  let worstAt: Ty | null = null
  for (const each of from.keys()) {
    const step = lookInto(db, each)
    if (step.reach !== 'free' && (worstAt === null || step.reach === 'python')) worstAt = each
    if (step.reach === 'python' || from.size > MAX_TYPES) break
    for (const part of step.parts) if (!from.has(part)) from.set(part, each)
  }
  const trail: Ty[] = []
  for (let at = worstAt; at !== null; at = from.get(at) ?? null) trail.unshift(at)
  return trail
}

interface Step {
  readonly reach: Reach
  /** Types that have to be looked into next. */
  readonly parts: readonly Ty[]
}

const FREE: Step = { reach: 'free', parts: [] }
const OPAQUE: Step = { reach: 'opaque', parts: [] }
const PYTHON: Step = { reach: 'python', parts: [] }

function isGeneric(ty: Ty): boolean {
  return (
    ty.kind === 'param' ||
    (ty.kind === 'impl' && !isStdItem(ty.bounds[0]?.trait ?? null, 'std::iter::Iterator')) ||
    (ty.kind === 'proj' && isGeneric(ty.self))
  )
}

/** What a type holds directly. */
function lookInto(db: Database, ty: Ty): Step {
  switch (ty.kind) {
    case 'prim':
    case 'never':
      return { reach: 'free', parts: [] }
    case 'ref':
    case 'array':
    case 'slice':
      return { reach: 'free', parts: [ty.inner] }
    case 'ptr':
      // What a pointer to nothing in particular leads to is not known.
      return isErased(ty.inner) ? OPAQUE : { reach: 'free', parts: [ty.inner] }
    case 'tuple':
      return { reach: 'free', parts: ty.items }
    case 'adt':
      return lookIntoAdt(db, ty)
    case 'dyn':
      return worstOf(ty.bounds.map((it) => (it.trait === null ? OPAQUE : behindTrait(db, it.trait))))
    case 'impl': {
      // An iterator of known items, as typing of expressions makes them.
      const [bound, ...others] = ty.bounds
      const known = bound && others.length === 0 && bound.args.length === 1 && isStdItem(bound.trait, 'std::iter::Iterator')
      return known ? { reach: 'free', parts: bound.args } : OPAQUE
    }
    case 'unknown':
      return VECTORS.test(ty.reason.text) ? FREE : OPAQUE
    default:
      return OPAQUE
  }
}

/** Vectors of `core::arch`, which exist on one architecture only; names with two underscores are the compiler's. */
const VECTORS = /^(?:\w+::)*__m(?:64|128|256|512)[dih]? cannot be resolved$/

function worstOf(steps: readonly Step[]): Step {
  return { reach: worst(steps.map((it) => it.reach)), parts: steps.flatMap((it) => it.parts) }
}

/** Whether an id is that of an item of std with this path. */
export function isStdItem(def: DefId | null, path: string): boolean {
  return def !== null && crateOfId(def) === STD_CRATE && idParts(def).kind === 'fact' && displayPath(def, '') === path
}

function isErased(ty: Ty): boolean {
  if (ty.kind === 'tuple') return ty.items.length === 0
  return ty.kind === 'adt' && /(?:^|[\t:])c_void(?:\t\d+)?$/.test(ty.def)
}

/** Types of PyO3 that are a number by another name (docs.rs: `pyo3::basic::CompareOp` is a `Copy` enum). */
const NUMBERS_OF_PYO3 = /[\t:]CompareOp(?:\t\d+)?$/

/** What crates write for std's allocator where that is not stable yet (docs.rs: `allocator_api2::alloc::Global` is a unit struct). */
const STATELESS = /[\t:]allocator_api2::alloc::Global$/

/** Ends of channels, which hold what was sent and wakers of those that wait for it (docs.rs). */
const CHANNELS =
  /^(?:tokio::sync::(?:mpsc|oneshot|watch|broadcast)::(?:\w+::)*(?:Unbounded)?(?:Sender|Receiver)|tokio::sync::(?:\w+::)*(?:Notify|Semaphore)|crossbeam_channel::(?:\w+::)*(?:Sender|Receiver)|flume::(?:Sender|Receiver))$/

/** Containers and locks that hold what their arguments say and nothing else (docs.rs), as std's of the same names. */
const HOLDS_ARGUMENTS =
  /^(?:hashbrown::(?:\w+::)*Hash(?:Map|Set|Table)|indexmap::(?:\w+::)*Index(?:Map|Set)|ahash::(?:\w+::)*(?:AHashMap|AHashSet|RandomState)|smallvec::SmallVec|arrayvec::(?:\w+::)*Array(?:Vec|String)|lock_api::(?:\w+::)*(?:Mutex|RwLock|MutexGuard|RwLockReadGuard|RwLockWriteGuard)|parking_lot::(?:\w+::)*Raw(?:Mutex|RwLock))$/

function lookIntoAdt(db: Database, ty: Extract<Ty, { kind: 'adt' }>): Step {
  const crate = crateOfId(ty.def)
  if (crate === STD_CRATE) return lookIntoStd(ty)
  const info = crateOf(db, crate)
  if (!info) return OPAQUE
  if (/^pyo3(?:-ffi)?$/.test(info.package)) return NUMBERS_OF_PYO3.test(ty.def) ? FREE : PYTHON
  if (STATELESS.test(ty.def)) return FREE
  if (HOLDS_ARGUMENTS.test(factPath(ty))) return { reach: 'free', parts: ty.args }
  if (CHANNELS.test(factPath(ty))) return { reach: wakersAreLoud(db, crate) ? 'opaque' : 'free', parts: ty.args }
  const source = sourceOf(db, ty.def)
  const fields = source === null ? null : signature(db, source)
  if (source === null || !fields || fields.untrusted) return needsPyo3(db, crate) ? PYTHON : OPAQUE
  if (isExamined(db, crate) && implsAreLoud(db, source)) return PYTHON
  const types = new Map(fields.params.flatMap((name, i) => (ty.args[i] ? [[name, ty.args[i]] as const] : [])))
  const own = fields.fields.map((it) => normalizeAll(db, bind(db, it.ty, { owner: source, types })))
  const written = needsPyo3(db, crate) ? own : own.map((it) => withoutErrors(db, it))
  const parts = isExamined(db, crate) || /(?:Error|Report)$/.test(fields.name) ? written : withoutCallbacks(db, source, written)
  return worstOf([
    { reach: 'free', parts: [...ty.args, ...parts] },
    ...(parts.some(isWaker) && wakersAreLoud(db, crate) ? [OPAQUE] : []),
  ])
}

/**
 * The fields' types of a foreign definition without those that hold callbacks, if nobody makes any that run Python: what a value
 * of a crate without PyO3 calls was made by a crate that knows of it.
 */
function withoutCallbacks(db: Database, source: DefId, fields: readonly Ty[]): readonly Ty[] {
  const { rust, c } = handedOut(db, crateOfId(source))
  if (rust && (c || !fields.some((it) => holdsC(it, 0)) || !isOfC(db, source))) return fields
  return fields.flatMap((it) => quietParts(it, 0))
}

/** A crate without PyO3 makes its errors of what it works with, which its types tell: no `PyErr` gets into them otherwise. */
function withoutErrors(db: Database, ty: Ty): Ty {
  const each = (inner: Ty): Ty => withoutErrors(db, inner)
  switch (ty.kind) {
    case 'adt':
      if (isStdItem(ty.def, 'std::io::Error')) return makeTy(db, { kind: 'tuple', items: [] })
      return ty.args.length === 0 ? ty : makeTy(db, { kind: 'adt', def: ty.def, args: ty.args.map(each) })
    case 'tuple':
      return makeTy(db, { kind: 'tuple', items: ty.items.map(each) })
    case 'ref':
      return makeTy(db, { kind: 'ref', mut: ty.mut, inner: each(ty.inner) })
    default:
      return ty
  }
}

function holdsC(ty: Ty, depth: number): boolean {
  if (ty.kind === 'fn-ptr') return true
  if (ty.kind === 'ptr' || ty.kind === 'ref') return isErased(ty.inner) || holdsC(ty.inner, depth + 1)
  return ty.kind === 'adt' && depth < 8 && crateOfId(ty.def) === STD_CRATE && ty.args.some((it) => holdsC(it, depth + 1))
}

/** Whether a struct is one of C's, in that all functions that it points to are `extern`. */
function isOfC(db: Database, source: DefId): boolean {
  const it = itemOf(db, source)
  if (!it || it.origin.expansion !== null || !it.item.attrs.some((attr) => attr.meta.path === 'repr')) return false
  const at = filePositions(db, it.origin.file)?.items.get(it.item.key)
  const text = at ? (db.text(it.origin.file)?.slice(at.start, at.end) ?? 'fn(') : 'fn('
  return !/\bfn\s*\(/.test(text.replace(/\bextern\s*(?:"[^"]*"\s*)?fn\b/g, ''))
}

/** Traits that every value has or that errors have: something of Python's may be behind them without anybody having written an impl. */
const UNIVERSAL = /std::(?:any::Any|error::Error|fmt::\w+|string::ToString|convert::AsRef|borrow::Borrow\w*)$/

/** The parts of a field's type that count where no callback runs Python: without function pointers, `dyn` and C's user data. */
function quietParts(ty: Ty, depth: number): Ty[] {
  if (depth > 8) return [ty]
  const inside = (all: readonly Ty[]): Ty[] => all.flatMap((it) => quietParts(it, depth + 1))
  switch (ty.kind) {
    case 'fn-ptr':
      return []
    case 'dyn':
      return ty.bounds.some((it) => it.trait === null || UNIVERSAL.test(it.trait))
        ? [ty]
        : inside(ty.bounds.flatMap((it) => it.args))
    case 'ref':
    case 'array':
    case 'slice':
      return inside([ty.inner])
    case 'ptr':
      return ty.inner.kind === 'adt' && isErased(ty.inner) ? [] : isErased(ty.inner) ? [ty] : inside([ty.inner])
    case 'tuple':
      return inside(ty.items)
    case 'adt': {
      const opaque = crateOfId(ty.def) !== STD_CRATE || lookIntoStd(ty) === OPAQUE
      return opaque || isWaker(ty) ? [ty] : isStdItem(ty.def, 'std::marker::PhantomData') ? [] : inside(ty.args)
    }
    default:
      return [ty]
  }
}

function lookIntoStd(ty: Extract<Ty, { kind: 'adt' }>): Step {
  if (isStdItem(ty.def, 'std::marker::PhantomData')) return { reach: 'free', parts: [] }
  if (HOLDS_CODE.test(ty.def)) return OPAQUE
  if (/\b(?:NonNull|AtomicPtr)$/.test(ty.def) && ty.args.some(isErased)) return OPAQUE
  return { reach: 'free', parts: ty.args }
}

/** Types of std that hold functions (a lazy value its initializer, which runs when it is first read), and the error that may wrap a `PyErr` (PyO3: `From<PyErr> for io::Error`). */
const HOLDS_CODE =
  /^std\t.*\tstd::(?:task::(?:LocalWaker|RawWaker|Context)|io::Error|(?:sync|cell)::(?:\w+::)*Lazy(?:Lock|Cell))$/

/** A task's waker may be anything; who holds one is asked whose tasks there are. */
function isWaker(ty: Ty): boolean {
  return ty.kind === 'adt' ? isStdItem(ty.def, 'std::task::Waker') || ty.args.some(isWaker) : false
}

/** The definition in the sources of what may be an item of facts; null if there are no sources. */
export const sourceOf: Query<DefId, DefId | null> = query('sourceOfDefinition', (db, def): DefId | null => {
  const parts = idParts(def)
  if (parts.kind === 'item') return def
  if (parts.kind !== 'fact' || (crateOf(db, parts.crate)?.root ?? null) === null) return null
  const path = ['crate', ...parts.path.split('::').slice(1)].join('::')
  const found = resolvePath(db, moduleId(parts.crate, ''), path, 'type')
  return found.kind === 'found' && idParts(found.def).kind === 'item' ? found.def : null
})

/**
 * What may be behind a `dyn` of a trait of code that is looked at: the types that it is implemented for, in its own crate and, if
 * others can name it, in all crates that use PyO3 as what depends on such a crate does. Anything at all for other traits.
 */
function behindTrait(db: Database, trait: DefId): Step {
  const item = idParts(trait).kind === 'item' ? itemOf(db, trait)?.item : null
  if (item?.kind !== 'trait') return OPAQUE
  const crate = crateOfId(trait)
  const users = item.vis === 'pub' ? usersOf(db, crate) : [crate]
  if (users === null) return OPAQUE
  const impls = users.flatMap((it) => implIndex(db, it).byTrait.get(trait) ?? [])
  const selves = impls.map((it) => implPattern(db, it)?.self ?? null)
  return { reach: selves.includes(null) ? 'opaque' : 'free', parts: selves.filter((it) => it !== null) }
}
