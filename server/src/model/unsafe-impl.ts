import type { AutoTrait } from '../autotraits/oracle.ts'
import type { DefId } from '../resolve/defs.ts'
import type { Location } from './location.ts'

/** An `unsafe impl Send`/`Sync` written in a crate under analysis. */
export interface UnsafeImpl {
  readonly id: DefId
  readonly trait: AutoTrait
  /** The struct, enum or union it is for. */
  readonly type: DefId
  /** The type as written. */
  readonly typeName: string
  /** Whether a `SAFETY` comment stands above it, or above the impl of the other trait right before it. */
  readonly safety: boolean
  /** `unsafe impl … for X`, without the braces. */
  readonly headAt: Location
  /** The whole item, comments directly above it included. */
  readonly itemAt: Location
  readonly macroMade: boolean
}
