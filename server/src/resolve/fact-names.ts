import type { FactItem, FactModule, FactsCrate } from '../facts/facts.ts'
import type { CrateId } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import { authorityOf, crateOf, isStdName } from './crates.ts'
import type { DefId, Namespace, UnknownReason } from './defs.ts'
import { factId, idParts, STD_CRATE } from './ids.ts'

/** What a name in a facts crate comes to. */
export type FactName =
  | { readonly kind: 'found'; readonly def: DefId }
  | { readonly kind: 'primitive'; readonly name: string }
  /** Another crate has to be asked for this path. */
  | { readonly kind: 'elsewhere'; readonly crate: CrateId; readonly path: readonly string[] }
  | { readonly kind: 'not-found' }
  /** `nearby`: the facts are of a neighbouring version, which is likely to have the same names. */
  | { readonly kind: 'opaque'; readonly reason: UnknownReason; readonly nearby: boolean }

/** The facts that speak for a crate, null if something else does. */
export function factsFor(db: Database, crate: CrateId): FactsCrate | null {
  const authority = authorityOf(db, crate)
  return authority.kind === 'facts' ? authority.facts : null
}

/** What the facts know about the item with this id; null if the id is of another sort or they know nothing. */
export function factItem(db: Database, id: DefId): FactItem | null {
  const parts = idParts(id)
  if (parts.kind !== 'fact') return null
  return factsFor(db, parts.crate)?.lookup(parts.path.split('::').slice(1), parts.namespace) ?? null
}

/** Looks up a path below the root of a facts crate. */
export function lookupFact(db: Database, crate: CrateId, path: readonly string[], namespace: Namespace): FactName {
  const facts = factsFor(db, crate)
  if (!facts) return { kind: 'not-found' }
  const found = facts.lookup(path, namespace)
  const doubt = found && hasSource(db, crate) ? (doubtAbout(facts, found) ?? doubtAboutDefaults(db, crate, found)) : null
  if (doubt) return { kind: 'opaque', reason: { code: 'facts-version', text: doubt }, nearby: true }
  if (found) return factName(db, crate, facts, found, namespace, path)
  // A name that a later compatible version lacks was not there before either: taking it away would break dependents. Sources
  // know better.
  const isAll = facts.complete || (facts.within && !hasSource(db, crate))
  if (isAll && isComplete(facts, path)) return { kind: 'not-found' }
  const text = `${[facts.name, ...path].join('::')} is not in the facts about ${facts.name} ${facts.verified.join(', ')}`
  return { kind: 'opaque', reason: { code: 'not-in-facts', text }, nearby: true }
}

/** Whether a crate that facts speak for could also speak for itself. */
function hasSource(db: Database, crate: CrateId): boolean {
  return (crateOf(db, crate)?.root ?? null) !== null
}

/**
 * Whether a path that the facts do not know leads nowhere for sure: all names are listed of each module on the way. Names
 * from globs of the last one are looked for by who asks.
 */
function isComplete(facts: FactsCrate, path: readonly string[]): boolean {
  for (let length = 0; length < path.length; length++) {
    const outer = facts.lookup(path.slice(0, length))
    if (outer?.kind !== 'module') return true
    if (!outer.complete || (outer.globs.length > 0 && length < path.length - 1)) return false
  }
  return true
}

/**
 * Why what facts say of an item may not hold in this project; null if it does. What is denied, or differs between the
 * versions in question, is better looked up in the sources where there are any.
 */
function doubtAbout(facts: FactsCrate, item: FactItem): string | null {
  const feature = facts.unverifiedFeature
  const because = feature === null ? `in this version of ${facts.name}` : `of ${facts.name} with feature ${feature}`
  if (item.kind === 'type') {
    const { send, sync, path } = item.type
    const open = [send, sync].find(({ verdict, heads }) => verdict === 'unknown' && heads.length === 0)
    if (open) return open.reason ?? `${path} is not known ${because}`
    return feature !== null && (send.verdict === 'no' || sync.verdict === 'no') ? `${path} is not known ${because}` : null
  }
  if (item.kind !== 'alias') return null
  const { target, path } = item.alias
  if (target === null) return `what ${path} stands for is not known ${because}`
  return feature !== null && mayLackAuto(facts, target) ? `what ${path} stands for is not known ${because}` : null
}

/** Why what facts say of a definition of theirs may not hold in this project; null if it does. */
export function doubtAboutFact(db: Database, def: DefId): string | null {
  const parts = idParts(def)
  const facts = parts.kind === 'fact' ? factsFor(db, parts.crate) : null
  const item = facts && factItem(db, def)
  return facts && item ? doubtAbout(facts, item) : null
}

/** A default from a crate that the project does not have: the project's features give the parameter another one. */
function doubtAboutDefaults(db: Database, crate: CrateId, item: FactItem): string | null {
  if (item.kind !== 'type') return null
  for (const param of item.type.params) {
    for (const [, name = ''] of (param.default ?? '').matchAll(/(?<![\w:])(\w+)::/g)) {
      if (crateNamedIn(db, crate, name) === null) return `the default of ${param.name} in ${item.type.path} is of another crate`
    }
  }
  return null
}

/** Whether a type is written with something that has no Send or Sync, which a feature may exchange for something else. */
function mayLackAuto(facts: FactsCrate, type: string): boolean {
  if (/\b(?:rc|cell|unsync)::|\*(?:const|mut)\b/.test(type)) return true
  return [...type.matchAll(/\bdyn\b\s*([\w:]*)([^,;()<>]*)/g)].some(([, principal = '', rest = '']) => {
    if (/\bSend\b/.test(rest) && /\bSync\b/.test(rest)) return false
    const [crate, ...path] = principal.split('::')
    const item = crate === facts.name ? facts.lookup(path) : null
    return item?.kind !== 'trait' || item.trait.autoSupertraits.length < 2
  })
}

function factName(
  db: Database,
  crate: CrateId,
  facts: FactsCrate,
  item: FactItem,
  namespace: Namespace,
  path: readonly string[],
): FactName {
  switch (item.kind) {
    case 'primitive':
      return { kind: 'primitive', name: item.name }
    case 'reexport':
      return absoluteFactPath(db, crate, item.path)
    case 'type':
      return { kind: 'found', def: factId(crate, namespace, item.type.path) }
    case 'alias':
      return { kind: 'found', def: factId(crate, namespace, item.alias.path) }
    case 'trait':
      return { kind: 'found', def: factId(crate, namespace, item.trait.path) }
    case 'module':
      return { kind: 'found', def: factId(crate, 'type', path.length === 0 ? facts.name : item.path) }
    default:
      return { kind: 'found', def: factId(crate, namespace, item.path) }
  }
}

/** A path with a crate's name in front, as facts write them, seen from a crate: which crate that is, and the rest. */
export function absoluteFactPath(db: Database, from: CrateId, path: string): FactName {
  const [name = '', ...rest] = path.split('::')
  const crate = crateNamedIn(db, from, name)
  if (crate !== null) return { kind: 'elsewhere', crate, path: rest }
  const text = `crate ${name}, which ${path} comes from, is not in the crate graph`
  return { kind: 'opaque', reason: { code: 'not-downloaded', text }, nearby: false }
}

/** The crate that facts of `from` call `name`. */
export function crateNamedIn(db: Database, from: CrateId, name: string): CrateId | null {
  if (isStdName(name)) return STD_CRATE
  const crate = crateOf(db, from)
  if (crate === null) return null
  if (crate.name === name) return from
  const named = crate.dependencies.get(name)
  if (named !== undefined) return named
  for (const dependency of crate.dependencies.values()) if (crateOf(db, dependency)?.name === name) return dependency
  return null
}

/** The module at an id, if the id is a facts module. */
export function factModule(db: Database, id: DefId): FactModule | null {
  const item = factItem(db, id)
  return item?.kind === 'module' ? item : null
}
