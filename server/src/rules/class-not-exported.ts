import { exportClassFixes } from '../fixes/export-class.ts'
import { defineRule } from './rule.ts'

/**
 * A class that no module adds is not there for Python, and neither the compiler nor the import says so. In a declarative
 * module PyO3 looks for a literal `#[pyclass]` only (macros-backend, `module.rs`): classes that come through `cfg_attr`, a
 * macro, a plain `mod` or a plain `use` are left out in silence.
 */
export default defineRule({
  id: 'class-not-exported',
  summary: 'a `#[pyclass]` that no `#[pymodule]` adds: Python cannot import it',
  letter: 'G5',
  group: 'module',
  severity: { explicit: 'info', default: 'info', 'opted-out': 'info', unknown: 'info' },
  pyo3: '>=0.21',
  grades: ['suggested'],

  checkClass(cx, cls) {
    const gap = cx.exportGap(cls)
    if (!gap) return
    cx.report({
      at: cls.nameAt,
      ...(gap.silent ? { severity: 'warning' as const } : {}),
      message: `Python cannot import \`${cls.pythonName}\`: ${gap.why}`,
      related: gap.module ? [{ at: gap.module.nameAt, message: `module \`${gap.module.pythonName}\`` }] : [],
      fixes: exportClassFixes(cx, cls, gap),
    })
  },
})
