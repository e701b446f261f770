import type { Verdict } from '../autotraits/verdicts.ts'
import type { Database } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import type { FieldCulprit } from './culprits.ts'
import type { ExportGap } from './exports.ts'
import type { GilProtectedStatic } from './gil-protected.ts'
import type { LocalType } from './local-type.ts'
import type { Location } from './location.ts'
import type { LockedType } from './locked-type.ts'
import type { PyClass } from './pyclass.ts'
import type { PyCrate } from './pycrate.ts'
import type { StaticMut } from './static-muts.ts'
import type { UnsafeImpl } from './unsafe-impl.ts'

export interface Verdicts {
  readonly send: Verdict
  readonly sync: Verdict
}

/** Something that has to be audited by a person before `gil_used = false` can be said. */
export interface AuditBlocker {
  readonly reason: 'unsafe-code' | 'unsendable-class'
  /** One clause with file and line. */
  readonly detail: string
  readonly at: Location
}

/** All that rules and fixes may ask about one crate. Every answer is computed on demand and remembered. */
export interface CrateView {
  readonly db: Database
  /** See `crateGraph`. */
  readonly world: string
  readonly crate: PyCrate
  /** Send and Sync of a class. */
  verdicts(cls: PyClass): Verdicts
  /**
   * Fields that make a type not `Send` or not `Sync` (or of which it is not known), in source order, `Send` first. Explicit
   * impls of the type itself are left aside.
   */
  culprits(type: LocalType): readonly FieldCulprit[]
  /** Every `unsafe impl Send`/`Sync` written in the crate. */
  unsafeImpls(): readonly UnsafeImpl[]
  /** Every `static` behind PyO3's `GILProtected`. */
  gilProtectedStatics(): readonly GilProtectedStatic[]
  /** Every `static mut`. */
  staticMuts(): readonly StaticMut[]
  /** What a generic type's fields need of its parameters and its explicit impls do not ask for, as `T: Send`; [] where nothing is missing. */
  missingBounds(impl: UnsafeImpl): readonly string[]
  /** A type written in the workspace; null for any other. */
  localType(def: DefId): LocalType | null
  /** A type of this workspace that a lock inside the class guards, as in `RwLock<IndexInner>`; null if there is none. */
  lockedLocalType(cls: PyClass): LockedType | null
  /** Whether the class, or the type that its lock guards, is asserted to be `Send + Sync` at compile time. */
  isAsserted(cls: PyClass): boolean
  /** What stands against declaring that the crate needs no GIL: unsafe code and classes tied to a thread; worst first. */
  auditBlockers(): readonly AuditBlocker[]
  /** Why Python cannot import the class; null if it can, or if that cannot be known for sure. */
  exportGap(cls: PyClass): ExportGap | null
}
