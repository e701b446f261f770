import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  readonly icon: string
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } }
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly enablement?: string }[]
    readonly configuration: { readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
    readonly grammars: readonly { readonly path: string; readonly scopeName: string }[]
    readonly problemMatchers: readonly { readonly pattern: string }[]
    readonly problemPatterns: readonly Pattern[]
  }
}

interface Pattern {
  readonly name: string
  readonly patterns: readonly { readonly regexp: string }[]
}

/** The match of one line of a problem pattern, without the whole. */
function match(name: string, line: number, text: string): readonly (string | undefined)[] | null {
  const regexp = manifest.contributes.problemPatterns.find((pattern) => pattern.name === name)?.patterns[line]?.regexp
  const found = new RegExp(regexp ?? '(?!)').exec(text)
  return found === null ? null : [...found].slice(1)
}

describe('package.json', () => {
  it('holds what client/manifest.json says', () => {
    expect(() =>
      execFileSync(process.execPath, [path.join(root, 'scripts/editor/merge-manifest.ts'), '--check'], { stdio: 'pipe' }),
    ).not.toThrow()
  })

  it('has at most 15 settings, each described, ordered and with a scope', () => {
    const properties = Object.entries(manifest.contributes.configuration.properties)
    expect(properties.length).toBeLessThanOrEqual(15)
    for (const [key, property] of properties) {
      expect(key).toMatch(/^pyo3ThreadSafety\./)
      expect(property).toMatchObject({
        markdownDescription: expect.any(String),
        order: expect.any(Number),
        scope: expect.any(String),
      })
      expect(property).toHaveProperty('default')
    }
    expect(new Set(properties.map(([, { order }]) => order)).size).toBe(properties.length)
  })

  it('restricts, in a workspace that is not trusted, every setting that a task reads', () => {
    const settings = Object.keys(manifest.contributes.configuration.properties)
    const tools = settings.filter((key) => /\.(maturin|pytest|python)\.|targetDir/.test(key)).sort()
    expect([...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort()).toEqual(tools)
  })

  it('enables the commands that run something only in a trusted workspace', () => {
    const running = manifest.contributes.commands.filter(({ title }) => /maturin|wheel|cargo|pytest/.test(title))
    expect(running).toHaveLength(5)
    for (const { enablement } of running) expect(enablement).toBe('isWorkspaceTrusted')
  })

  it('names files that exist, and all grammars there are', () => {
    expect(existsSync(path.join(root, manifest.icon))).toBe(true)
    const contributed = manifest.contributes.grammars.map((grammar) => path.basename(grammar.path)).sort()
    expect(contributed).toEqual(readdirSync(path.join(root, 'syntaxes')).sort())
    for (const grammar of manifest.contributes.grammars) {
      const { scopeName } = JSON.parse(readFileSync(path.join(root, grammar.path), 'utf8')) as { readonly scopeName: string }
      expect(scopeName).toBe(grammar.scopeName)
    }
  })
})

describe('problem patterns', () => {
  it('read rustc', () => {
    expect(match('pyo3-rustc', 0, 'error[E0277]: `Cell<u64>` cannot be shared')).toEqual([
      'error',
      'E0277',
      '`Cell<u64>` cannot be shared',
    ])
    expect(match('pyo3-rustc', 0, 'warning: unused variable: `x`')).toEqual(['warning', undefined, 'unused variable: `x`'])
    expect(match('pyo3-rustc', 1, '  --> crates/a b/src/lib.rs:7:12')).toEqual(['crates/a b/src/lib.rs', '7', '12'])
    expect(match('pyo3-rustc', 1, '   ::: C:\\x\\lib.rs:7:12')).toBeNull()
    expect(match('pyo3-rustc', 1, '  --> C:\\x\\src\\lib.rs:7:12')).toEqual(['C:\\x\\src\\lib.rs', '7', '12'])
  })

  it('read the line at the end of a pytest traceback, not those on the way', () => {
    expect(match('pyo3-pytest', 0, 'tests/test_a.py:5: AssertionError')).toEqual(['tests/test_a.py', '5', 'AssertionError'])
    expect(match('pyo3-pytest', 0, 'C:\\x\\test_a.py:5: RuntimeError')).toEqual(['C:\\x\\test_a.py', '5', 'RuntimeError'])
    expect(match('pyo3-pytest', 0, 'tests/test_a.py:5: in test_a')).toBeNull()
    expect(match('pyo3-pytest', 0, 'tests/test_a.py:5: ')).toBeNull()
    expect(match('pyo3-pytest', 0, 'tests/test_a.py::test_b PASSED')).toBeNull()
  })
})
