import { CFG_TRUE, conjunction, disjunction, negate } from '../project/cfg.ts'
import { isSatisfiable, isSatisfiableTogether } from '../project/cfg-logic.ts'
import type { FactPreludeName, FactsCrate } from '../facts/facts.ts'
import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import type { Visibility } from '../syntax/summary.ts'
import type { Condition } from './conditions.ts'
import { authorityOf, crateOf, editionOf, externCrate } from './crates.ts'
import type { DefId, ModId, Namespace, Resolution, UnknownReason } from './defs.ts'
import { crateOfDollar } from './dollar-crate.ts'
import { absoluteFactPath, factItem, factsFor, lookupFact, type FactName } from './fact-names.ts'
import { crateOfId, factId, type IdParts, idParts, moduleId, STD_CRATE, variantId } from './ids.ts'
import { isPrimitive } from './primitives.ts'
import { itemOf, moduleScope, type ScopeImport } from './scopes.ts'

/** One thing a path may mean. */
export interface Target {
  /** null for a primitive type, which `primitive` names. */
  readonly def: DefId | null
  readonly primitive: string | null
  readonly condition: Condition
  /** How many segments at the end of the path were not used: those that name something inside a type or trait. */
  readonly rest: number
}

/** All that a path may mean. */
export interface PathResult {
  readonly targets: readonly Target[]
  /** Something that cannot be looked into may define the name. */
  readonly opaque: UnknownReason | null
}

interface NameResult extends PathResult {
  /** Something that cannot be looked into may define it, if nothing else does. */
  readonly weak: UnknownReason | null
}

const NOTHING: NameResult = { targets: [], opaque: null, weak: null }

/** Steps of one lookup. Preludes of big crates need a few hundred. */
const FUEL = 50_000

interface Search {
  readonly db: Database
  /** Finished and running lookups; a running one counts as finding nothing, which breaks circles of globs and `use`s. */
  readonly seen: Map<string, NameResult>
  fuel: number
}

/** A path as a query key: module, namespace, `::` for a global path, segments. */
function pathKey(module: ModId, namespace: Namespace, global: boolean, segments: readonly string[]): string {
  return [module, namespace, global ? '::' : '', segments.join('::')].join('\n')
}

const pathQuery = query<string, PathResult>(
  'resolvePath',
  (db, key) => {
    const [module = '', namespace = 'type', global = '', path = ''] = key.split('\n')
    const search: Search = { db, seen: new Map(), fuel: FUEL }
    const result = walkPath(search, module, path.split('::'), global !== '', namespace as Namespace, false)
    const given = moduleScope(db, module)?.condition ?? CFG_TRUE
    const targets = result.targets.filter((target) => target.condition === CFG_TRUE || isSatisfiableTogether(given, target.condition))
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
export function resolveTargets(db: Database, module: ModId, segments: readonly string[], global: boolean, namespace: Namespace): PathResult {
  return pathQuery(db, pathKey(module, namespace, global, segments))
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

function distinct(targets: readonly Target[]): readonly Target[] {
  const found = new Map<string, Target>()
  for (const target of targets) {
    const key = `${target.def ?? target.primitive} ${target.rest}`
    const before = found.get(key)
    found.set(key, before ? { ...before, condition: disjunction([before.condition, target.condition]) } : target)
  }
  return [...found.values()]
}

function walkPath(search: Search, module: ModId, path: readonly string[], global: boolean, namespace: Namespace, isUse: boolean): NameResult {
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

function firstSegments(search: Search, module: ModId, path: readonly string[], global: boolean, isUse: boolean, namespace: Namespace): Start {
  const { db } = search
  const crate = crateOfId(module)
  const root = moduleId(crate, '')
  const first = path[0] ?? ''
  const old = editionOf(db, crate) === '2015'
  if (!global) {
    const dollar = crateOfDollar(db, first)
    if (dollar !== null) return { result: crateRoot(db, dollar), used: 1 }
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

function one(def: DefId, condition: Condition = CFG_TRUE): NameResult {
  return { targets: [{ def, primitive: null, condition, rest: 0 }], opaque: null, weak: null }
}

function opaqueResult(reason: UnknownReason): NameResult {
  return { targets: [], opaque: reason, weak: null }
}

/** The root module of a crate, wherever its names come from. */
function crateRoot(db: Database, crate: CrateId): NameResult {
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

/** What covers every configuration needs no look further out. */
function isSettled(result: NameResult): boolean {
  return result.opaque !== null || covers(result.targets)
}

function covers(targets: readonly Target[]): boolean {
  if (targets.length === 0) return false
  if (targets.some((target) => target.condition === CFG_TRUE)) return true
  return !isSatisfiable(negate(disjunction(targets.map((target) => target.condition))))
}

/** Alternatives of `inner`, and those of `outer` for the configurations that `inner` leaves open. */
function orElse(inner: NameResult, outer: NameResult): NameResult {
  if (isSettled(inner)) return inner
  const left = inner.targets.length === 0 ? CFG_TRUE : negate(disjunction(inner.targets.map((target) => target.condition)))
  const added = outer.targets.map((target) => ({ ...target, condition: conjunction([left, target.condition]) }))
  // An opaque outer scope cannot take back what may be found here, but adds a doubt.
  return { targets: [...inner.targets, ...added], opaque: outer.opaque, weak: inner.weak ?? outer.weak }
}

function externPrelude(search: Search, crate: CrateId, name: string): NameResult | null {
  const { db } = search
  const renamed = moduleScope(db, moduleId(crate, ''))?.imports.get(name)?.find((each) => each.externCrate)
  if (renamed) return resolveImport(search, moduleId(crate, ''), renamed, 'type')
  const extern = externCrate(db, crate, name)
  if (extern !== null) return crateRoot(db, extern)
  if (!crateOf(db, crate)?.openDependencies) return null
  return { ...NOTHING, weak: { code: 'not-downloaded', text: `${name} may be a crate: there is no manifest that says` } }
}

function stdPrelude(search: Search, crate: CrateId, name: string, namespace: Namespace): NameResult {
  const { db } = search
  const authority = authorityOf(db, STD_CRATE)
  if (authority.kind === 'absent') return isPrimitive(name) ? NOTHING : { ...NOTHING, weak: authority.reason }
  if (authority.kind !== 'facts') return NOTHING
  const entry = preludeOf(db, authority.facts, editionOf(db, crate)).get(`${namespace} ${name}`)
  return entry ? followFact(search, absoluteFactPath(db, STD_CRATE, entry.path), namespace) : NOTHING
}

const PRELUDES = Symbol('resolve: preludes by edition')

function preludeOf(db: Database, facts: FactsCrate, edition: string): ReadonlyMap<string, FactPreludeName> {
  const known = db.slot<Map<string, { facts: FactsCrate; names: ReadonlyMap<string, FactPreludeName> }>>(PRELUDES, () => new Map())
  const before = known.get(edition)
  if (before?.facts === facts) return before.names
  const names = new Map(facts.prelude(edition).map((each) => [`${each.namespace} ${each.name}`, each]))
  known.set(edition, { facts, names })
  return names
}

/** A name in a module seen from outside or as one of several scopes. `viewer`: the module whose glob asks; hides what it cannot see. */
function lookupIn(search: Search, module: ModId, name: string, namespace: Namespace, viewer: ModId | null): NameResult {
  const key = [module, name, namespace, viewer ?? ''].join('\n')
  const known = search.seen.get(key)
  if (known) return known
  if (search.fuel-- <= 0) return opaqueResult({ code: 'limit', text: `too many steps to resolve ${name}` })
  search.seen.set(key, NOTHING)
  const result = searchModule(search, module, name, namespace, viewer)
  search.seen.set(key, result)
  return result
}

function searchModule(search: Search, module: ModId, name: string, namespace: Namespace, viewer: ModId | null): NameResult {
  const scope = moduleScope(search.db, module)
  if (!scope) return NOTHING
  let found = NOTHING
  for (const entry of scope.names.get(name) ?? []) {
    if (entry.namespace === namespace && isVisible(entry.vis, module, viewer)) found = alongside(found, one(entry.def, entry.condition))
  }
  for (const each of scope.imports.get(name) ?? []) {
    if (isVisible(each.vis, module, viewer)) found = alongside(found, resolveImport(search, module, each, namespace))
  }
  if (isSettled(found)) return found
  const macro = scope.opaque.find((each) => each.words.has(name))
  if (macro && namespace !== 'macro') found = orElse(found, opaqueResult(macro.reason))
  found = orElse(found, throughGlobs(search, module, scope.globs.filter((glob) => isVisible(glob.vis, module, viewer)), name, namespace))
  const doubt = scope.opaque.find((each) => !each.onlyWords)
  return doubt && found.weak === null ? { ...found, weak: doubt.reason } : found
}

/** Definitions of one name beside each other: each holds under its own condition. */
function alongside(a: NameResult, b: NameResult): NameResult {
  return { targets: [...a.targets, ...b.targets], opaque: a.opaque ?? b.opaque, weak: a.weak ?? b.weak }
}

function resolveImport(search: Search, module: ModId, each: ScopeImport, namespace: Namespace): NameResult {
  const { db } = search
  const result = each.externCrate ? namedCrate(db, crateOfId(module), each.path[0] ?? '') : walkPath(search, module, each.path, each.global, namespace, true)
  const targets = result.targets
    .filter((target) => target.rest === 0)
    .map((target) => ({ ...target, condition: conjunction([each.condition, target.condition]) }))
  // What an import may name in the other namespaces is no doubt about this one, if it is known there.
  return { targets, opaque: result.opaque ?? (targets.length === 0 ? result.weak : null), weak: null }
}

function namedCrate(db: Database, from: CrateId, name: string): NameResult {
  if (name === 'self') return one(moduleId(from, ''))
  const extern = externCrate(db, from, name)
  return extern === null ? opaqueResult({ code: 'not-downloaded', text: `crate ${name} is not in the crate graph` }) : crateRoot(db, extern)
}

/** What is found through one glob cannot be anything else through another, so one that cannot be looked into is no doubt then. */
function throughGlobs(search: Search, module: ModId, globs: readonly ScopeImport[], name: string, namespace: Namespace): NameResult {
  let found = NOTHING
  for (const glob of globs) found = alongside(found, throughGlob(search, module, glob, name, namespace))
  return found.targets.length > 0 ? { ...found, opaque: null } : found
}

function throughGlob(search: Search, module: ModId, glob: ScopeImport, name: string, namespace: Namespace): NameResult {
  const at = glob.path.length === 0 ? one(moduleId(crateOfId(module), '')) : walkPath(search, module, glob.path, glob.global, 'type', true)
  if (at.opaque) return opaqueResult(at.opaque)
  let found: NameResult = { ...NOTHING, weak: at.weak }
  for (const target of at.targets) {
    if (target.def === null || target.rest > 0) continue
    const inside = lookupMember(search, target.def, name, namespace, module)
    const condition = conjunction([glob.condition, target.condition])
    found = alongside(found, { ...inside, targets: inside.targets.map((each) => ({ ...each, condition: conjunction([condition, each.condition]) })) })
  }
  return found
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
    if (inside.targets.length === 0 && !isContainer) found = alongside(found, { ...NOTHING, targets: [{ ...target, rest: left }] })
    else found = alongside(found, { ...inside, targets: inside.targets.map((each) => ({ ...each, condition: conjunction([target.condition, each.condition]) })) })
  }
  return found
}

function isModuleLike(db: Database, def: DefId): boolean {
  return idParts(def).kind === 'module' || factItem(db, def)?.kind === 'module'
}

/** A name inside a module or an enum of either sort. */
function lookupMember(search: Search, container: DefId, name: string, namespace: Namespace, viewer: ModId | null): NameResult {
  const { db } = search
  const parts = idParts(container)
  if (parts.kind === 'module') return lookupIn(search, container, name, namespace, viewer)
  if (parts.kind === 'item') {
    const item = itemOf(db, container)?.item
    return item?.kind === 'enum' && item.variants.some((variant) => variant.name === name) ? one(variantId(container, name)) : NOTHING
  }
  if (parts.kind !== 'fact') return NOTHING
  const item = factItem(db, container)
  if (item?.kind === 'type') return item.type.variants.includes(name) ? one(variantId(container, name)) : NOTHING
  return item?.kind === 'module' ? lookupInFacts(search, parts, item.globs, name, namespace, viewer) : NOTHING
}

type FactParts = Extract<IdParts, { kind: 'fact' }>

function lookupInFacts(search: Search, { crate, path }: FactParts, globs: readonly string[], name: string, namespace: Namespace, viewer: ModId | null): NameResult {
  const key = [path, crate, name, namespace, viewer === null ? 'path' : 'glob'].join('\n')
  const known = search.seen.get(key)
  if (known) return known
  if (search.fuel-- <= 0) return opaqueResult({ code: 'limit', text: `too many steps to resolve ${name}` })
  search.seen.set(key, NOTHING)
  const { db } = search
  const below = [...path.split('::').slice(1), name]
  let found = followFact(search, lookupFact(db, crate, below, namespace), namespace)
  for (const glob of globs) {
    if (found.targets.length > 0) break
    for (const target of followFact(search, absoluteFactPath(db, crate, glob), 'type').targets) {
      if (target.def !== null) found = alongside(found, lookupMember(search, target.def, name, namespace, viewer))
    }
  }
  // Every name that is looked for passes through globs, which is no reason to read a crate's sources.
  if (viewer === null) found = orSource(search, found, crate, below, namespace)
  search.seen.set(key, found)
  return found
}

/** Names that the facts do not have (features that were off when they were made, private modules) may stand in the sources. */
function orSource(search: Search, found: NameResult, crate: CrateId, path: readonly string[], namespace: Namespace): NameResult {
  if (found.targets.length > 0 || (crateOf(search.db, crate)?.root ?? null) === null) return found
  const inSource = fromRoot(search, one(moduleId(crate, '')), path, namespace)
  return inSource.targets.length > 0 || inSource.opaque ? inSource : { ...found, weak: found.weak ?? inSource.weak }
}

function followFact(search: Search, fact: FactName, namespace: Namespace): NameResult {
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
  if (search.fuel-- <= 0) return opaqueResult({ code: 'limit', text: `too many steps to resolve ${path.join('::')}` })
  const facts = factsFor(search.db, crate)
  if (facts) return orSource(search, followFact(search, lookupFact(search.db, crate, path, namespace), namespace), crate, path, namespace)
  return fromRoot(search, crateRoot(search.db, crate), path, namespace)
}

function fromRoot(search: Search, root: NameResult, path: readonly string[], namespace: Namespace): NameResult {
  let result = root
  for (const [i, name] of path.entries()) {
    result = stepInto(search, result, name, i === path.length - 1 ? namespace : 'type', path.length - i)
  }
  return result
}

/** What facts call an absolute path, seen from one of the crates they are about. */
export function resolveAbsolute(db: Database, from: CrateId, path: string, namespace: Namespace): PathResult {
  const search: Search = { db, seen: new Map(), fuel: FUEL }
  const result = followFact(search, absoluteFactPath(db, from, path), namespace)
  return { targets: distinct(result.targets), opaque: result.opaque ?? (result.targets.length === 0 ? result.weak : null) }
}

function isVisible(vis: Visibility, owner: ModId, viewer: ModId | null): boolean {
  if (viewer === null || vis === 'pub') return true
  if (crateOfId(owner) !== crateOfId(viewer)) return false
  if (vis === 'private') return isWithin(viewer, owner)
  if (vis === 'super') return isWithin(viewer, owner.includes('::') ? owner.slice(0, owner.lastIndexOf('::')) : moduleId(crateOfId(owner), ''))
  return true
}

function isWithin(inner: ModId, outer: ModId): boolean {
  return inner === outer || outer.endsWith('\t') || inner.startsWith(`${outer}::`)
}

