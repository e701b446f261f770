import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RustdocCrate } from './rustdoc.ts'

/** A type that grows without end can keep rustdoc busy for ever. */
export const DEFAULT_TIMEOUT_SECONDS = 1500
const METADATA_LIMIT_BYTES = 256 * 1024 * 1024
/** Errors come last. */
const ERROR_TAIL_CHARACTERS = 200_000

/** What to document, and how. */
export interface DocumentRequest {
  readonly crateDir: string
  readonly package?: string | undefined
  /** Features and the like, as cargo wants them. */
  readonly cargoFlags: readonly string[]
  readonly rustdocFlags?: readonly string[]
  /** Errors as `FILE:LINE:COLUMN: text`, one a line. */
  readonly shortMessages?: boolean
  /** Folder for what is built. */
  readonly target: string
  readonly timeoutSeconds?: number
}

/** What rustdoc says of a crate. */
export interface Documented {
  readonly doc: RustdocCrate
  /** Folder that the files in `doc` are relative to. */
  readonly workspaceRoot: string
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

/**
 * Has rustdoc write the JSON of a crate's library, private items included, and reads it. Bodies are not checked. Throws with the
 * compiler's errors when it does not take the crate.
 */
export async function documentCrate(request: DocumentRequest): Promise<Documented> {
  const metadata = cargoMetadata(request.crateDir)
  await runRustdoc(request)
  const file = join(request.target, 'doc', `${libraryName(metadata, request)}.json`)
  return { doc: JSON.parse(readFileSync(file, 'utf8')) as RustdocCrate, workspaceRoot: metadata.workspace_root }
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
function libraryName(metadata: CargoMetadata, request: DocumentRequest): string {
  const manifest = join(request.crateDir, 'Cargo.toml')
  const pack = metadata.packages.find(({ name, manifest_path: path }) =>
    request.package === undefined ? path === manifest || metadata.packages.length === 1 : name === request.package,
  )
  const library = pack?.targets.find(({ kind }) => kind.some((one) => LIBRARY_KINDS.has(one)))
  if (!library) throw new Error(`no library to ask about in ${request.crateDir}; a workspace needs --package`)
  return library.name.replaceAll('-', '_')
}

/** Runs in a process group of its own, so that a timeout ends the rustdoc below cargo too. */
async function runRustdoc(request: DocumentRequest): Promise<void> {
  const { crateDir, target, cargoFlags, rustdocFlags = [], timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = request
  const selected = request.package === undefined ? [] : ['--package', request.package]
  const messages = request.shortMessages ? ['--message-format', 'short'] : []
  const flags = ['-Z', 'unstable-options', '--output-format', 'json', '--document-private-items', '--cap-lints', 'allow']
  const cargo = spawn(
    'cargo',
    ['rustdoc', '--quiet', '--lib', ...messages, '--target-dir', target, ...selected, ...cargoFlags, '--', ...flags].concat(
      rustdocFlags,
    ),
    {
      cwd: crateDir,
      env: { ...process.env, RUSTC_BOOTSTRAP: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  )
  let errors = ''
  cargo.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-ERROR_TAIL_CHARACTERS)
  })
  const timer = setTimeout(() => cargo.pid !== undefined && process.kill(-cargo.pid, 'SIGKILL'), timeoutSeconds * 1000)
  const [status, signal] = await new Promise<[number | null, string | null]>((done, fail) => {
    cargo.on('error', fail).on('close', (code, killedBy) => done([code, killedBy]))
  })
  clearTimeout(timer)
  if (status !== 0) throw new Error(`${errors}\nrustdoc failed on ${crateDir} (${signal ?? `status ${status}`})`)
}
