import { reportMissing } from './not-send.ts'
import { defineRule } from './rule.ts'

/** From this minor version on PyO3 asks for `Sync` (PyO3#4566); before, a `RefCell` in a class compiled silently. */
const SYNC_REQUIRED_SINCE = 23

/** Several threads may hold `&T` of a `#[pyclass]` value at once (PyO3 guide, "`#[pyclass]` thread safety"). */
export default defineRule({
  id: 'not-sync',
  summary: 'a `#[pyclass]` that is not `Sync`: PyO3 refuses to compile it since 0.23',
  letter: 'A2',
  group: 'soundness',
  severity: { explicit: 'error', default: 'error', 'opted-out': 'error', unknown: 'warning' },
  pyo3: '>=0.21',
  grades: ['suggested', 'risky'],

  checkClass(cx, cls) {
    const { minor } = cx.crate.pyo3
    reportMissing(cx, cls, 'Sync', minor !== null && minor >= SYNC_REQUIRED_SINCE ? 'error' : 'warning')
  },
})
