import satisfies from 'semver/functions/satisfies.js'
import type { PyCrate } from '../model/pycrate.ts'
import type { Rule } from '../rules/rule.ts'
import type { Config } from './config.ts'

/** Whether a rule is wanted and speaks about the PyO3 version of the crate; an unknown version counts as any. */
export function isSelected(rule: Rule, crate: PyCrate, config: Config): boolean {
  if (config.select && !config.select.includes(rule.id)) return false
  if (config.ignore.includes(rule.id)) return false
  const { minor } = crate.pyo3
  return minor === null || satisfies(`0.${minor}.0`, rule.pyo3)
}
