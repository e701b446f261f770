import type { CrateId } from '../project/crate-graph.ts'
import type { Visibility } from '../syntax/summary.ts'
import { both } from './conditions.ts'
import { crateOf, editionOf, externCrate } from './crates.ts'
import type { DefId, ModId, Namespace } from './defs.ts'
import { absoluteFactPath, factItem, lookupFact } from './fact-names.ts'
import { crateOfId, type IdParts, idParts, isModuleId, moduleId, variantId } from './ids.ts'
import { crateRoot, followFact, fromRoot, type Search, walkPath } from './lookup.ts'
import { alongside, isSettled, type NameResult, NOTHING, one, opaqueResult, orElse } from './name-result.ts'
import { plainModule } from './plain-path.ts'
import { itemOf, moduleScope, type ScopeImport } from './scopes.ts'

/** A name in a module seen from outside or as one of several scopes. `viewer`: the module whose glob asks; hides what it cannot see. */
export function lookupIn(search: Search, module: ModId, name: string, namespace: Namespace, viewer: ModId | null): NameResult {
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
    if (entry.namespace === namespace && isVisible(entry.vis, module, viewer))
      found = alongside(found, one(entry.def, entry.condition))
  }
  for (const each of scope.imports.get(name) ?? []) {
    if (isVisible(each.vis, module, viewer)) found = alongside(found, resolveImport(search, module, each, namespace))
  }
  if (isSettled(found)) return found
  const macro = scope.opaque.find((each) => each.words.has(name))
  if (macro && namespace !== 'macro') found = orElse(found, opaqueResult(macro.reason))
  found = orElse(
    found,
    throughGlobs(
      search,
      module,
      scope.globs.filter((glob) => isVisible(glob.vis, module, viewer)),
      name,
      namespace,
    ),
  )
  const doubt = scope.opaque.find((each) => !each.onlyWords)
  return doubt && found.weak === null ? { ...found, weak: doubt.reason } : found
}

export function resolveImport(search: Search, module: ModId, each: ScopeImport, namespace: Namespace): NameResult {
  const result = each.externCrate
    ? namedCrate(search, crateOfId(module), each.path[0] ?? '')
    : walkPath(search, module, each.path, each.global, namespace, true)
  const targets = result.targets
    .filter((target) => target.rest === 0)
    .map((target) => ({ ...target, condition: both(each.condition, target.condition) }))
  // What an import may name in the other namespaces is no doubt about this one, if it is known there.
  return { targets, opaque: result.opaque ?? (targets.length === 0 ? result.weak : null), weak: null }
}

function namedCrate(search: Search, from: CrateId, name: string): NameResult {
  const { db } = search
  if (name === 'self') return one(moduleId(from, ''))
  const extern = externCrate(db, from, name)
  return extern === null
    ? opaqueResult({ code: 'not-downloaded', text: `crate ${name} is not in the crate graph` })
    : crateRoot(search, extern)
}

/** What is found through one glob cannot be anything else through another, so one that cannot be looked into is no doubt then. */
function throughGlobs(
  search: Search,
  module: ModId,
  globs: readonly ScopeImport[],
  name: string,
  namespace: Namespace,
): NameResult {
  let found = NOTHING
  for (const glob of globs) found = alongside(found, throughGlob(search, module, glob, name, namespace))
  return found.targets.length > 0 ? { ...found, opaque: null } : found
}

function globTarget(search: Search, module: ModId, glob: ScopeImport): NameResult {
  const old = editionOf(search.db, crateOfId(module)) === '2015'
  const plain = glob.global || old ? null : plainModule(search.db, module, glob.path)
  return plain === null ? walkPath(search, module, glob.path, glob.global, 'type', true) : one(plain)
}

function throughGlob(search: Search, module: ModId, glob: ScopeImport, name: string, namespace: Namespace): NameResult {
  const at = glob.path.length === 0 ? one(moduleId(crateOfId(module), '')) : globTarget(search, module, glob)
  if (at.opaque) return opaqueResult(at.opaque)
  let found: NameResult = { ...NOTHING, weak: at.weak }
  for (const target of at.targets) {
    if (target.def === null || target.rest > 0) continue
    const inside = lookupMember(search, target.def, name, namespace, module)
    const condition = both(glob.condition, target.condition)
    found = alongside(found, {
      ...inside,
      targets: inside.targets.map((each) => ({ ...each, condition: both(condition, each.condition) })),
    })
  }
  return found
}

/** A name inside a module or an enum of either sort. */
export function lookupMember(
  search: Search,
  container: DefId,
  name: string,
  namespace: Namespace,
  viewer: ModId | null,
): NameResult {
  const { db } = search
  if (isModuleId(container)) return lookupIn(search, container, name, namespace, viewer)
  const parts = idParts(container)
  if (parts.kind === 'item') {
    const item = itemOf(db, container)?.item
    return item?.kind === 'enum' && item.variants.some((variant) => variant.name === name)
      ? one(variantId(container, name))
      : NOTHING
  }
  if (parts.kind !== 'fact') return NOTHING
  const item = factItem(db, container)
  if (item?.kind === 'type') return item.type.variants.includes(name) ? one(variantId(container, name)) : NOTHING
  return item?.kind === 'module' ? lookupInFacts(search, parts, item.globs, name, namespace, viewer) : NOTHING
}

type FactParts = Extract<IdParts, { kind: 'fact' }>

function lookupInFacts(
  search: Search,
  { crate, path }: FactParts,
  globs: readonly string[],
  name: string,
  namespace: Namespace,
  viewer: ModId | null,
): NameResult {
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
  if (viewer === null || search.globsReadSources) found = orSource(search, found, crate, below, namespace)
  search.seen.set(key, found)
  return found
}

/** Names that the facts do not have (features that were off when they were made, private modules) may stand in the sources. */
export function orSource(
  search: Search,
  found: NameResult,
  crate: CrateId,
  path: readonly string[],
  namespace: Namespace,
): NameResult {
  if (found.targets.length > 0 || (crateOf(search.db, crate)?.root ?? null) === null) return found
  const inSource = fromRoot(search, one(moduleId(crate, '')), path, namespace)
  // What the sources do not hold either is no name there: only their own doubts count.
  return inSource.targets.length > 0 || inSource.opaque ? inSource : { ...found, weak: inSource.weak }
}

function isVisible(vis: Visibility, owner: ModId, viewer: ModId | null): boolean {
  if (viewer === null || vis === 'pub') return true
  if (crateOfId(owner) !== crateOfId(viewer)) return false
  if (vis === 'private') return isWithin(viewer, owner)
  if (vis === 'super')
    return isWithin(viewer, owner.includes('::') ? owner.slice(0, owner.lastIndexOf('::')) : moduleId(crateOfId(owner), ''))
  return true
}

function isWithin(inner: ModId, outer: ModId): boolean {
  return inner === outer || outer.endsWith('\t') || inner.startsWith(`${outer}::`)
}
