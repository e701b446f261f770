import { gilUsedFix } from '../fixes/gil-used.ts'
import { defineRule } from './rule.ts'

/**
 * From PyO3 0.23 to 0.27 a module without `gil_used = false` makes free-threaded Python turn the GIL on again for the whole
 * process, with a `RuntimeWarning` (PyO3 guide, "Supporting Free-Threaded CPython"). Since 0.28 leaving it out means `false`.
 */
export default defineRule({
  id: 'missing-gil-used',
  summary: 'a `#[pymodule]` without `gil_used`: importing it turns the GIL on again (PyO3 0.23 to 0.27)',
  letter: 'G1',
  group: 'module',
  severity: { explicit: 'warning', default: 'info', 'opted-out': 'info', unknown: 'info' },
  pyo3: '>=0.23',
  grades: ['risky'],

  checkModule(cx, module) {
    if (!module.topLevel || module.gilUsed !== null) return
    const { minor } = cx.crate.pyo3
    const old = minor !== null && minor >= 23 && minor < 28
    const checklist = cx.profile === 'checklist' && minor !== null && minor >= 28
    if (!old && !checklist) return
    const { fixes, refused } = gilUsedFix(cx, module)
    cx.report({
      at: module.nameAt,
      ...(checklist ? { severity: 'warning' as const } : {}),
      message: old
        ? `Module \`${module.pythonName}\` does not say \`gil_used\`: importing it on free-threaded Python turns the GIL on again for the whole process`
        : `Module \`${module.pythonName}\` does not say \`gil_used = false\`; PyO3 0.${minor} takes that as the default`,
      fixes,
      refused,
    })
  },
})
