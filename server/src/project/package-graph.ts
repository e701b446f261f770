import { type Database, query } from '../query/database.ts'
import { lockFile } from './cargo-lock.ts'
import { manifestAt, rawManifest } from './cargo-manifest.ts'
import type { Dependency, LockedPackage, Manifest } from './manifest.ts'
import { gitManifest, newestUnpacked, registryManifest } from './package-source.ts'
import { dirname, join } from './paths.ts'
import { compareVersions, parseRequirement, parseVersion, satisfies } from './version.ts'
import { workspaceAt } from './workspace.ts'

/** `name version`, with the source appended where that is not unique in the graph. */
export type PackageId = string

/** One package of a workspace's dependency graph. Its manifest need not have been read. */
export interface PackageNode {
  readonly id: PackageId
  readonly name: string
  /** null for a package without a version. */
  readonly version: string | null
  /** null for packages that are folders of this machine. */
  readonly source: string | null
  /** Manifest of a package that is a folder of this machine. */
  readonly manifest: string | null
  readonly dependencies: readonly PackageId[]
  /** No Cargo.lock names it: this version is the newest one on this machine that is allowed. */
  readonly assumed: boolean
}

export interface PackageGraph {
  readonly packages: ReadonlyMap<PackageId, PackageNode>
  /** Who depends on a package, by whatever kind of dependency. */
  readonly parents: ReadonlyMap<PackageId, readonly PackageId[]>
  /** Manifest path → package, of members and path dependencies. */
  readonly local: ReadonlyMap<string, PackageId>
  readonly members: readonly PackageId[]
  readonly locked: boolean
}

const MAX_PACKAGES = 20_000

/** All packages that the workspace with this root manifest may be built from: Cargo.lock's, or a guess without one. */
export const packageGraph = query('packageGraph', (db: Database, root: string): PackageGraph => {
  const locals = localManifests(db, root)
  const lock = lockFile(db, join(dirname(root) ?? root, 'Cargo.lock'))
  const builder: Builder = { db, locals, packages: new Map(), local: new Map(), downloaded: new Map() }
  if (lock) addLocked(builder, lock.packages)
  addUnlocked(builder)
  const members = (workspaceAt(db, root)?.members ?? []).flatMap((path) => builder.local.get(path) ?? [])
  return {
    packages: builder.packages,
    parents: parentsOf(builder.packages),
    local: builder.local,
    members,
    locked: lock !== null,
  }
})

interface Builder {
  readonly db: Database
  readonly locals: ReadonlyMap<string, Manifest>
  readonly packages: Map<PackageId, PackageNode>
  readonly local: Map<string, PackageId>
  /** Package name → downloaded packages of that name. */
  readonly downloaded: Map<string, PackageNode[]>
}

function addPackage(builder: Builder, node: PackageNode): void {
  builder.packages.set(node.id, node)
  if (node.manifest !== null) return
  const same = builder.downloaded.get(node.name)
  if (same) same.push(node)
  else builder.downloaded.set(node.name, [node])
}

/** Manifests of the members and of everything they reach through `path` and `[patch]`, by manifest path. */
function localManifests(db: Database, root: string): ReadonlyMap<string, Manifest> {
  const found = new Map<string, Manifest>()
  const patched = (rawManifest(db, root)?.patches ?? []).flatMap((patch) => patch.path ?? [])
  const queue = [...(workspaceAt(db, root)?.members ?? []), ...patched.map((path) => join(path, 'Cargo.toml'))]
  for (let at = 0; at < queue.length && at < MAX_PACKAGES; at++) {
    const path = queue[at] ?? root
    const manifest = found.has(path) ? null : manifestAt(db, path)
    if (!manifest?.package) continue
    found.set(path, manifest)
    for (const dependency of manifest.dependencies) if (dependency.path !== null) queue.push(join(dependency.path, 'Cargo.toml'))
  }
  return found
}

function addLocked(builder: Builder, packages: readonly LockedPackage[]): void {
  const ids = new LockIds(packages)
  for (const locked of packages) {
    const id = ids.of(locked)
    const manifest = locked.source === null ? localManifestOf(builder.locals, locked) : null
    const dependencies = locked.dependencies.flatMap((text) => ids.named(text) ?? [])
    addPackage(builder, {
      id,
      name: locked.name,
      version: locked.version,
      source: locked.source,
      manifest,
      dependencies,
      assumed: false,
    })
    if (manifest !== null) builder.local.set(manifest, id)
  }
}

function localManifestOf(locals: ReadonlyMap<string, Manifest>, locked: LockedPackage): string | null {
  const named = [...locals.values()].filter((manifest) => manifest.package?.name === locked.name)
  return (named.find((manifest) => manifest.package?.version === locked.version) ?? named[0])?.path ?? null
}

/** How Cargo.lock names packages: as short as is unique. */
class LockIds {
  private readonly byName = new Map<string, LockedPackage[]>()

  constructor(packages: readonly LockedPackage[]) {
    for (const locked of packages) {
      const same = this.byName.get(locked.name)
      if (same) same.push(locked)
      else this.byName.set(locked.name, [locked])
    }
  }

  of(locked: LockedPackage): PackageId {
    const twins = (this.byName.get(locked.name) ?? []).filter((other) => other.version === locked.version)
    return `${locked.name} ${locked.version}${twins.length > 1 && locked.source !== null ? ` ${locked.source}` : ''}`
  }

  named(text: string): PackageId | null {
    const [name = '', version, source] = text.split(' ')
    const candidates = (this.byName.get(name) ?? []).filter((locked) => {
      if (version !== undefined && locked.version !== version) return false
      return (
        source === undefined ||
        locked.source === null ||
        `(${locked.source.replace(/#.*$/, '')})` === source.replace(/#[^)]*/, '')
      )
    })
    return candidates[0] === undefined ? null : this.of(candidates[0])
  }
}

/** Adds local packages that the lock file does not know (or all, without one) and what can be found of their dependencies. */
function addUnlocked(builder: Builder): void {
  const queue = [...builder.locals.values()].filter((manifest) => !builder.local.has(manifest.path))
  for (const manifest of queue) {
    const { name = '', version = null } = manifest.package ?? {}
    const plainId = `${name} ${version ?? '?'}`
    const id = builder.packages.has(plainId) ? `${plainId} ${manifest.dir}` : plainId
    builder.local.set(manifest.path, id)
    addPackage(builder, { id, name, version, source: null, manifest: manifest.path, dependencies: [], assumed: false })
  }
  const waiting = queue.map((manifest) => ({ id: builder.local.get(manifest.path) ?? '', manifest: manifest as Manifest | null }))
  for (let at = 0; at < waiting.length && at < MAX_PACKAGES; at++) {
    const { id, manifest } = waiting[at] ?? { id: '', manifest: null }
    const node = builder.packages.get(id)
    if (!node || !manifest) continue
    const isLocal = node.source === null
    const dependencies = new Set<PackageId>()
    for (const dependency of manifest.dependencies) {
      if (dependency.kind === 'dev' && !isLocal) continue
      const found = findUnlocked(builder, dependency)
      if (found === null) continue
      dependencies.add(found.id)
      if (found.isNew) waiting.push({ id: found.id, manifest: manifestOfNode(builder.db, found.node) })
    }
    builder.packages.set(id, { ...node, dependencies: [...dependencies] })
  }
}

interface Found {
  readonly id: PackageId
  readonly node: PackageNode
  readonly isNew: boolean
}

function findUnlocked(builder: Builder, dependency: Dependency): Found | null {
  if (dependency.path !== null) {
    const id = builder.local.get(join(dependency.path, 'Cargo.toml'))
    const node = id === undefined ? undefined : builder.packages.get(id)
    return node ? { id: node.id, node, isNew: false } : null
  }
  const requirement = dependency.git || dependency.requirement === null ? null : parseRequirement(dependency.requirement)
  if (!requirement) return null
  // What the graph has already wins, as cargo prefers one version over two.
  const known = builder.downloaded.get(dependency.package) ?? []
  const match = known.find((node) => isSatisfied(node, dependency))
  if (match) return { id: match.id, node: match, isNew: false }
  const version = newestUnpacked(builder.db, dependency.package, requirement)
  if (version === null) return null
  const id = `${dependency.package} ${version}`
  const node: PackageNode = {
    id,
    name: dependency.package,
    version,
    source: 'registry',
    manifest: null,
    dependencies: [],
    assumed: true,
  }
  addPackage(builder, node)
  return { id, node, isNew: true }
}

function isSatisfied(node: PackageNode, dependency: Dependency): boolean {
  const requirement = dependency.requirement === null ? null : parseRequirement(dependency.requirement)
  const version = node.version === null ? null : parseVersion(node.version)
  return requirement === null || (version !== null && satisfies(version, requirement))
}

function parentsOf(packages: ReadonlyMap<PackageId, PackageNode>): ReadonlyMap<PackageId, readonly PackageId[]> {
  const parents = new Map<PackageId, PackageId[]>()
  for (const node of packages.values()) {
    for (const child of node.dependencies) {
      const known = parents.get(child)
      if (known) known.push(node.id)
      else parents.set(child, [node.id])
    }
  }
  return parents
}

/** The package that a dependency entry of `parent` stands for; null if the graph does not have it. */
export function dependencyTarget(graph: PackageGraph, parent: PackageNode, dependency: Dependency): PackageNode | null {
  const candidates = parent.dependencies.flatMap((id) => {
    const node = graph.packages.get(id)
    return node?.name === dependency.package ? [node] : []
  })
  if (candidates.length <= 1) return candidates[0] ?? null
  if (dependency.path !== null) {
    const id = graph.local.get(join(dependency.path, 'Cargo.toml'))
    return candidates.find((node) => node.id === id) ?? null
  }
  const fitting = candidates.filter(
    (node) => isSatisfied(node, dependency) && (!dependency.git || node.source?.startsWith('git+') === true),
  )
  return fitting.sort(newestFirst)[0] ?? null
}

function newestFirst(a: PackageNode, b: PackageNode): number {
  const left = a.version === null ? null : parseVersion(a.version)
  const right = b.version === null ? null : parseVersion(b.version)
  return left && right ? compareVersions(right, left) : 0
}

/** Path of a package's manifest; null if the package is not on this machine. */
export function manifestPathOf(db: Database, node: PackageNode): string | null {
  if (node.manifest !== null || node.source === null || node.version === null) return node.manifest
  if (node.source.startsWith('git+')) return gitManifest(db, node.source, node.name)
  return registryManifest(db, node.name, node.version)
}

/** A package's manifest; null if the package is not on this machine. */
export function manifestOfNode(db: Database, node: PackageNode): Manifest | null {
  const path = manifestPathOf(db, node)
  return path === null ? null : manifestAt(db, path)
}
