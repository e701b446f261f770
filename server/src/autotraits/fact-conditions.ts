import type { FactHead, FactImpl, FactNeed, FactType } from '../facts/facts.ts'
import { CFG_TRUE } from '../project/cfg.ts'
import type { CrateId } from '../project/crate-graph.ts'
import { type Database, type Query, query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { factItem, factsFor } from '../resolve/fact-names.ts'
import { parseBoundText, parseTypeText } from '../resolve/fact-text.ts'
import { crateOfId, factId, idParts } from '../resolve/ids.ts'
import { makeTy, unknownTy } from '../resolve/interner.ts'
import { lowerBound } from '../resolve/lower-bounds.ts'
import { lowerType, newLowering } from '../resolve/lowering.ts'
import { sameValue } from '../resolve/same-value.ts'
import type { Ty } from '../resolve/ty.ts'
import { factScope, type TypeScope } from '../resolve/type-scope.ts'
import type { AutoTrait, FactCond, ImplInfo, Predicate, TraitImpl } from './oracle.ts'

/** What facts say about one type and one auto trait, lowered. */
export interface LoweredFact {
  readonly cond: FactCond
  /** Impls for particular arguments; then `cond` does not count. */
  readonly heads: readonly ImplInfo[]
}

/** Key: definition and trait, `def|Send`. null if no facts describe the definition as a type. */
export const loweredFact: Query<string, LoweredFact | null> = query(
  'loweredFact',
  (db, key: string): LoweredFact | null => {
    const at = key.lastIndexOf('|')
    const def = key.slice(0, at)
    const trait: AutoTrait = key.endsWith('|Send') ? 'Send' : 'Sync'
    const item = factItem(db, def)
    if (item?.kind !== 'type') return null
    const { type } = item
    const fact = trait === 'Send' ? type.send : type.sync
    const scope = factScope(crateOfId(def), def, type.params)
    const feature = fact.verdict === 'no' ? (factsFor(db, crateOfId(def))?.unverifiedFeature ?? null) : null
    const verdict = feature === null ? fact.verdict : 'unknown'
    const open = fact.reason ?? `${type.path} is not known ${feature === null ? 'in this version' : `with feature ${feature}`}`
    const reason = verdict === 'unknown' ? { code: 'facts-version' as const, text: open } : null
    return {
      cond: {
        verdict,
        reason,
        needs: fact.needs.map((need) => lowerNeed(db, scope, need)),
        why: null,
        reference: type.path,
      },
      heads: fact.heads.map((head, i) => lowerHead(db, def, type, head, `${def}#${trait}${i}`)),
    }
  },
  { equals: sameValue },
)

function lowerNeed(db: Database, scope: TypeScope, need: FactNeed): Predicate {
  const ty = lowerText(db, scope, need.type)
  if (need.bound === 'Send' || need.bound === 'Sync') return { ty, auto: need.bound, trait: null, name: need.bound }
  const bound = parseBoundText(db, need.bound)
  const lowered = bound && lowerBound(newLowering(db, scope), bound)
  if (lowered) return { ...lowered, ty }
  const name = need.bound.replace(/<.*/s, '').split('::').at(-1) ?? need.bound
  return {
    ty,
    auto: null,
    trait: { trait: null, reason: { code: 'not-in-facts', text: `trait ${need.bound} is not known` }, args: [] },
    name,
  }
}

function lowerHead(db: Database, def: DefId, type: FactType, head: FactHead, id: DefId): ImplInfo {
  const scope = factScope(
    crateOfId(def),
    id,
    head.params.map((name) => ({ name, kind: 'type' as const })),
  )
  const constants = type.params.some((param) => param.kind === 'const')
  const texts = typeArguments(type, head.args)
  return {
    id,
    negative: head.negative,
    params: head.params,
    self: makeTy(db, { kind: 'adt', def, args: texts.map((text) => lowerText(db, scope, text)) }),
    constHead: constants,
    where: head.needs.map((need) => lowerNeed(db, scope, need)),
    cfg: CFG_TRUE,
    place: { kind: 'fact', reference: type.path },
  }
}

/** Arguments of heads stand for types and constants; types keep the former only. */
function typeArguments(type: FactType, args: readonly string[]): readonly string[] {
  const params = type.params.filter((param) => param.kind !== 'lifetime')
  return args.filter((_, i) => params[i]?.kind !== 'const')
}

function lowerText(db: Database, scope: TypeScope, text: string): Ty {
  const expr = parseTypeText(db, text)
  return expr ? lowerType(db, scope, expr) : unknownTy(db, { code: 'parse-error', text: `\`${text}\` is not a type` })
}

/**
 * Impls of a trait that the facts about a crate tell of, with their bounds. Key: crate and trait, `crate\ntrait`. Between
 * verified versions those that both have; none beside them: an impl of another version proves nothing.
 */
export const loweredTraitImpls: Query<string, readonly TraitImpl[]> = query(
  'loweredTraitImpls',
  (db, key: string): readonly TraitImpl[] => {
    const [crate = '', trait = ''] = key.split('\n')
    const facts = factsFor(db, crate)
    const parts = idParts(trait)
    if (!facts || parts.kind !== 'fact' || !(facts.complete || facts.within)) return []
    return facts
      .impls(parts.path)
      .flatMap((impl, i) =>
        facts.complete || impl.everywhere
          ? (lowerTraitImpl(db, crate, trait, impl, `${factId(crate, 'type', impl.trait)}#impl${i}`) ?? [])
          : [],
      )
  },
  { equals: sameValue },
)

function lowerTraitImpl(db: Database, crate: CrateId, trait: DefId, impl: FactImpl, id: DefId): TraitImpl | null {
  const scope = factScope(crate, id, impl.params)
  const bound = parseBoundText(db, impl.trait)
  const lowered = bound && lowerBound(newLowering(db, scope), bound)
  if (lowered?.trait?.trait !== trait) return null
  return {
    id,
    negative: false,
    params: impl.params.filter((param) => param.kind === 'type').map((param) => param.name),
    self: lowerText(db, scope, impl.self),
    constHead: impl.params.some((param) => param.kind === 'const'),
    where: impl.needs.map((need) => lowerNeed(db, scope, need)),
    cfg: CFG_TRUE,
    place: { kind: 'fact', reference: impl.self },
    traitArgs: lowered.trait.args,
  }
}
