/** How the second form's new class is called. */
export interface FaceNames {
  /** Name of the new type, `PyCurve`. */
  readonly type: string
  /** Its method that gives the guard. */
  readonly locked: string
  /** Its method that gives a clone, made under the lock; written only where `FaceUses.copies` is above 0. */
  readonly copied: string
}
