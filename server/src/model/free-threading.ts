import type { Intent } from './intent.ts'
import type { PyModule } from './pymodule.ts'

/** Evidence about the intent of a crate. */
export interface IntentEvidence {
  /** Minor number of PyO3's version; null if unknown. */
  readonly pyo3Minor: number | null
  /** Modules that CPython imports by itself. */
  readonly modules: readonly Pick<PyModule, 'gilUsed' | 'topLevel'>[]
  /** The `Free Threading` classifier, or a `3.14t`-like interpreter in the project's CI or build settings. */
  readonly declared: boolean
  /** The `python` setting. */
  readonly setting: 'free-threaded' | 'gil' | 'auto'
}

/** First PyO3 with `gil_used` (PyO3#4588) and the one whose default became `false` (PyO3#5564). */
const FIRST_WITH_OPTION = 23
const FIRST_WITHOUT_GIL = 28

/** The intent of a crate; with several modules the strictest decides. */
export function freeThreading(evidence: IntentEvidence): Intent {
  if (evidence.setting === 'free-threaded') return 'explicit'
  if (evidence.setting === 'gil') return 'opted-out'
  const modules = evidence.modules.filter((it) => it.topLevel)
  if (modules.some((it) => it.gilUsed === false) || evidence.declared) return 'explicit'
  if (modules.length > 0 && modules.every((it) => it.gilUsed === true)) return 'opted-out'
  if (evidence.pyo3Minor === null) return 'unknown'
  return evidence.pyo3Minor >= FIRST_WITHOUT_GIL ? 'default' : 'opted-out'
}

/** What CPython is told on import: `gil_used` as written, else the default of this version of PyO3. */
export function effectiveGilUsed(written: boolean | null, pyo3Minor: number | null): boolean | null {
  if (pyo3Minor !== null && pyo3Minor < FIRST_WITH_OPTION) return true
  if (written !== null) return written
  return pyo3Minor === null ? null : pyo3Minor < FIRST_WITHOUT_GIL
}
