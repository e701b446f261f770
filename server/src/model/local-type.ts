import type { CrateId } from '../project/crate-graph.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import type { Location } from './location.ts'

/** A struct, enum or union written in the workspace, with what an edit of it has to know. Locations are absolute. */
export interface LocalType {
  readonly id: DefId
  readonly crate: CrateId
  readonly module: ModId
  readonly name: string
  /** Type and const parameters, and lifetimes, in order. */
  readonly params: readonly { readonly name: string; readonly kind: 'type' | 'const' | 'lifetime' }[]
  /** `<…>` after the name as written, '' without generics. Defaults included. */
  readonly genericsText: string
  /** `where …` as written, '' without one. */
  readonly whereText: string
  /** Traits named in `#[derive(…)]`, last segments. */
  readonly derives: readonly string[]
  /** Its `#[cfg(…)]` attributes as written: what stands beside it needs them too. */
  readonly cfgText: readonly string[]
  readonly fields: readonly LocalField[]
  readonly nameAt: Location
  /** From the keyword's visibility to the end. */
  readonly headAt: Location
  /** Attributes included. */
  readonly itemAt: Location
  /** True if a macro wrote it: then nothing inside can be edited. */
  readonly macroMade: boolean
}

export interface LocalField {
  readonly name: string
  readonly variant: string | null
  /** As written, spaces as in the source. */
  readonly type: string
  readonly public: boolean
  readonly at: Location
  readonly nameAt: Location
  readonly typeAt: Location
}
