import { describe, expect, it } from 'vitest'
import { crateOfModules, type Rewritten, rewrittenFiles } from './apply.ts'
import { rewriteFixtures } from './cases.ts'

function outcome({ fix, refusal }: Rewritten): string {
  return fix ? 'offered' : (refusal?.reason ?? 'nothing')
}

function withEnding(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]))
}

describe.each(rewriteFixtures())('$name', ({ files, cases }) => {
  const windows = withEnding(files)
  const crate = crateOfModules(files)
  const windowsCrate = crateOfModules(windows)

  it.each(cases)('$className: $rewrite is $expected', ({ className, rewrite, expected }) => {
    const found = rewrittenFiles(files, className, rewrite, crate)
    expect(`${outcome(found)}${outcome(found) === expected ? '' : ` (${found.refusal?.detail})`}`).toBe(expected)
    if (found.fix === null) return
    // Nothing is left to rewrite, and the same happens with other line endings.
    const left = Object.values(found.files).some((it) => it.includes(`name = "${className}"`)) ? `Py${className}` : className
    expect(outcome(rewrittenFiles(found.files, left, rewrite))).toBe('nothing')
    expect(rewrittenFiles(windows, className, rewrite, windowsCrate).files).toEqual(withEnding(found.files))
  })
})
