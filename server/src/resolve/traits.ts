import type { FactTrait } from '../facts/facts.ts'
import { type Database, type Query, query } from '../query/database.ts'
import type { Bound, TraitItem } from '../syntax/summary.ts'
import { conditionOf } from './conditions.ts'
import { crateOf } from './crates.ts'
import type { DefId, UnknownReason } from './defs.ts'
import { factItem, factsFor } from './fact-names.ts'
import { parseBoundText } from './fact-text.ts'
import { crateOfId, idParts, moduleId } from './ids.ts'
import { resolveTargets } from './lookup.ts'
import { type LoweredBound, lowerBound } from './lower-bounds.ts'
import type { Lowering } from './lowering.ts'
import { newLowering } from './lowering.ts'
import { sameValue } from './same-value.ts'
import { itemOf, type ModuleItem } from './scopes.ts'
import type { TraitRef } from './ty.ts'
import { factScope, scopeInside, scopeOfMember } from './type-scope.ts'

/** Auto traits and other traits that something is declared to have. */
export interface TraitBounds {
  readonly send: boolean
  readonly sync: boolean
  readonly bounds: readonly TraitRef[]
}

/** What a trait demands. */
export interface TraitInfo {
  readonly name: string
  /** Type parameters, in order. */
  readonly params: readonly string[]
  /** Send and Sync among its direct supertraits (for facts: also through others), `where Self: Send` included. */
  readonly send: boolean
  readonly sync: boolean
  /** Other direct supertraits, over the parameters of the trait and its `Self`. */
  readonly supertraits: readonly TraitRef[]
  /** Bounds of associated types, by name. */
  readonly assoc: ReadonlyMap<string, TraitBounds>
  /** Why there may be more supertraits; null if these are all. */
  readonly incomplete: UnknownReason | null
}

/** What a trait demands; null if the definition is no trait of which anything is known. */
export const traitInfo: Query<DefId, TraitInfo | null> = query(
  'traitInfo',
  (db, def: DefId): TraitInfo | null => {
    const each = itemOf(db, def)
    if (each) return each.item.kind === 'trait' ? sourceTrait(db, each, each.item) : null
    const fact = factItem(db, def)
    return fact?.kind === 'trait' ? withFeatures(db, def, factTrait(db, def, fact.trait)) : null
  },
  { equals: sameValue, cycle: () => null },
)

/** Whether a trait declares an associated type of this name itself. */
export function declaresAssoc(db: Database, def: DefId, name: string): boolean {
  const item = itemOf(db, def)?.item
  if (item) return item.kind === 'trait' && item.children.some((child) => child.kind === 'type' && child.name === name)
  const fact = factItem(db, def)
  if (fact?.kind !== 'trait') return false
  if (fact.trait.assocTypes.some((each) => each.name === name)) return true
  const impls = factsFor(db, crateOfId(def))?.impls(fact.trait.path) ?? []
  return impls.some((impl) => impl.assoc.some((each) => each.name === name))
}

function sourceTrait(db: Database, each: ModuleItem, item: TraitItem): TraitInfo {
  const cx = newLowering(db, scopeInside(each))
  const own = item.generics.where.filter(
    ({ type }) => type.kind === 'path' && type.path.segments.length === 1 && type.path.segments[0]?.name === 'Self',
  )
  const supertraits = lowerAll(cx, [...item.supertraits, ...own.flatMap(({ bounds }) => bounds)])
  const assoc = new Map<string, TraitBounds>()
  for (const child of item.children) {
    if (child.kind !== 'type' || conditionOf(db, crateOfId(each.id), child.attrs) === null) continue
    const declared = [...child.bounds, ...whereOfAssoc(item, child.name)]
    assoc.set(child.name, boundSet(lowerAll(newLowering(db, scopeOfMember(each, child)), declared)))
  }
  const params = item.generics.params.filter((param) => param.kind === 'type').map((param) => param.name)
  const { send, sync, bounds } = boundSet(supertraits)
  return { name: item.name, params, send, sync, supertraits: bounds, assoc, incomplete: each.untrusted }
}

/** `trait X where Self::Item: Send`. */
function whereOfAssoc(item: TraitItem, name: string): readonly Bound[] {
  return item.generics.where.flatMap(({ type, bounds }) => {
    if (type.kind !== 'path' || type.path.segments.length !== 2) return []
    const [first, second] = type.path.segments
    return first?.name === 'Self' && second?.name === name ? bounds : []
  })
}

/** A feature that the facts were not made with may give a trait supertraits: the sources tell, where there are any. */
function withFeatures(db: Database, def: DefId, info: TraitInfo): TraitInfo {
  const crate = crateOfId(def)
  const feature = factsFor(db, crate)?.unverifiedFeature ?? null
  const parts = idParts(def)
  if (feature === null || (info.send && info.sync) || parts.kind !== 'fact') return info
  const incomplete: UnknownReason = { code: 'facts-version', text: `${parts.path} is not known with feature ${feature}` }
  if ((crateOf(db, crate)?.root ?? null) === null) return { ...info, incomplete }
  const found = resolveTargets(db, moduleId(crate, ''), ['crate', ...parts.path.split('::').slice(1)], false, 'type')
  const [target, ...others] = found.targets
  const inSource = target?.def && others.length === 0 && target.rest === 0 ? traitInfo(db, target.def) : null
  if (!inSource) return { ...info, incomplete }
  const { send, sync } = inSource
  return { ...info, send: info.send || send, sync: info.sync || sync, incomplete: info.incomplete ?? inSource.incomplete }
}

function factTrait(db: Database, def: DefId, trait: FactTrait): TraitInfo {
  const cx = newLowering(db, factScope(crateOfId(def), def, [...trait.params, { name: 'Self', kind: 'type' }]))
  const lowerTexts = (texts: readonly string[]): TraitBounds =>
    boundSet(
      lowerAll(
        cx,
        texts.flatMap((text) => parseBoundText(db, text) ?? []),
      ),
    )
  const { bounds } = lowerTexts(trait.supertraits)
  const assoc = new Map(
    trait.assocTypes.map(({ name, bounds: texts }) => [
      name,
      autoTexts(texts, lowerTexts(texts.filter((text) => !isAutoText(text)))),
    ]),
  )
  return {
    name: trait.path.split('::').at(-1) ?? trait.path,
    params: trait.params.filter((param) => param.kind === 'type').map((param) => param.name),
    send: trait.autoSupertraits.includes('Send'),
    sync: trait.autoSupertraits.includes('Sync'),
    supertraits: bounds,
    assoc,
    incomplete: trait.complete ? null : { code: 'not-in-facts', text: `not all supertraits of ${trait.path} are known` },
  }
}

/** Facts write the two auto traits without a path. */
function isAutoText(text: string): boolean {
  return text === 'Send' || text === 'Sync'
}

function autoTexts(texts: readonly string[], others: TraitBounds): TraitBounds {
  return { send: texts.includes('Send') || others.send, sync: texts.includes('Sync') || others.sync, bounds: others.bounds }
}

function lowerAll(cx: Lowering, bounds: readonly Bound[]): readonly LoweredBound[] {
  return bounds.flatMap((bound) => lowerBound(cx, bound) ?? [])
}

function boundSet(bounds: readonly LoweredBound[]): TraitBounds {
  return {
    send: bounds.some((bound) => bound.auto === 'Send'),
    sync: bounds.some((bound) => bound.auto === 'Sync'),
    bounds: bounds.flatMap((bound) => bound.trait ?? []),
  }
}
