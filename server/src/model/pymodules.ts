import { decide } from '../project/cfg-logic.ts'
import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import { cfgEnvOf } from '../resolve/conditions.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import { expandedModule } from '../resolve/expansions.ts'
import { crateOfId } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import { sameValue } from '../resolve/same-value.ts'
import { itemOf, type ModuleItem } from '../resolve/scopes.ts'
import { bodyText, itemId } from '../syntax/queries.ts'
import type { FnItem, Item, Meta } from '../syntax/summary.ts'
import { attributeNamesIn } from './attribute-names.ts'
import { type EffectiveMeta, effectiveMetas } from './attributes.ts'
import { placeOf } from './place.ts'
import type { PyModule } from './pymodule.ts'

/** A module without its places. */
export type ModuleShape = Pick<
  PyModule,
  'id' | 'crate' | 'module' | 'name' | 'pythonName' | 'form' | 'topLevel' | 'macroMade' | 'parameter'
>

/** A module without what depends on PyO3's version. */
export type PlacedModule = Omit<PyModule, 'effectiveGilUsed'>

/** Ids of all `#[pymodule]` items of a crate, nested ones too. */
export const pyModuleIds = query<CrateId, readonly DefId[]>(
  'pyModuleIds',
  (db, crate) =>
    crateItems(db, crate)
      .filter((it) => (it.item.kind === 'fn' || it.item.kind === 'mod') && moduleMetas(db, it.module, it.item) !== null)
      .map((it) => it.id),
  { equals: (a, b) => a.length === b.length && a.every((it, i) => it === b[i]) },
)

/** What makes an item a module; null if it is not one. */
export const moduleShape = query<DefId, ModuleShape | null>(
  'moduleShape',
  (db, id) => {
    const it = itemOf(db, id)
    if (!it || (it.item.kind !== 'fn' && it.item.kind !== 'mod')) return null
    const options = moduleMetas(db, it.module, it.item)?.flatMap(({ meta }) => meta.args ?? [])
    if (!options) return null
    return {
      id,
      crate: crateOfId(id),
      module: ownModule(db, it),
      name: it.item.name,
      pythonName: optionValue(options, 'name') ?? it.item.name,
      form: it.item.kind,
      topLevel: !options.some((option) => option.path === 'submodule') && !isNested(db, it),
      macroMade: it.origin.expansion !== null,
      parameter: it.item.kind === 'fn' ? parameterOf(it.item) : null,
    }
  },
  { equals: sameValue },
)

/** One module with its places; null if the id is not (or no longer) one. */
export const pyModule = query<DefId, PlacedModule | null>('pyModule', (db, id) => {
  const shape = moduleShape(db, id)
  const it = itemOf(db, id)
  if (!shape || !it || (it.item.kind !== 'fn' && it.item.kind !== 'mod')) return null
  const metas = moduleMetas(db, it.module, it.item)
  const place = placeOf(db, it.origin, it.item)
  const main = metas?.[0]
  if (!metas || !main || !place) return null
  const text = place.body && db.text(place.body.file)?.slice(place.body.span.start, place.body.span.end)
  return {
    ...shape,
    gilUsed: writtenGilUsed(
      metas.flatMap(({ meta }) => meta.args ?? []),
      shape.parameter,
      text ?? '',
    ),
    nameAt: place.name,
    attributeAt: place.at(main.attr.span),
    itemAt: place.item,
    bodyAt: place.body ?? (place.macroMade ? null : blockAt(db, it, place.item)),
  }
})

/** `gil_used` as written in a module's attribute, or by a call in its body; null if nowhere. */
export const gilUsedOf = query<DefId, boolean | null>('gilUsed', (db, id) => {
  const it = itemOf(db, id)
  const shape = moduleShape(db, id)
  if (!it || !shape) return null
  const options = moduleMetas(db, it.module, it.item)?.flatMap(({ meta }) => meta.args ?? []) ?? []
  const body = it.origin.expansion === null ? bodyText(db, itemId(it.origin.file, it.item.key)) : null
  return writtenGilUsed(options, shape.parameter, body ?? '')
})

function moduleMetas(db: Database, module: ModId, item: Item): EffectiveMeta[] | null {
  const names = attributeNamesIn(db, module)
  const env = cfgEnvOf(db, crateOfId(module))
  const active = effectiveMetas(item.attrs).filter(({ conditions }) => conditions.every((it) => decide(it, env) !== false))
  const main = active.filter(({ meta }) => names.pyo3Macro(meta.path) === 'pymodule')
  if (main.length === 0) return null
  return [...main, ...active.filter(({ meta }) => names.pyo3Macro(meta.path) === 'pyo3')]
}

/** The scope that a declarative module opens; for a function the module it stands in. */
function ownModule(db: Database, it: ModuleItem): ModId {
  if (it.item.kind !== 'mod') return it.module
  const child = expandedModule(db, it.module)?.children.find(
    ({ child }) => child.item === it.item || child.item.key === it.item.key,
  )
  return child?.child.id ?? it.module
}

/** Whether the item stands in another declarative module, which then decides about the GIL. */
function isNested(db: Database, it: ModuleItem): boolean {
  let at: ModId = it.module
  let parent: ModId | null = expandedModule(db, at)?.source.parent ?? null
  while (parent !== null) {
    const here = at
    const owner = expandedModule(db, parent)?.children.find(({ child }) => child.id === here)?.child.item
    if (owner?.kind === 'mod' && moduleMetas(db, parent, owner)) return true
    at = parent
    parent = expandedModule(db, at)?.source.parent ?? null
  }
  return false
}

function optionValue(options: readonly Meta[], name: string): string | null {
  return options.find((option) => option.path === name)?.value ?? null
}

/** `gil_used = …` in the attribute, or `m.gil_used(…)` in the body (`PyModuleMethods::gil_used`). */
function writtenGilUsed(options: readonly Meta[], parameter: string | null, body: string): boolean | null {
  const option = optionValue(options, 'gil_used')
  if (option !== null) return option === 'true'
  const call =
    parameter === null ? null : new RegExp(`\\b${parameter}\\s*\\.\\s*gil_used\\s*\\(\\s*(true|false)\\s*\\)`).exec(body)
  return call ? call[1] === 'true' : null
}

/** The parameter that takes the module: the one whose type mentions `PyModule`, else the last. */
function parameterOf(item: FnItem): string | null {
  const candidates = item.params.filter((it) => !/^_?py$/.test(it.pattern.trim()))
  const name = candidates
    .at(-1)
    ?.pattern.replace(/^(mut|ref)\s+/, '')
    .trim()
  return name !== undefined && /^\w+$/.test(name) ? name : null
}

/** The braces of an inline `mod`. */
function blockAt(db: Database, it: ModuleItem, item: PyModule['itemAt']): PyModule['bodyAt'] {
  if (it.item.kind !== 'mod' || it.item.children === null) return null
  const place = placeOf(db, it.origin, it.item)
  const text = db.text(item.file)
  const open = text?.indexOf('{', place?.name.span.end ?? item.span.start) ?? -1
  return open < 0 ? null : { file: item.file, span: { start: open, end: item.span.end } }
}
