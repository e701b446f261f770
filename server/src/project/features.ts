import { type Database, query } from '../query/database.ts'
import type { FeatureState } from './cfg.ts'
import { cfgEnv } from './cfg-env.ts'
import { targetKeyApplies } from './cfg-text.ts'
import { resolverOf, rootFeatures } from './feature-roots.ts'
import { type Expansion, expand, type FeatureTable, featureTable } from './feature-table.ts'
import type { Environment } from './host.ts'
import type { Dependency, Manifest } from './manifest.ts'
import {
  dependencyTarget,
  manifestOfNode,
  type PackageGraph,
  type PackageId,
  type PackageNode,
  packageGraph,
} from './package-graph.ts'
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

/** The units of one package: one for each machine it is built for. */
type Units = readonly Unit[]

/** What one unit asks of a package that it depends on. */
interface Demand {
  readonly child: PackageNode
  readonly forHost: boolean
  readonly sure: readonly string[]
  readonly possible: readonly string[]
  readonly any: boolean
  readonly active: 'on' | 'unknown'
}

/**
 * Features of one package (`packageKey`), by cargo's feature resolver. Reads the manifests only of packages that depend on
 * it, directly or not, and are built themselves.
 */
export const packageFeatures = query('packageFeatures', (db: Database, key: string): PackageFeatures => {
  const { world: worldId, id } = readPackageKey(key)
  const root = worldOf(db, worldId)?.root
  const node = root === undefined ? undefined : packageGraph(db, root).packages.get(id)
  const units = unitsOf(db, key)
  if (root === undefined || !node) return NOTHING_KNOWN
  const graph = packageGraph(db, root)
  const resolution: Resolution = { db, graph, scope: null, resolver: resolverOf(db, root) }
  return describe(resolution, node, units.find((unit) => !unit.forHost) ?? units[0])
})

const NOTHING_KNOWN: PackageFeatures = { active: 'unknown', features: new Map(), optional: new Map() }

/** What is outside of `LocalUnits.scope` has no part in a circle of dependencies, so it simply recurses. */
const unitsOf = query('unitsOf', (db: Database, key: string): Units => {
  const { world: worldId, id } = readPackageKey(key)
  const world = worldOf(db, worldId)
  const graph = world && packageGraph(db, world.root)
  if (!world || !graph) return []
  const local = localUnits(db, worldId)
  if (local.scope.has(id)) return local.units.get(id) ?? []
  const units = new Map<string, Unit[]>()
  for (const parent of graph.parents.get(id) ?? []) {
    for (const demand of demandsOf(db, packageKey(worldId, parent)))
      if (demand.child.id === id) merge(units, demand, resolverOf(db, world.root))
  }
  return units.get(id) ?? []
})

/** All that a package asks of others. */
const demandsOf = query('demandsOf', (db: Database, key: string): readonly Demand[] => {
  const { world: worldId } = readPackageKey(key)
  const world = worldOf(db, worldId)
  if (!world) return []
  const resolution: Resolution = { db, graph: packageGraph(db, world.root), scope: null, resolver: resolverOf(db, world.root) }
  return unitsOf(db, key).flatMap((unit) => demandsOfUnit(resolution, unit))
})

interface LocalUnits {
  /** Packages that `units` speaks for: those without an entry are not built. */
  readonly scope: ReadonlySet<PackageId>
  readonly units: ReadonlyMap<PackageId, Units>
}

/**
 * Local packages, all that takes part in a circle of dependencies (through dev-dependencies, or optional ones that no build
 * has), and whatever depends on those: a worklist raises them together.
 */
const localUnits = query('localUnits', (db: Database, worldId: WorldId): LocalUnits => {
  const world = worldOf(db, worldId)
  const units = new Map<PackageId, Unit[]>()
  if (!world) return { scope: new Set(), units }
  const graph = packageGraph(db, world.root)
  const withoutSource = [...graph.packages.values()].filter((node) => node.source === null).map((node) => node.id)
  const scope = ancestorsOf(graph, [...withoutSource, ...leadingToCircles(graph)])
  const resolution: Resolution = { db, graph, scope, resolver: resolverOf(db, world.root) }
  const queue = new Set<Unit>()
  const raise = (demand: Demand): void => {
    const raised = merge(units, demand, resolution.resolver)
    if (raised) queue.add(raised)
  }
  for (const demand of rootDemands(db, world, graph)) raise(demand)
  let steps = 0
  for (const unit of queue) {
    // Removed first, so that a later demand puts it at the end again.
    queue.delete(unit)
    for (const demand of demandsOfUnit(resolution, unit)) raise(demand)
    if (++steps > MAX_STEPS) {
      for (const other of [...units.values()].flat()) other.any = true
      break
    }
  }
  return { scope, units }
})

/** The packages and everything that depends on them. */
function ancestorsOf(graph: PackageGraph, ids: readonly PackageId[]): ReadonlySet<PackageId> {
  const found = new Set(ids)
  for (const id of found) for (const parent of graph.parents.get(id) ?? []) found.add(parent)
  return found
}

/** Packages in circles of dependencies, and those that depend on one: what is left when leaf after leaf is taken away. */
function leadingToCircles(graph: PackageGraph): Iterable<PackageId> {
  const open = new Map([...graph.packages.values()].map((node) => [node.id, node.dependencies.length] as const))
  const leaves = [...open].flatMap(([id, count]) => (count === 0 ? [id] : []))
  for (let leaf = leaves.pop(); leaf !== undefined; leaf = leaves.pop()) {
    open.delete(leaf)
    for (const parent of graph.parents.get(leaf) ?? []) {
      const left = (open.get(parent) ?? 0) - 1
      open.set(parent, left)
      if (left === 0) leaves.push(parent)
    }
  }
  return open.keys()
}

interface Resolution {
  readonly db: Database
  readonly graph: PackageGraph
  /** Packages that matter: others are not entered. null: all do. */
  readonly scope: ReadonlySet<PackageId> | null
  readonly resolver: 1 | 2
}

/** Members are what is built. */
function rootDemands(db: Database, world: World, graph: PackageGraph): readonly Demand[] {
  return graph.members.flatMap((id) => {
    const child = graph.packages.get(id)
    const manifest = child ? manifestOfNode(db, child) : null
    if (!child || !manifest) return []
    const sure = [...rootFeatures(db, world, manifest)]
    return [{ child, forHost: isProcMacro(manifest), sure, possible: [], any: false, active: 'on' as const }]
  })
}

/** Adds a demand to the unit it is for; returns the unit if that was news. */
function merge(units: Map<PackageId, Unit[]>, demand: Demand, resolver: 1 | 2): Unit | null {
  const forHost = demand.forHost && resolver === 2
  const ofPackage = units.get(demand.child.id) ?? []
  if (ofPackage.length === 0) units.set(demand.child.id, ofPackage)
  const known = ofPackage.find((unit) => unit.forHost === forHost)
  const unit: Unit = known ?? {
    node: demand.child,
    forHost,
    sure: new Set(),
    possible: new Set(),
    any: false,
    active: demand.active,
  }
  if (!known) ofPackage.push(unit)
  const before = unit.sure.size + unit.possible.size + Number(unit.any) + Number(unit.active === 'on')
  for (const feature of demand.sure) unit.sure.add(feature)
  for (const feature of demand.possible) unit.possible.add(feature)
  unit.any ||= demand.any
  if (demand.active === 'on') unit.active = 'on'
  const after = unit.sure.size + unit.possible.size + Number(unit.any) + Number(unit.active === 'on')
  return known && before === after ? null : unit
}

function demandsOfUnit(resolution: Resolution, unit: Unit): readonly Demand[] {
  const { db, graph, scope } = resolution
  const children = scope ? unit.node.dependencies.filter((id) => scope.has(id)) : unit.node.dependencies
  if (children.length === 0) return []
  const manifest = manifestOfNode(db, unit.node)
  return manifest ? demandsOfManifest(resolution, unit, manifest) : demandsOfAbsent(graph, children)
}

/** A package without manifest may ask for anything, for either machine. */
function demandsOfAbsent(graph: PackageGraph, children: readonly PackageId[]): readonly Demand[] {
  return children.flatMap((id) => {
    const child = graph.packages.get(id)
    if (!child) return []
    return [false, true].map((forHost) => ({ child, forHost, sure: [], possible: [], any: true, active: 'unknown' as const }))
  })
}

function demandsOfManifest(resolution: Resolution, unit: Unit, manifest: Manifest): readonly Demand[] {
  const { db, graph, scope, resolver } = resolution
  const { sure, possible } = expandUnit(resolution, unit.node, unit, manifest)
  const isRoot = isMember(graph, unit.node)
  const demands: Demand[] = []
  for (const dependency of manifest.dependencies) {
    const { name } = dependency
    const applies = appliesTo(resolution, dependency, isRoot)
    if (applies === 'off' || (dependency.optional && !possible.enabled.has(name))) continue
    const child = dependencyTarget(graph, unit.node, dependency)
    if (!child || (scope && !scope.has(child.id))) continue
    const isSure = applies === 'on' && unit.active === 'on' && (!dependency.optional || sure.enabled.has(name))
    const own = [...dependency.features, ...(dependency.defaultFeatures ? ['default'] : [])]
    demands.push({
      child,
      forHost: unit.forHost || dependency.kind === 'build' || (resolver === 2 && isProcMacro(manifestOfNode(db, child))),
      sure: isSure ? [...own, ...(sure.forwarded.get(name) ?? [])] : [],
      possible: [...own, ...(possible.forwarded.get(name) ?? [])],
      any: false,
      active: isSure ? 'on' : 'unknown',
    })
  }
  return demands
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

function isMember(graph: PackageGraph, node: PackageNode): boolean {
  return node.manifest !== null && graph.members.includes(node.id)
}

/** What a unit has on for sure, and what it may have on. Nothing is known about a package that nothing builds. */
function expandUnit(
  resolution: Resolution,
  node: PackageNode,
  unit: Unit | undefined,
  manifest: Manifest,
): { readonly table: FeatureTable; readonly sure: Expansion; readonly possible: Expansion } {
  const table = featureTable(resolution.db, manifest.path)
  const isRoot = isMember(resolution.graph, node)
  const isIn = (name: string, states: readonly FeatureState[]): boolean =>
    manifest.dependencies.some(
      (entry) => entry.name === name && entry.optional && states.includes(appliesTo(resolution, entry, isRoot)),
    )
  const requested = !unit || unit.any ? [...table.features.keys(), ...(unit?.possible ?? [])] : [...unit.sure, ...unit.possible]
  return {
    table,
    sure: expand(table, unit?.sure ?? [], (name) => isIn(name, ['on'])),
    possible: expand(table, requested, (name) => isIn(name, ['on', 'unknown'])),
  }
}

function describe(resolution: Resolution, node: PackageNode, unit: Unit | undefined): PackageFeatures {
  const manifest = manifestOfNode(resolution.db, node)
  const active: FeatureState = unit ? unit.active : 'off'
  if (!manifest)
    return { active, features: new Map([...(unit?.sure ?? [])].map((feature) => [feature, 'on'] as const)), optional: new Map() }
  const { table, sure, possible } = expandUnit(resolution, node, unit, manifest)
  const state = (on: boolean, maybe: boolean): FeatureState => (on ? 'on' : maybe ? 'unknown' : 'off')
  return {
    active,
    features: new Map(
      [...table.features.keys()].map((name) => [name, state(sure.features.has(name), possible.features.has(name))]),
    ),
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
