import type { CfgExpr } from '../project/cfg.ts'
import type { DefId, Origin, UnknownReason } from '../resolve/defs.ts'
import type { TraitRef, Ty, TyKind } from '../resolve/ty.ts'

/** The two auto traits this tool is about. */
export type AutoTrait = 'Send' | 'Sync'

/** Both, in the order in which they are shown. */
export const AUTO_TRAITS: readonly AutoTrait[] = ['Send', 'Sync']

/** `ty` must be `trait`. */
export interface Obligation {
  readonly ty: Ty
  readonly trait: AutoTrait
}

/** Where a step of a derivation stands: a place in source, or an entry of the facts. */
export type Place =
  | { readonly kind: 'item'; readonly origin: Origin; readonly field: number | null }
  | { readonly kind: 'fact'; readonly reference: string }

/**
 * A bound from generics or a where clause, lowered. Lifetime, `?Sized` and `Sized` bounds are left out, with one
 * exception: an impl for a type that takes unsized arguments (`struct X<T: ?Sized>`) lists `SIZED` for the parameters
 * it wants Sized, with `trait` null.
 */
export interface Predicate {
  readonly ty: Ty
  /** The trait if it is Send or Sync, else null. */
  readonly auto: AutoTrait | null
  /** Any other trait; `trait.trait` is null if it could not be resolved. */
  readonly trait: TraitRef | null
  /** The trait's last path segment as written, for people and for the condition text. */
  readonly name: string
}

/** Name of the built-in bound in a `Predicate` (see there). */
export const SIZED = 'Sized'

/** A field as the solver sees it. */
export interface FieldInfo {
  readonly name: string
  /** Variant that holds the field, null for structs and unions. */
  readonly variant: string | null
  readonly ty: Ty
  /** Position in the item's `fields`; null where there is no such item (hand-made worlds, facts). */
  readonly index: number | null
  /** When the field exists, as far as that is undecided; `const true` for always. */
  readonly cfg: CfgExpr
}

/** A struct, enum or union. */
export interface AdtInfo {
  readonly name: string
  /** Type parameters in the order of `Ty.args`. */
  readonly params: readonly string[]
  readonly fields: readonly FieldInfo[]
  /** Why the fields cannot be trusted (an attribute macro may rewrite the item), null if they can. */
  readonly opaque: UnknownReason | null
  readonly place: Place
}

/** `[unsafe] impl<…> [!]Send for Self where …`. */
export interface ImplInfo {
  readonly id: DefId
  readonly negative: boolean
  /** Type parameters; types in `self` and `where` name them with `owner === id`. */
  readonly params: readonly string[]
  readonly self: Ty
  /** The head names const arguments, which types do not keep: whether it matches cannot be told. */
  readonly constHead: boolean
  readonly where: readonly Predicate[]
  /** When the impl exists, as for fields. */
  readonly cfg: CfgExpr
  readonly place: Place
}

/** An impl of a trait other than Send and Sync. */
export interface TraitImpl extends ImplInfo {
  readonly traitArgs: readonly Ty[]
}

/** All explicit impls of one auto trait for one type. */
export interface ImplSet {
  readonly impls: readonly ImplInfo[]
  /** Why there may be more than these (an opaque macro in the crate names the type), null if the list is complete. */
  readonly incomplete: UnknownReason | null
}

/** What the facts say about a foreign type: a verdict, and for `yes` what it needs of its parameters. */
export interface FactCond {
  readonly verdict: 'yes' | 'no' | 'unknown'
  readonly reason: UnknownReason | null
  /** Bounds over the type's parameters (`owner` is the type). */
  readonly needs: readonly Predicate[]
  /** Why, in words for people; null for the generic sentence. */
  readonly why: string | null
  readonly reference: string
}

/** What the solver needs of a trait. */
export interface TraitInfo {
  readonly name: string
  /** Direct supertraits (`where Self: X` included) that are Send or Sync. */
  readonly send: boolean
  readonly sync: boolean
  /** Direct supertraits that are neither. */
  readonly supertraits: readonly TraitRef[]
  /** Bounds on associated types, by name; `self` of a bound is the projection itself and is left out. */
  readonly assoc: ReadonlyMap<string, AssocBounds>
  /** Why there may be more supertraits than these; null if all are known. */
  readonly incomplete: UnknownReason | null
}

export interface AssocBounds {
  readonly send: boolean
  readonly sync: boolean
  readonly bounds: readonly TraitRef[]
}

/**
 * Everything the solver asks of the rest of the program. `db-oracle.ts` answers from the resolver and the facts, unit
 * tests from hand-made worlds. All answers are pure; equal types are the same object.
 */
export interface TypeOracle {
  /** Interns a type. */
  make(kind: TyKind): Ty
  /** The type with its projections replaced where the impl is certain; the same object if nothing could be done. */
  normalize(ty: Ty): Ty
  /** null if `def` is not a struct, enum or union whose source we have. */
  adt(def: DefId): AdtInfo | null
  /** Name and parameters of any nameable type, foreign ones too. */
  header(def: DefId): { readonly name: string; readonly params: readonly string[] }
  /** The type of a field of `def` as written, on one line. */
  fieldText(def: DefId, field: FieldInfo): string
  explicitImpls(def: DefId, trait: AutoTrait): ImplSet
  /** null if no facts speak about this definition (it has source, or nothing is known). */
  fact(def: DefId, trait: AutoTrait): FactCond | null
  /** null if nothing is known about the trait. */
  trait(def: DefId): TraitInfo | null
  /** Bounds that the owner of a parameter (type, impl, fn, trait) declares. */
  declaredBounds(owner: DefId): readonly Predicate[]
  /** Impls in reach of a trait other than Send and Sync that may be for a type, with the arguments of the trait. */
  implsFor(trait: DefId, ty: Ty): readonly TraitImpl[]
  /** Whether a trait is the `Copy` or `Clone` of std; null for others. */
  langTrait(trait: DefId): 'Copy' | 'Clone' | null
}
