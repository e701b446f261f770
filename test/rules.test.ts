import { globSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Config } from '../server/src/analysis/config.ts'
import type { Finding } from '../server/src/analysis/finding.ts'
import type { Profile } from '../server/src/rules/rule.ts'
import { indexLines, positionAt } from '../server/src/syntax/lines.ts'
import { crateOfFiles } from './support/analyze.ts'
import { type Expectation, type Fixture, readFixture } from './support/fixture.ts'

const files = globSync('test/fixtures/rules/*/*.rs').sort()

describe.each(files)('%s', (file) => {
  const fixture = readFixture(file)

  it('finds what is marked and nothing else', () => {
    expect(found(fixture, fixture.text)).toEqual(wanted(fixture))
  })

  it('finds the same with CRLF line endings and an emoji above', () => {
    expect(found(fixture, `// 🦀\r\n${fixture.text.replaceAll('\n', '\r\n')}`, 1)).toEqual(wanted(fixture))
  })
})

function wanted({ expected }: Fixture): string[] {
  return expected.map(({ line, rule }) => `${line + 1} ${rule}`).sort()
}

/** Line and rule of each finding; those that a mark disagrees with in severity or text say so. */
function found(fixture: Fixture, text: string, shift = 0): string[] {
  const config: Partial<Config> = {
    profile: (fixture.directives.get('profile') ?? 'default') as Profile,
    ignore: (fixture.directives.get('ignore') ?? '').split(/[,\s]+/).filter(Boolean),
  }
  const { analysis } = crateOfFiles({ 'src/lib.rs': text }, fixture.directives.get('pyo3') ?? '0.30', config)
  const lines = indexLines(text)
  const left = [...fixture.expected]
  return analysis.findings
    .map((finding) => {
      const line = positionAt(lines, finding.at.span.start).line - shift
      const i = left.findIndex((it) => it.line === line && it.rule === finding.rule)
      const [mark] = i < 0 ? [] : left.splice(i, 1)
      return `${line + 1} ${finding.rule}${mark ? complaint(mark, finding) : ` (${finding.message})`}`
    })
    .sort()
}

function complaint({ severity, text }: Expectation, finding: Finding): string {
  if (severity !== null && severity !== finding.severity) return ` is ${finding.severity}, not ${severity}`
  const words = [finding.message, ...(finding.related ?? []).map((it) => it.message)].join('\n')
  return words.includes(text) ? '' : ` says: ${words}`
}
