import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Folder of the crates whose names are judged. */
export const NAMES_DIR = join(import.meta.dirname, 'names')

/** Their packages, dependencies first. */
export const PACKAGES = ['names-helper', 'names-old', 'names'] as const

/** Every Rust file of the crates; paths relative to the folder. */
export function nameFiles(): readonly { readonly path: string; readonly text: string }[] {
  const paths = readdirSync(NAMES_DIR, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.rs'))
  return paths.sort().map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(NAMES_DIR, path), 'utf8') }))
}
