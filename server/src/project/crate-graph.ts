import { type Database, query } from '../query/database.ts'
import { lockFile } from './cargo-lock.ts'
import type { FeatureState } from './cfg.ts'
import { dependencyState, type PackageFeatures, packageFeatures, packageKey, readPackageKey } from './features.ts'
import type { Dependency, Manifest, PyProject } from './manifest.ts'
import { dependencyTarget, manifestOfNode, type PackageGraph, type PackageNode, packageGraph } from './package-graph.ts'
import { basename, dirname, join } from './paths.ts'
import { pyprojectFor, rootManifestFor, rootSource, workspaceAt } from './workspace.ts'
import { nearestManifest } from './workspace-root.ts'
import { internWorld, readWorldKey, type WorldId, worldKey, worldOf } from './world.ts'

/** Interned: world (workspace and added features), package name, version, and source where that is not unique. */
export type CrateId = string

/** One crate: a library (or the binary/test root asked for) of one package in one feature set. */
export interface Crate {
  readonly id: CrateId
  /** Name in paths, `_` for `-`, `[lib] name` respected. */
  readonly name: string
  readonly package: string
  /** null where no lock file or manifest says. */
  readonly version: string | null
  readonly edition: '2015' | '2018' | '2021' | '2024'
  /** Root source file. null if the sources are not on this machine: then only facts can speak for it. */
  readonly root: string | null
  readonly manifest: Manifest | null
  /** Member of the analysed workspace, or a path dependency inside it: everything is worth looking at. */
  readonly local: boolean
  readonly procMacro: boolean
  /** Name in code → the crate it means. Optional dependencies that are off are left out. */
  readonly dependencies: ReadonlyMap<string, CrateId>
  /** Every feature of the manifest. */
  readonly features: ReadonlyMap<string, FeatureState>
  /** Why `root` is null, as `crate yrs is not downloaded (cargo fetch)`. */
  readonly missing: string | null
  /** It comes from a repository, not from a release: what is known of its version may not hold. */
  readonly unreleased?: boolean
  /** No lock file says that it is this version: it is the newest one on this machine that the requirement allows. */
  readonly assumed: boolean
  /** There is no readable manifest: any name may be a crate. */
  readonly openDependencies: boolean
}

export interface CrateGraph {
  /** The crates whose sources are part of the workspace, path dependencies included. `crateOf` knows the others. */
  readonly crates: ReadonlyMap<CrateId, Crate>
  /** Crates of workspace members, in manifest order: the library, or the program of a package without one. */
  readonly members: readonly CrateId[]
  /** Folder of the root manifest (or of a file without one). */
  readonly workspaceRoot: string
  /** The pyproject.toml that builds the first member that has one. */
  readonly pyproject: PyProject | null
  readonly problems: readonly { readonly file: string; readonly message: string }[]
}

/**
 * The crates of the workspace that a path belongs to: a file, a folder or a Cargo.toml, or a `worldKey` of one. A `.rs`
 * file that no manifest speaks for is a crate of its own. For folders that hold several workspaces see `workspacesAt`.
 */
export const crateGraph = query('crateGraph', (db: Database, key: string): CrateGraph => {
  const { path, extra, target } = readWorldKey(key)
  const nearest = nearestManifest(db, path)
  const root = nearest === null ? path : rootManifestFor(db, nearest)
  return graphOfWorld(db, internWorld(db, worldKey(root, extra, target)))
})

const graphOfWorld = query('graphOfWorld', (db: Database, worldId: WorldId): CrateGraph => {
  const root = worldOf(db, worldId)?.root ?? ''
  if (basename(root) !== 'Cargo.toml') return loneGraph(db, worldId, root)
  const graph = packageGraph(db, root)
  const crates = new Map<CrateId, Crate>()
  for (const id of [...graph.members, ...graph.local.values()]) {
    const crate = crateOf(db, packageKey(worldId, id))
    if (crate) crates.set(crate.id, crate)
  }
  const workspace = workspaceAt(db, root)
  const members = graph.members.map((id) => packageKey(worldId, id)).filter((id) => crates.get(id)?.root !== null)
  const pyprojects = (workspace?.members ?? []).map((manifest) => pyprojectFor(db, manifest))
  return {
    crates,
    members,
    workspaceRoot: dirname(root) ?? root,
    pyproject: pyprojects.find((project) => project?.maturin) ?? pyprojects.find((project) => project !== null) ?? null,
    problems: [...(workspace?.problems ?? []), ...manifestProblems(crates), ...lockProblems(db, root)],
  }
})

/** Ends the id of a package that the graph does not have. */
const ABSENT = ' ?'

/** The crate of an id; null for an id that is not in its graph any more. */
export const crateOf = query('crateOf', (db: Database, id: CrateId): Crate | null => {
  const { world: worldId, id: packageId } = readPackageKey(id)
  const root = worldOf(db, worldId)?.root
  if (root === undefined) return null
  if (basename(root) !== 'Cargo.toml') return loneCrates(worldId, root).find((crate) => crate.id === id) ?? null
  const graph = packageGraph(db, root)
  const node = graph.packages.get(packageId)
  if (!node && packageId.endsWith(ABSENT)) return absentCrate(id, packageId.slice(0, -ABSENT.length))
  return node ? buildCrate(db, worldId, graph, node) : null
})

/** The member that the manifest nearest to a path declares; null if that is not a member with sources. */
export function memberAt(db: Database, key: string): CrateId | null {
  const { path } = readWorldKey(key)
  const graph = crateGraph(db, key)
  const nearest = nearestManifest(db, path)
  if (nearest === null) return graph.members[0] ?? null
  return graph.members.find((id) => graph.crates.get(id)?.manifest?.path === nearest) ?? null
}

/** The crate that a dependency entry of a crate stands for, whether or not it is part of the build; null if the graph has none. */
export function dependencyCrate(db: Database, id: CrateId, dependency: Dependency): Crate | null {
  const { world: worldId, id: packageId } = readPackageKey(id)
  const root = worldOf(db, worldId)?.root
  if (root === undefined || basename(root) !== 'Cargo.toml') return null
  const graph = packageGraph(db, root)
  const node = graph.packages.get(packageId)
  const target = node ? dependencyTarget(graph, node, dependency) : null
  return target && crateOf(db, packageKey(worldId, target.id))
}

function buildCrate(db: Database, worldId: WorldId, graph: PackageGraph, node: PackageNode): Crate {
  const id = packageKey(worldId, node.id)
  const manifest = manifestOfNode(db, node)
  const source = manifest && rootSource(db, manifest)
  const features = packageFeatures(db, id)
  return {
    id,
    name: libraryName(node, manifest),
    package: node.name,
    version: node.version,
    edition: manifest?.package?.edition ?? '2021',
    root: source?.path ?? null,
    manifest,
    local: node.manifest !== null,
    procMacro: manifest?.lib?.procMacro === true,
    dependencies: manifest
      ? dependenciesOf(db, worldId, graph, node, manifest, features)
      : lockedDependencies(db, worldId, graph, node),
    features: features.features,
    missing: source ? null : missingReason(node, manifest),
    unreleased: node.source?.startsWith('git+') === true,
    assumed: node.assumed,
    openDependencies: manifest === null,
  }
}

/** The name of a package's library in code. */
function libraryName(node: PackageNode, manifest: Manifest | null): string {
  return (manifest?.lib?.name ?? node.name).replaceAll('-', '_')
}

function missingReason(node: PackageNode, manifest: Manifest | null): string {
  if (manifest) return `crate ${node.name} has no library source (src/lib.rs)`
  if (node.source === null) return `the folder of crate ${node.name} is not there`
  return `crate ${node.name} is not downloaded (cargo fetch)`
}

/**
 * Names in code → crates. A dependency that nothing resolves (not in the lock file, nothing suitable on this machine) gets
 * the id of a crate that is missing, so that its name is known to mean something.
 */
function dependenciesOf(
  db: Database,
  worldId: WorldId,
  graph: PackageGraph,
  node: PackageNode,
  manifest: Manifest,
  features: PackageFeatures,
): ReadonlyMap<string, CrateId> {
  const found = new Map<string, CrateId>()
  for (const dependency of manifest.dependencies) {
    if (dependencyState(db, dependency, features) === 'off') continue
    const target = dependencyTarget(graph, node, dependency)
    const isRenamed = dependency.name !== dependency.package
    const name = isRenamed || !target ? dependency.name.replaceAll('-', '_') : libraryName(target, manifestOfNode(db, target))
    found.set(name, packageKey(worldId, target?.id ?? dependency.package + ABSENT))
  }
  return found
}

/**
 * What the lock file says of a crate whose manifest is not on this machine: its dependencies by their own names, those for build
 * scripts and other targets included. Names that two versions share are left out. Facts about the crate name types of theirs.
 */
function lockedDependencies(
  db: Database,
  worldId: WorldId,
  graph: PackageGraph,
  node: PackageNode,
): ReadonlyMap<string, CrateId> {
  const found = new Map<string, CrateId>()
  const twice = new Set<string>()
  for (const id of node.dependencies) {
    const target = graph.packages.get(id)
    if (!target) continue
    const name = libraryName(target, manifestOfNode(db, target))
    if (found.has(name)) twice.add(name)
    found.set(name, packageKey(worldId, id))
  }
  for (const name of twice) found.delete(name)
  return found
}

function manifestProblems(crates: ReadonlyMap<CrateId, Crate>): { readonly file: string; readonly message: string }[] {
  return [...crates.values()].flatMap(({ manifest }) =>
    (manifest?.problems ?? []).map(({ message }) => ({ file: manifest?.path ?? '', message })),
  )
}

function lockProblems(db: Database, root: string): { readonly file: string; readonly message: string }[] {
  const lock = lockFile(db, join(dirname(root) ?? root, 'Cargo.lock'))
  return (lock?.problems ?? []).map(({ message }) => ({ file: lock?.path ?? '', message }))
}

/** A crate that something names and that is nowhere: only its name is known. */
function absentCrate(id: CrateId, name: string): Crate {
  return {
    id,
    name: name.replaceAll('-', '_'),
    package: name,
    version: null,
    edition: '2021',
    root: null,
    manifest: null,
    local: false,
    procMacro: false,
    dependencies: new Map(),
    features: new Map(),
    missing: `crate ${name} is not downloaded (cargo fetch)`,
    assumed: false,
    openDependencies: true,
  }
}

/** A file without a manifest: a crate of its own that may use PyO3 in whatever version. */
function loneCrates(worldId: WorldId, path: string): readonly Crate[] {
  const name = basename(path).replace(/\.rs$/, '')
  const pyo3 = absentCrate(packageKey(worldId, `pyo3${ABSENT}`), 'pyo3')
  const own = absentCrate(packageKey(worldId, name), name)
  return [{ ...own, root: path, local: true, missing: null, dependencies: new Map([['pyo3', pyo3.id]]) }, pyo3]
}

function loneGraph(db: Database, worldId: WorldId, path: string): CrateGraph {
  const crate = path.endsWith('.rs') && db.text(path) !== null ? loneCrates(worldId, path)[0] : undefined
  return {
    crates: new Map(crate ? [[crate.id, crate]] : []),
    members: crate ? [crate.id] : [],
    workspaceRoot: crate ? (dirname(path) ?? path) : path,
    pyproject: null,
    problems: crate ? [] : [{ file: path, message: 'there is no Cargo.toml here or above' }],
  }
}

/** The root manifest (or lone file) of the world that a crate belongs to; null for a crate of none. */
export function worldRootOf(db: Database, id: CrateId): string | null {
  return worldOf(db, readPackageKey(id).world)?.root ?? null
}

/** The target of the world that a crate belongs to; null for the environment's. */
export function worldTargetOf(db: Database, id: CrateId): string | null {
  return worldOf(db, readPackageKey(id).world)?.target ?? null
}

/**
 * The crates of the workspace that may use what one makes public: their manifests name its package, or one that does, as a dependency
 * of any kind, on or off.
 */
export const dependentsOf = query('dependentsOf', (db: Database, id: CrateId): readonly CrateId[] => {
  const world = worldOf(db, readPackageKey(id).world)
  const own = crateOf(db, id)
  if (!world || !own) return []
  const { crates } = crateGraph(db, worldKey(world.root, world.extra, world.target))
  const packages = new Set([own.package])
  const found = new Set<CrateId>()
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const crate of crates.values()) {
      if (crate.id === id || !crate.manifest?.dependencies.some((it) => packages.has(it.package))) continue
      found.add(crate.id)
      packages.add(crate.package)
    }
  }
  return [...found]
})
