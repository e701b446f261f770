import { defineRule } from './rule.ts'

/** First PyO3 without `GILProtected` (PyO3#5740; deprecated since 0.26, PyO3#5285). */
const REMOVED_IN = 28

/**
 * `GILProtected` guards a value by the GIL. Free-threaded Python has none, so PyO3 leaves the type out of builds for it
 * (PyO3#4504; PyO3 guide, "`GILProtected` is not exposed").
 */
export default defineRule({
  id: 'gil-protected',
  summary: 'a `static` behind `GILProtected`, which does not exist without the GIL',
  letter: 'E2',
  group: 'runtime',
  severity: { explicit: 'warning', default: 'warning', 'opted-out': 'info', unknown: 'info' },
  pyo3: '>=0.21',
  grades: ['risky'],

  checkCrate(cx) {
    const { minor } = cx.crate.pyo3
    const removed = minor !== null && minor >= REMOVED_IN
    for (const { name, at } of cx.gilProtectedStatics()) {
      cx.report({
        at,
        subject: name,
        ...(removed ? { severity: 'error' as const } : {}),
        message: removed
          ? `\`GILProtected\` was removed in PyO3 0.${REMOVED_IN}: put \`${name}\` behind a \`Mutex\`, and never call Python while it is locked`
          : `\`GILProtected\` does not exist on free-threaded builds: put \`${name}\` behind a \`Mutex\`, and never call Python while it is locked`,
      })
    }
  },
})
