import { type CrateId, crateGraph } from '../project/crate-graph.ts'
import { pyo3Of } from '../project/pyo3.ts'
import { type Database, query } from '../query/database.ts'
import { exportsIndex, exportsKey } from './exports-index.ts'
import { effectiveGilUsed, freeThreading } from './free-threading.ts'
import { pyClass, pyClassIds } from './pyclasses.ts'
import type { PyCrate } from './pycrate.ts'
import type { PyModule } from './pymodule.ts'
import { pyModule, pyModuleIds } from './pymodules.ts'
import { minorOf } from './pyo3-version.ts'

/** What a user sets that bears on intent. */
export interface ModelSettings {
  readonly python: 'free-threaded' | 'gil' | 'auto'
  readonly assumePyo3: string | null
}

/** Setting under which `ModelSettings` are stored. */
export const MODEL_SETTING = 'model'

const DEFAULTS: ModelSettings = { python: 'auto', assumePyo3: null }

/** The crates of a workspace that depend on PyO3 and have classes or modules, members first. Key: see `crateGraph`. */
export const pyCrates = query<string, readonly PyCrate[]>('pyCrates', (db, world) => {
  const graph = crateGraph(db, world)
  const order = new Set<CrateId>([...graph.members, ...graph.crates.keys()])
  const modules = workspaceModules(db, world)
  return [...order].flatMap((id): PyCrate[] => {
    const crate = graph.crates.get(id)
    const pyo3 = crate && crate.root !== null && !crate.procMacro ? pyo3Of(db, world, id) : null
    return crate && pyo3 ? [describe(db, world, id, modules)] : []
  })
})

/** All `#[pymodule]`s of a workspace. */
export const workspaceModules = query<string, readonly PyModule[]>('workspaceModules', (db, world) =>
  [...crateGraph(db, world).crates.values()].flatMap((crate) => {
    if (crate.root === null || crate.procMacro) return []
    const minor = minorOfCrate(db, world, crate.id)
    return pyModuleIds(db, crate.id).flatMap((id) => {
      const shape = pyModule(db, id)
      return shape ? [{ ...shape, effectiveGilUsed: effectiveGilUsed(shape.gilUsed, minor) }] : []
    })
  }),
)

function describe(db: Database, world: string, id: CrateId, all: readonly PyModule[]): PyCrate {
  const graph = crateGraph(db, world)
  const crate = graph.crates.get(id)
  if (!crate) throw new Error(`crate ${id} is not in its own graph`)
  const settings = db.setting<ModelSettings>(MODEL_SETTING) ?? DEFAULTS
  const dependency = pyo3Of(db, world, id)
  const minor = minorOfCrate(db, world, id)
  const modules = all.filter((it) => it.crate === id)
  const { classes, modules: moduleIds } = exportsIndex(db, exportsKey(graph.crates.keys()))
  const names = new Map(moduleIds.map((module) => [module, all.find((it) => it.id === module)?.pythonName ?? '']))
  const own = pyClassIds(db, id)
  return {
    crate,
    pyo3: { requirement: dependency?.requirement ?? null, locked: dependency?.locked ?? null, minor },
    intent: freeThreading({
      pyo3Minor: minor,
      // A library's classes are what the modules that export them make of them.
      modules: modules.length > 0 ? modules : all.filter((it) => own.some((cls) => classes.get(cls)?.includes(it.id))),
      declared: declaresFreeThreading(graph.pyproject?.classifiers ?? []),
      setting: settings.python,
    }),
    classes: own.flatMap((cls) => pyClass(db, cls) ?? []),
    modules,
    exports: new Map(own.map((cls) => [cls, (classes.get(cls) ?? []).flatMap((it) => names.get(it) ?? [])])),
  }
}

function minorOfCrate(db: Database, world: string, id: CrateId): number | null {
  const dependency = pyo3Of(db, world, id)
  const { assumePyo3 } = db.setting<ModelSettings>(MODEL_SETTING) ?? DEFAULTS
  return minorOf(dependency?.locked ?? null) ?? minorOf(dependency?.lowest ?? null) ?? minorOf(assumePyo3)
}

/** `Programming Language :: Python :: Free Threading :: 2 - Beta` or better: 1 says that it is not supported yet. */
function declaresFreeThreading(classifiers: readonly { readonly text: string }[]): boolean {
  return classifiers.some(({ text }) => /^Programming Language :: Python :: Free Threading :: [234]/.test(text))
}
