import { derives } from '../model/attributes.ts'
import { implsOfType } from '../model/impls-of-type.ts'
import { definitionOfType } from '../model/type-names.ts'
import { query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import { itemOf } from '../resolve/scopes.ts'

/**
 * Whether a struct or enum with sources is `Clone` and becomes a Python object by value, and only so: PyO3's own getters then clone it
 * and convert the clone (PyO3 guide, "Object properties using `#[pyo3(get, set)]`"), as an explicit getter does.
 */
export const convertsByValue = query<DefId, boolean>('convertsByValue', (db, def) => {
  const item = itemOf(db, def)?.item
  if (item?.kind !== 'struct' && item?.kind !== 'enum') return false
  const derived = derives(item.attrs)
  if (!derived.includes('Clone')) return false
  const crate = crateOfId(def)
  const isConversion = (id: DefId): boolean => {
    const owner = itemOf(db, id)
    const always = owner?.condition.kind === 'const' && owner.condition.value
    return always && owner.item.kind === 'impl' && owner.item.trait?.path.segments.at(-1)?.name === 'IntoPyObject'
  }
  const byValue = derived.includes('IntoPyObject') || implsOfType(db, crate, def).some(isConversion)
  const byReference = crateItems(db, crate).some(
    ({ item: each, module, id }) =>
      each.kind === 'impl' &&
      each.self.kind === 'ref' &&
      definitionOfType(db, module, each.self.inner) === def &&
      isConversion(id),
  )
  return byValue && (!byReference || derived.includes('IntoPyObjectRef'))
})
