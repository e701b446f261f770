import { manifestAt } from '../project/cargo-manifest.ts'
import type { Crate } from '../project/crate-graph.ts'
import { worldRootOf } from '../project/crate-graph.ts'
import { packageKey, readPackageKey } from '../project/features.ts'
import { packageGraph } from '../project/package-graph.ts'
import { basename } from '../project/paths.ts'
import { type Database, type Query, query } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import { STD_CRATE } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import { moduleTree } from '../resolve/module-tree.ts'
import type { Item } from '../syntax/summary.ts'

/** Packages through which Rust code gets at a Python interpreter. */
const PYTHON = /^(?:pyo3|pyo3-ffi|python3-sys|python27-sys|cpython)$/

/** PyO3's own crates, which hand out no code that runs Python behind one's back but what is told by name. */
const OWN = /^pyo3(?:-ffi|-macros(?:-backend)?|-build-config)?$/

/** Whether a crate depends on PyO3, directly or not. A crate of which that is not known is taken to do so. */
export const needsPyo3: Query<string, boolean> = query(
  'needsPyo3',
  (db, id: string): boolean => {
    const crate: Crate | null = crateOf(db, id)
    if (!crate) return true
    if (PYTHON.test(crate.package)) return true
    if (!crate.local) {
      const locked = lockedNeed(db, id)
      if (locked !== null) return locked
      if (isLeftOut(db, id)) return false
    }
    if (crate.openDependencies || crate.manifest === null) return true
    return [...crate.dependencies.values()].some((it) => it !== STD_CRATE && needsPyo3(db, it))
  },
  { cycle: () => false },
)

/**
 * What the lock file says: it lists what a package may be built with, whatever features and target, so that a package which
 * does not lead to PyO3 there cannot use it. null without a lock file that names the package.
 */
function lockedNeed(db: Database, id: string): boolean | null {
  const root = worldRootOf(db, id)
  if (root === null || basename(root) !== 'Cargo.toml') return null
  const graph = packageGraph(db, root)
  const start = graph.packages.get(readPackageKey(id).id)
  if (!start || start.assumed || !graph.locked) return null
  const seen = new Set([start.id])
  for (const each of seen) {
    const node = graph.packages.get(each)
    if (!node || PYTHON.test(node.name)) return true
    for (const dependency of node.dependencies) seen.add(dependency)
  }
  return false
}

/** The crates of a world that may use PyO3, PyO3's own left out; told by any crate of it. */
export const pythonCrates = query<string, readonly string[]>('pythonCrates', (db, id) => {
  const root = worldRootOf(db, id)
  if (root === null || basename(root) !== 'Cargo.toml') return [id]
  const { world } = readPackageKey(id)
  // A package without a source is a folder of the workspace; one that is not there is a member that was left out of an archive.
  const all = [...packageGraph(db, root).packages.values()]
    .filter((it) => !OWN.test(it.name) && (it.source !== null || it.manifest !== null))
    .map((it) => packageKey(world, it.id))
  return all.filter((it) => needsPyo3(db, it))
})

/**
 * The crates that may use PyO3 and that a crate's own code can name: itself and what it depends on. null if that is not known. Only
 * generic code and trait objects bring values of others' types in, on which there are only methods of traits.
 */
export const namableCrates = query<string, ReadonlySet<string> | null>('namableCrates', (db, id) => {
  const root = worldRootOf(db, id)
  if (root === null || basename(root) !== 'Cargo.toml') return null
  const { world, id: start } = readPackageKey(id)
  const { packages } = packageGraph(db, root)
  if (!packages.has(start)) return null
  const seen = new Set([start])
  for (const each of seen) for (const next of packages.get(each)?.dependencies ?? []) seen.add(next)
  return new Set([...seen].map((it) => packageKey(world, it)))
})

/**
 * Whether a crate has no part in the build: the lock file, which lists what any feature and target asks for, does not have it, and no
 * manifest of the workspace asks for it (whose lock file may be out of date).
 */
function isLeftOut(db: Database, id: string): boolean {
  const root = worldRootOf(db, id)
  const crate = crateOf(db, id)
  if (root === null || basename(root) !== 'Cargo.toml' || crate === null || crate.version !== null) return false
  const graph = packageGraph(db, root)
  if (!graph.locked || [...graph.packages.values()].some((it) => it.name === crate.package)) return false
  return [...graph.local.keys()].every(
    (path) => manifestAt(db, path)?.dependencies.every((it) => it.package !== crate.package) === true,
  )
}

/** Whether the functions of a crate are looked into: those of a crate that may use PyO3. PyO3's own are known by name instead. */
export function isExamined(db: Database, id: string): boolean {
  const crate = crateOf(db, id)
  return crate !== null && crate.root !== null && !PYTHON.test(crate.package) && needsPyo3(db, id)
}

/** The crates that may implement a public trait of a crate; null if that cannot be told. */
export function usersOf(db: Database, crate: string): readonly string[] | null {
  if (!isExamined(db, crate)) return null
  const users = pythonCrates(db, crate).filter((it) => namableCrates(db, it)?.has(crate) !== false)
  return users.every((it) => isExamined(db, it)) ? users : null
}

/**
 * Whether waking a task may run Python code: some crate has a waker of its own making, or an `async fn` that PyO3 drives, whose
 * waker calls the event loop (pyo3/src/coroutine/waker.rs). Other wakers put a task into an executor's queue.
 */
export const wakersAreLoud = query<string, boolean>('wakersAreLoud', (db, id) =>
  pythonCrates(db, id).some((each) => {
    if ((crateOf(db, each)?.root ?? null) === null) return true
    if (crateItems(db, each).some(({ item }) => isDriven(item))) return true
    return moduleTree(db, each).files.some((file) => /\bRawWaker\b|\b(?:Arc|Local)?Wake\s+for\b/.test(db.text(file) ?? ''))
  }),
)

/** An `async fn` that Python sees as a coroutine. */
function isDriven(item: Item): boolean {
  const has = (name: string): boolean => item.attrs.some((it) => it.meta.path.split('::').at(-1) === name)
  if (item.kind === 'fn') return item.async && has('pyfunction')
  return item.kind === 'impl' && has('pymethods') && item.children.some((it) => it.kind === 'fn' && it.async)
}
