import type { FactAlias, FactTrait, FactType } from '../facts/facts.ts'
import type { CrateId } from '../project/crate-graph.ts'
import type { Item } from '../syntax/summary.ts'

/** Interned module: crate and path of names, `crate::a::b`. */
export type ModId = string

/** Interned definition: module, namespace, name and ordinal among same-named items. Stable under edits elsewhere. */
export type DefId = string

export type Namespace = 'type' | 'value' | 'macro'

/** Where an item's text is. Items that a macro made stand in an expansion, whose spans map back to the call. */
export interface Origin {
  /** The file, or the file of the macro call. */
  readonly file: string
  /** Key of the item in that file; for a macro-made item the key of the outermost macro call. */
  readonly itemKey: string
  /** Id of the expansion (`expansions.ts` maps its spans to the file), null for written items. */
  readonly expansion: string | null
}

/** A definition: an item of a crate whose source we have, or a fact about one we have not. */
export type Def =
  | {
      readonly kind: 'item'
      readonly id: DefId
      readonly crate: CrateId
      readonly module: ModId
      readonly name: string
      readonly item: Item
      readonly origin: Origin
    }
  | { readonly kind: 'fact-type'; readonly id: DefId; readonly type: FactType }
  | { readonly kind: 'fact-alias'; readonly id: DefId; readonly alias: FactAlias }
  | { readonly kind: 'fact-trait'; readonly id: DefId; readonly trait: FactTrait }
  | { readonly kind: 'module'; readonly id: DefId; readonly module: ModId }
  | { readonly kind: 'variant'; readonly id: DefId; readonly enum: DefId; readonly name: string }
  | { readonly kind: 'other'; readonly id: DefId; readonly name: string }

/** Outcome of resolving a path. `opaque` is never `not-found`: an unexpandable macro or an absent crate may define it. */
export type Resolution =
  | { readonly kind: 'found'; readonly def: DefId }
  | { readonly kind: 'primitive'; readonly name: string }
  | { readonly kind: 'ambiguous'; readonly defs: readonly DefId[] }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'opaque'; readonly reason: UnknownReason }

/** Why the solver does not know. A closed list: `code` is counted in histograms, `text` is for people. */
export interface UnknownReason {
  readonly code: UnknownCode
  /** One clause without a full stop: `crate yrs is not downloaded (cargo fetch)`. */
  readonly text: string
}

export type UnknownCode =
  | 'not-downloaded'
  | 'not-in-facts'
  | 'facts-version'
  | 'macro-item'
  | 'macro-type'
  | 'attribute-macro'
  | 'derive-macro'
  | 'unresolved-name'
  | 'ambiguous-name'
  | 'generated-file'
  | 'cfg'
  | 'projection'
  | 'opaque-type'
  | 'foreign-trait-bound'
  | 'impl-head'
  | 'cyclic-alias'
  | 'limit'
  | 'parse-error'
