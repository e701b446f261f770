import { type CfgExpr, conjunction } from '../project/cfg.ts'
import { decide } from '../project/cfg-logic.ts'
import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import { cfgEnvOf } from '../resolve/conditions.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import { crateOfId } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import { sameValue } from '../resolve/same-value.ts'
import type { Item } from '../syntax/summary.ts'
import { attributeNamesIn } from './attribute-names.ts'
import { cfgConditions, type EffectiveMeta, effectiveMetas } from './attributes.ts'
import { describeType, typeItem } from './local-types.ts'
import { placeOf } from './place.ts'
import type { PyClass, PyClassOptions, PyField } from './pyclass.ts'
import { pyclassOptions } from './pyclass-options.ts'
import { methodsOf } from './pymethods.ts'

/** Ids of the classes of a crate, in source order: every item with a `pyclass` attribute that may be there. */
export const pyClassIds = query<CrateId, readonly DefId[]>(
  'pyClassIds',
  (db, crate) =>
    crateItems(db, crate)
      .filter((it) => isClassItem(it.item) && classMetas(db, it.module, it.item) !== null)
      .map((it) => it.id),
  { equals: (a, b) => a.length === b.length && a.every((it, i) => it === b[i]) },
)

/** A class without its places: what others need to know of it, unchanged by edits elsewhere. */
export interface ClassShape {
  readonly pythonName: string
  readonly kind: 'struct' | 'enum'
  readonly options: PyClassOptions
  readonly literalAttribute: boolean
  readonly macroMade: boolean
  readonly condition: CfgExpr | null
}

/** What makes an item a class; null if it is not one. */
export const classShape = query<DefId, ClassShape | null>(
  'classShape',
  (db, id) => {
    const found = typeItem(db, id)
    const metas = found && classMetas(db, found.it.module, found.item)
    if (!found || !metas) return null
    const options = pyclassOptions(metas.all)
    return {
      pythonName: options.all.get('name')?.replaceAll('"', '') || found.item.name,
      kind: found.item.kind === 'enum' ? 'enum' : 'struct',
      options: { ...options, frozen: options.frozen || isComplexEnum(found.item) },
      literalAttribute: metas.main.conditions.length === 0 && /(^|::)pyclass$/.test(metas.main.meta.path),
      macroMade: found.it.origin.expansion !== null,
      condition: existence(found.item, metas.main),
    }
  },
  { equals: sameValue },
)

/** A class with its methods and places; null if the id is not (or no longer) a class. */
export const pyClass = query<DefId, PyClass | null>('pyClass', (db, id) => {
  const found = typeItem(db, id)
  const shape = classShape(db, id)
  const metas = found && classMetas(db, found.it.module, found.item)
  const type = found && describeType(db, found.it, found.item)
  const place = found && placeOf(db, found.it.origin, found.item)
  if (!found || !shape || !metas || !type || !place) return null
  const fields = type.fields.map((field, i): PyField => {
    const access = fieldAccess(found.item.fields[i]?.attrs ?? [])
    return { ...field, get: access.get || shape.options.getAll, set: access.set || shape.options.setAll }
  })
  return { ...type, ...shape, fields, methods: methodsOf(db, id), attributeAt: place.at(metas.main.attr.span) }
})

interface ClassMetas {
  readonly main: EffectiveMeta
  /** The class's `pyclass` and `pyo3` attributes. */
  readonly all: readonly EffectiveMeta[]
}

/** PyO3's attributes on an item, those under a `cfg_attr` that is off left out; null if it is not a class. */
function classMetas(db: Database, module: ModId, item: Item): ClassMetas | null {
  const names = attributeNamesIn(db, module)
  const env = cfgEnvOf(db, crateOfId(module))
  const active = effectiveMetas(item.attrs).filter(({ conditions }) => conditions.every((it) => decide(it, env) !== false))
  const main = active.find(({ meta }) => names.pyo3Macro(meta.path) === 'pyclass')
  if (!main) return null
  return { main, all: active.filter(({ meta }) => ['pyclass', 'pyo3'].includes(names.pyo3Macro(meta.path) ?? '')) }
}

function isClassItem(item: Item): boolean {
  return item.kind === 'struct' || item.kind === 'enum' || item.kind === 'union'
}

/** Enums with fields are always frozen (macros-backend, `pyclass.rs`). */
function isComplexEnum(item: Item): boolean {
  return item.kind === 'enum' && item.variants.some((it) => it.shape !== 'unit')
}

function fieldAccess(attrs: Item['attrs']): { get: boolean; set: boolean } {
  const words = effectiveMetas(attrs)
    .filter(({ meta }) => meta.path === 'pyo3')
    .flatMap(({ meta }) => (meta.args ?? []).map((it) => it.path))
  return { get: words.includes('get'), set: words.includes('set') }
}

function existence(item: Item, main: EffectiveMeta): CfgExpr | null {
  const parts = [...cfgConditions(item.attrs), ...main.conditions]
  return parts.length === 0 ? null : conjunction(parts)
}
