import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheRoot } from './corpus/packages.ts'

/** A virtual environment of free-threaded CPython 3.14. */
export interface FreeThreadedEnvironment {
  /** Its folder, for `$VIRTUAL_ENV`. */
  readonly folder: string
  /** Folder of its programs. */
  readonly bin: string
  /** Its interpreter. */
  readonly python: string
}

const INSTALLED_MARK = 'installed'

/**
 * The environment with exactly these pip requirements, in the user's cache folder; made at the first call, together with the
 * interpreter where there is none (minutes). Throws when either cannot be had.
 */
export function freeThreadedEnvironment(requirements: readonly string[]): FreeThreadedEnvironment {
  const interpreter = execFileSync('bash', [join(import.meta.dirname, 'free-threaded-python.sh')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim()
  const key = createHash('sha256')
    .update([interpreter, ...requirements].join('\n'))
    .digest('hex')
    .slice(0, 12)
  const folder = join(cacheRoot(), `venv-3.14t-${key}`)
  const bin = join(folder, 'bin')
  const python = join(bin, 'python')
  if (!existsSync(join(folder, INSTALLED_MARK))) {
    const quietly = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] }
    execFileSync(interpreter, ['-m', 'venv', '--clear', folder], quietly)
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...requirements], quietly)
    execFileSync('touch', [join(folder, INSTALLED_MARK)])
  }
  return { folder, bin, python }
}
