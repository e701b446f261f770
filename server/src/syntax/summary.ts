import type { Span } from './span.ts'

/**
 * What a file declares, as plain data without syntax nodes and without absolute positions.
 *
 * Every span in a summary is relative to the start of the item that owns it (`Positions.items[key].start`), so a key
 * press elsewhere in the file, or inside any `fn` body, leaves the summary equal (design: rust-analyzer's ItemTree).
 * Bodies are not in here; an item's body hash and absolute position are in `Positions`.
 */
export interface FileSummary {
  readonly items: readonly Item[]
  /** `#![…]` attributes of the file. */
  readonly attrs: readonly Attr[]
  /** Hash of everything above; two summaries with the same hash are interchangeable. */
  readonly hash: string
}

/** The part of a parse that changes with every edit: where things are. Absolute spans. */
export interface Positions {
  readonly items: ReadonlyMap<string, ItemPosition>
  /** Places that the parser could not make sense of. */
  readonly errors: readonly Span[]
  /** `// pyo3-thread-safety: …` comments. */
  readonly directives: readonly Directive[]
}

export interface ItemPosition {
  /** From the first attribute or doc comment to the end of the item. */
  readonly start: number
  readonly end: number
  /** Start of the `struct`/`enum`/`fn`/… keyword's line content: the item without attributes (visibility included). */
  readonly headStart: number
  readonly name: Span | null
  /** The braces of a body that is not part of the summary (fn body), braces included; null if there is none. */
  readonly body: Span | null
  /** Hash of the body's text; '' without body. */
  readonly bodyHash: string
}

/** A comment that speaks to this tool, as `// pyo3-thread-safety: allow(rule-id): reason`. Absolute span. */
export interface Directive {
  readonly span: Span
  /** The comment's text after `pyo3-thread-safety:`, trimmed. */
  readonly text: string
}

export type ItemKind = Item['kind']

interface ItemBase {
  /**
   * Stable name of the item within the file: kinds and names from the root, with an ordinal among equals, as
   * `mod tests/struct Cache` or `impl Cache#1/fn get`. Unchanged by edits to other items.
   */
  readonly key: string
  /** '' for impls, uses and anonymous items. `_` for `const _`. Raw identifiers without `r#`. */
  readonly name: string
  readonly vis: Visibility
  readonly attrs: readonly Attr[]
  /** `///`, `//!` lines and ordinary comments directly above the item or between its attributes, markers included. */
  readonly comments: string
}

export type Visibility = 'private' | 'pub' | 'crate' | 'super' | { readonly in: string }

/** `#[meta]`. Spans relative to the item (for `FileSummary.attrs`: absolute in the file). */
export interface Attr {
  readonly meta: Meta
  /** `#` to `]`. */
  readonly span: Span
}

/**
 * One meta item: `pyclass`, `pyclass(frozen, name = "X")`, `cfg(all(feature = "x", not(windows)))`,
 * `signature = (a, b = None)`, or a bare literal/expression inside a list (then `path` is '' and `value` its text).
 */
export interface Meta {
  /** Path as written without spaces, as `pyo3::pyclass`; '' if it is not a path. */
  readonly path: string
  /** Items of `path(…)`; null without parentheses. */
  readonly args: readonly Meta[] | null
  /** Text after `=`; for a string literal its unescaped contents (then `quoted`); null if there is none. */
  readonly value: string | null
  readonly quoted: boolean
  readonly span: Span
}

export interface Generics {
  readonly params: readonly GenericParam[]
  /** Inline bounds are repeated here, so this is complete: `<T: Send>` gives `T: Send`. */
  readonly where: readonly WherePredicate[]
}

export interface GenericParam {
  readonly name: string
  readonly kind: 'type' | 'const' | 'lifetime'
  readonly default: TypeExpr | null
}

export interface WherePredicate {
  readonly type: TypeExpr
  readonly bounds: readonly Bound[]
}

export interface Bound {
  /** `?Sized` */
  readonly maybe: boolean
  /** null for a lifetime bound. */
  readonly path: Path | null
}

export interface Field {
  /** Name, or the index of a tuple field as text. */
  readonly name: string
  /** Variant the field belongs to; null for structs and unions. */
  readonly variant: string | null
  readonly vis: Visibility
  readonly attrs: readonly Attr[]
  readonly type: TypeExpr
  /** The whole field, attributes included, comma excluded. */
  readonly span: Span
  readonly nameSpan: Span
}

export interface Variant {
  readonly name: string
  readonly attrs: readonly Attr[]
  readonly shape: Shape
  readonly span: Span
}

export type Shape = 'named' | 'tuple' | 'unit'

export interface StructItem extends ItemBase {
  readonly kind: 'struct' | 'union'
  readonly generics: Generics
  readonly shape: Shape
  readonly fields: readonly Field[]
}

export interface EnumItem extends ItemBase {
  readonly kind: 'enum'
  readonly generics: Generics
  readonly variants: readonly Variant[]
  /** Of all variants, in source order. */
  readonly fields: readonly Field[]
}

export interface TraitItem extends ItemBase {
  readonly kind: 'trait'
  readonly generics: Generics
  readonly auto: boolean
  readonly unsafe: boolean
  readonly supertraits: readonly Bound[]
  /** Associated types (`type` items with bounds) and functions. */
  readonly children: readonly Item[]
}

export interface ImplItem extends ItemBase {
  readonly kind: 'impl'
  readonly generics: Generics
  readonly unsafe: boolean
  /** null for an inherent impl. */
  readonly trait: { readonly path: Path; readonly negative: boolean } | null
  readonly self: TypeExpr
  readonly children: readonly Item[]
}

export interface FnItem extends ItemBase {
  readonly kind: 'fn'
  readonly generics: Generics
  readonly async: boolean
  readonly unsafe: boolean
  readonly const: boolean
  readonly extern: boolean
  readonly receiver: Receiver | null
  /** Without the receiver. */
  readonly params: readonly Param[]
  /** null for `()`. */
  readonly ret: TypeExpr | null
  /** Items declared inside the body (impls may stand there). Present only where the body holds such words. */
  readonly children: readonly Item[]
  readonly hasBody: boolean
}

export interface Receiver {
  /** `&self`, `&mut self`, `self`, or `typed` for `self: T`. */
  readonly kind: 'ref' | 'mut' | 'value' | 'typed'
  readonly type: TypeExpr | null
  readonly span: Span
}

export interface Param {
  /** The pattern as written, `mut slf`. */
  readonly pattern: string
  readonly type: TypeExpr
  readonly attrs: readonly Attr[]
  readonly span: Span
}

export interface ModItem extends ItemBase {
  readonly kind: 'mod'
  /** null for `mod name;`. */
  readonly children: readonly Item[] | null
}

export interface TypeItem extends ItemBase {
  readonly kind: 'type'
  readonly generics: Generics
  /** null for an associated type without default. */
  readonly type: TypeExpr | null
  readonly bounds: readonly Bound[]
}

export interface ValueItem extends ItemBase {
  readonly kind: 'const' | 'static'
  readonly mutable: boolean
  readonly type: TypeExpr | null
  /** Items in a block initialiser, as in `const _: () = { unsafe impl Send for X {} };`. */
  readonly children: readonly Item[]
}

export interface UseItem extends ItemBase {
  readonly kind: 'use'
  /** The use tree, flattened: one entry a leaf. */
  readonly imports: readonly UseImport[]
}

export interface UseImport {
  /** Leading `::`. */
  readonly global: boolean
  /** Segments before the leaf and the leaf, `self` leaves resolved to their parent; for a glob the module's path. */
  readonly path: readonly string[]
  readonly glob: boolean
  /** Name given by `as`, `_` included; null if there is none. */
  readonly alias: string | null
  readonly span: Span
}

export interface ExternCrateItem extends ItemBase {
  readonly kind: 'extern_crate'
  readonly alias: string | null
}

/** `macro_rules! name { … }` or `macro name {…}`. */
export interface MacroDefItem extends ItemBase {
  readonly kind: 'macro_rules'
  /** Text between the outer delimiters. */
  readonly body: string
  readonly bodySpan: Span
}

/** A macro call in item position. */
export interface MacroCallItem extends ItemBase {
  readonly kind: 'macro_call'
  /** As written without spaces, `crate::wrap`. */
  readonly path: string
  /** Text between the outer delimiters. */
  readonly args: string
  readonly argsSpan: Span
}

/** `extern "C" { … }` */
export interface ExternBlockItem extends ItemBase {
  readonly kind: 'extern_block'
  readonly children: readonly Item[]
}

export type Item =
  | StructItem
  | EnumItem
  | TraitItem
  | ImplItem
  | FnItem
  | ModItem
  | TypeItem
  | ValueItem
  | UseItem
  | ExternCrateItem
  | MacroDefItem
  | MacroCallItem
  | ExternBlockItem

/** A path as written. */
export interface Path {
  /** Leading `::`. */
  readonly global: boolean
  readonly segments: readonly PathSegment[]
  readonly span: Span
}

export interface PathSegment {
  readonly name: string
  readonly args: GenericArgs | null
}

export interface GenericArgs {
  /** Types and const arguments in order (lifetimes left out: auto traits cannot see them). */
  readonly args: readonly TypeExpr[]
  readonly assoc: readonly { readonly name: string; readonly type: TypeExpr }[]
  /** `Fn(A, B) -> C`: `args` holds the inputs, `output` the result (null for `()`). */
  readonly call: { readonly output: TypeExpr | null } | null
}

/** A type as written. Spans relative to the owning item. */
export type TypeExpr =
  | { readonly kind: 'path'; readonly path: Path; readonly span: Span }
  /** `<T as Trait>::Name` (trait may be null: `<T>::Name`). */
  | {
      readonly kind: 'qpath'
      readonly self: TypeExpr
      readonly trait: Path | null
      readonly rest: readonly PathSegment[]
      readonly span: Span
    }
  | { readonly kind: 'ref'; readonly mut: boolean; readonly inner: TypeExpr; readonly span: Span }
  | { readonly kind: 'ptr'; readonly mut: boolean; readonly inner: TypeExpr; readonly span: Span }
  | { readonly kind: 'tuple'; readonly items: readonly TypeExpr[]; readonly span: Span }
  | { readonly kind: 'array'; readonly inner: TypeExpr; readonly length: string; readonly span: Span }
  | { readonly kind: 'slice'; readonly inner: TypeExpr; readonly span: Span }
  | { readonly kind: 'fnPtr'; readonly span: Span }
  | { readonly kind: 'never'; readonly span: Span }
  | { readonly kind: 'infer'; readonly span: Span }
  | { readonly kind: 'dyn'; readonly bounds: readonly Bound[]; readonly span: Span }
  | { readonly kind: 'impl'; readonly bounds: readonly Bound[]; readonly span: Span }
  | { readonly kind: 'macro'; readonly path: string; readonly args: string; readonly span: Span }
  /** A const generic argument (literal or block). */
  | { readonly kind: 'const'; readonly text: string; readonly span: Span }
  | { readonly kind: 'error'; readonly text: string; readonly span: Span }
