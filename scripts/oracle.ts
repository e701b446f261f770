/**
 * Asks rustc which types of a crate are Send and Sync, and prints one row per struct, enum and union.
 *
 *   node scripts/oracle.ts CRATE_DIR [--package NAME] [--features a,b] [--all-features] [--no-default-features] [--timeout SECONDS]
 *
 * Columns, tab-separated: crate, file, line, kind, path, send, sync, as `pyo3-thread-safety types` prints them. The source is the
 * list of auto-trait impls that rustdoc writes into its JSON output, private items included, so the answers are the compiler's own.
 * Needs a toolchain that can type-check the crate; RUSTC_BOOTSTRAP lets a stable rustdoc write JSON. Build output stays in
 * $CARGO_TARGET_DIR or, per crate, in the user's cache folder.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { cacheRoot } from './corpus/packages.ts'
import { formatRow, oracleRows } from './oracle/rows.ts'
import type { RustdocCrate } from './oracle/rustdoc.ts'

/** A type that grows without end can keep rustdoc busy for ever. */
const DEFAULT_TIMEOUT_SECONDS = '1500'
const METADATA_LIMIT_BYTES = 256 * 1024 * 1024
const ERROR_TAIL_CHARACTERS = 3000

interface Options {
  readonly crateDir: string
  readonly package: string | undefined
  readonly cargoFlags: readonly string[]
  readonly timeoutSeconds: number
}

interface CargoMetadata {
  readonly workspace_root: string
  readonly packages: readonly {
    readonly name: string
    readonly manifest_path: string
    readonly targets: readonly { readonly name: string; readonly kind: readonly string[] }[]
  }[]
}

const LIBRARY_KINDS = new Set(['lib', 'rlib', 'dylib', 'cdylib', 'staticlib', 'proc-macro'])

async function main(): Promise<void> {
  const options = readOptions()
  const metadata = cargoMetadata(options.crateDir)
  const target = process.env['CARGO_TARGET_DIR'] ?? targetFolder(options.crateDir)
  await runRustdoc(options, target)
  const doc = JSON.parse(readFileSync(join(target, 'doc', `${libraryName(metadata, options)}.json`), 'utf8')) as RustdocCrate
  const rows = oracleRows(doc, (file) =>
    relative(metadata.workspace_root, resolve(metadata.workspace_root, file)).split(sep).join('/'),
  )
  for (const row of rows) console.log(formatRow(row))
  const count = (column: 'send' | 'sync'): number => rows.filter((row) => row[column] === 'no').length
  console.error(
    `oracle: ${rows[0]?.crate ?? options.crateDir}: ${rows.length} types, ${count('send')} not Send, ${count('sync')} not Sync`,
  )
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      package: { type: 'string' },
      features: { type: 'string' },
      'all-features': { type: 'boolean', default: false },
      'no-default-features': { type: 'boolean', default: false },
      timeout: { type: 'string', default: DEFAULT_TIMEOUT_SECONDS },
    },
  })
  const [crateDir] = positionals
  if (crateDir === undefined || positionals.length > 1) throw new Error('expected one crate folder')
  return {
    crateDir: resolve(crateDir),
    package: values.package,
    cargoFlags: [
      ...(values.package === undefined ? [] : ['--package', values.package]),
      ...(values.features === undefined ? [] : ['--features', values.features]),
      ...(values['all-features'] ? ['--all-features'] : []),
      ...(values['no-default-features'] ? ['--no-default-features'] : []),
    ],
    timeoutSeconds: Number(values.timeout),
  }
}

/** A folder of its own per crate: two workspaces with a library of one name would take each other's JSON for fresh. */
function targetFolder(crateDir: string): string {
  const hash = createHash('sha256').update(crateDir).digest('hex').slice(0, 12)
  return join(cacheRoot(), 'oracle', `${basename(crateDir)}-${hash}`)
}

function cargoMetadata(cwd: string): CargoMetadata {
  const output = execFileSync('cargo', ['metadata', '--no-deps', '--format-version', '1'], {
    cwd,
    encoding: 'utf8',
    maxBuffer: METADATA_LIMIT_BYTES,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output) as CargoMetadata
}

/** Name of the documented library target, which names rustdoc's file. */
function libraryName(metadata: CargoMetadata, options: Options): string {
  const manifest = join(options.crateDir, 'Cargo.toml')
  const pack = metadata.packages.find(({ name, manifest_path: path }) =>
    options.package === undefined ? path === manifest || metadata.packages.length === 1 : name === options.package,
  )
  const library = pack?.targets.find(({ kind }) => kind.some((one) => LIBRARY_KINDS.has(one)))
  if (!library) throw new Error(`no library to ask about in ${options.crateDir}; a workspace needs --package`)
  return library.name.replaceAll('-', '_')
}

/** Runs in a process group of its own, so that a timeout ends the rustdoc below cargo too. */
async function runRustdoc(options: Options, target: string): Promise<void> {
  const flags = ['-Z', 'unstable-options', '--output-format', 'json', '--document-private-items', '--cap-lints', 'allow']
  const cargo = spawn('cargo', ['rustdoc', '--quiet', '--lib', '--target-dir', target, ...options.cargoFlags, '--', ...flags], {
    cwd: options.crateDir,
    env: { ...process.env, RUSTC_BOOTSTRAP: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  let errors = ''
  cargo.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-ERROR_TAIL_CHARACTERS)
  })
  const timer = setTimeout(() => cargo.pid !== undefined && process.kill(-cargo.pid, 'SIGKILL'), options.timeoutSeconds * 1000)
  const [status, signal] = await new Promise<[number | null, string | null]>((done, fail) => {
    cargo.on('error', fail).on('close', (code, killedBy) => done([code, killedBy]))
  })
  clearTimeout(timer)
  if (status !== 0) throw new Error(`${errors}\nrustdoc failed on ${options.crateDir} (${signal ?? `status ${status}`})`)
}

main().catch((error: unknown) => {
  console.error(`oracle: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 2
})
