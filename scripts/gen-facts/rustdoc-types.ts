/** The part of rustdoc's JSON format (version 57) that the generator reads. */
export interface Doc {
  readonly root: number
  readonly crate_version: string | null
  readonly format_version: number
  readonly index: Readonly<Record<string, Item>>
  readonly paths: Readonly<Record<string, { readonly crate_id: number; readonly path: readonly string[]; readonly kind: string }>>
  readonly external_crates: Readonly<Record<string, { readonly name: string }>>
}

export interface Item {
  readonly id: number
  readonly crate_id: number
  readonly name: string | null
  readonly visibility: unknown
  readonly attrs: readonly unknown[]
  readonly inner: Inner
}

/** Exactly one key is present. */
export interface Inner {
  readonly module?: { readonly items: readonly number[] }
  readonly use?: { readonly source: string; readonly name: string; readonly id: number | null; readonly is_glob: boolean }
  readonly extern_crate?: { readonly name: string; readonly rename: string | null }
  readonly struct?: { readonly generics: Generics }
  readonly union?: { readonly generics: Generics }
  readonly enum?: { readonly generics: Generics; readonly variants: readonly number[] }
  readonly type_alias?: { readonly type: Type; readonly generics: Generics }
  readonly trait?: { readonly generics: Generics; readonly bounds: readonly Bound[]; readonly items: readonly number[] }
  readonly assoc_type?: { readonly bounds: readonly Bound[]; readonly type: Type | null }
  readonly impl?: Impl
  readonly [kind: string]: unknown
}

export interface Impl {
  readonly generics: Generics
  readonly trait: PathType | null
  readonly for: Type
  readonly is_negative: boolean
  readonly is_synthetic: boolean
  readonly blanket_impl: unknown
  readonly items: readonly number[]
}

export interface Generics {
  readonly params: readonly { readonly name: string; readonly kind: ParamKind }[]
  readonly where_predicates: readonly Where[]
}

export interface ParamKind {
  readonly lifetime?: unknown
  readonly type?: { readonly bounds: readonly Bound[]; readonly default: Type | null; readonly is_synthetic: boolean }
  readonly const?: { readonly default: string | null }
}

export interface Where {
  readonly bound_predicate?: { readonly type: Type; readonly bounds: readonly Bound[] }
  readonly eq_predicate?: { readonly lhs: Type; readonly rhs: Term }
}

export interface Bound {
  readonly trait_bound?: { readonly trait: PathType; readonly modifier: string; readonly generic_params: readonly unknown[] }
}

export interface PathType {
  readonly path: string
  readonly id: number
  readonly args: Args | null
}

export interface Args {
  readonly angle_bracketed?: { readonly args: readonly Arg[]; readonly constraints: readonly Constraint[] }
  readonly parenthesized?: { readonly inputs: readonly Type[]; readonly output: Type | null }
}

/** `"infer"`, or one key. */
export type Arg =
  | string
  | {
      readonly lifetime?: string
      readonly type?: Type
      readonly const?: { readonly expr: string; readonly value: string | null }
    }

export interface Constraint {
  readonly name: string
  readonly binding: { readonly equality?: Term; readonly constraint?: readonly Bound[] }
}

export interface Term {
  readonly type?: Type
  readonly constant?: { readonly expr: string }
}

/** `"infer"`, or one key. */
export type Type = string | TypeNode

export interface TypeNode {
  readonly resolved_path?: PathType
  readonly dyn_trait?: { readonly traits: readonly { readonly trait: PathType }[]; readonly lifetime: string | null }
  readonly generic?: string
  readonly primitive?: string
  readonly function_pointer?: {
    readonly sig: { readonly inputs: readonly (readonly [string, Type])[]; readonly output: Type | null }
    readonly header: { readonly is_unsafe: boolean; readonly abi: unknown }
  }
  readonly tuple?: readonly Type[]
  readonly slice?: Type
  readonly array?: { readonly type: Type; readonly len: string }
  readonly impl_trait?: readonly Bound[]
  readonly raw_pointer?: { readonly is_mutable: boolean; readonly type: Type }
  readonly borrowed_ref?: { readonly lifetime: string | null; readonly is_mutable: boolean; readonly type: Type }
  readonly qualified_path?: {
    readonly name: string
    readonly args: Args | null
    readonly self_type: Type
    readonly trait: PathType | null
  }
}
