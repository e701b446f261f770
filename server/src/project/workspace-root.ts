import { type Database, query } from '../query/database.ts'
import { type RawManifest, rawManifest } from './cargo-manifest.ts'
import { basename, dirname, isInside, join } from './paths.ts'

/** Directories above a path, nearest first. Bounded by the path's length. */
export function ancestors(path: string): readonly string[] {
  const found: string[] = []
  for (let dir = dirname(path); dir !== null; dir = dirname(dir)) found.push(dir)
  return found
}

/** Path of the manifest in the directory `path`, or nearest above it (or above the file `path`); null if there is none. */
export const nearestManifest = query('nearestManifest', (db: Database, path: string): string | null => {
  if (basename(path) === 'Cargo.toml') return db.text(path) === null ? null : path
  const directories = path.endsWith('.rs') ? ancestors(path) : [path, ...ancestors(path)]
  return directories.map((dir) => join(dir, 'Cargo.toml')).find((manifest) => db.text(manifest) !== null) ?? null
})

/**
 * Path of the manifest that holds the workspace of the manifest at `path`, as cargo finds it: itself, where
 * `package.workspace` points, or the nearest one above that does not exclude it. null if there is none.
 */
export const workspaceRootOf = query('workspaceRootOf', (db: Database, path: string): string | null => {
  const own = rawManifest(db, path)
  if (!own) return null
  if (own.workspace) return path
  if (own.package?.workspace) return join(own.dir, `${own.package.workspace}/Cargo.toml`)
  for (const dir of ancestors(own.dir)) {
    const manifest = rawManifest(db, join(dir, 'Cargo.toml'))
    if (manifest?.workspace && !isExcluded(manifest, own.dir)) return manifest.path
    if (manifest?.package?.workspace) return join(manifest.dir, `${manifest.package.workspace}/Cargo.toml`)
  }
  return null
})

/** Whether a workspace's `exclude` covers the directory and no member entry names it. */
export function isExcluded(root: RawManifest, dir: string): boolean {
  const covers = (entry: string): boolean => isInside(dir, join(root.dir, entry))
  return root.workspace?.exclude.some(covers) === true && !root.workspace.members.some(covers)
}
