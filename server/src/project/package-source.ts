import { type Database, query } from '../query/database.ts'
import { rawManifest } from './cargo-manifest.ts'
import type { Environment } from './host.ts'
import { basename, join } from './paths.ts'
import { compareVersions, parseVersion, type Requirement, satisfies, type Version } from './version.ts'
import { workspaceAt } from './workspace.ts'

/** Folders that hold unpacked registry packages: one for each registry that cargo has used here. */
const registries = query('registries', (db: Database, _: string): readonly string[] => {
  const home = cargoHome(db)
  if (home === null) return []
  const src = join(home, 'registry/src')
  return (db.directory(src) ?? []).filter((name) => name.endsWith('/')).map((name) => join(src, name))
})

function cargoHome(db: Database): string | null {
  return db.setting<Environment>('environment')?.cargoHome ?? null
}

/** Unpacked registry packages of one registry folder, as a set of `name-version`. */
const unpacked = query('unpacked', (db: Database, registry: string): ReadonlySet<string> => {
  return new Set((db.directory(registry) ?? []).filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1)))
})

/** Manifest of a registry package on this machine, null if it has not been downloaded. */
export function registryManifest(db: Database, name: string, version: string): string | null {
  const folder = `${name}-${version}`
  const registry = registries(db, '').find((candidate) => unpacked(db, candidate).has(folder))
  return registry === undefined ? null : join(registry, `${folder}/Cargo.toml`)
}

/** Versions of every unpacked package name, newest first. Only asked for where no Cargo.lock says which version it is. */
const versionsByName = query('versionsByName', (db: Database, registry: string): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>()
  for (const folder of unpacked(db, registry)) {
    const match = /^(.+?)-(\d+\.\d+\.\d+.*)$/.exec(folder)
    if (match?.[1] === undefined || match[2] === undefined) continue
    const versions = found.get(match[1])
    if (versions) versions.push(match[2])
    else found.set(match[1], [match[2]])
  }
  return found
})

/** The newest version on this machine that satisfies the requirement; null if there is none. */
export function newestUnpacked(db: Database, name: string, requirement: Requirement): string | null {
  let best: { readonly text: string; readonly version: Version } | null = null
  for (const registry of registries(db, '')) {
    for (const text of versionsByName(db, registry).get(name) ?? []) {
      const version = parseVersion(text)
      if (!version || !satisfies(version, requirement)) continue
      if (best === null || compareVersions(version, best.version) > 0) best = { text, version }
    }
  }
  return best?.text ?? null
}

/** Manifest of a package in a checkout of `git+url?…#revision`, null if there is no checkout of that revision. */
export function gitManifest(db: Database, source: string, name: string): string | null {
  const home = cargoHome(db)
  const match = /^git\+([^?#]+)[^#]*#([0-9a-f]+)$/.exec(source)
  if (home === null || !match?.[1] || !match[2]) return null
  const revision = match[2]
  const repository = basename(match[1])
    .replace(/\.git$/, '')
    .toLowerCase()
  const base = join(home, 'git/checkouts')
  const clones = (db.directory(base) ?? []).filter((clone) => clone.toLowerCase().replace(/-[0-9a-f]+\/$/, '') === repository)
  for (const clone of clones) {
    const checkout = (db.directory(join(base, clone)) ?? []).find(
      (name) => name.length > 6 && revision.startsWith(name.slice(0, -1)),
    )
    const found = checkout === undefined ? null : packageInCheckout(db, join(base, `${clone}${checkout}`), name)
    if (found !== null) return found
  }
  return null
}

const MAX_CHECKOUT_DIRECTORIES = 2_000

/** Looks at the workspace of the checkout first, then at every folder of it. */
function packageInCheckout(db: Database, dir: string, name: string): string | null {
  const isIt = (manifest: string): boolean => rawManifest(db, manifest)?.package?.name === name
  const member = workspaceAt(db, join(dir, 'Cargo.toml'))?.members.find(isIt)
  if (member !== undefined) return member
  const queue = [dir]
  for (let seen = 0; queue.length > 0 && seen < MAX_CHECKOUT_DIRECTORIES; seen++) {
    const folder = queue.shift() ?? dir
    const names = db.directory(folder) ?? []
    const manifest = join(folder, 'Cargo.toml')
    if (names.includes('Cargo.toml') && isIt(manifest)) return manifest
    queue.push(...names.filter((entry) => entry.endsWith('/') && !entry.startsWith('.')).map((entry) => join(folder, entry)))
  }
  return null
}
