import { styleText } from 'node:util'
import { rules } from '../../rules/index.generated.ts'
import type { CliOptions } from '../options.ts'

/** `rules`: what can be found, how loud, and what can be done about it. */
export async function rulesCommand(options: CliOptions): Promise<number> {
  process.stdout.write(options.format === 'json' ? json() : text())
  return 0
}

function json(): string {
  const list = rules.map(({ id, letter, group, severity, grades, pyo3, summary }) => ({
    id,
    letter,
    group,
    severity,
    grades,
    pyo3,
    summary,
  }))
  return `${JSON.stringify(list, null, 2)}\n`
}

function text(): string {
  const width = Math.max(...rules.map((it) => it.id.length))
  const lines = rules.map(({ id, letter, group, severity, pyo3, grades, summary }) => {
    const loud = [...new Set(Object.values(severity))].join('/')
    const fixes = grades.length > 0 ? `; fixes: ${grades.join(', ')}` : ''
    return `${styleText('bold', id.padEnd(width))}  ${summary}\n${' '.repeat(width + 2)}${letter} · ${group} · ${loud} · PyO3 ${pyo3}${fixes}`
  })
  return `${lines.join('\n')}\n`
}
