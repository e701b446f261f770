import type { CheckResult } from '../../analysis/check-result.ts'
import { atLeast } from '../../analysis/finding.ts'
import { rules } from '../../rules/index.generated.ts'
import { type CliOptions, UsageError } from '../options.ts'
import { jsonReport } from '../reporters/json.ts'
import { textReport } from '../reporters/text.ts'
import { checkPath, joinResults, type PathResult, type Run, resolveArgument, startRun } from '../run.ts'

/** `check [PATH…]`: 1 if there is a finding at or above `--fail-on`, 2 if a path could not be analysed (the others are). */
export async function checkCommand(options: CliOptions): Promise<number> {
  checkRuleIds([...(options.select ?? []), ...options.ignore])
  const run = await startRun(options)
  const { targets, results, wrong } = checkAll(run, options.paths.length > 0 ? options.paths : ['.'], options)
  if (results.length === 0) return 2
  const result = joinResults(run, targets, results)
  process.stdout.write(render(result, run, options))
  const { failOn } = options
  const failed = failOn !== 'never' && result.findings.some((it) => atLeast(it.severity, failOn))
  return wrong ? 2 : failed ? 1 : 0
}

/** Unknown ids are usage errors: a typo must not silence a check. */
export function checkRuleIds(ids: readonly string[]): void {
  const known = new Set([...rules.map((it) => it.id), 'parse-error', 'unreadable'])
  const unknown = ids.find((it) => !known.has(it))
  if (unknown !== undefined) throw new UsageError(`there is no rule '${unknown}' (pyo3-thread-safety rules lists them)`)
}

/** What can be analysed, each with its absolute path; what cannot is told on standard error. */
function checkAll(run: Run, paths: readonly string[], options: CliOptions) {
  const targets: string[] = []
  const results: PathResult[] = []
  let wrong = false
  for (const given of paths) {
    try {
      const target = resolveArgument(given)
      const result = checkPath(run, target, options)
      if (result.crates.length === 0) process.stderr.write(`pyo3-thread-safety: ${given}: no crate here depends on pyo3\n`)
      targets.push(target)
      results.push(result)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      process.stderr.write(`pyo3-thread-safety: ${error.message}\n`)
      wrong = true
    }
  }
  return { targets, results, wrong }
}

function render(result: CheckResult, run: Run, options: CliOptions): string {
  if (options.format === 'json') return jsonReport(result, run.sources)
  if (result.crates.length === 0) return ''
  const color = process.stdout.hasColors?.() ?? false
  return textReport(result, run.sources, { minSeverity: options.minSeverity ?? 'warning', quiet: options.quiet, color })
}
