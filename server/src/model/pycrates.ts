import { type CrateGraph, type CrateId, crateGraph } from '../project/crate-graph.ts'
import type { Manifest } from '../project/manifest.ts'
import { dirname, join } from '../project/paths.ts'
import { pyo3Of } from '../project/pyo3.ts'
import { type Database, query } from '../query/database.ts'
import { sameValue } from '../resolve/same-value.ts'
import { exportsIndex, exportsKey } from './exports-index.ts'
import { effectiveGilUsed, freeThreading } from './free-threading.ts'
import type { Intent } from './intent.ts'
import { pyClass, pyClassIds } from './pyclasses.ts'
import type { CrateFacts, PyCrate, Pyo3Version } from './pycrate.ts'
import type { PyModule } from './pymodule.ts'
import { gilUsedOf, moduleShape, pyModule, pyModuleIds } from './pymodules.ts'
import { minorOf } from './pyo3-version.ts'

/** What a user sets that bears on intent. */
export interface ModelSettings {
  readonly python: 'free-threaded' | 'gil' | 'auto'
  readonly assumePyo3: string | null
}

/** Setting under which `ModelSettings` are stored. */
export const MODEL_SETTING = 'model'

const DEFAULTS: ModelSettings = { python: 'auto', assumePyo3: null }

/** The crates of a workspace that depend on PyO3, members first. Key: see `crateGraph`. */
export const pyCrateIds = query<string, readonly CrateId[]>(
  'pyCrateIds',
  (db, world) => {
    const graph = crateGraph(db, world)
    return [...new Set([...graph.members, ...graph.crates.keys()])].filter((id) => {
      const crate = graph.crates.get(id)
      return crate && crate.root !== null && !crate.procMacro && pyo3Of(db, world, id) !== null
    })
  },
  { equals: sameValue },
)

/** The same as objects that compute what they are asked for. */
export function pyCrates(db: Database, world: string): readonly PyCrate[] {
  return pyCrateIds(db, world).map((id) => pyCrate(db, world, id))
}

/** One crate of `pyCrateIds`. */
export function pyCrate(db: Database, world: string, id: CrateId): PyCrate {
  const { crate, pyo3, intent } = crateFacts(db, factsKey(world, id))
  return {
    crate,
    pyo3,
    intent,
    get classes() {
      return pyClassIds(db, id).flatMap((cls) => pyClass(db, cls) ?? [])
    },
    get modules() {
      return modulesOf(db, world, id)
    },
    get exports() {
      return exportedNames(db, factsKey(world, id))
    },
  }
}

/** All `#[pymodule]`s of a workspace. */
export function workspaceModules(db: Database, world: string): readonly PyModule[] {
  return [...crateGraph(db, world).crates.values()].flatMap((crate) =>
    crate.root === null ? [] : modulesOf(db, world, crate.id),
  )
}

function modulesOf(db: Database, world: string, crate: CrateId): readonly PyModule[] {
  const { minor } = pyo3VersionOf(db, factsKey(world, crate))
  return pyModuleIds(db, crate).flatMap((id) => {
    const placed = pyModule(db, id)
    return placed ? [{ ...placed, effectiveGilUsed: effectiveGilUsed(placed.gilUsed, minor) }] : []
  })
}

/** Key of a crate in a world for the queries below. */
function factsKey(world: string, crate: CrateId): string {
  return `${crate}\u0000${world}`
}

function readFactsKey(key: string): { readonly world: string; readonly id: CrateId } {
  const cut = key.indexOf('\u0000')
  return { id: key.slice(0, cut), world: key.slice(cut + 1) }
}

const crateFacts = query<string, CrateFacts>(
  'crateFacts',
  (db, key) => {
    const { world, id } = readFactsKey(key)
    const crate = crateGraph(db, world).crates.get(id)
    if (!crate) throw new Error(`crate ${id} is not in its own graph`)
    return { crate, pyo3: pyo3VersionOf(db, key), intent: intentOf(db, key) }
  },
  { equals: (a, b) => a.crate === b.crate && a.pyo3 === b.pyo3 && a.intent === b.intent },
)

const pyo3VersionOf = query<string, Pyo3Version>(
  'pyo3Version',
  (db, key) => {
    const { world, id } = readFactsKey(key)
    const dependency = pyo3Of(db, world, id)
    const { assumePyo3 } = db.setting<ModelSettings>(MODEL_SETTING) ?? DEFAULTS
    const minor = minorOf(dependency?.locked ?? null) ?? minorOf(dependency?.lowest ?? null) ?? minorOf(assumePyo3)
    return { requirement: dependency?.requirement ?? null, locked: dependency?.locked ?? null, minor }
  },
  { equals: sameValue },
)

/** A library's classes are what the modules that export them make of them. */
const intentOf = query<string, Intent>('intent', (db, key) => {
  const { world, id } = readFactsKey(key)
  const graph = crateGraph(db, world)
  const { classes, modules } = exportsIndex(db, exportsKey(graph.crates.keys()))
  const own = pyModuleIds(db, id)
  const exporting =
    own.length > 0 ? own : modules.filter((module) => pyClassIds(db, id).some((cls) => classes.get(cls)?.includes(module)))
  return freeThreading({
    pyo3Minor: pyo3VersionOf(db, key).minor,
    modules: exporting.map((module) => ({
      gilUsed: gilUsedOf(db, module),
      topLevel: moduleShape(db, module)?.topLevel ?? false,
    })),
    declared: declaresFreeThreading(graph.pyproject?.classifiers ?? []) || buildsForFreeThreading(db, graph),
    setting: pythonSetting(db, graph.crates.get(id)?.manifest ?? null),
  })
})

/** What the command line or the editor says, else the manifest's metadata. */
function pythonSetting(db: Database, manifest: Manifest | null): ModelSettings['python'] {
  const { python } = db.setting<ModelSettings>(MODEL_SETTING) ?? DEFAULTS
  if (python !== 'auto') return python
  const written = manifest?.settings?.['python']
  return written === 'free-threaded' || written === 'gil' ? written : 'auto'
}

/** `3.14t`, `python3.14t`, `cp314t`: how CI names a free-threaded interpreter. */
const FREE_THREADED_INTERPRETER = /\b(?:python)?3\.1[3-9]t\b|\bcp31[3-9]t\b/

/** Whether a workflow beside the manifests builds or tests for a free-threaded interpreter. Comments do not count. */
function buildsForFreeThreading(db: Database, graph: CrateGraph): boolean {
  const roots = [graph.workspaceRoot, ...(graph.pyproject ? [dirname(graph.pyproject.path) ?? ''] : [])]
  return [...new Set(roots)].some((root) => {
    const folder = join(root, '.github/workflows')
    const files = (db.directory(folder) ?? []).filter((name) => /\.ya?ml$/.test(name))
    return files.some((name) => FREE_THREADED_INTERPRETER.test((db.text(join(folder, name)) ?? '').replace(/(^|\s)#.*$/gm, '')))
  })
}

/** `Programming Language :: Python :: Free Threading :: 2 - Beta` or better: 1 says that it is not supported yet. */
function declaresFreeThreading(classifiers: readonly { readonly text: string }[]): boolean {
  return classifiers.some(({ text }) => /^Programming Language :: Python :: Free Threading :: [234]/.test(text))
}

const exportedNames = query<string, ReadonlyMap<string, readonly string[]>>(
  'exportedNames',
  (db, key) => {
    const { world, id } = readFactsKey(key)
    const { classes } = exportsIndex(db, exportsKey(crateGraph(db, world).crates.keys()))
    const names = (cls: string): readonly string[] =>
      (classes.get(cls) ?? []).flatMap((module) => moduleShape(db, module)?.pythonName ?? [])
    return new Map(pyClassIds(db, id).map((cls) => [cls, names(cls)]))
  },
  { equals: sameValue },
)
