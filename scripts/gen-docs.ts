import { readFileSync, writeFileSync } from 'node:fs'
import { rules } from '../server/src/rules/index.generated.ts'

// Writes docs/rules/README.md and the table of rules in README.md.

const root = new URL('../', import.meta.url)

/** A table cell: pipes would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

const index = [
  '# Rules',
  '',
  'Ids are permanent. The letter is the hazard in the survey that the rules were written from.',
  '',
  '| rule | letter | group | severity by intent: explicit / default / opted out / unknown | PyO3 | fixes | finds |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...rules.map(({ id, letter, group, severity, pyo3, grades, summary }) => {
    const { explicit, default: byDefault, 'opted-out': optedOut, unknown } = severity
    const loud = [explicit, byDefault, optedOut, unknown].join(' / ')
    return `| [${id}](${id}.md) | ${letter} | ${group} | ${loud} | ${cell(pyo3)} | ${grades.join(', ') || '–'} | ${cell(summary)} |`
  }),
  '',
  'Besides: `parse-error` and `unreadable` (information) say what could not be looked at.',
  '',
]
writeFileSync(new URL('docs/rules/README.md', root), index.join('\n'))

const readme = new URL('README.md', root)
const table = rules.map(({ id, summary }) => `| [${id}](docs/rules/${id}.md) | ${cell(summary)} |`)
const text = readFileSync(readme, 'utf8')
const filled = text.replace(
  /(<!-- rules:begin[^\n]*-->\n)[\s\S]*?(<!-- rules:end -->)/,
  (_, begin: string, end: string) => `${begin}${table.join('\n')}\n${end}`,
)
writeFileSync(readme, filled)
