import type { PyModule } from './pymodule.ts'

/** Why Python cannot import a class. */
export interface ExportGap {
  /** Clause after "Python cannot import `X`:". */
  readonly why: string
  /** One of the cases where PyO3's module macro leaves the class out without a word. */
  readonly silent: boolean
  /** The module that the class would most likely belong to; null if the crate has none. */
  readonly module: PyModule | null
  /** Path by which that module's scope can name the class; null if it cannot (private, or not reachable). */
  readonly path: string | null
}
