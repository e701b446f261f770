import type { FactPreludeName, FactsCrate } from '../facts/facts.ts'
import { CFG_TRUE } from '../project/cfg.ts'
import { isSatisfiableTogether } from '../project/cfg-logic.ts'
import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import { both } from './conditions.ts'
import { authorityOf, crateOf, editionOf, externCrate } from './crates.ts'
import type { DefId, ModId, Namespace, Resolution } from './defs.ts'
import { crateOfDollar } from './dollar-crate.ts'
import { absoluteFactPath, type FactName, factItem, factsFor, lookupFact } from './fact-names.ts'
import { crateOfId, factId, isModuleId, moduleId, STD_CRATE } from './ids.ts'
import { lookupIn, lookupMember, orSource, resolveImport } from './member-lookup.ts'
import {
  alongside,
  distinct,
  isSettled,
  type NameResult,
  NOTHING,
  one,
  opaqueResult,
  orElse,
  type PathResult,
  type Target,
} from './name-result.ts'
import { isPrimitive } from './primitives.ts'
import { sameValue } from './same-value.ts'
import { moduleScope } from './scopes.ts'

export type { PathResult, Target } from './name-result.ts'

/** Steps of one lookup. Preludes of big crates need a few hundred. */
const FUEL = 50_000

export interface Search {
  readonly db: Database
  /** Finished and running lookups; a running one counts as finding nothing, which breaks circles of globs and `use`s. */
  readonly seen: Map<string, NameResult>
  /** Whether globs may lead into the sources of crates that facts speak for. */
  readonly globsReadSources: boolean
  /** Crates other than those of the workspace count as empty. */
  readonly workspaceOnly: boolean
  fuel: number
}

/** A new search; through globs first by facts alone, since every name that is looked for passes through them. */
function newSearch(db: Database, { globsReadSources = false, workspaceOnly = false } = {}): Search {
  return { db, seen: new Map(), globsReadSources, workspaceOnly, fuel: FUEL }
}

/** A path as a query key: module, namespace, `::` for a global path, segments. */
function pathKey(module: ModId, namespace: Namespace, global: boolean, segments: readonly string[]): string {
  return [module, namespace, global ? '::' : '', segments.join('::')].join('\n')
}

const pathQuery = query<string, PathResult>(
  'resolvePath',
  (db, key) => {
    const [module = '', namespace = 'type', global = '', path = ''] = key.split('\n')
    const walk = (search: Search): NameResult =>
      walkPath(search, module, path.split('::'), global !== '', namespace as Namespace, false)
    const first = walk(newSearch(db))
    const result = first.targets.length === 0 && first.weak ? walk(newSearch(db, { globsReadSources: true })) : first
    const given = moduleScope(db, module)?.condition ?? CFG_TRUE
    const targets = result.targets.filter(
      (target) => target.condition === CFG_TRUE || isSatisfiableTogether(given, target.condition),
    )
    return { targets: distinct(targets), opaque: result.opaque ?? (targets.length === 0 ? result.weak : null) }
  },
  {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  },
)

/**
 * What a path in a module may mean. Segments after a type or trait are not resolved but counted in `rest`.
 * @param namespace of the last segment
 */
export function resolveTargets(
  db: Database,
  module: ModId,
  segments: readonly string[],
  global: boolean,
  namespace: Namespace,
): PathResult {
  return pathQuery(db, pathKey(module, namespace, global, segments))
}

const workspaceQuery = query<string, readonly Target[]>(
  'resolveInWorkspace',
  (db, key) => {
    const [module = '', namespace = 'type', global = '', path = ''] = key.split('\n')
    const search = newSearch(db, { workspaceOnly: true })
    return distinct(walkPath(search, module, path.split('::'), global !== '', namespace as Namespace, false).targets)
  },
  { equals: sameValue },
)

/**
 * The items of the workspace that a path may mean. For questions about the workspace's own items, asked of every path in a
 * body: what leads into other crates is not followed, however much there would be to read.
 */
export function resolveInWorkspace(
  db: Database,
  module: ModId,
  segments: readonly string[],
  global: boolean,
  namespace: Namespace,
): readonly Target[] {
  return workspaceQuery(db, pathKey(module, namespace, global, segments))
}

/** What a path in a module means, where nothing may be left over. */
export function resolvePath(db: Database, module: ModId, path: string, namespace: Namespace): Resolution {
  const global = path.startsWith('::')
  const { targets, opaque } = resolveTargets(db, module, path.replace(/^::/, '').split('::'), global, namespace)
  const whole = targets.filter((target) => target.rest === 0)
  const [only] = whole
  if (opaque) return { kind: 'opaque', reason: opaque }
  if (only === undefined) return { kind: 'not-found' }
  if (whole.length > 1) return { kind: 'ambiguous', defs: whole.flatMap((target) => target.def ?? []) }
  return only.def === null ? { kind: 'primitive', name: only.primitive ?? '' } : { kind: 'found', def: only.def }
}

export function walkPath(
  search: Search,
  module: ModId,
  path: readonly string[],
  global: boolean,
  namespace: Namespace,
  isUse: boolean,
): NameResult {
  const space = (i: number): Namespace => (i === path.length - 1 ? namespace : 'type')
  let { result, used } = firstSegments(search, module, path, global, isUse, space(0))
  for (; used < path.length; used++) {
    const name = path[used] ?? ''
    const left = path.length - used
    result = stepInto(search, result, name, space(used), left)
    if (result.targets.length === 0) return result
  }
  return result
}

interface Start {
  readonly result: NameResult
  readonly used: number
}

function firstSegments(
  search: Search,
  module: ModId,
  path: readonly string[],
  global: boolean,
  isUse: boolean,
  namespace: Namespace,
): Start {
  const { db } = search
  const crate = crateOfId(module)
  const root = moduleId(crate, '')
  const first = path[0] ?? ''
  const old = editionOf(db, crate) === '2015'
  if (!global) {
    const dollar = crateOfDollar(db, first)
    if (dollar !== null) return { result: crateRoot(search, dollar), used: 1 }
    if (first === 'crate') return { result: one(root), used: 1 }
    if (first === 'self' || first === 'super') return relativeStart(db, module, path)
    if (!(isUse && old)) return { result: lexical(search, module, first, namespace), used: 1 }
  }
  if (old) {
    const inRoot = lookupIn(search, root, first, namespace, null)
    if (inRoot.targets.length > 0 || inRoot.opaque) return { result: inRoot, used: 1 }
  }
  const extern = externPrelude(search, crate, first)
  return { result: extern ?? NOTHING, used: 1 }
}

/** `self::`, `super::super::` and the like. */
function relativeStart(db: Database, module: ModId, path: readonly string[]): Start {
  let at: ModId | null = withoutBlocks(db, module)
  let used = 0
  for (; used < path.length; used++) {
    if (path[used] === 'super') {
      const parent: ModId | null = at === null ? null : (moduleScope(db, at)?.parent ?? null)
      at = parent === null ? null : withoutBlocks(db, parent)
    } else if (path[used] !== 'self') break
  }
  return { result: at === null ? NOTHING : one(at), used }
}

function withoutBlocks(db: Database, module: ModId): ModId {
  let at = module
  for (let fuel = 64; fuel > 0; fuel--) {
    const scope = moduleScope(db, at)
    if (!scope?.block || scope.parent === null) return at
    at = scope.parent
  }
  return at
}

/** The root module of a crate, wherever its names come from. */
export function crateRoot({ db, workspaceOnly }: Search, crate: CrateId): NameResult {
  if (workspaceOnly && !crateOf(db, crate)?.local) return NOTHING
  const authority = authorityOf(db, crate)
  if (authority.kind === 'absent') return opaqueResult(authority.reason)
  return one(authority.kind === 'source' ? moduleId(crate, '') : factId(crate, 'type', authority.facts.name))
}

/** A single name as seen from inside a module: its own, then the surrounding block's, then preludes. */
function lexical(search: Search, module: ModId, name: string, namespace: Namespace): NameResult {
  const { db } = search
  let found = NOTHING
  let at: ModId | null = module
  for (let fuel = 64; at !== null && fuel > 0; fuel--) {
    const scope: ReturnType<typeof moduleScope> = moduleScope(db, at)
    if (!scope) break
    found = orElse(found, lookupIn(search, at, name, namespace, null))
    if (isSettled(found)) return found
    at = scope.block ? scope.parent : null
  }
  const crate = crateOfId(module)
  if (namespace === 'type') found = orElse(found, externPrelude(search, crate, name) ?? NOTHING)
  if (!isSettled(found)) found = orElse(found, stdPrelude(search, crate, name, namespace))
  if (!isSettled(found) && namespace === 'type' && isPrimitive(name)) {
    found = orElse(found, { targets: [{ def: null, primitive: name, condition: CFG_TRUE, rest: 0 }], opaque: null, weak: null })
  }
  return found
}

function externPrelude(search: Search, crate: CrateId, name: string): NameResult | null {
  const { db } = search
  const renamed = moduleScope(db, moduleId(crate, ''))
    ?.imports.get(name)
    ?.find((each) => each.externCrate)
  if (renamed) return resolveImport(search, moduleId(crate, ''), renamed, 'type')
  const extern = externCrate(db, crate, name)
  if (extern !== null) return crateRoot(search, extern)
  if (!crateOf(db, crate)?.openDependencies) return null
  return { ...NOTHING, weak: { code: 'not-downloaded', text: `${name} may be a crate: there is no manifest that says` } }
}

function stdPrelude(search: Search, crate: CrateId, name: string, namespace: Namespace): NameResult {
  const { db } = search
  if (search.workspaceOnly) return NOTHING
  const authority = authorityOf(db, STD_CRATE)
  if (authority.kind === 'absent') return isPrimitive(name) ? NOTHING : { ...NOTHING, weak: authority.reason }
  if (authority.kind !== 'facts') return NOTHING
  const entry = preludeOf(db, authority.facts, editionOf(db, crate)).get(`${namespace} ${name}`)
  return entry ? followFact(search, absoluteFactPath(db, STD_CRATE, entry.path), namespace) : NOTHING
}

const PRELUDES = Symbol('resolve: preludes by edition')

function preludeOf(db: Database, facts: FactsCrate, edition: string): ReadonlyMap<string, FactPreludeName> {
  const known = db.slot<Map<string, { facts: FactsCrate; names: ReadonlyMap<string, FactPreludeName> }>>(
    PRELUDES,
    () => new Map(),
  )
  const before = known.get(edition)
  if (before?.facts === facts) return before.names
  const names = new Map(facts.prelude(edition).map((each) => [`${each.namespace} ${each.name}`, each]))
  known.set(edition, { facts, names })
  return names
}

/** Goes one segment deeper from everything found so far; `left` segments are left, this one included. */
function stepInto(search: Search, from: NameResult, name: string, namespace: Namespace, left: number): NameResult {
  let found: NameResult = { targets: [], opaque: from.opaque, weak: from.weak }
  for (const target of from.targets) {
    if (target.rest > 0 || target.def === null) {
      found = alongside(found, { ...NOTHING, targets: [target.rest > 0 ? target : { ...target, rest: left }] })
      continue
    }
    const isContainer = isModuleLike(search.db, target.def)
    const inside = lookupMember(search, target.def, name, namespace, null)
    if (inside.targets.length === 0 && !isContainer)
      found = alongside(found, { ...NOTHING, targets: [{ ...target, rest: left }] })
    else
      found = alongside(found, {
        ...inside,
        targets: inside.targets.map((each) => ({ ...each, condition: both(target.condition, each.condition) })),
      })
  }
  return found
}

function isModuleLike(db: Database, def: DefId): boolean {
  return isModuleId(def) || factItem(db, def)?.kind === 'module'
}

/** What a name from facts leads to. */
export function followFact(search: Search, fact: FactName, namespace: Namespace): NameResult {
  switch (fact.kind) {
    case 'found':
      return one(fact.def)
    case 'primitive':
      return { targets: [{ def: null, primitive: fact.name, condition: CFG_TRUE, rest: 0 }], opaque: null, weak: null }
    case 'not-found':
      return NOTHING
    case 'opaque':
      return fact.nearby ? { ...NOTHING, weak: fact.reason } : opaqueResult(fact.reason)
    case 'elsewhere':
      return pathInCrate(search, fact.crate, fact.path, namespace)
  }
}

/** A path from the root of a crate, as facts give it. */
function pathInCrate(search: Search, crate: CrateId, path: readonly string[], namespace: Namespace): NameResult {
  const key = ['elsewhere', crate, path.join('::'), namespace].join('\n')
  const known = search.seen.get(key)
  if (known) return known
  search.seen.set(key, NOTHING)
  const result = lookUpInCrate(search, crate, path, namespace)
  search.seen.set(key, result)
  return result
}

function lookUpInCrate(search: Search, crate: CrateId, path: readonly string[], namespace: Namespace): NameResult {
  if (search.fuel-- <= 0) return opaqueResult({ code: 'limit', text: `too many steps to resolve ${path.join('::')}` })
  const root = crateRoot(search, crate)
  if (!factsFor(search.db, crate)) return fromRoot(search, root, path, namespace)
  const listed = followFact(search, lookupFact(search.db, crate, path, namespace), namespace)
  if (listed.targets.length > 0) return listed
  const found = orSource(search, orElse(listed, fromRoot(search, root, path, namespace)), crate, path, namespace)
  if (found.targets.length > 0 || found.opaque || found.weak) return found
  // Facts name what exists: if not under a public path, then under a private one.
  return opaqueResult({ code: 'not-in-facts', text: `${path.join('::')} is private, and nothing is known of it` })
}

export function fromRoot(search: Search, root: NameResult, path: readonly string[], namespace: Namespace): NameResult {
  let result = root
  for (const [i, name] of path.entries()) {
    result = stepInto(search, result, name, i === path.length - 1 ? namespace : 'type', path.length - i)
  }
  return result
}

/** What facts call an absolute path, seen from one of the crates they are about. */
export function resolveAbsolute(db: Database, from: CrateId, path: string, namespace: Namespace): PathResult {
  const search = newSearch(db)
  const result = followFact(search, absoluteFactPath(db, from, path), namespace)
  return { targets: distinct(result.targets), opaque: result.opaque ?? (result.targets.length === 0 ? result.weak : null) }
}
