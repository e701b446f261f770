/** The suites that run inside the extension host, the same for code-server and desktop VS Code. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import type { Outcome } from '../../test/editor/suite/index.ts'

export const root = path.join(import.meta.dirname, '../..')
const sources = path.join(root, 'test/editor')
const bundles = path.join(root, 'out/editor')

/** What is opened for each folder of suites, relative to test/editor. */
export const SCENARIOS = {
  folder: 'workspace',
  'multi-root': 'multi-root.code-workspace',
} as const

export type Scenario = keyof typeof SCENARIOS

/** A scenario ready to run in an editor. */
export interface Prepared {
  /** What the editor opens: a copy, since tests edit files. */
  readonly target: string
  /** The file that VS Code loads in the extension host. */
  readonly entry: string
  /** For the editor's process. */
  readonly env: Readonly<Record<string, string>>
  /** What the run has printed so far, and how it ended; null before it ended. */
  result(): { readonly text: string; readonly outcome: Outcome | null }
}

/** Bundles the suites into out/editor; returns the entry's path. */
export async function bundleSuites(): Promise<string> {
  rmSync(bundles, { recursive: true, force: true })
  const suites = Object.keys(SCENARIOS).flatMap((scenario) =>
    readdirSync(path.join(sources, 'suite', scenario))
      .filter((name) => name.endsWith('.suite.ts'))
      .map((name) => path.join(sources, 'suite', scenario, name)),
  )
  await build({
    entryPoints: [path.join(sources, 'suite/index.ts'), ...suites],
    outdir: bundles,
    outbase: path.join(sources, 'suite'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  })
  return path.join(bundles, 'index.cjs')
}

/** Copies a scenario's workspace into `folder` and says how to run its suites. */
export function prepare(scenario: Scenario, entry: string, folder: string, grep: string | null): Prepared {
  const copy = path.join(folder, scenario)
  mkdirSync(copy, { recursive: true })
  const target = path.join(copy, SCENARIOS[scenario])
  cpSync(path.join(sources, SCENARIOS[scenario]), target, { recursive: true })
  const folders = path.join(sources, scenario)
  if (existsSync(folders)) cpSync(folders, path.join(copy, scenario), { recursive: true })
  const output = path.join(copy, 'output.txt')
  writeFileSync(output, '')
  const result = () => {
    const text = readFileSync(output, 'utf8')
    const last = /(?:^|\n)(\{"ran":.*\})\n$/.exec(text)
    return {
      text: last === null ? text : text.slice(0, last.index + 1),
      outcome: last === null ? null : (JSON.parse(last[1] ?? '') as Outcome),
    }
  }
  return { target, entry, env: { EDITOR_TESTS: JSON.stringify({ scenario, output, grep }) }, result }
}
