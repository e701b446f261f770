import { implsOfType } from '../model/impls-of-type.ts'
import { type Database, query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId, STD_CRATE } from '../resolve/ids.ts'
import { implPattern } from '../resolve/impl-index.ts'
import { itemOf } from '../resolve/scopes.ts'
import { mayAttach } from './attaching.ts'
import { CONVERSIONS } from './conversions.ts'
import { needsPyo3 } from './python-crates.ts'

/** Traits of PyO3: only code that has to do with Python calls them. */
const OF_PYO3 =
  /^(?:FromPyObject\w*|IntoPyObject\w*|IntoPy|ToPyObject|FromPy|PyErrArguments|PyTypeCheck|PyTypeInfo|PyClass\w*|PyMethods)$/

/**
 * Whether a trait that other code calls behind the scenes (`Drop`, `Hash`, `Display`, …) runs Python for a type of an examined crate.
 * A trait of a crate that uses PyO3 is no such: only such crates can name it. Conversions run where they are asked for.
 */
export const implsAreLoud = query<DefId, boolean>('loudImpls', (db: Database, def) => {
  const functions = implsOfType(db, crateOfId(def), def).flatMap((id) => {
    const owner = itemOf(db, id)
    if (owner?.item.kind !== 'impl' || !owner.item.trait) return []
    const name = owner.item.trait.path.segments.at(-1)?.name ?? ''
    if (OF_PYO3.test(name) || CONVERSIONS.test(name) || isOwnTrait(db, id)) return []
    return owner.item.children.flatMap((fn) => (fn.kind === 'fn' ? [{ owner, fn }] : []))
  })
  return functions.length > 0 && mayAttach(db, functions)
})

/** A trait of a crate that uses PyO3: its code is looked at, or calls into it count as loud. */
function isOwnTrait(db: Database, impl: DefId): boolean {
  const trait = implPattern(db, impl)?.trait?.trait ?? null
  const crate = trait === null ? null : crateOfId(trait)
  return crate !== null && crate !== STD_CRATE && needsPyo3(db, crate)
}
