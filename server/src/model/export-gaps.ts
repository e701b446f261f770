import type { CrateGraph, CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import { expandedModule } from '../resolve/expansions.ts'
import { crateOfId, idParts } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import { itemOf } from '../resolve/scopes.ts'
import { IDENT, lex } from '../syntax/lexer.ts'
import type { Visibility } from '../syntax/summary.ts'
import type { ExportGap } from './exports.ts'
import { exportsIndex, exportsKey } from './exports-index.ts'
import { implsOfType } from './impls-of-type.ts'
import type { Location } from './location.ts'
import { placeOf } from './place.ts'
import type { PyClass } from './pyclass.ts'
import type { PyCrate } from './pycrate.ts'
import type { PyModule } from './pymodule.ts'

/**
 * Why Python cannot import a class; null if it can, or if that is not sure: a class that anything in the workspace names
 * outside its own impls may reach Python as a result.
 */
export function exportGapOf(
  db: Database,
  graph: CrateGraph,
  crate: PyCrate,
  modules: readonly PyModule[],
  cls: PyClass,
): ExportGap | null {
  const index = exportsIndex(db, exportsKey(graph.crates.keys()))
  const silent = index.silent.get(cls.id)
  const exported = (index.classes.get(cls.id) ?? []).length > 0
  if (exported || modules.length === 0) return null
  if (silent) {
    const module = modules.find((it) => it.id === silent.module) ?? null
    return { why: silent.why, silent: true, module, path: module && pathTo(db, cls, module) }
  }
  if (isNamedElsewhere(db, graph, cls)) return null
  const module = likeliestModule(crate, modules, cls)
  return {
    why: module
      ? `no \`#[pymodule]\` adds it (\`${module.parameter ?? 'm'}.add_class::<${cls.name}>()?\` or \`#[pymodule_export]\`)`
      : 'no `#[pymodule]` adds it',
    silent: false,
    module,
    path: module && pathTo(db, cls, module),
  }
}

/** Offsets of all identifiers of a file, by name; comments and strings left out. */
const fileWords = query<string, ReadonlyMap<string, readonly number[]>>('fileWords', (db, file) => {
  const words = new Map<string, number[]>()
  const { text, count, kinds, starts, ends } = lex(db.text(file) ?? '')
  for (let i = 0; i < count; i++) {
    if (kinds[i] !== IDENT) continue
    const word = text.slice(starts[i], ends[i])
    const known = words.get(word)
    if (known) known.push(starts[i] ?? 0)
    else words.set(word, [starts[i] ?? 0])
  }
  return words
})

const crateFiles = query<CrateId, readonly string[]>('crateFiles', (db, crate) => [
  ...new Set(crateItems(db, crate).map((it) => it.origin.file)),
])

/** Whether the class's name occurs anywhere but in its declaration, its own impls and in `use`s. */
function isNamedElsewhere(db: Database, graph: CrateGraph, cls: PyClass): boolean {
  const own = ownSpans(db, cls)
  for (const crate of graph.crates.values()) {
    if (crate.root === null) continue
    for (const file of crateFiles(db, crate.id)) {
      for (const offset of fileWords(db, file).get(cls.name) ?? []) {
        if (!own.some((it) => it.file === file && it.span.start <= offset && offset < it.span.end)) return true
      }
    }
  }
  return false
}

function ownSpans(db: Database, cls: PyClass): Location[] {
  const items = [...useItems(db, cls.crate), ...implsOfType(db, cls.crate, cls.id)]
  return [
    cls.itemAt,
    ...items.flatMap((id) => {
      const it = itemOf(db, id)
      return (it && placeOf(db, it.origin, it.item)?.item) ?? []
    }),
  ]
}

const useItems = query<CrateId, readonly DefId[]>(
  'useItems',
  (db, crate) =>
    crateItems(db, crate)
      .filter(({ item }) => item.kind === 'use')
      .map(({ id }) => id),
  { equals: (a, b) => a.length === b.length && a.every((it, i) => it === b[i]) },
)

/** The module in the same file, else the only top-level one of the crate. */
function likeliestModule(crate: PyCrate, modules: readonly PyModule[], cls: PyClass): PyModule | null {
  const own = modules.filter((it) => it.crate === crate.crate.id && it.topLevel)
  return own.find((it) => it.nameAt.file === cls.nameAt.file) ?? (own.length === 1 ? (own[0] ?? null) : null)
}

/** How a module's scope can name the class; null if it cannot. */
function pathTo(db: Database, cls: PyClass, module: PyModule): string | null {
  const item = itemOf(db, cls.id)
  if (!item || cls.crate !== module.crate) return null
  const from = module.form === 'mod' ? (expandedModule(db, module.module)?.source.parent ?? module.module) : module.module
  if (cls.module === from) return module.form === 'mod' ? `super::${cls.name}` : cls.name
  if (!isVisible(item.item.vis, cls.module, from)) return null
  const names: string[] = []
  for (let at: ModId = cls.module; ; ) {
    const source = expandedModule(db, at)?.source
    if (!source || source.block) return null
    if (source.parent === null) break
    const owner = expandedModule(db, source.parent)?.children.find(({ child }) => child.id === at)?.child.item
    if (!owner || !isVisible(owner.vis, source.parent, from)) return null
    names.unshift(owner.name)
    at = source.parent
  }
  return ['crate', ...names, cls.name].join('::')
}

/** Whether something declared in `home` with this visibility can be named in `from`. `pub(in path)` counts as private. */
function isVisible(vis: Visibility, home: ModId, from: ModId): boolean {
  if (vis === 'pub' || vis === 'crate') return true
  const scope = vis === 'super' ? parentPath(home) : home
  return from === scope || from.startsWith(`${scope}::`) || (isRoot(scope) && crateOfId(from) === crateOfId(scope))
}

function parentPath(module: ModId): ModId {
  const cut = module.lastIndexOf('::')
  return cut < 0 ? `${crateOfId(module)}\t` : module.slice(0, cut)
}

function isRoot(module: ModId): boolean {
  const parts = idParts(module)
  return parts.kind === 'module' && parts.path === ''
}
