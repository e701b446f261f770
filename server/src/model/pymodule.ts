import type { CrateId } from '../project/crate-graph.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import type { Location } from './location.ts'

/** A `#[pymodule]` function or declarative module. */
export interface PyModule {
  readonly id: DefId
  readonly crate: CrateId
  /** Module the function stands in, or the declarative module itself. */
  readonly module: ModId
  readonly name: string
  readonly pythonName: string
  readonly form: 'fn' | 'mod'
  /** A module that CPython imports by itself: not nested in a declarative one and not `submodule`. */
  readonly topLevel: boolean
  /** As written in the attribute or by `m.gil_used(…)`; null if nowhere. */
  readonly gilUsed: boolean | null
  /** What holds at run time for this version of PyO3; null if the version is not known. */
  readonly effectiveGilUsed: boolean | null
  readonly nameAt: Location
  readonly attributeAt: Location
  readonly itemAt: Location
  readonly macroMade: boolean
  /** Name of the `&Bound<PyModule>` parameter of a function module. */
  readonly parameter: string | null
  /** Braces of the body, braces included. */
  readonly bodyAt: Location | null
}
