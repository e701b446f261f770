import type { UnknownReason } from '../resolve/defs.ts'
import type { Ty } from '../resolve/ty.ts'
import type { AutoTrait, Predicate } from './oracle.ts'

export type Answer = 'yes' | 'no' | 'unknown'

/** A requirement that could not be reduced further: it is about a parameter, or a type that depends on one. */
export interface Atom {
  readonly ty: Ty
  readonly trait: AutoTrait
}

/**
 * What a type needs of its own parameters to be Send or Sync. An `unknown` carries needs as well: a parameter that does
 * not meet them turns it into `no`.
 */
export interface Cond {
  readonly verdict: Answer
  /** Set exactly if the verdict is `unknown`. */
  readonly reason: UnknownReason | null
  /** Sorted by key; no duplicates. */
  readonly atoms: readonly Atom[]
  /** Bounds on traits other than Send and Sync, sorted by key. */
  readonly other: readonly Predicate[]
}

/** Nothing needed. */
export const YES: Cond = { verdict: 'yes', reason: null, atoms: [], other: [] }

/** Never, whatever the parameters. */
export const NO: Cond = { verdict: 'no', reason: null, atoms: [], other: [] }

/** Key of an obligation within one database. */
export function obligationKey(ty: Ty, trait: AutoTrait): string {
  return `${ty.id}|${trait}`
}

/** Key of a bound on another trait. Traits that could not be resolved are told apart by name. */
export function predicateKey(predicate: Predicate): string {
  const trait = predicate.trait
  const name = trait?.trait ?? `?${predicate.name}`
  return `${predicate.ty.id}|${name}|${(trait?.args ?? []).map((arg) => arg.id).join(',')}`
}

/** Whether two conditions are interchangeable. */
export function sameCond(a: Cond, b: Cond): boolean {
  if (a === b) return true
  return a.verdict === b.verdict && a.reason?.code === b.reason?.code && a.reason?.text === b.reason?.text && sameNeeds(a, b)
}

/** Whether two conditions ask for the same of the parameters. */
export function sameNeeds(a: Cond, b: Cond): boolean {
  return (
    a.atoms.length === b.atoms.length &&
    a.atoms.every((atom, i) => atom.ty === b.atoms[i]?.ty && atom.trait === b.atoms[i]?.trait) &&
    a.other.length === b.other.length &&
    a.other.every((bound, i) => predicateKey(bound) === predicateKey(b.other[i] ?? bound))
  )
}

/** Collects a conjunction: the worst verdict wins, the first reason is kept, needs are united. */
export interface Conjunction {
  no(): void
  /** Whether the verdict is `no`, so that nothing that follows can change it. */
  failed(): boolean
  unknown(reason: UnknownReason): void
  atom(ty: Ty, trait: AutoTrait): void
  other(predicate: Predicate): void
  result(): Cond
}

/** An empty conjunction, which is `yes`. */
export function conjunction(): Conjunction {
  let verdict: Answer = 'yes'
  let reason: UnknownReason | null = null
  const atoms = new Map<string, Atom>()
  const other = new Map<string, Predicate>()
  return {
    no() {
      verdict = 'no'
    },
    failed: () => verdict === 'no',
    unknown(why) {
      if (verdict === 'yes') verdict = 'unknown'
      reason ??= why
    },
    atom(ty, trait) {
      atoms.set(obligationKey(ty, trait), { ty, trait })
    },
    other(predicate) {
      other.set(predicateKey(predicate), predicate)
    },
    result() {
      // With `no` nothing else counts; leaving it out keeps equal answers equal.
      if (verdict === 'no') return NO
      return { verdict, reason: verdict === 'unknown' ? reason : null, atoms: sorted(atoms), other: sorted(other) }
    },
  }
}

function sorted<T>(entries: ReadonlyMap<string, T>): readonly T[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value)
}
