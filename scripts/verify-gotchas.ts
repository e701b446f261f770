/**
 * Holds the example crates to what their `expectations.tsv` claim, with the real tools.
 *
 *   node scripts/verify-gotchas.ts
 *
 * `gotchas` is built by maturin into a virtual environment of free-threaded CPython 3.14 and observed there; `refused` must fail
 * `cargo check` with E0277 at the listed classes and at no other, for the traits that rustc itself says they lack. Downloads,
 * environment and build output stay in the user's cache folder. Status 1: something differs; each difference is a line.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheRoot } from './corpus/packages.ts'
import { type FreeThreadedEnvironment, freeThreadedEnvironment } from './free-threaded-environment.ts'

const ROOT = join(import.meta.dirname, '..')
const GOTCHAS = join(ROOT, 'examples', 'gotchas')
const REFUSED = join(ROOT, 'examples', 'refused')
const TARGET = join(cacheRoot(), 'target', 'examples')
/** A build from nothing on a slow machine; the observation itself takes seconds. */
const BUILD_TIMEOUT_MS = 10 * 60 * 1000
const OBSERVE_TIMEOUT_MS = 3 * 60 * 1000
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024

type Row = readonly string[]

function main(): number {
  const environment = freeThreadedEnvironment(['maturin>=1.9,<2'])
  const differences = [...verifyGotchas(environment), ...verifyRefused(environment.python)]
  for (const difference of differences) console.error(`verify-gotchas: ${difference}`)
  console.log(differences.length === 0 ? 'verify-gotchas: both examples do what they claim' : `${differences.length} differences`)
  return differences.length === 0 ? 0 : 1
}

function verifyGotchas({ folder, bin, python }: FreeThreadedEnvironment): readonly string[] {
  execFileSync(join(bin, 'maturin'), ['develop', '--locked', '--quiet'], {
    cwd: GOTCHAS,
    env: variables({ VIRTUAL_ENV: folder }),
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: BUILD_TIMEOUT_MS,
  })
  const observed = execFileSync(python, ['observe.py'], {
    cwd: GOTCHAS,
    encoding: 'utf8',
    // The panics are meant; their backtraces would be eight pages of noise.
    env: variables({ RUST_BACKTRACE: '0' }),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: OBSERVE_TIMEOUT_MS,
  })
  // The last column is what the analyser finds, which this run knows nothing about.
  const expected = table(GOTCHAS).map((row) => row.slice(0, 3))
  return differencesBetween('gotchas', expected, rows(observed))
}

function verifyRefused(python: string): readonly string[] {
  const expected = table(REFUSED)
  const refusedClasses = expected.map(([name = '', file = '']) => [name, file])
  return [
    ...differencesBetween('refused, E0277', refusedClasses, classesRefusedByCargo(python)),
    ...differencesBetween('refused, rustc on Send and Sync', expected, traitsLacking(python, expected)),
  ]
}

/** Class and file of each error of `cargo check`, once; an error of another kind gives a row that is not expected. */
function classesRefusedByCargo(python: string): readonly Row[] {
  const check = spawnSync('cargo', ['check', '--locked', '--message-format', 'json'], {
    cwd: REFUSED,
    encoding: 'utf8',
    env: variables({ PYO3_PYTHON: python }),
    maxBuffer: OUTPUT_LIMIT_BYTES,
    timeout: BUILD_TIMEOUT_MS,
  })
  const found = new Map<string, Row>()
  for (const line of check.stdout.split('\n')) {
    const row = line.startsWith('{') ? refusedClass(JSON.parse(line) as CargoMessage) : null
    if (row) found.set(row.join('\t'), row)
  }
  if (check.status === 0 || found.size === 0)
    return [['cargo check', check.status === 0 ? 'succeeded' : check.stderr.slice(-2000)]]
  return [...found.values()]
}

interface CargoMessage {
  readonly reason: string
  readonly message?: {
    readonly level: string
    readonly message: string
    readonly code: { readonly code: string } | null
    readonly spans: readonly {
      readonly is_primary: boolean
      readonly file_name: string
      readonly text: readonly { readonly text: string }[]
    }[]
  }
}

function refusedClass({ reason, message }: CargoMessage): Row | null {
  if (reason !== 'compiler-message' || message?.level !== 'error') return null
  const span = message.spans.find(({ is_primary: isPrimary }) => isPrimary)
  // The closing "could not compile" has no place in the source.
  if (!span) return null
  const name = /\bstruct (\w+)/.exec(span.text[0]?.text ?? '')?.[1]
  if (message.code?.code !== 'E0277' || name === undefined) return [message.message, span.file_name]
  return [name, span.file_name]
}

/** The table's rows with what rustc's auto-trait answers say in place of its last column. */
function traitsLacking(python: string, expected: readonly Row[]): readonly Row[] {
  const oracle = execFileSync(process.execPath, [join(ROOT, 'scripts', 'oracle.ts'), REFUSED], {
    encoding: 'utf8',
    env: variables({ PYO3_PYTHON: python }),
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: BUILD_TIMEOUT_MS,
  })
  const answers = new Map(
    rows(oracle).map(([, file, , , path = '', send, sync]) => [path.split('::').at(-1) ?? path, { file, send, sync }]),
  )
  return expected.map(([name = '']) => {
    const answer = answers.get(name)
    const lacks = [...(answer?.send === 'no' ? ['Send'] : []), ...(answer?.sync === 'no' ? ['Sync'] : [])]
    return [name, answer?.file ?? 'no file', lacks.join(',')]
  })
}

/** Rows of the example's `expectations.tsv` without its heading. */
function table(folder: string): readonly Row[] {
  return rows(readFileSync(join(folder, 'expectations.tsv'), 'utf8')).slice(1)
}

function rows(text: string): readonly Row[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
}

function differencesBetween(what: string, expected: readonly Row[], found: readonly Row[]): readonly string[] {
  const print = (row: Row): string => row.join(' | ')
  const expectedRows = new Set(expected.map(print))
  const foundRows = new Set(found.map(print))
  return [
    ...[...expectedRows].filter((row) => !foundRows.has(row)).map((row) => `${what}: expected and not found: ${row}`),
    ...[...foundRows].filter((row) => !expectedRows.has(row)).map((row) => `${what}: found and not expected: ${row}`),
  ]
}

function variables(extra: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, CARGO_TARGET_DIR: TARGET, ...extra }
}

process.exitCode = main()
