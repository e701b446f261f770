import type { AutoTrait } from '../../autotraits/oracle.ts'
import { typeVerdict } from '../../autotraits/queries.ts'
import { pathOf } from '../../model/culprits.ts'
import { definitionOfType } from '../../model/type-names.ts'
import type { Database } from '../../query/database.ts'
import type { ModId } from '../../resolve/defs.ts'
import type { Ty } from '../../resolve/ty.ts'
import type { Span } from '../../syntax/span.ts'
import type { TypeExpr } from '../../syntax/summary.ts'

/** A generic type around the rest of a field's type: the `Rc` and the `RefCell` of `Rc<RefCell<u8>>`. */
export interface Layer {
  /** Canonical: `std::cell::RefCell`. */
  readonly path: string
  /** The name with its path, without arguments; relative to the item. */
  readonly head: Span
  /** The whole type; relative to the item. */
  readonly whole: Span
  readonly argument: TypeExpr
  /** What stands inside. */
  readonly ty: Ty
}

/** How uses of the field are rewritten. */
export type Style = 'lock' | 'atomic' | 'once' | 'pointer' | 'queue'

/** What a field becomes. */
export interface Target {
  readonly style: Style
  /** Layers of the written type, outermost first: at most a pointer and a cell. */
  readonly layers: readonly Layer[]
  /** The cell among the layers, or the `Receiver`; null for a bare `Rc`. */
  readonly cell: Layer | null
  readonly pointer: Layer | null
  /** Canonical path of what takes the place of the cell (`std::sync::Mutex`), '' for a bare `Rc`. */
  readonly becomes: string
  /** Methods that take the guard of a lock: `lock`, or `read` and `write`. */
  readonly shared: string
  readonly exclusive: string
  readonly preferred: boolean
}

const CELLS = new Set(['std::cell::RefCell', 'std::cell::Cell', 'std::cell::OnceCell'])
const POINTERS = new Set(['std::rc::Rc', 'std::sync::Arc'])

const ATOMICS: ReadonlyMap<string, string> = new Map(
  ['bool', 'i8', 'i16', 'i32', 'i64', 'isize', 'u8', 'u16', 'u32', 'u64', 'usize'].map((name) => [
    name,
    `std::sync::atomic::Atomic${name[0]?.toUpperCase()}${name.slice(1)}`,
  ]),
)

/**
 * The layers of a written type that this module knows how to replace; empty where the type is anything else. Names are
 * resolved in `module`, `ty` is the same type resolved.
 */
export function layersOf(db: Database, module: ModId, type: TypeExpr, ty: Ty, text: (span: Span) => string): readonly Layer[] {
  const layer = layerOf(db, module, type, ty, text)
  if (!layer) return []
  if (CELLS.has(layer.path) || layer.path === RECEIVER) return [layer]
  if (!POINTERS.has(layer.path)) return []
  const inner = layerOf(db, module, layer.argument, layer.ty, text)
  if (inner && CELLS.has(inner.path)) return [layer, inner]
  return layer.path === 'std::rc::Rc' ? [layer] : []
}

const RECEIVER = 'std::sync::mpsc::Receiver'

function layerOf(db: Database, module: ModId, type: TypeExpr, ty: Ty, text: (span: Span) => string): Layer | null {
  if (type.kind !== 'path' || ty.kind !== 'adt') return null
  const [argument, ...more] = type.path.segments.at(-1)?.args?.args ?? []
  const [inner] = ty.args
  const def = definitionOfType(db, module, type)
  if (!argument || !inner || more.length > 0 || def !== ty.def) return null
  // An alias has the same definition behind it, and is not spelled like it.
  const path = pathOf(db, def)
  if (type.path.segments.at(-1)?.name !== path.split('::').at(-1)) return null
  const open = text(type.span).indexOf('<')
  if (open < 0) return null
  const head = { start: type.span.start, end: type.span.start + text(type.span).slice(0, open).trimEnd().length }
  return { path, head, whole: type.span, argument, ty: inner }
}

/** What the field can become, best first. Empty together with `inner` if what it holds may not be shared that way. */
export function targetsOf(
  db: Database,
  layers: readonly Layer[],
): { readonly targets: readonly Target[]; readonly missing: AutoTrait | null } {
  const [first, second] = layers
  if (!first) return { targets: [], missing: null }
  const pointer = POINTERS.has(first.path) ? first : null
  const cell = pointer ? (second ?? null) : first
  const base = { layers, cell, pointer, shared: 'lock', exclusive: 'lock', preferred: true }
  const held = (cell ?? first).ty
  const send = holds(db, held, 'Send')
  const sync = holds(db, held, 'Sync')
  if (!cell) return send && sync ? one({ ...base, style: 'pointer', becomes: '' }) : none(send ? 'Sync' : 'Send')
  if (cell.path === 'std::cell::OnceCell') {
    return send && sync ? one({ ...base, style: 'once', becomes: 'std::sync::OnceLock' }) : none(send ? 'Sync' : 'Send')
  }
  if (!send) return none('Send')
  const mutex: Target = { ...base, style: cell.path === RECEIVER ? 'queue' : 'lock', becomes: 'std::sync::Mutex' }
  if (cell.path === 'std::cell::Cell') {
    const atomic = held.kind === 'prim' ? ATOMICS.get(held.name) : undefined
    return one(atomic ? { ...base, style: 'atomic', becomes: atomic } : mutex)
  }
  if (cell.path !== 'std::cell::RefCell' || !sync) return one(mutex)
  const rwlock: Target = { ...mutex, becomes: 'std::sync::RwLock', shared: 'read', exclusive: 'write', preferred: false }
  return { targets: [mutex, rwlock], missing: null }
}

function one(target: Target) {
  return { targets: [target], missing: null }
}

function none(missing: AutoTrait) {
  return { targets: [], missing }
}

/** Whether a type is `trait` whatever its parameters are. */
function holds(db: Database, ty: Ty, trait: AutoTrait): boolean {
  const { verdict, needs } = typeVerdict(db, ty, trait)
  return verdict === 'yes' && needs === ''
}
