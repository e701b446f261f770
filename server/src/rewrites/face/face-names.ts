/** How the second form's new class is called. */
export interface FaceNames {
  /** Name of the new type, `PyCurve`. */
  readonly type: string
  /** Its method that gives the guard. */
  readonly locked: string
  /** Its method that gives a clone, made under the lock; written only where `FaceUses.copies` is above 0. */
  readonly copied: string
  /** Condition of the `cfg_attr` that makes the class one of Python's, as written: the face is there under it only. null without. */
  readonly condition: string | null
}
