import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cacheRoot } from '../corpus/packages.ts'

/** What `cargo check` says of a crate. */
export interface CrateCheck {
  /** 0 compiles, null ran out of time. */
  readonly status: number | null
  /** Errors and warnings, one a line, as `--message-format short` writes them. */
  readonly lines: readonly string[]
  readonly seconds: number
}

/**
 * What of a crate is checked. `keep-going`: all that can be, where a test or binary of its own does not compile. `lib`: only the library,
 * where the archive left out what the manifest names, or a dependency of the tests cannot be built here.
 */
export type Targets = 'all-targets' | 'keep-going' | 'lib'

/** How a crate of the corpus is checked. */
export interface CheckOptions {
  readonly targets: Targets
  /** Besides the default ones; `-default` is none of these. */
  readonly features: readonly string[]
  /** Benchmarks that ask for unstable features (`test::Bencher`), which a stable compiler allows to those that are named. */
  readonly unstable: readonly string[]
  readonly timeoutMs: number
  /** Name of the target folder in the cache: who shares one waits for the others. */
  readonly target?: string
}

/** Debug information and incremental builds of a hundred crates fill disks, and neither changes what the compiler says. */
const ENVIRONMENT = {
  CARGO_PROFILE_DEV_DEBUG: '0',
  CARGO_PROFILE_TEST_DEBUG: '0',
  CARGO_INCREMENTAL: '0',
  CARGO_TERM_COLOR: 'never',
}

/** Runs `cargo check` in a crate's folder. The target folder is shared by all crates: many depend on the same versions. */
export function checkCrate(folder: string, options: CheckOptions): CrateCheck {
  const start = performance.now()
  const features = options.features.filter((it) => it !== '-default')
  const done = spawnSync(
    'timeout',
    [
      '--kill-after=10',
      String(options.timeoutMs / 1000),
      ...['nice', '-n', '10', 'cargo', 'check', '--quiet', '--message-format', 'short'],
      ...{ 'all-targets': ['--all-targets'], 'keep-going': ['--all-targets', '--keep-going'], lib: ['--lib'] }[options.targets],
      ...(options.features.includes('-default') ? ['--no-default-features'] : []),
      ...(features.length > 0 ? ['--features', features.join(',')] : []),
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        ...ENVIRONMENT,
        ...(options.unstable.length > 0 ? { RUSTC_BOOTSTRAP: options.unstable.join(',') } : {}),
        CARGO_TARGET_DIR: path.join(cacheRoot(), 'target', options.target ?? 'in-place'),
      },
      maxBuffer: 256 * 1024 * 1024,
    },
  )
  const status = done.status === 124 || done.status === 137 ? null : done.status
  const lines = done.stderr.split('\n').filter((it) => /\b(?:error|warning)\b/.test(it) && !/generated \d+ warning/.test(it))
  return { status, lines, seconds: Math.round((performance.now() - start) / 1000) }
}

/** Messages of `after` that `before` does not have; places shift, so only file and text count, as often as they occur. */
export function newMessages(before: CrateCheck, after: CrateCheck): readonly string[] {
  const known = new Map<string, number>()
  const keyOf = (line: string): string => line.replace(/:\d+:\d+: /, ': ').replaceAll(/\d+/g, '#')
  for (const line of before.lines) known.set(keyOf(line), (known.get(keyOf(line)) ?? 0) + 1)
  return after.lines.filter((line) => {
    const left = known.get(keyOf(line)) ?? 0
    known.set(keyOf(line), left - 1)
    return left <= 0
  })
}

/**
 * Makes `copy` hold what `source` holds. Only files that differ are written, so that cargo sees no change where there is none, and
 * what is written is new to cargo, whatever the archive says of its age. Files that only the copy has stay (`Cargo.lock`).
 */
export function syncFolder(source: string, copy: string): void {
  mkdirSync(copy, { recursive: true })
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [path.join(source, entry.name), path.join(copy, entry.name)]
    if (entry.isDirectory()) {
      if (entry.name !== 'target' && entry.name !== '.git') syncFolder(from, to)
    } else if (entry.isFile() || existsSync(from)) {
      const text = readFileSync(from)
      if (!existsSync(to) || !readFileSync(to).equals(text)) writeFileSync(to, text)
    }
  }
}

/** Runs `use` while no other process works on the same copy; null if one does. */
export function exclusively<T>(copy: string, use: () => T): T | null {
  const lock = `${copy}.lock`
  mkdirSync(path.dirname(lock), { recursive: true })
  if (existsSync(lock) && isAlive(Number(readFileSync(lock, 'utf8')))) return null
  writeFileSync(lock, String(process.pid))
  try {
    return use()
  } finally {
    rmSync(lock, { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
