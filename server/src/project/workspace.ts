import { type Database, query } from '../query/database.ts'
import { manifestAt, rawManifest } from './cargo-manifest.ts'
import { isPattern, matchesComponent } from './glob.ts'
import type { Manifest, PyProject } from './manifest.ts'
import { basename, dirname, isInside, join } from './paths.ts'
import { pyprojectAt } from './pyproject.ts'
import { ancestors, isExcluded, nearestManifest, workspaceRootOf } from './workspace-root.ts'

/** Packages that are built with one Cargo.lock. */
export interface Workspace {
  /** Path of the root manifest. */
  readonly root: string
  readonly dir: string
  /** Manifests of the members, the root package first, then in the order of `members`, then path dependencies. */
  readonly members: readonly string[]
  readonly problems: readonly { readonly file: string; readonly message: string }[]
}

const MAX_PACKAGES = 4_096
const MAX_WALK_DEPTH = 8
const MAX_WALK_DIRECTORIES = 20_000

/** The workspace whose root manifest is at `root` (a package outside of workspaces is one of its own); null if it cannot be read. */
export const workspaceAt = query('workspaceAt', (db: Database, root: string): Workspace | null => {
  const manifest = rawManifest(db, root)
  if (!manifest) return null
  const problems: { file: string; message: string }[] = []
  const members = new Set<string>()
  if (manifest.package) members.add(root)
  for (const entry of manifest.workspace?.members ?? []) {
    const found = expandMember(db, manifest.dir, entry).filter((path) => db.text(path) !== null)
    if (found.length === 0) problems.push({ file: root, message: `workspace member \`${entry}\` does not exist` })
    for (const path of found) if (!isExcluded(manifest, dirname(path) ?? path)) members.add(path)
  }
  if (manifest.workspace) addPathMembers(db, manifest.dir, members, (dir) => isExcluded(manifest, dir))
  return { root, dir: manifest.dir, members: [...members], problems }
})

/** Path dependencies of members are members too if they are inside the workspace's folder. */
function addPathMembers(db: Database, dir: string, members: Set<string>, excluded: (dir: string) => boolean): void {
  const queue = [...members]
  for (let path = queue.pop(); path !== undefined && members.size < MAX_PACKAGES; path = queue.pop()) {
    for (const dependency of manifestAt(db, path)?.dependencies ?? []) {
      if (dependency.path === null || !isInside(dependency.path, dir) || excluded(dependency.path)) continue
      const next = join(dependency.path, 'Cargo.toml')
      const manifest = members.has(next) ? null : rawManifest(db, next)
      if (!manifest || manifest.workspace) continue
      members.add(next)
      queue.push(next)
    }
  }
}

/** Manifests that one entry of `members` names. For a pattern, folders without a manifest are left out. */
function expandMember(db: Database, base: string, entry: string): readonly string[] {
  let directories = [base]
  for (const component of entry.split('/')) {
    if (component === '' || component === '.') continue
    directories = directories.flatMap((dir) => {
      if (component === '**') return [dir, ...walk(db, dir)]
      if (!isPattern(component)) return [join(dir, component)]
      return subdirectories(db, dir)
        .filter((name) => !name.startsWith('.') && matchesComponent(component, name))
        .map((name) => join(dir, name))
    })
  }
  return directories.map((dir) => join(dir, 'Cargo.toml'))
}

function subdirectories(db: Database, dir: string): readonly string[] {
  return (db.directory(dir) ?? []).filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1))
}

const SKIPPED: ReadonlySet<string> = new Set(['target', 'node_modules', '__pycache__', 'site-packages'])

/** Directories below `dir`, breadth first, bounded; hidden ones and build output are left out. */
function walk(db: Database, dir: string): readonly string[] {
  const found: string[] = []
  let level = [dir]
  for (let depth = 0; depth < MAX_WALK_DEPTH && level.length > 0; depth++) {
    level = level.flatMap((parent) =>
      subdirectories(db, parent)
        .filter((name) => !name.startsWith('.') && !SKIPPED.has(name))
        .map((name) => join(parent, name)),
    )
    found.push(...level.slice(0, MAX_WALK_DIRECTORIES - found.length))
  }
  return found
}

/** Root manifest of the workspace that the manifest at `path` is built in: itself if no workspace above claims it. */
export const rootManifestFor = query('rootManifestFor', (db: Database, path: string): string => {
  const root = workspaceRootOf(db, path)
  if (root === null || root === path) return path
  return workspaceAt(db, root)?.members.includes(path) ? root : path
})

/**
 * Root manifests of the workspaces that a path stands for. A file or a folder inside a package: the package's workspace.
 * A folder with a manifest: its workspace, then the workspaces below that are not part of it. Any other folder: what is
 * below it, else what is above. Empty if there is no manifest at all.
 */
export const workspacesAt = query('workspacesAt', (db: Database, path: string): readonly string[] => {
  const isFile = path.endsWith('.rs') || basename(path) === 'Cargo.toml'
  const below = isFile ? [] : workspacesBelow(db, path)
  if (below.length > 0) return below
  const nearest = nearestManifest(db, path)
  return nearest === null ? [] : [rootManifestFor(db, nearest)]
})

/** Root manifests at and below a folder, nearest first; each workspace once. */
function workspacesBelow(db: Database, dir: string): readonly string[] {
  const roots = new Set<string>()
  for (const folder of [dir, ...walk(db, dir)]) {
    if (db.directory(folder)?.includes('Cargo.toml')) roots.add(rootManifestFor(db, join(folder, 'Cargo.toml')))
  }
  return [...roots]
}

/**
 * The pyproject.toml that builds the package of a manifest: in its own folder, or in a folder above whose maturin
 * or setuptools-rust settings name it. null if there is none.
 */
export const pyprojectFor = query('pyprojectFor', (db: Database, manifest: string): PyProject | null => {
  const own = dirname(manifest) ?? manifest
  for (const dir of [own, ...ancestors(own)]) {
    const project = pyprojectAt(db, join(dir, 'pyproject.toml'))
    if (!project) continue
    const target = project.maturin?.manifestPath
    const named = target === null || target === undefined ? null : join(dir, target)
    if (named === manifest || project.setuptoolsRust.some((module) => join(dir, module.path) === manifest)) return project
    if (dir === own && named === null) return project
    // Without `manifest-path` maturin takes the Cargo.toml beside it, else `rust/Cargo.toml`.
    const beside = join(dir, 'Cargo.toml')
    if (project.maturin && named === null && manifest === join(dir, 'rust/Cargo.toml') && db.text(beside) === null) return project
  }
  return null
})

/** Root source file of a package's library, or of its program if it has no library; null if neither is there. */
export function rootSource(db: Database, manifest: Manifest): { readonly path: string; readonly kind: 'lib' | 'bin' } | null {
  const library = join(manifest.dir, manifest.lib?.path ?? 'src/lib.rs')
  if (exists(db, library)) return { path: library, kind: 'lib' }
  const programs = [
    'src/main.rs',
    ...manifest.bins.flatMap((bin) => (bin.path === null ? [`src/bin/${bin.name}.rs`] : [bin.path])),
  ]
  const program = programs.map((name) => join(manifest.dir, name)).find((path) => exists(db, path))
  return program === undefined ? null : { path: program, kind: 'bin' }
}

/** Whether a file is there, by its directory: its text is not needed yet, and would be a dependency. */
function exists(db: Database, path: string): boolean {
  const dir = dirname(path)
  return dir !== null && db.directory(dir)?.includes(basename(path)) === true
}
