/** How the second form's new class is called. */
export interface FaceNames {
  /** Name of the new type, `PyCurve`. */
  readonly type: string
  /** Its method that gives the guard. */
  readonly locked: string
}
