import type { Span } from '../syntax/span.ts'

/** A Cargo.toml, read leniently: what is missing or of the wrong shape is null or empty and noted in `problems`. */
export interface Manifest {
  readonly path: string
  readonly dir: string
  readonly package: PackageTable | null
  readonly lib: LibTable | null
  readonly dependencies: readonly Dependency[]
  /** Feature name → what it turns on, as written. */
  readonly features: ReadonlyMap<string, readonly string[]>
  readonly workspace: WorkspaceTable | null
  /** Folders or sources of `[patch.…]` tables that point to a path. */
  readonly patches: readonly Dependency[]
  /** `[[bin]]` entries. */
  readonly bins: readonly BinTable[]
  /** `resolver` of `[workspace]` or `[package]`, as written. */
  readonly resolver: string | null
  /** `[package.metadata.maturin] name`. */
  readonly maturinName: string | null
  /** `[package.metadata.pyo3-thread-safety]` or the workspace's, as plain values. */
  readonly settings: Readonly<Record<string, unknown>> | null
  readonly problems: readonly { readonly message: string; readonly span: Span }[]
}

export interface PackageTable {
  readonly name: string
  /** null if inherited from a workspace that is not there. */
  readonly version: string | null
  readonly edition: '2015' | '2018' | '2021' | '2024'
  readonly rustVersion: string | null
  /** `publish = false`. */
  readonly private: boolean
  readonly build: string | null
  /** `workspace = "…"`: where the workspace root is, as written. */
  readonly workspace: string | null
  readonly span: Span
}

export interface LibTable {
  readonly name: string | null
  readonly path: string | null
  readonly crateTypes: readonly string[]
  readonly procMacro: boolean
  readonly span: Span
}

export interface BinTable {
  readonly name: string | null
  readonly path: string | null
}

export interface Dependency {
  /** The key in the table: what code calls it, with `-` as `_` in paths. */
  readonly name: string
  /** The package it names (`package = "…"`), else `name`. */
  readonly package: string
  readonly kind: 'normal' | 'dev' | 'build'
  readonly requirement: string | null
  /** Absolute folder of a path dependency. */
  readonly path: string | null
  readonly git: boolean
  /** `workspace = true`: requirement, path and part of the features come from the workspace's table. */
  readonly inherited: boolean
  readonly optional: boolean
  readonly defaultFeatures: boolean
  readonly features: readonly string[]
  /** Key of the `[target.'…']` table, a cfg expression or triple. */
  readonly target: string | null
  /** The whole entry. */
  readonly span: Span
}

export interface WorkspaceTable {
  readonly members: readonly string[]
  readonly exclude: readonly string[]
  readonly dependencies: readonly Dependency[]
  readonly defaultMembers: readonly string[]
}

/** One `[[package]]` of Cargo.lock. */
export interface LockedPackage {
  readonly name: string
  readonly version: string
  /** `registry+…`, `git+…#…`, null for path packages. */
  readonly source: string | null
  /** `name`, `name version` or `name version (source)`, as written. */
  readonly dependencies: readonly string[]
}

/** pyproject.toml, the parts that matter here. */
export interface PyProject {
  readonly path: string
  readonly name: string | null
  readonly requiresPython: string | null
  readonly classifiers: readonly { readonly text: string; readonly span: Span }[]
  readonly maturin: {
    readonly manifestPath: string | null
    readonly moduleName: string | null
    readonly features: readonly string[]
    readonly noDefaultFeatures: boolean
    readonly allFeatures: boolean
    readonly pythonSource: string | null
  } | null
  /** `[[tool.setuptools-rust.ext-modules]]`; `path` is the manifest's, relative to the folder of this file. */
  readonly setuptoolsRust: readonly {
    readonly moduleName: string | null
    readonly path: string
    readonly features: readonly string[]
  }[]
  readonly problems: readonly { readonly message: string; readonly span: Span }[]
}

/** Cargo.lock. `version` is the format's; unknown ones are read as the newest. */
export interface LockFile {
  readonly path: string
  readonly version: number
  readonly packages: readonly LockedPackage[]
  readonly problems: readonly { readonly message: string; readonly span: Span }[]
}
