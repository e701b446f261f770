import { styleText } from 'node:util'
import { type CrateResult, classState } from '../../analysis/check-result.ts'
import type { Finding } from '../../analysis/finding.ts'
import { indexLines, positionAt } from '../../syntax/lines.ts'
import type { CliOptions } from '../options.ts'
import type { Sources } from '../reporters/json.ts'
import { checkPath, type PathResult, resolveArgument, startRun } from '../run.ts'

/** Without a command: one screen about the crate in this folder: classes by state, what blocks 3.14t, what to do next. */
export async function summaryCommand(options: CliOptions): Promise<number> {
  const run = await startRun(options)
  const result = checkPath(run, resolveArgument('.'), options)
  if (result.crates.length === 0) {
    process.stderr.write(
      'pyo3-thread-safety: no crate here depends on pyo3; go to one, or name it: pyo3-thread-safety check PATH\n',
    )
    return 0
  }
  process.stdout.write(screen(result, run.sources))
  return result.findings.some((it) => it.severity === 'error') ? 1 : 0
}

/** More than this does not fit on a screen. */
const MOST_BLOCKERS = 10

function screen(result: PathResult, sources: Sources): string {
  const lines = result.crates.filter((it) => it.classes.length > 0 || it.crate.modules.length > 0).map(crateLine)
  const blockers = result.findings.filter((it) => it.severity === 'error')
  const hazards = result.findings.filter(
    (it) => it.severity === 'warning' || (it.severity === 'info' && it.rule !== 'parse-error'),
  )
  if (blockers.length > 0) {
    lines.push('', styleText('red', 'Blocks free-threaded Python'))
    lines.push(...blockers.slice(0, MOST_BLOCKERS).map((it) => findingLine(it, sources)))
    if (blockers.length > MOST_BLOCKERS) lines.push(`  … and ${blockers.length - MOST_BLOCKERS} more`)
  }
  if (hazards.length > 0) {
    lines.push('', styleText('yellow', `Worth a look (${hazards.length})`))
    lines.push(...hazards.slice(0, MOST_BLOCKERS).map((it) => findingLine(it, sources)))
    if (hazards.length > MOST_BLOCKERS) lines.push(`  … and ${hazards.length - MOST_BLOCKERS} more`)
  }
  lines.push('', nextStep(blockers, hazards))
  return `${lines.join('\n')}\n`
}

function crateLine({ crate, classes }: CrateResult): string {
  const count = (state: string): number => classes.filter((it) => classState(it) === state).length
  const parts = [
    `${count('sound')} Send + Sync`,
    count('blocked') > 0 ? `${count('blocked')} not` : '',
    count('unsendable') > 0 ? `${count('unsendable')} unsendable` : '',
    count('unknown') > 0 ? `${count('unknown')} unknown` : '',
  ].filter(Boolean)
  const version = crate.pyo3.locked ?? crate.pyo3.requirement ?? 'of unknown version'
  const n = classes.length
  const states = n === 0 ? 'no classes' : `${n} ${n === 1 ? 'class' : 'classes'}: ${parts.join(', ')}`
  return `${styleText('bold', crate.crate.name)}  PyO3 ${version}, ${states}  (free-threading: ${crate.intent})`
}

function findingLine(finding: Finding, sources: Sources): string {
  const { line } = positionAt(indexLines(sources.text(finding.at.file)), finding.at.span.start)
  return `  ${sources.display(finding.at.file)}:${line + 1}  ${finding.rule}: ${finding.message}`
}

function nextStep(blockers: readonly Finding[], hazards: readonly Finding[]): string {
  if (blockers.length + hazards.length === 0)
    return 'Nothing found that stands against 3.14t. Next: build and test on it (maturin develop with python3.14t).'
  const fixes = [...blockers, ...hazards].flatMap((it) => it.fixes ?? [])
  const grade = (['safe', 'suggested', 'risky'] as const).find((wanted) => fixes.some((it) => it.grade === wanted))
  return `Next: pyo3-thread-safety ${grade ? `fix --grade ${grade} --diff` : 'check --min-severity info'}`
}
