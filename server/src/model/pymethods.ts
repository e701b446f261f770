import { decide } from '../project/cfg-logic.ts'
import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import { cfgEnvOf } from '../resolve/conditions.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import { itemOf } from '../resolve/scopes.ts'
import type { FnItem, ImplItem } from '../syntax/summary.ts'
import { attributeNamesIn } from './attribute-names.ts'
import { cfgConditions, effectiveMetas } from './attributes.ts'
import { placeOf } from './place.ts'
import type { PyMethod } from './pyclass.ts'
import { methodShape } from './pymethod.ts'
import { definitionOfType } from './type-names.ts'

/** Class → its `#[pymethods]` blocks, wherever in the crate they stand. */
const methodBlocks = query<CrateId, ReadonlyMap<DefId, readonly DefId[]>>('methodBlocks', (db, crate) => {
  const blocks = new Map<DefId, DefId[]>()
  const env = cfgEnvOf(db, crate)
  for (const { id, item, module } of crateItems(db, crate)) {
    if (item.kind !== 'impl' || item.trait) continue
    const names = attributeNamesIn(db, module)
    const marked = effectiveMetas(item.attrs).some(
      ({ meta, conditions }) => names.pyo3Macro(meta.path) === 'pymethods' && conditions.every((it) => decide(it, env) !== false),
    )
    const cls = marked ? definitionOfType(db, module, item.self) : null
    if (cls === null) continue
    const known = blocks.get(cls)
    if (known) known.push(id)
    else blocks.set(cls, [id])
  }
  return blocks
})

/** The `#[pymethods]` blocks of a class as items. */
export function methodBlocksOf(db: Database, cls: DefId): readonly DefId[] {
  return methodBlocks(db, crateOfId(cls)).get(cls) ?? []
}

/** The methods of a class in its `#[pymethods]` blocks. */
export function methodsOf(db: Database, cls: DefId): readonly PyMethod[] {
  return methodBlocksOf(db, cls).flatMap((block) => methodsOfBlock(db, block))
}

const methodsOfBlock = query<DefId, readonly PyMethod[]>('methodsOfBlock', (db, block) => {
  const it = itemOf(db, block)
  if (it?.item.kind !== 'impl') return []
  const names = attributeNamesIn(db, it.module)
  const env = cfgEnvOf(db, crateOfId(block))
  return functionsOf(it.item)
    .filter((fn) => cfgConditions(fn.attrs).every((condition) => decide(condition, env) !== false))
    .flatMap((fn): PyMethod[] => {
      const place = placeOf(db, it.origin, fn)
      if (!place) return []
      return [
        { ...methodShape(fn, names), nameAt: place.name, itemAt: place.item, bodyAt: place.body, macroMade: place.macroMade },
      ]
    })
})

/** The functions of an impl. */
function functionsOf(impl: ImplItem): FnItem[] {
  return impl.children.filter((it) => it.kind === 'fn')
}
