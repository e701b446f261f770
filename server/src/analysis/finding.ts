import type { Report, Severity } from '../rules/rule.ts'

/** What a rule reported, with its final severity. */
export interface Finding extends Report {
  readonly rule: string
  readonly severity: Severity
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 }

/** Whether `severity` is `least` or worse. */
export function atLeast(severity: Severity, least: Severity): boolean {
  return RANK[severity] <= RANK[least]
}

/** Order of output: file, position, severity, rule. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.at.file, b.at.file) ||
    a.at.span.start - b.at.span.start ||
    RANK[a.severity] - RANK[b.severity] ||
    compareText(a.rule, b.rule)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
