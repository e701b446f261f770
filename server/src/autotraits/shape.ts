import type { DefId, UnknownReason } from '../resolve/defs.ts'
import type { AdtInfo, AutoTrait, FactCond, FieldInfo, ImplInfo, Obligation, Predicate, TypeOracle } from './oracle.ts'
import { type Substitution, substitute, substitutePredicate } from './substitute.ts'
import { isGeneralHead, matchHead } from './unify.ts'
import { cfgAtoms, holdsIn, type World, worlds } from './worlds.ts'

/** What a part of a definition's condition rests on. */
export type Via =
  | { readonly kind: 'field'; readonly field: FieldInfo }
  | { readonly kind: 'impl'; readonly impl: ImplInfo }
  | { readonly kind: 'fact'; readonly fact: FactCond }

/** One requirement of a definition, over its own parameters. */
export type Part =
  | { readonly kind: 'auto'; readonly obligation: Obligation; readonly via: Via }
  | { readonly kind: 'other'; readonly predicate: Predicate; readonly via: Via }

/** What a definition requires in one world of undecided `cfg`s: all parts, or a verdict that needs none. */
export interface Alternative {
  readonly verdict: 'yes' | 'no' | 'unknown'
  readonly reason: UnknownReason | null
  readonly parts: readonly Part[]
  /** The impl or fact that answered; null for structure. */
  readonly by: Via | null
}

/**
 * Where the answer for (definition, trait) comes from, in the order of the language: explicit impls of the crate, then
 * facts, then structure.
 */
export type Shape =
  /** Every instance has the same requirements (over its parameters). */
  | { readonly kind: 'summary'; readonly alternatives: readonly Alternative[]; readonly atoms: readonly string[] }
  /** Impls for particular arguments: each instance has to be matched. */
  | { readonly kind: 'heads'; readonly impls: readonly ImplInfo[]; readonly incomplete: UnknownReason | null }

/** Which sources count: `structure` leaves explicit impls of this definition out of account. */
export type Sources = 'all' | 'structure'

/** Finds what the definition requires to be `trait`. */
export function shapeOf(oracle: TypeOracle, def: DefId, trait: AutoTrait, sources: Sources = 'all'): Shape {
  const adt = oracle.adt(def)
  const set = sources === 'all' ? oracle.explicitImpls(def, trait) : { impls: [], incomplete: null }
  if (set.impls.length === 0) {
    if (set.incomplete) return summary([unknown(set.incomplete)], [])
    return withoutImpls(oracle, def, adt, trait)
  }
  const expressions = [...set.impls, ...(adt?.fields ?? [])].map((part) => part.cfg)
  const all = worlds(expressions)
  const atoms = cfgAtoms(expressions)
  if (all === null) return summary([unknown(undecided(atoms))], atoms)
  if (set.impls.every((impl) => impl.cfg.kind === 'const') && !isPlain(set.impls)) {
    return { kind: 'heads', impls: set.impls, incomplete: set.incomplete }
  }
  return summary(
    all.map((world) => {
      const present = set.impls.filter((impl) => holdsIn(world, impl.cfg))
      const [first] = present
      if (!first) return set.incomplete ? unknown(set.incomplete) : structureOrNothing(def, adt, trait, world)
      return isPlain(present) ? fromImpl(oracle, def, first) : unknown(undecided(atoms))
    }),
    atoms,
  )
}

/** Whether one impl covers every instance of the type. */
function isPlain(impls: readonly ImplInfo[]): boolean {
  const [only] = impls
  return impls.length === 1 && only !== undefined && !only.constHead && isGeneralHead(only.self, only.id)
}

function withoutImpls(oracle: TypeOracle, def: DefId, adt: AdtInfo | null, trait: AutoTrait): Shape {
  const fact = oracle.fact(def, trait)
  if (fact) return summary([fromFact(fact)], [])
  const expressions = (adt?.fields ?? []).map((field) => field.cfg)
  const atoms = cfgAtoms(expressions)
  const all = worlds(expressions)
  if (all === null) return summary([unknown(undecided(atoms))], atoms)
  return summary(
    all.map((world) => structureOrNothing(def, adt, trait, world)),
    atoms,
  )
}

function summary(alternatives: readonly Alternative[], atoms: readonly string[]): Shape {
  return { kind: 'summary', alternatives, atoms }
}

function fromFact(fact: FactCond): Alternative {
  const via: Via = { kind: 'fact', fact }
  const parts = fact.verdict === 'no' ? [] : fact.needs.map((need) => partOf(need, via))
  return { verdict: fact.verdict, reason: fact.reason, parts, by: via }
}

function structureOrNothing(def: DefId, adt: AdtInfo | null, trait: AutoTrait, world: World): Alternative {
  if (adt === null) return unknown({ code: 'not-in-facts', text: `nothing is known about ${def}` })
  if (adt.opaque) return unknown(adt.opaque)
  const fields = adt.fields.filter((field) => holdsIn(world, field.cfg))
  const parts = fields.map(
    (field): Part => ({ kind: 'auto', obligation: { ty: field.ty, trait }, via: { kind: 'field', field } }),
  )
  return { verdict: 'yes', reason: null, parts, by: null }
}

/** The where clauses of an impl that covers the whole type, rewritten to the type's own parameters. */
function fromImpl(oracle: TypeOracle, def: DefId, impl: ImplInfo): Alternative {
  const by: Via = { kind: 'impl', impl }
  if (impl.negative) return { verdict: 'no', reason: null, parts: [], by }
  const header = oracle.header(def)
  const args = header.params.map((name) => oracle.make({ kind: 'param', owner: def, name }))
  const match = matchHead(impl.self, oracle.make({ kind: 'adt', def, args }), impl.id)
  if (match.kind !== 'match') return unknown({ code: 'impl-head', text: `the impl for ${header.name} could not be matched` })
  return { verdict: 'yes', reason: null, parts: whereParts(oracle, impl, match.by), by }
}

/** The where clauses of an impl as requirements of one instance. */
export function whereParts(oracle: TypeOracle, impl: ImplInfo, by: Substitution): readonly Part[] {
  const via: Via = { kind: 'impl', impl }
  return impl.where.map((predicate) => {
    if (!predicate.auto) return partOf(substitutePredicate(oracle, predicate, by), via)
    return partOf({ ...predicate, ty: oracle.normalize(substitute(oracle, predicate.ty, by)) }, via)
  })
}

function partOf(predicate: Predicate, via: Via): Part {
  if (predicate.auto) return { kind: 'auto', obligation: { ty: predicate.ty, trait: predicate.auto }, via }
  return { kind: 'other', predicate, via }
}

function unknown(reason: UnknownReason): Alternative {
  return { verdict: 'unknown', reason, parts: [], by: null }
}

/** The reason for an answer that differs between worlds. */
export function undecided(atoms: readonly string[]): UnknownReason {
  return { code: 'cfg', text: `depends on cfg ${atoms.join(', ')}` }
}
