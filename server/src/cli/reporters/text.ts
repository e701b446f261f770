import { styleText } from 'node:util'
import { type CheckResult, type ClassState, classState } from '../../analysis/check-result.ts'
import { atLeast, type Finding } from '../../analysis/finding.ts'
import type { Severity } from '../../rules/rule.ts'
import { indexLines, type LineIndex, positionAt } from '../../syntax/lines.ts'
import type { Sources } from './json.ts'

/** How much is printed, and how. */
export interface TextOptions {
  readonly minSeverity: Severity
  /** Only the findings, no summary. */
  readonly quiet: boolean
  readonly color: boolean
}

type Style = Parameters<typeof styleText>[0]

const COLOR: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', info: 'blue', hint: 'gray' }

/** The output of `check` for people: findings with their source line, then a summary with what was left out. */
export function textReport(result: CheckResult, sources: Sources, options: TextOptions): string {
  const paint = (style: Style, text: string) => (options.color ? styleText(style, text, { validateStream: false }) : text)
  const shown = result.findings.filter((it) => atLeast(it.severity, options.minSeverity))
  const indices = new Map<string, LineIndex>()
  const blocks = shown.map((it) => findingText(it, sources, indices, paint))
  if (options.quiet) return blocks.join('\n')
  return [...blocks, summary(result, shown.length, paint)].join('\n')
}

type Paint = (style: Style, text: string) => string

function findingText(finding: Finding, sources: Sources, indices: Map<string, LineIndex>, paint: Paint): string {
  const text = sources.text(finding.at.file)
  const index = indexOf(indices, finding.at.file, text)
  const { line, character } = positionAt(index, finding.at.span.start)
  const where = `${sources.display(finding.at.file)}:${line + 1}:${character + 1}`
  const lines = [
    `${paint('bold', where)} ${paint(COLOR[finding.severity], `${finding.severity}[${finding.rule}]`)} ${finding.message}`,
  ]
  const source = sourceLine(text, finding)
  if (source)
    lines.push(
      paint('dim', `    ${source.line}`),
      `    ${' '.repeat(source.column)}${paint(COLOR[finding.severity], '^'.repeat(source.length))}`,
    )
  for (const related of finding.related ?? []) {
    const other = sources.text(related.at.file)
    const at = positionAt(indexOf(indices, related.at.file, other), related.at.span.start)
    lines.push(`    ${paint('dim', `${sources.display(related.at.file)}:${at.line + 1}`)} ${related.message}`)
  }
  for (const fix of finding.fixes ?? []) lines.push(`    ${paint('green', 'fix')} ${fix.title} (${fix.grade})`)
  return `${lines.join('\n')}\n`
}

function indexOf(indices: Map<string, LineIndex>, file: string, text: string): LineIndex {
  let index = indices.get(file)
  if (!index) {
    index = indexLines(text)
    indices.set(file, index)
  }
  return index
}

/** The line of the finding with its indentation removed, and where the finding is on it. */
function sourceLine(text: string, finding: Finding): { line: string; column: number; length: number } | null {
  const { start, end } = finding.at.span
  const from = text.lastIndexOf('\n', start - 1) + 1
  const newline = text.indexOf('\n', start)
  const whole = text.slice(from, newline < 0 ? text.length : newline).trimEnd()
  if (whole.length > 200) return null
  const line = whole.trimStart()
  const column = start - from - (whole.length - line.length)
  return column < 0 ? null : { line, column, length: Math.max(1, Math.min(end - start, line.length - column)) }
}

const STATES: readonly [ClassState, string][] = [
  ['sound', 'Send + Sync'],
  ['blocked', 'not Send or not Sync'],
  ['unsendable', 'unsendable'],
  ['unknown', 'unknown'],
]

function summary(result: CheckResult, shown: number, paint: Paint): string {
  const classes = result.crates.flatMap((it) => it.classes)
  const states = classes.map(classState)
  const parts = STATES.map(([state, words]) => [states.filter((it) => it === state).length, words] as const).filter(
    ([n]) => n > 0,
  )
  const lines: string[] = []
  if (classes.length === 0) lines.push('No #[pyclass] found.')
  else
    lines.push(
      `${paint('bold', plural(classes.length, 'class', 'classes'))}: ${parts.map(([n, words]) => `${n} ${words}`).join(', ')}.`,
    )
  const hidden = result.findings.length - shown
  const counts = (['error', 'warning', 'info', 'hint'] as const)
    .map((it) => [result.findings.filter((finding) => finding.severity === it).length, it] as const)
    .filter(([n]) => n > 0)
    .map(([n, it]) => (it === 'info' ? `${n} info` : plural(n, it, `${it}s`)))
  if (counts.length > 0) {
    const how = hidden > 0 ? ` (${hidden} not shown: --min-severity hint shows everything)` : ''
    lines.push(`${counts.join(', ')}${how}.`)
  } else lines.push('Nothing to report.')
  const { files, unreadable, parseErrors, milliseconds } = result.stats
  const trouble = [
    unreadable > 0 ? `${plural(unreadable, 'file', 'files')} could not be read` : '',
    parseErrors > 0 ? `${plural(parseErrors, 'place', 'places')} could not be parsed` : '',
  ].filter(Boolean)
  lines.push(
    paint(
      'dim',
      `${plural(files, 'file', 'files')} in ${milliseconds} ms${trouble.length > 0 ? `; ${trouble.join(', ')}` : ''}.`,
    ),
  )
  return `${lines.join('\n')}\n`
}

function plural(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`
}
