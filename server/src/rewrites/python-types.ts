import { implsOfType } from '../model/impls-of-type.ts'
import type { Crate } from '../project/crate-graph.ts'
import { type Database, type Query, query } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId, idParts, STD_CRATE } from '../resolve/ids.ts'
import { itemOf } from '../resolve/scopes.ts'
import { signature } from '../resolve/signature.ts'
import type { Ty } from '../resolve/ty.ts'
import { type LoudNames, loudFunctions, wordsOfBody } from './loud.ts'

/**
 * What using or dropping a value of a type can lead to: nothing of Python's; a Python object (dropping it may run `__del__`);
 * or code that is not known.
 */
export type Reach = 'free' | 'python' | 'opaque'

const MAX_DEPTH = 24

/** The worst that a type holds. */
export function reachOf(db: Database, ty: Ty, depth = 0): Reach {
  if (depth > MAX_DEPTH) return 'opaque'
  switch (ty.kind) {
    case 'prim':
    case 'never':
      return 'free'
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return reachOf(db, ty.inner, depth + 1)
    case 'tuple':
      return worst(ty.items.map((it) => reachOf(db, it, depth + 1)))
    case 'adt':
      return worst([definitionReach(db, ty.def), ...ty.args.map((it) => reachOf(db, it, depth + 1))])
    default:
      return 'opaque'
  }
}

/** Whether a type holds values of crates other than std and those of the workspace: they may have been given callbacks. */
export function holdsForeign(db: Database, ty: Ty, depth = 0): boolean {
  if (depth > MAX_DEPTH) return true
  if (ty.kind === 'tuple') return ty.items.some((it) => holdsForeign(db, it, depth + 1))
  if (ty.kind === 'ref' || ty.kind === 'array' || ty.kind === 'slice') return holdsForeign(db, ty.inner, depth + 1)
  if (ty.kind !== 'adt') return false
  if (ty.args.some((it) => holdsForeign(db, it, depth + 1))) return true
  const crate = crateOfId(ty.def)
  if (crate === STD_CRATE) return false
  if (!crateOf(db, crate)?.local) return true
  return signature(db, ty.def)?.fields.some((it) => holdsForeign(db, it.ty, depth + 1)) ?? true
}

export function worst(all: readonly Reach[]): Reach {
  return all.includes('python') ? 'python' : all.includes('opaque') ? 'opaque' : 'free'
}

const definitionReach = query<DefId, Reach>(
  'pythonReach',
  (db, def) => {
    const crate = crateOfId(def)
    if (crate === STD_CRATE) return 'free'
    const info = crateOf(db, crate)
    if (!info) return 'opaque'
    if (!info.local) return needsPyo3(db, crate) ? 'python' : 'free'
    const it = idParts(def).kind === 'item' ? itemOf(db, def) : null
    const fields = signature(db, def)
    if (!it || !fields || fields.untrusted) return 'opaque'
    if (implsAreLoud(db, crate, def)) return 'python'
    return worst(fields.fields.map((field) => reachOf(db, field.ty)))
  },
  { cycle: () => 'free' },
)

/** Whether a trait that std calls behind the scenes (`Drop`, `Hash`, …) runs Python for a type. */
function implsAreLoud(db: Database, crate: string, def: DefId): boolean {
  const loud: LoudNames = loudFunctions(db, crate)
  return implsOfType(db, crate, def).some((id) => {
    const it = itemOf(db, id)
    if (it?.item.kind !== 'impl' || !it.item.trait) return false
    return it.item.children.some(
      (child) =>
        child.kind === 'fn' &&
        wordsOfBody(db, it.origin.expansion ?? it.origin.file, child.key).some((word) => loud.attaches.has(word)),
    )
  })
}

/** Whether a crate depends on PyO3, directly or not. A crate of which that is not known is taken to do so. */
export const needsPyo3: Query<string, boolean> = query(
  'needsPyo3',
  (db, id: string): boolean => {
    const crate: Crate | null = crateOf(db, id)
    if (!crate || crate.openDependencies || crate.manifest === null) return true
    if (crate.package === 'pyo3') return true
    return [...crate.dependencies.values()].some((it) => it !== STD_CRATE && needsPyo3(db, it))
  },
  { cycle: () => false },
)
