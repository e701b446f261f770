import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** The built command line; `npm run build` makes it. */
export const CLI = join(import.meta.dirname, '../../dist/cli.mjs')
const OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024
const TIMEOUT_MILLISECONDS = 120_000

/** The parts of `check --format json` that the suites look at. */
export interface CheckOutput {
  readonly crates: readonly { readonly name: string; readonly classes: readonly CheckedClass[] }[]
  readonly diagnostics: readonly CheckedFinding[]
  readonly stats: Readonly<Record<string, number>>
}

export interface CheckedClass {
  readonly name: string
  /** Relative to the folder that was checked, as all files here. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly unsendable: boolean
  readonly send: CheckedVerdict
  readonly sync: CheckedVerdict
}

export interface CheckedVerdict {
  readonly verdict: 'yes' | 'no' | 'unknown'
  readonly because: readonly string[]
  readonly reason?: string
  readonly detail?: string
}

export interface CheckedFinding {
  readonly rule: string
  readonly severity: 'error' | 'warning' | 'info' | 'hint'
  readonly message: string
  readonly file: string
  /** 0-based. */
  readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } }
}

export interface RunResult {
  readonly output: string
  readonly milliseconds: number
}

/** Runs the command line in a folder and returns what it prints. Throws with its standard error when it could not answer. */
export function runCli(folder: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): RunResult {
  const began = performance.now()
  const result = spawnSync(process.execPath, [CLI, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: OUTPUT_LIMIT_BYTES,
    timeout: TIMEOUT_MILLISECONDS,
  })
  const milliseconds = performance.now() - began
  if (result.error) throw result.error
  if (result.status !== 0 && result.status !== 1) throw new Error(`status ${result.status}: ${result.stderr.slice(0, 2000)}`)
  return { output: result.stdout, milliseconds }
}

/** `check` of the crate in a folder. */
export function checkFolder(
  folder: string,
  features: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): CheckOutput & { readonly milliseconds: number } {
  const flags = features.length > 0 ? ['--features', features.join(',')] : []
  const { output, milliseconds } = runCli(folder, ['check', '.', '--format', 'json', ...flags], environment)
  return { ...(JSON.parse(output) as CheckOutput), milliseconds }
}
