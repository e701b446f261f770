import type { Database } from '../query/database.ts'
import { lowerType } from '../resolve/lowering.ts'
import type { Ty } from '../resolve/ty.ts'
import type { Param } from '../syntax/summary.ts'
import { type BodyScope, typeScopeOf } from './expression-types.ts'
import { reasonIn } from './hidden.ts'
import type { Problem } from './problems.ts'
import { reachOf } from './python-types.ts'

/**
 * Types of PyO3 that are one counted reference. Dropped at the end of a body it is not the last one: the caller that gave it has
 * another, which it keeps while it waits (the arguments of a call are borrowed from the caller).
 */
const HANDLES =
  /[\t:](?:Py|Bound|Borrowed|PyRef|PyRefMut|PyClassGuard|Python|PyObject|PyVisit|PyBackedStr|PyBackedBytes|PyReadonlyArray\w*)(?:\t\d+)?$/

/**
 * A parameter taken by value that may hold Python objects, which the body drops when it ends; null if there is none.
 * @param open generic parameters count as free
 */
export function droppedParam(scope: BodyScope, skipFirst: boolean, open: boolean): Param | null {
  const { db, fn } = scope
  const types = typeScopeOf(scope)
  const params = skipFirst ? fn.params.slice(1) : fn.params
  return params.find((it) => mayBeLast(db, lowerType(db, types, it.type), open, 0)) ?? null
}

/** That a parameter is dropped: for one that is not known to hold something of Python's, why it is not known what it holds. */
export function droppedProblem(scope: BodyScope, param: Param, at: string, clause: string): Problem {
  const { db } = scope
  const type = lowerType(db, typeScopeOf(scope), param.type)
  const detail = `${at}: \`${param.pattern}\` may hold Python objects that ${clause}`
  return reachOf(db, type) === 'opaque'
    ? { reason: 'calls-unknown', detail: `${detail}; ${reasonIn(db, type)}` }
    : { reason: 'drops-python', detail }
}

/** Whether dropping a value may drop the last reference to a Python object, or run code that is not known. */
function mayBeLast(db: Database, ty: Ty, open: boolean, depth: number): boolean {
  if (ty.kind === 'ref' || ty.kind === 'ptr' || depth > 8) return false
  if (ty.kind === 'tuple') return ty.items.some((it) => mayBeLast(db, it, open, depth + 1))
  if (ty.kind !== 'adt') return reachOf(db, ty, open) !== 'free'
  if (HANDLES.test(ty.def)) return false
  if (/std::option::Option$/.test(ty.def)) return ty.args.some((it) => mayBeLast(db, it, open, depth + 1))
  return reachOf(db, ty, open) !== 'free'
}
