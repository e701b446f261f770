import type { DefId, UnknownReason } from './defs.ts'

/**
 * A type after name resolution. Hash-consed per database: equal types are the same object, so `===` and `id` compare
 * them. Lifetimes and const arguments are erased (auto traits cannot see them).
 */
export type Ty = { readonly id: number } & TyKind

export type TyKind =
  /** A struct, enum or union with its type arguments, defaults filled in. */
  | { readonly kind: 'adt'; readonly def: DefId; readonly args: readonly Ty[] }
  /** Generic parameter of the item being looked at. */
  | { readonly kind: 'param'; readonly owner: DefId; readonly name: string }
  /** `<self as trait<args>>::name` that could not be normalised. */
  | { readonly kind: 'proj'; readonly self: Ty; readonly trait: DefId; readonly args: readonly Ty[]; readonly name: string }
  | { readonly kind: 'ref'; readonly mut: boolean; readonly inner: Ty }
  | { readonly kind: 'ptr'; readonly mut: boolean; readonly inner: Ty }
  | { readonly kind: 'tuple'; readonly items: readonly Ty[] }
  | { readonly kind: 'array'; readonly inner: Ty }
  | { readonly kind: 'slice'; readonly inner: Ty }
  | { readonly kind: 'fn-ptr' }
  | { readonly kind: 'never' }
  | { readonly kind: 'prim'; readonly name: string }
  /** `dyn Principal + autos`: `bounds` are all non-auto traits named, resolved. */
  | { readonly kind: 'dyn'; readonly send: boolean; readonly sync: boolean; readonly bounds: readonly TraitRef[] }
  | { readonly kind: 'impl'; readonly send: boolean; readonly sync: boolean; readonly bounds: readonly TraitRef[] }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason }

export interface TraitRef {
  /** null if the trait could not be resolved; `reason` says why. */
  readonly trait: DefId | null
  readonly reason: UnknownReason | null
  readonly args: readonly Ty[]
}
