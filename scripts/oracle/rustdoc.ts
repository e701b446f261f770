/** The parts of rustdoc's JSON output that carry auto-trait answers; field names are rustdoc's (crate `rustdoc-types`). */

export interface RustdocCrate {
  readonly root: number | string
  readonly index: Readonly<Record<string, RustdocItem>>
  readonly paths: Readonly<Record<string, { readonly path: readonly string[] }>>
}

export interface RustdocItem {
  readonly crate_id: number
  readonly name: string | null
  /** `begin` is line (1-based) and column; the file is relative to the folder rustdoc ran in. */
  readonly span: { readonly filename: string; readonly begin: readonly [number, number] } | null
  /** One key, the kind of item, with what that kind holds. */
  readonly inner: Readonly<{ [kind: string]: unknown }> & {
    readonly struct?: WithGenerics
    readonly enum?: WithGenerics
    readonly union?: WithGenerics
    readonly impl?: RustdocImpl
  }
}

export interface WithGenerics {
  readonly generics: RustdocGenerics
}

export interface RustdocImpl {
  readonly is_negative: boolean
  readonly generics: RustdocGenerics
  readonly trait: RustdocPath | null
  readonly for: RustdocType
}

export interface RustdocGenerics {
  readonly params: readonly {
    readonly name: string
    readonly kind: { readonly type?: { readonly bounds: readonly RustdocBound[] } }
  }[]
  readonly where_predicates: readonly {
    readonly bound_predicate?: { readonly type: RustdocType; readonly bounds: readonly RustdocBound[] }
  }[]
}

export interface RustdocBound {
  readonly trait_bound?: { readonly trait: RustdocPath }
}

export interface RustdocPath {
  readonly id: number | string
  readonly path: string
  readonly args?: { readonly angle_bracketed?: { readonly args: readonly { readonly type?: RustdocType }[] } } | null
}

/** A type; the keys that are read here, any other kind shows by its key alone. */
export interface RustdocType {
  readonly [kind: string]: unknown
  readonly generic?: string
  readonly resolved_path?: RustdocPath
  readonly qualified_path?: { readonly name: string; readonly self_type: RustdocType }
}
