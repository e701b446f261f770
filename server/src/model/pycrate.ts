import type { Crate } from '../project/crate-graph.ts'
import type { Intent } from './intent.ts'
import type { PyClass } from './pyclass.ts'
import type { PyModule } from './pymodule.ts'

/** What decides how rules look at a crate: unchanged by edits that do not change versions or declarations. */
export interface CrateFacts {
  readonly crate: Crate
  readonly pyo3: Pyo3Version
  readonly intent: Intent
}

/** A crate as PyO3 sees it. Lists are computed when they are asked for, so that who does not ask does not depend on them. */
export interface PyCrate extends CrateFacts {
  readonly classes: readonly PyClass[]
  readonly modules: readonly PyModule[]
  /** Class id → Python names of the modules that export it. */
  readonly exports: ReadonlyMap<string, readonly string[]>
}

/** The version of PyO3 a crate is built with. */
export interface Pyo3Version {
  readonly requirement: string | null
  readonly locked: string | null
  /** Minor number of the 0.x series: the locked one, else the lowest that the requirement allows; null if unknown. */
  readonly minor: number | null
}
