/**
 * What is known of crates whose source is not parsed: which names they have, and under which conditions their types are
 * `Send` and `Sync`. Everything here comes out of the compiler (rustdoc's auto-trait impls), see scripts/gen-facts.
 *
 * Crate names are as in `extern crate` (`_`, not `-`). Paths start with the crate's name. Types that several of std, core
 * and alloc show have one canonical path, the one in std.
 */

/** All facts, by crate. */
export interface FactsDb {
  /**
   * The facts of one crate.
   * @param name as in `extern crate`: `parking_lot`, `std`
   * @param version the locked version (`0.12.3`); for std, core and alloc that of the toolchain; null when unknown: then only
   *   what holds in every version that was looked at is told, the rest is `unknown`
   * @param features which features are on; a verdict that depends on features is `unknown` without it
   * @param beyond told the features that were on when the facts were made besides the default ones, names one that may be on
   *   and is neither among nor brought by either; null if there is none
   * @param unreleased the crate is not the release of that version but near it: it is answered for as for a version that was not
   *   looked at
   * @returns null when nothing is known of the crate, or of no version that could be compatible with this one
   */
  crate(
    name: string,
    version: string | null,
    features?: FeatureState,
    beyond?: FeaturesBeyond,
    unreleased?: boolean,
  ): FactsCrate | null
}

/** Tells whether a feature of the crate in question is on. */
export type FeatureState = (feature: string) => 'on' | 'off' | 'unknown'

/** See `FactsDb.crate`. */
export type FeaturesBeyond = (verified: readonly string[]) => string | null

/** The three namespaces of Rust. Modules, types, aliases and traits are in `type`. */
export type FactNamespace = 'type' | 'value' | 'macro'

/** One crate in one version, or in the versions compatible with it. */
export interface FactsCrate {
  readonly name: string
  /** The versions that rustc was asked about and this answer rests on, lowest first. */
  readonly verified: readonly string[]
  /**
   * Whether all public names are known for exactly this version, so that a name not found in a complete module does not exist.
   * False for a version between or beside the verified ones.
   */
  readonly complete: boolean
  /** Whether the version is verified, or lies between two that are: what both ends agree on holds. */
  readonly within: boolean
  /**
   * A feature that may be on and with which the facts were not made: what they deny may hold (`sync` features make types
   * Sync, give traits supertraits and aliases other targets). null if there is none.
   */
  readonly unverifiedFeature: string | null
  /**
   * Finds a public item.
   * @param path below the crate's root, without the crate's name; `[]` is the root module. Re-exports inside the crate are
   *   followed; one into another crate is answered with `reexport`.
   * @param namespace `type` unless said
   * @returns null when there is no such name: proof of absence only where `complete` and the module are complete
   */
  lookup(path: readonly string[], namespace?: FactNamespace): FactItem | null
  /**
   * The public names of a module in a namespace (`type` unless said), for globs, without those of `globs` of the module.
   * Empty when there is no such module.
   */
  names(modulePath: readonly string[], namespace?: FactNamespace): readonly string[]
  /**
   * The impls of a trait that this crate has, for its own types or for others'. Kept only for traits that some condition, default
   * or alias mentions, and of std's own for few (Iterator, IntoIterator, ToOwned, BuildHasher, Future), so that projections such
   * as `<str as std::borrow::ToOwned>::Owned` and needs such as `parking_lot::RawMutex: lock_api::RawMutex` can be decided.
   * @param trait absolute path without arguments
   * @returns none when nothing is known: no proof that there is no impl. Where versions or features in question differ, the
   *   impls of all of them: two for one type with different associated types mean that it is not known which holds. Those of
   *   core and alloc are with std.
   */
  impls(trait: string): readonly FactImpl[]
  /** Names that are in scope everywhere in an edition (`2015` … `2024`): only std and core have any. Empty otherwise. */
  prelude(edition: string): readonly FactPreludeName[]
}

/** A name of a prelude and the absolute path it stands for. */
export interface FactPreludeName {
  readonly name: string
  readonly namespace: FactNamespace
  readonly path: string
}

/** What a path names. */
export type FactItem =
  | FactModule
  | { readonly kind: 'type'; readonly type: FactType }
  | { readonly kind: 'alias'; readonly alias: FactAlias }
  | { readonly kind: 'trait'; readonly trait: FactTrait }
  /** A re-export of another crate's item: ask that crate (whose version is this crate's dependency) for the path. */
  | { readonly kind: 'reexport'; readonly path: string }
  /** A primitive type re-exported by path, such as `std::primitive::u8`. */
  | { readonly kind: 'primitive'; readonly name: string }
  /** A variant of an enum. */
  | { readonly kind: 'variant'; readonly path: string }
  /** A function, constant or static (namespace `value`), or a macro, attribute or derive (namespace `macro`). */
  | { readonly kind: 'other'; readonly path: string }

/** A module. */
export interface FactModule {
  readonly kind: 'module'
  /** Canonical, `std::sync`. */
  readonly path: string
  /** Whether all its names are listed; else a name not found may exist. */
  readonly complete: boolean
  /** Modules or enums of other crates whose names are visible here too (`pub use other::*`). */
  readonly globs: readonly string[]
}

/** A struct, enum or union. */
export interface FactType {
  readonly crate: string
  /** Canonical: `std::sync::Mutex`. The identity of the type within the crate. */
  readonly path: string
  readonly itemKind: 'struct' | 'enum' | 'union'
  readonly params: readonly FactParam[]
  /** Names of an enum's variants; empty for others. */
  readonly variants: readonly string[]
  readonly send: FactCond
  readonly sync: FactCond
}

/** A generic parameter. Lifetimes come first and are kept, so that positions are those of the declaration. */
export interface FactParam {
  readonly name: string
  readonly kind: 'type' | 'const' | 'lifetime'
  /** The default as Rust text with absolute paths (`std::alloc::Global`), or null. May name earlier parameters. */
  readonly default: string | null
}

/**
 * When a type is Send (or Sync). A conjunction: `yes` with an empty `needs` holds always, `yes` with `needs` holds when every
 * need is met by the arguments. `no`: for no arguments at all.
 */
export interface FactCond {
  readonly verdict: 'yes' | 'no' | 'unknown'
  readonly needs: readonly FactNeed[]
  /**
   * Impls for particular arguments (`unsafe impl Send for X<u8>`): when not empty the verdict is `unknown`, and whoever can
   * match the heads knows more: the type implements the trait exactly when one positive head matches and its needs are met.
   */
  readonly heads: readonly FactHead[]
  /** Why it is `unknown`, in words; null otherwise. */
  readonly reason: string | null
}

/** One requirement: `type: bound`. */
export interface FactNeed {
  /** Rust text over the parameters' names, with absolute paths: `T`, `<T as std::iter::Iterator>::Item`, `&'a T`. */
  readonly type: string
  /** `Send`, `Sync`, or the absolute path of another trait (with its arguments). */
  readonly bound: string
}

/** An impl of Send or Sync with arguments that are not just the parameters. */
export interface FactHead {
  /** The impl's own type parameters. */
  readonly params: readonly string[]
  /** Arguments of the type as Rust text, one per parameter of the type, lifetimes left out. */
  readonly args: readonly string[]
  readonly negative: boolean
  readonly needs: readonly FactNeed[]
}

/** `impl<params> trait for self where needs { assoc }`. Negative and auto trait impls are not among them. */
export interface FactImpl {
  /** With arguments, absolute. */
  readonly trait: string
  /** The impl's own type and const parameters; lifetimes are left out but occur in the texts. */
  readonly params: readonly FactParam[]
  /** Rust text with absolute paths; just a parameter's name for a blanket impl. */
  readonly self: string
  readonly needs: readonly FactNeed[]
  /** Whether all versions and features in question have it, if with other associated types; of those entries one says so. */
  readonly everywhere: boolean
  /** Its associated types, Rust text over the parameters. */
  readonly assoc: readonly { readonly name: string; readonly type: string }[]
}

/** A type alias. */
export interface FactAlias {
  readonly path: string
  readonly params: readonly FactParam[]
  /**
   * Rust type text with absolute paths, over the parameters' names: `std::result::Result<T, std::io::Error>`. Null when it
   * depends on the crate's version or features in a way that is not known.
   */
  readonly target: string | null
}

/** A trait. */
export interface FactTrait {
  readonly path: string
  readonly params: readonly FactParam[]
  /** Auto traits that follow from the trait, through its supertraits too. */
  readonly autoSupertraits: readonly ('Send' | 'Sync')[]
  /** Direct supertraits, absolute paths with arguments; no Sized, Send, Sync or lifetimes. */
  readonly supertraits: readonly string[]
  readonly assocTypes: readonly FactAssocType[]
  /** Whether `autoSupertraits` is all there is; false when a supertrait's own supertraits are unknown. */
  readonly complete: boolean
}

/** An associated type and what is declared of it. */
export interface FactAssocType {
  readonly name: string
  /** `Send`, `Sync` or absolute paths. */
  readonly bounds: readonly string[]
}
