import type { AutoTrait, Culprit, Verdicts } from '../autotraits/verdict.ts'
import type { Database } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import type { ExportGap } from './exports.ts'
import type { LocalType } from './local-type.ts'
import type { Location } from './location.ts'
import type { LockedType } from './locked-type.ts'
import type { PyClass } from './pyclass.ts'
import type { PyCrate } from './pycrate.ts'
import type { UnsafeImpl } from './unsafe-impl.ts'

/** A culprit with its place: the field's type, or the class's name where the field is not written by hand. */
export interface FieldCulprit extends Culprit {
  readonly trait: AutoTrait
  readonly at: Location
  /** Places of the steps, parallel to `steps`; null for facts and rules of the language. */
  readonly stepsAt: readonly (Location | null)[]
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
  readonly crate: PyCrate
  /** Send and Sync of a class. */
  verdicts(cls: PyClass): Verdicts
  /** Fields that make a type not `Send` or not `Sync` (or of which it is not known), in source order, both traits. */
  culprits(type: LocalType): readonly FieldCulprit[]
  /** Every `unsafe impl Send`/`Sync` written in the crate. */
  unsafeImpls(): readonly UnsafeImpl[]
  /** What the fields of the impl's type say, the impl itself left aside. */
  structuralCulprits(impl: UnsafeImpl): readonly FieldCulprit[]
  /** A type written in the workspace; null for any other. */
  localType(def: DefId): LocalType | null
  /** Canonical path of a definition, `std::cell::RefCell`. */
  pathOf(def: DefId): string
  /** A type of this workspace that a lock inside the class guards, as in `RwLock<IndexInner>`; null if there is none. */
  lockedLocalType(cls: PyClass): LockedType | null
  /** Whether the class, or the type that its lock guards, is asserted to be `Send + Sync` at compile time. */
  isAsserted(cls: PyClass): boolean
  /** What stands against declaring that the crate needs no GIL: unsafe code and classes tied to a thread; worst first. */
  auditBlockers(): readonly AuditBlocker[]
  /** Why Python cannot import the class; null if it can, or if that cannot be known for sure. */
  exportGap(cls: PyClass): ExportGap | null
}
