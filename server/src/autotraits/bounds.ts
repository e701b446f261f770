import type { DefId, UnknownReason } from '../resolve/defs.ts'
import type { TraitRef, Ty } from '../resolve/ty.ts'
import type { AutoTrait, Predicate, TypeOracle } from './oracle.ts'
import { predicateKey } from './verdict.ts'

/** Traits looked at when supertraits are followed; more is a cycle or nonsense. */
const SUPERTRAIT_FUEL = 256

/** What a set of traits says about an auto trait. */
export interface Implied {
  readonly yes: boolean
  /** Why it might be `yes` after all: a trait could not be resolved. null if `yes` or certainly not implied. */
  readonly vague: UnknownReason | null
}

const NOT_IMPLIED: Implied = { yes: false, vague: null }

/** Whether an auto trait follows from any of the traits, their supertraits included. */
export function impliedBy(oracle: TypeOracle, traits: readonly TraitRef[], trait: AutoTrait): Implied {
  const queue = [...traits]
  const seen = new Set<string>()
  let vague: UnknownReason | null = null
  for (let fuel = SUPERTRAIT_FUEL; queue.length > 0; fuel--) {
    if (fuel === 0) return { yes: false, vague: { code: 'limit', text: 'too many supertraits' } }
    const next = queue.shift()
    if (!next) break
    if (next.trait === null) {
      vague ??= next.reason ?? { code: 'unresolved-name', text: 'a trait could not be resolved' }
      continue
    }
    if (seen.has(next.trait)) continue
    seen.add(next.trait)
    const info = oracle.trait(next.trait)
    if (info === null) {
      vague ??= { code: 'not-in-facts', text: `trait ${next.trait} is not known` }
      continue
    }
    if (trait === 'Send' ? info.send : info.sync) return { yes: true, vague: null }
    vague ??= info.incomplete
    queue.push(...info.supertraits)
  }
  return vague ? { yes: false, vague } : NOT_IMPLIED
}

/** Bounds that an item declares, indexed by the type they are about. */
export interface ParamEnv {
  /** Whether the bounds give `ty: trait`, supertraits included. */
  auto(ty: Ty, trait: AutoTrait): Implied
  /** Whether a bound on another trait is declared as it stands or through supertraits. */
  other(predicate: Predicate): boolean
}

/** The declared bounds of a type, impl, fn or trait. */
export function paramEnv(oracle: TypeOracle, owner: DefId): ParamEnv {
  const bounds = new Map<Ty, { send: boolean; sync: boolean; traits: TraitRef[] }>()
  for (const predicate of oracle.declaredBounds(owner)) {
    const entry = bounds.get(predicate.ty) ?? { send: false, sync: false, traits: [] }
    bounds.set(predicate.ty, entry)
    if (predicate.auto === 'Send') entry.send = true
    else if (predicate.auto === 'Sync') entry.sync = true
    else if (predicate.trait) entry.traits.push(predicate.trait)
  }
  return {
    auto(ty, trait) {
      const entry = bounds.get(ty)
      if (!entry) return NOT_IMPLIED
      if (trait === 'Send' ? entry.send : entry.sync) return { yes: true, vague: null }
      return impliedBy(oracle, entry.traits, trait)
    },
    other(predicate) {
      const wanted = predicateKey(predicate)
      const traits = bounds.get(predicate.ty)?.traits ?? []
      return (
        traits.some((trait) => predicateKey({ ...predicate, trait }) === wanted) || supertraitGives(oracle, traits, predicate)
      )
    },
  }
}

/** Whether a trait without arguments is a supertrait of one of the traits. */
function supertraitGives(oracle: TypeOracle, traits: readonly TraitRef[], predicate: Predicate): boolean {
  const wanted = predicate.trait
  if (!wanted || wanted.trait === null || wanted.args.length > 0) return false
  const queue = [...traits]
  const seen = new Set<DefId>()
  for (let fuel = SUPERTRAIT_FUEL; fuel > 0; fuel--) {
    const next = queue.shift()
    if (!next) return false
    if (next.trait === null || seen.has(next.trait)) continue
    if (next.trait === wanted.trait) return true
    seen.add(next.trait)
    queue.push(...(oracle.trait(next.trait)?.supertraits ?? []))
  }
  return false
}

/** Bounds that a trait puts on one of its associated types. */
export function assocImplies(oracle: TypeOracle, traitDef: DefId, name: string, trait: AutoTrait): Implied {
  const info = oracle.trait(traitDef)
  const bounds = info?.assoc.get(name)
  if (!bounds) return NOT_IMPLIED
  if (trait === 'Send' ? bounds.send : bounds.sync) return { yes: true, vague: null }
  return impliedBy(oracle, bounds.bounds, trait)
}

/** The owner of the first parameter in a type, null if it has none. */
export function ownerOf(ty: Ty): DefId | null {
  switch (ty.kind) {
    case 'param':
      return ty.owner
    case 'proj':
      return ownerOf(ty.self) ?? firstOwner(ty.args)
    case 'adt':
      return firstOwner(ty.args)
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return ownerOf(ty.inner)
    case 'tuple':
      return firstOwner(ty.items)
    case 'dyn':
    case 'impl':
      return firstOwner(ty.bounds.flatMap((bound) => bound.args))
    default:
      return null
  }
}

function firstOwner(types: readonly Ty[]): DefId | null {
  for (const ty of types) {
    const owner = ownerOf(ty)
    if (owner !== null) return owner
  }
  return null
}
