import { type Database, query } from '../query/database.ts'
import { inheritDependency, type RawDependency, readDependencies, readDependency } from './dependency-table.ts'
import type { BinTable, LibTable, Manifest, PackageTable, WorkspaceTable } from './manifest.ts'
import { dirname } from './paths.ts'
import { booleanAt, entriesAt, lookup, plain, stringAt, stringsAt, type TomlProblem, type TomlTable, tableAt } from './toml.ts'
import { readToml } from './toml-reader.ts'
import { workspaceRootOf } from './workspace-root.ts'

export type Edition = PackageTable['edition']

/** A manifest as written, before anything is inherited from its workspace. */
export interface RawManifest extends Manifest {
  readonly dependencies: readonly RawDependency[]
  readonly workspace: RawWorkspace | null
  readonly patches: readonly RawDependency[]
  /** `version.workspace = true` and the like. */
  readonly inherits: {
    readonly version: boolean
    readonly edition: boolean
    readonly rustVersion: boolean
    readonly publish: boolean
  }
}

export interface RawWorkspace extends WorkspaceTable {
  readonly dependencies: readonly RawDependency[]
  /** `[workspace.package]`, the fields that matter here. */
  readonly package: {
    readonly version: string | null
    readonly edition: Edition | null
    readonly rustVersion: string | null
    readonly private: boolean
  }
}

/** The manifest at `path` as written; null if there is no such file. */
export const rawManifest = query('rawManifest', (db: Database, path: string): RawManifest | null => {
  const text = db.text(path)
  if (text === null) return null
  db.count('manifestsRead')
  return readManifest(path, text)
})

/** The manifest at `path`, with what it inherits from its workspace filled in; null if there is no such file. */
export const manifestAt = query('manifestAt', (db: Database, path: string): Manifest | null => {
  const raw = rawManifest(db, path)
  if (!raw) return null
  const inheritsAny = Object.values(raw.inherits).some(Boolean) || raw.dependencies.some((dependency) => dependency.inherited)
  if (!inheritsAny && raw.settings !== null) return raw
  if (!inheritsAny && raw.workspace === null && isForeign(db, path)) return raw
  const rootPath = workspaceRootOf(db, path)
  const root = rootPath === path ? raw : rootPath === null ? null : rawManifest(db, rootPath)
  return inherit(raw, root)
})

/** Whether a manifest belongs to a downloaded dependency. */
function isForeign(db: Database, path: string): boolean {
  const home = db.setting<{ readonly cargoHome: string | null }>('environment')?.cargoHome
  return home !== null && home !== undefined && path.startsWith(`${home}/registry/`)
}

function inherit(raw: RawManifest, root: RawManifest | null): Manifest {
  const workspace = root?.workspace ?? null
  const missing: TomlProblem[] = []
  const dependencies = raw.dependencies.map((dependency) => {
    if (!dependency.inherited) return dependency
    const from = workspace?.dependencies.find((candidate) => candidate.name === dependency.name)
    if (!from) missing.push({ message: `\`${dependency.name}\` is not in [workspace.dependencies]`, span: dependency.span })
    return inheritDependency(dependency, from)
  })
  const shared = workspace?.package
  const own = raw.package
  return {
    ...raw,
    dependencies,
    settings: raw.settings ?? (root === raw ? null : (root?.settings ?? null)),
    problems: [...raw.problems, ...missing],
    package: own && {
      ...own,
      version: raw.inherits.version ? (shared?.version ?? null) : own.version,
      edition: raw.inherits.edition ? (shared?.edition ?? '2015') : own.edition,
      rustVersion: raw.inherits.rustVersion ? (shared?.rustVersion ?? null) : own.rustVersion,
      private: raw.inherits.publish ? (shared?.private ?? false) : own.private,
    },
  }
}

/** Reads the text of a Cargo.toml. `path` is its own path. */
export function readManifest(path: string, text: string): RawManifest {
  const { root, problems: unreadable } = readToml(text)
  const problems: TomlProblem[] = [...unreadable]
  const dir = dirname(path) ?? path
  const pkg = tableAt(root, 'package') ?? tableAt(root, 'project')
  return {
    path,
    dir,
    package: readPackage(pkg, problems),
    lib: readLib(tableAt(root, 'lib')),
    dependencies: readDependencies(root, dir),
    features: readFeatures(root),
    workspace: readWorkspace(tableAt(root, 'workspace'), dir),
    patches: entriesAt(root, 'patch').flatMap((source) =>
      source.value.kind === 'table'
        ? [...source.value.entries.values()]
            .map((entry) => readDependency(entry, dir, 'normal', null))
            .filter((patch) => patch.path !== null)
        : [],
    ),
    bins: readBins(root),
    resolver: stringAt(root, 'workspace', 'resolver') ?? stringAt(pkg, 'resolver'),
    maturinName: stringAt(pkg, 'metadata', 'maturin', 'name'),
    settings: readSettings(pkg) ?? readSettings(tableAt(root, 'workspace')),
    inherits: {
      version: isInherited(pkg, 'version'),
      edition: isInherited(pkg, 'edition'),
      rustVersion: isInherited(pkg, 'rust-version'),
      publish: isInherited(pkg, 'publish'),
    },
    problems,
  }
}

function isInherited(pkg: TomlTable | null, key: string): boolean {
  return booleanAt(pkg, key, 'workspace') === true
}

function readPackage(pkg: TomlTable | null, problems: TomlProblem[]): PackageTable | null {
  if (!pkg) return null
  const name = stringAt(pkg, 'name')
  if (name === null) problems.push({ message: '[package] has no `name`', span: pkg.span })
  return {
    name: name ?? '',
    version: stringAt(pkg, 'version'),
    edition: readEdition(stringAt(pkg, 'edition')) ?? '2015',
    rustVersion: stringAt(pkg, 'rust-version'),
    private: isPrivate(pkg),
    build: stringAt(pkg, 'build'),
    workspace: stringAt(pkg, 'workspace'),
    span: pkg.span,
  }
}

function isPrivate(pkg: TomlTable | null): boolean {
  const publish = lookup(pkg, 'publish')
  return (publish?.kind === 'boolean' && !publish.value) || (publish?.kind === 'array' && publish.items.length === 0)
}

const EDITIONS: readonly Edition[] = ['2015', '2018', '2021', '2024']

/** A later edition than we know is read as the newest known. */
function readEdition(text: string | null): Edition | null {
  if (text === null) return null
  return EDITIONS.find((edition) => edition === text) ?? (Number(text) > 2024 ? '2024' : null)
}

function readLib(lib: TomlTable | null): LibTable | null {
  if (!lib) return null
  const types = lookup(lib, 'crate-type') ? stringsAt(lib, 'crate-type') : stringsAt(lib, 'crate_type')
  return {
    name: stringAt(lib, 'name'),
    path: stringAt(lib, 'path'),
    crateTypes: types,
    procMacro: booleanAt(lib, 'proc-macro') ?? booleanAt(lib, 'proc_macro') ?? types.includes('proc-macro'),
    span: lib.span,
  }
}

function readBins(root: TomlTable): BinTable[] {
  const bins = lookup(root, 'bin')
  if (bins?.kind !== 'array') return []
  return bins.items.flatMap((item) =>
    item.kind === 'table' ? [{ name: stringAt(item, 'name'), path: stringAt(item, 'path') }] : [],
  )
}

function readFeatures(root: TomlTable): ReadonlyMap<string, readonly string[]> {
  const table = tableAt(root, 'features')
  return new Map(entriesAt(table).map((entry) => [entry.key, stringsAt(table, entry.key)]))
}

function readWorkspace(table: TomlTable | null, dir: string): RawWorkspace | null {
  if (!table) return null
  const shared = tableAt(table, 'package')
  return {
    members: stringsAt(table, 'members'),
    exclude: stringsAt(table, 'exclude'),
    defaultMembers: stringsAt(table, 'default-members'),
    dependencies: entriesAt(table, 'dependencies').map((entry) => readDependency(entry, dir, 'normal', null)),
    package: {
      version: stringAt(shared, 'version'),
      edition: readEdition(stringAt(shared, 'edition')),
      rustVersion: stringAt(shared, 'rust-version'),
      private: isPrivate(shared),
    },
  }
}

function readSettings(owner: TomlTable | null): Readonly<Record<string, unknown>> | null {
  const table = tableAt(owner, 'metadata', 'pyo3-thread-safety')
  return table ? (plain(table) as Readonly<Record<string, unknown>>) : null
}
