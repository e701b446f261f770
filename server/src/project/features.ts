import { type Database, query } from '../query/database.ts'
import type { FeatureState } from './cfg.ts'
import { cfgEnv } from './cfg-env.ts'
import { targetKeyApplies } from './cfg-text.ts'
import { resolverOf, rootFeatures } from './feature-roots.ts'
import { expand, featureTable } from './feature-table.ts'
import type { Environment } from './host.ts'
import type { Dependency, Manifest } from './manifest.ts'
import { dependencyTarget, manifestOfNode, type PackageGraph, type PackageId, type PackageNode, packageGraph } from './package-graph.ts'
import { type World, type WorldId, worldOf } from './world.ts'

/** What a package is built with. */
export interface PackageFeatures {
  /** Whether anything in this world builds it. */
  readonly active: FeatureState
  /** Every feature of the manifest (and those of implied by optional dependencies). */
  readonly features: ReadonlyMap<string, FeatureState>
  /** Names of optional dependencies → whether they are built. */
  readonly optional: ReadonlyMap<string, FeatureState>
}

/** Whether a `[target.'…']` table applies to the target that the environment names. */
const targetState = query('targetState', (db: Database, key: string): FeatureState => {
  const target = db.setting<Environment>('environment')?.target
  const truth = targetKeyApplies(key, cfgEnv(null, target === undefined ? {} : { target }))
  return truth === 'unknown' ? 'unknown' : truth ? 'on' : 'off'
})

/**
 * What one unit of the build is known to be asked for so far. Both sets only grow. `possible` holds what undecided parts
 * (an absent manifest, an undecided target table) may ask for beyond `sure`; `any`: that could be everything.
 */
interface Unit {
  readonly node: PackageNode
  /** Built for the machine that compiles: build scripts and procedural macros, which resolver 2 keeps apart. */
  readonly forHost: boolean
  readonly sure: Set<string>
  readonly possible: Set<string>
  any: boolean
  active: 'on' | 'unknown'
}

const MAX_STEPS = 200_000

/** One key for queries by world and package. */
export function packageKey(world: WorldId, id: PackageId): string {
  return `${world}:${id}`
}

/** Takes a `packageKey` apart. */
export function readPackageKey(key: string): { readonly world: WorldId; readonly id: PackageId } {
  const colon = key.indexOf(':')
  return { world: key.slice(0, colon), id: key.slice(colon + 1) }
}

/**
 * Features of one package (`packageKey`), by cargo's feature resolver. Reads the manifests only of packages that depend on
 * it, directly or not, and are built themselves.
 */
export const packageFeatures = query('packageFeatures', (db: Database, key: string): PackageFeatures => {
  const { world: worldId, id } = readPackageKey(key)
  const world = worldOf(db, worldId)
  if (!world) return NOTHING_KNOWN
  const graph = packageGraph(db, world.root)
  const node = graph.packages.get(id)
  if (!node) return NOTHING_KNOWN
  const isLocal = node.manifest !== null
  const units = isLocal ? localUnits(db, worldId) : resolve(db, world, graph, ancestorsOf(graph, [id]))
  const unit = units.get(id) ?? units.get(hostKey(id))
  return describe(db, node, unit)
})

/** All local packages at once: nearly every question starts with them. */
const localUnits = query('localUnits', (db: Database, worldId: WorldId): ReadonlyMap<string, Unit> => {
  const world = worldOf(db, worldId)
  if (!world) return new Map()
  const graph = packageGraph(db, world.root)
  return resolve(db, world, graph, ancestorsOf(graph, [...graph.local.values()]))
})

const NOTHING_KNOWN: PackageFeatures = { active: 'unknown', features: new Map(), optional: new Map() }

function hostKey(id: PackageId): string {
  return `${id} (host)`
}

/** The packages and everything that depends on them. */
function ancestorsOf(graph: PackageGraph, ids: readonly PackageId[]): ReadonlySet<PackageId> {
  const found = new Set(ids)
  for (const id of found) for (const parent of graph.parents.get(id) ?? []) found.add(parent)
  return found
}

interface Resolution {
  readonly db: Database
  readonly world: World
  readonly graph: PackageGraph
  /** Packages that matter: others are not entered. */
  readonly scope: ReadonlySet<PackageId>
  readonly units: Map<string, Unit>
  readonly queue: Set<string>
  readonly resolver: 1 | 2
}

function resolve(db: Database, world: World, graph: PackageGraph, scope: ReadonlySet<PackageId>): ReadonlyMap<string, Unit> {
  const resolution: Resolution = { db, world, graph, scope, units: new Map(), queue: new Set(), resolver: resolverOf(db, world.root) }
  for (const id of graph.members) {
    const node = graph.packages.get(id)
    const manifest = node && scope.has(id) ? manifestOfNode(db, node) : null
    if (node && manifest) ask(resolution, node, isProcMacro(manifest), rootFeatures(db, world, manifest), new Set(), false, 'on')
  }
  let steps = 0
  for (const key of resolution.queue) {
    // Deleted first, so that a later demand puts it at the end again.
    resolution.queue.delete(key)
    const unit = resolution.units.get(key)
    if (unit) visit(resolution, unit)
    if (++steps > MAX_STEPS) {
      for (const other of resolution.units.values()) other.any = true
      break
    }
  }
  return resolution.units
}

/** Asks for features of a package; queues it again if that is news. */
function ask(
  resolution: Resolution,
  node: PackageNode,
  forHost: boolean,
  sure: Iterable<string>,
  possible: Iterable<string>,
  any: boolean,
  active: 'on' | 'unknown',
): void {
  const separate = forHost && resolution.resolver === 2
  const key = separate ? hostKey(node.id) : node.id
  const known = resolution.units.get(key)
  const unit = known ?? { node, forHost: separate, sure: new Set<string>(), possible: new Set<string>(), any: false, active }
  if (!known) resolution.units.set(key, unit)
  const before = `${unit.sure.size} ${unit.possible.size} ${unit.any} ${unit.active}`
  for (const feature of sure) unit.sure.add(feature)
  for (const feature of possible) unit.possible.add(feature)
  unit.any ||= any
  if (active === 'on') unit.active = 'on'
  if (!known || before !== `${unit.sure.size} ${unit.possible.size} ${unit.any} ${unit.active}`) resolution.queue.add(key)
}

function visit(resolution: Resolution, unit: Unit): void {
  const { db, graph, scope } = resolution
  const children = unit.node.dependencies.filter((id) => scope.has(id))
  if (children.length === 0) return
  const manifest = manifestOfNode(db, unit.node)
  if (!manifest) {
    for (const id of children) {
      const child = graph.packages.get(id)
      if (!child) continue
      ask(resolution, child, false, [], [], true, 'unknown')
      if (resolution.resolver === 2) ask(resolution, child, true, [], [], true, 'unknown')
    }
    return
  }
  const table = featureTable(db, manifest.path)
  const sure = expand(table, unit.sure)
  const possible = expand(table, unit.any ? [...table.features.keys(), ...unit.possible] : [...unit.sure, ...unit.possible])
  const isRoot = unit.node.manifest !== null && graph.members.includes(unit.node.id)
  for (const dependency of manifest.dependencies) {
    const applies = appliesTo(resolution, dependency, isRoot)
    if (applies === 'off' || (dependency.optional && !possible.enabled.has(dependency.name))) continue
    const child = dependencyTarget(graph, unit.node, dependency)
    if (!child || !scope.has(child.id)) continue
    const isSure = applies === 'on' && unit.active === 'on' && (!dependency.optional || sure.enabled.has(dependency.name))
    const childManifest = resolution.resolver === 2 ? manifestOfNode(db, child) : null
    const forHost = unit.forHost || dependency.kind === 'build' || isProcMacro(childManifest)
    const own = [...dependency.features, ...(dependency.defaultFeatures ? ['default'] : [])]
    const certain = isSure ? [...own, ...(sure.forwarded.get(dependency.name) ?? [])] : []
    ask(resolution, child, forHost, certain, [...own, ...(possible.forwarded.get(dependency.name) ?? [])], false, isSure ? 'on' : 'unknown')
  }
}

/** Resolver 1 unifies over all targets and with the dev-dependencies of members; resolver 2 takes what this build needs. */
function appliesTo(resolution: Resolution, dependency: Dependency, isRoot: boolean): FeatureState {
  if (dependency.kind === 'dev' && (resolution.resolver === 2 || !isRoot)) return 'off'
  if (dependency.target === null || resolution.resolver === 1) return 'on'
  return targetState(resolution.db, dependency.target)
}

function isProcMacro(manifest: Manifest | null): boolean {
  return manifest?.lib?.procMacro === true
}

function describe(db: Database, node: PackageNode, unit: Unit | undefined): PackageFeatures {
  const manifest = manifestOfNode(db, node)
  const active: FeatureState = unit ? unit.active : 'off'
  if (!manifest) return { active, features: new Map([...(unit?.sure ?? [])].map((feature) => [feature, 'on'] as const)), optional: new Map() }
  const table = featureTable(db, manifest.path)
  const sure = expand(table, unit?.sure ?? [])
  // What nothing builds may still be looked into: nothing is known about it then.
  const possible = expand(table, !unit || unit.any ? table.features.keys() : [...unit.sure, ...unit.possible])
  const state = (on: boolean, maybe: boolean): FeatureState => (on ? 'on' : maybe ? 'unknown' : 'off')
  return {
    active,
    features: new Map([...table.features.keys()].map((name) => [name, state(sure.features.has(name), possible.features.has(name))])),
    optional: new Map([...table.optional].map((name) => [name, state(sure.enabled.has(name), possible.enabled.has(name))])),
  }
}

/** Whether a dependency entry of a package is part of the build of its library. */
export function dependencyState(db: Database, dependency: Dependency, features: PackageFeatures): FeatureState {
  if (dependency.kind !== 'normal') return 'off'
  const applies = dependency.target === null ? 'on' : targetState(db, dependency.target)
  if (applies === 'off' || !dependency.optional) return applies
  const enabled = features.optional.get(dependency.name) ?? 'unknown'
  return enabled === 'off' || applies === 'on' ? enabled : 'unknown'
}
