import { implsOfType } from '../model/impls-of-type.ts'
import { type Database, query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId } from '../resolve/ids.ts'
import { itemOf } from '../resolve/scopes.ts'
import { mayAttach } from './attaching.ts'

/** Traits of PyO3: only code that has to do with Python calls them. */
const OF_PYO3 =
  /^(?:FromPyObject\w*|IntoPyObject\w*|IntoPy|ToPyObject|FromPy|PyErrArguments|PyTypeCheck|PyTypeInfo|PyClass\w*|PyMethods)$/

/** Whether a trait that other code calls behind the scenes (`Drop`, `Hash`, `Display`, …) runs Python for a type of an examined crate. */
export const implsAreLoud = query<DefId, boolean>('loudImpls', (db: Database, def) => {
  const functions = implsOfType(db, crateOfId(def), def).flatMap((id) => {
    const owner = itemOf(db, id)
    if (owner?.item.kind !== 'impl' || !owner.item.trait) return []
    if (OF_PYO3.test(owner.item.trait.path.segments.at(-1)?.name ?? '')) return []
    return owner.item.children.flatMap((fn) => (fn.kind === 'fn' ? [{ owner, fn }] : []))
  })
  return functions.length > 0 && mayAttach(db, functions)
})
