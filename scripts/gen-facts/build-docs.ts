/** Has rustdoc describe a published crate, and keeps the answer. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, targetFolder } from './folders.ts'
import { saveKnown } from './known.ts'
import { privateMentions, withPrivateTypes } from './private-types.ts'
import type { Snapshot } from './records.ts'
import { snapshotOf } from './rustdoc-json.ts'
import type { Doc } from './rustdoc-types.ts'

/** One crate in one configuration. */
export interface Job {
  /** Package name, `tokio-util`. */
  readonly package: string
  /** Requirement as in Cargo.toml: `=1.2.3` or `1`. */
  readonly version: string
  /** Features beyond the default ones. */
  readonly features: readonly string[]
  /** Further environment for the build. */
  readonly env?: Readonly<Record<string, string>>
  /** The oldest release that the requirement allows, instead of the newest. */
  readonly oldest?: boolean
  /** A lock file to start from, where the newest dependencies do not fit together. */
  readonly lock?: string
  /** With all features. */
  readonly allFeatures?: boolean
  /** Shown instead of the features: a condition that is none, such as `Py_GIL_DISABLED`. */
  readonly label?: string
}

const work = cacheFolder
const target = targetFolder

/**
 * The snapshot, or null when the crate does not build (which is said on the console).
 * @param cachedOnly build nothing: null for what no earlier run has found
 */
export function describe(job: Job, cachedOnly = false): Snapshot | null {
  const label = job.label ?? job.features.join(',')
  const version = `${job.oldest ? 'oldest-' : ''}${job.version.replace(/[=^ ]/g, '').replace('*', 'newest')}`
  const key = `${job.package}-${version}${label === '' ? '' : `+${label.replace('*', 'all')}`}`
  const file = join(work, `${key}.snapshot.json`)
  if (existsSync(file)) return readSnapshot(file)
  const failed = join(work, `${key}.failed`)
  if (cachedOnly || existsSync(failed)) return null
  const start = performance.now()
  const doc = runRustdoc(job, key)
  if (typeof doc === 'string') {
    mkdirSync(work, { recursive: true })
    writeFileSync(failed, doc)
    console.log(`${key}: failed`)
    return null
  }
  const { known, ...open } = snapshotOf(doc, `${doc.crate_version?.split('+')[0]}${label === '' ? '' : `+${label}`}`)
  saveKnown(open.crate, known)
  const hidden = privateMentions(open)
  const full = hidden.length === 0 ? '' : runRustdoc(job, key, ['--document-private-items'])
  const snapshot = typeof full === 'string' ? open : withPrivateTypes(open, full, hidden, known)
  writeFileSync(file, JSON.stringify({ ...snapshot, modules: [...snapshot.modules] }))
  console.log(`${key}: ${snapshot.records.length} records, ${((performance.now() - start) / 1000).toFixed(0)} s`)
  return snapshot
}

function readSnapshot(file: string): Snapshot {
  const data: Snapshot & { modules: [string, string][] } = JSON.parse(readFileSync(file, 'utf8'))
  return { ...data, modules: new Map(data.modules) }
}

/** Rustdoc's JSON, or what went wrong. */
function runRustdoc(job: Job, key: string, more: readonly string[] = []): Doc | string {
  const folder = join(work, 'projects', key)
  mkdirSync(join(folder, 'src'), { recursive: true })
  writeFileSync(join(folder, 'src/lib.rs'), '')
  const manifest = (features: readonly string[]): string => {
    const dependency = `{ version = ${JSON.stringify(job.version)}, features = ${JSON.stringify(features)} }`
    const head = '[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n\n[dependencies]'
    return `${head}\n${JSON.stringify(job.package)} = ${dependency}\n`
  }
  writeFileSync(join(folder, 'Cargo.toml'), manifest(job.features))
  const env = { ...process.env, ...job.env, CARGO_TARGET_DIR: target, RUSTC_BOOTSTRAP: '1' }
  const docs = join(target, 'doc')
  rmSync(docs, { recursive: true, force: true })
  const options = [
    '-Z',
    'unstable-options',
    '--output-format',
    'json',
    '--document-hidden-items',
    '--cap-lints',
    'allow',
    ...more,
  ]
  try {
    // Releases that this toolchain is too old for are taken only where there are no others, and may build all the same.
    if (job.lock !== undefined) copyFileSync(job.lock, join(folder, 'Cargo.lock'))
    const minimal = job.oldest ? ['-Z', 'direct-minimal-versions'] : []
    const resolver = { ...env, CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS: 'fallback' }
    const command = job.lock === undefined ? ['generate-lockfile', '-q', ...minimal] : ['fetch', '-q']
    execFileSync('cargo', command, { cwd: folder, env: resolver, stdio: 'pipe' })
    if (job.allFeatures) writeFileSync(join(folder, 'Cargo.toml'), manifest(allFeatures(job.package, folder, env)))
    const wanted = spec(job.package, folder, env)
    execFileSync('nice', ['cargo', 'rustdoc', '-q', '--ignore-rust-version', '--lib', '-p', wanted, '--', ...options], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 2_400_000,
      maxBuffer: 1 << 26,
    })
    const [json = ''] = execFileSync('ls', [docs], { encoding: 'utf8' })
      .split('\n')
      .filter((name) => name.endsWith('.json'))
    const doc: Doc = JSON.parse(readFileSync(join(docs, json), 'utf8'))
    // Another build that shares the folder may have put its own there.
    const version = wanted.split('@')[1]
    return version === undefined || doc.crate_version === version ? doc : `${json} is of version ${doc.crate_version}`
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
  }
}

/** Names of all features of a dependency but those that only work with a nightly compiler. */
function allFeatures(name: string, cwd: string, env: NodeJS.ProcessEnv): string[] {
  const text = execFileSync('cargo', ['metadata', '--format-version', '1'], {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: 'pipe',
  })
  const metadata: { packages: { name: string; features: Record<string, string[]> }[] } = JSON.parse(text)
  const features = Object.keys(metadata.packages.find((each) => each.name === name)?.features ?? {})
  return features.filter((feature) => !/nightly|unstable|simd|bench|^rustc-dep|^compiler_builtins|^core$|^alloc$/.test(feature))
}

/** `name@version` of the direct dependency: the bare name is ambiguous when it depends on another version of itself. */
function spec(name: string, cwd: string, env: NodeJS.ProcessEnv): string {
  const tree = execFileSync('cargo', ['tree', '-q', '--depth', '1', '--prefix', 'none', '-e', 'normal'], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: 'pipe',
  })
  const version = tree
    .split('\n')
    .find((line) => line.startsWith(`${name} v`))
    ?.split(' ')[1]
    ?.slice(1)
  return version === undefined ? name : `${name}@${version}`
}
