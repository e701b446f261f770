import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Has cargo fetch the sources of what the crate in a folder depends on, at the locked versions. False if some cannot be had: no
 * lock file that fits, or no network.
 */
export function fetchSources(folder: string): boolean {
  if (!existsSync(join(folder, 'Cargo.toml'))) return false
  const fetch = (...flags: string[]): boolean =>
    spawnSync('cargo', ['fetch', '--quiet', '--locked', ...flags], { cwd: folder, stdio: 'ignore' }).status === 0
  return fetch('--offline') || fetch()
}
