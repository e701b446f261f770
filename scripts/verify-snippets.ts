/**
 * Compiles every snippet with the defaults of its placeholders.
 *
 *   node scripts/verify-snippets.ts [--compile-only]
 *
 * The Rust ones go into one crate with real PyO3, each in a file of its own with the context it is meant for, warnings denied, and
 * are checked for free-threaded Python; the build script among them is that crate's build script. Unless `--compile-only` is given
 * the built command line then looks at the crate, and must find at warning or above exactly what each snippet shows on purpose.
 * Python, TOML, YAML and shell ones are parsed by the real parsers. Status 1: something is wrong; each is a line.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUILD_SCRIPT, SNIPPET_CONTEXTS } from '../test/snippets/contexts.ts'
import { expandSnippet } from '../test/snippets/expand.ts'
import { readSnippets, type Snippet } from '../test/snippets/snippet-files.ts'
import { cacheRoot } from './corpus/packages.ts'
import { freeThreadedEnvironment } from './free-threaded-environment.ts'

const ROOT = join(import.meta.dirname, '..')
const CLI = join(ROOT, 'dist', 'cli.mjs')
const CRATE = join(cacheRoot(), 'snippets')
const CHECK_TIMEOUT_MS = 15 * 60 * 1000
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024

const MANIFEST = `[package]
name = "snippets"
version = "0.0.0"
edition = "2021"
publish = false

[dependencies]
parking_lot = "0.12"
pyo3 = { version = "0.30", features = ["parking_lot"] }
rayon = "1"

[build-dependencies]
pyo3-build-config = "0.30"

[workspace]
`

/** Unused code is what a snippet is until somebody goes on typing; anything else that rustc says is a defect of the snippet. */
const CRATE_ATTRIBUTES = '#![deny(warnings)]\n#![allow(dead_code, unused_mut, unused_variables)]\n'

function main(args: readonly string[]): number {
  const snippets = readSnippets()
  const environment = freeThreadedEnvironment(['pyyaml'])
  const rust = snippets.filter(({ scope }) => scope === 'rust')
  writeCrate(rust)
  const problems = [
    ...compile(environment.python),
    ...(args.includes('--compile-only') ? [] : findings(rust)),
    ...snippets.flatMap((snippet) => parse(snippet, environment.python)),
  ]
  for (const problem of problems) console.error(`verify-snippets: ${problem}`)
  console.log(`verify-snippets: ${snippets.length} snippets, ${problems.length} problems`)
  return problems.length === 0 ? 0 : 1
}

/** The folder stays for cargo's sake; what an earlier run wrote into it does not. */
function writeCrate(rust: readonly Snippet[]): void {
  const sources = join(CRATE, 'src')
  rmSync(sources, { recursive: true, force: true })
  mkdirSync(sources, { recursive: true })
  writeFileSync(join(CRATE, 'Cargo.toml'), MANIFEST)
  const modules: string[] = []
  for (const { prefix, body } of rust) {
    if (prefix === BUILD_SCRIPT) {
      writeFileSync(join(CRATE, 'build.rs'), expandSnippet(body))
      continue
    }
    const { before = '', after = '' } = SNIPPET_CONTEXTS[prefix] ?? {}
    writeFileSync(join(sources, `${moduleName(prefix)}.rs`), `${before}${expandSnippet(body)}${after || '\n'}`)
    modules.push(`mod ${moduleName(prefix)};\n`)
  }
  writeFileSync(join(sources, 'lib.rs'), `${CRATE_ATTRIBUTES}\n${modules.join('')}`)
}

function moduleName(prefix: string): string {
  return `snippet_${prefix.replaceAll('-', '_')}`
}

function compile(python: string): readonly string[] {
  const check = spawnSync('cargo', ['check', '--quiet', '--message-format', 'short'], {
    cwd: CRATE,
    encoding: 'utf8',
    env: { ...process.env, CARGO_TARGET_DIR: join(cacheRoot(), 'target', 'snippets'), PYO3_PYTHON: python },
    timeout: CHECK_TIMEOUT_MS,
  })
  if (check.status === 0) return []
  return check.stderr.split('\n').filter((line) => line !== '')
}

interface CheckOutput {
  readonly diagnostics: readonly { readonly rule: string; readonly severity: string; readonly file: string }[]
}

/** Each difference between what our own rules find in a snippet's file and what its context says. */
function findings(rust: readonly Snippet[]): readonly string[] {
  if (!existsSync(CLI)) return [`${CLI} is not built`]
  const check = spawnSync(process.execPath, [CLI, 'check', '.', '--format', 'json', '--fail-on', 'never'], {
    cwd: CRATE,
    encoding: 'utf8',
    maxBuffer: OUTPUT_LIMIT_BYTES,
    timeout: CHECK_TIMEOUT_MS,
  })
  if (check.status !== 0) return [`check: status ${check.status}: ${check.stderr}`]
  const { diagnostics } = JSON.parse(check.stdout) as CheckOutput
  const serious = diagnostics.filter(({ severity }) => severity === 'error' || severity === 'warning')
  return rust.flatMap(({ prefix }) => {
    const file = `src/${moduleName(prefix)}.rs`
    const found = serious.filter((diagnostic) => diagnostic.file === file).map(({ rule }) => rule)
    const expected = SNIPPET_CONTEXTS[prefix]?.findings ?? []
    const differs = [...new Set(found)].sort().join() !== [...expected].sort().join()
    return differs ? [`${prefix}: found [${found.join(', ')}], shows on purpose [${expected.join(', ')}]`] : []
  })
}

const PYTHON_PARSERS: Readonly<Record<string, string>> = {
  python: 'import sys; compile(sys.stdin.read(), "snippet", "exec")',
  yaml: 'import sys, yaml; assert isinstance(yaml.safe_load(sys.stdin.read()), (dict, list))',
  toml: 'import sys, tomllib; tomllib.loads(sys.stdin.read())',
}

/** A line of a list is a whole snippet in TOML too; it is parsed inside one. */
const LIST_ITEM = /^".*",$/

function parse({ scope, prefix, body }: Snippet, python: string): readonly string[] {
  if (scope === 'rust') return []
  const text = expandSnippet(body)
  const program = PYTHON_PARSERS[scope]
  const input = LIST_ITEM.test(text) ? `list = [\n${text}\n]\n` : `${text}\n`
  const [command, args] = program === undefined ? ['bash', ['-n']] : [python, ['-c', program]]
  const parsed = spawnSync(command, args, { encoding: 'utf8', input })
  if (parsed.status !== 0) return [`${prefix}: ${parsed.stderr.trim().split('\n').at(-1) ?? ''}`]
  return prefix === 'ft-barrier' ? runsAsTest(text, python) : []
}

/** The one Python snippet that stands alone is run, as pytest would: its tests are called. */
function runsAsTest(text: string, python: string): readonly string[] {
  const calls = [...text.matchAll(/^def (test_\w+)/gm)].map((match) => `${match[1]}()`)
  try {
    execFileSync(python, ['-'], {
      input: `${text}\n${calls.join('\n')}\n`,
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: CHECK_TIMEOUT_MS,
    })
    return calls.length === 0 ? ['ft-barrier: no test in it'] : []
  } catch (error) {
    return [`ft-barrier: ${error instanceof Error ? error.message : String(error)}`]
  }
}

process.exitCode = main(process.argv.slice(2))
