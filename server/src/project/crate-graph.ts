import type { FeatureState } from './cfg.ts'
import type { LockedPackage, Manifest, PyProject } from './manifest.ts'

/** Interned: package name, version, source, target and feature set. */
export type CrateId = string

/** One crate: a library (or the binary/test root asked for) of one package in one feature set. */
export interface Crate {
  readonly id: CrateId
  /** Name in paths, `_` for `-`, `[lib] name` respected. */
  readonly name: string
  readonly package: string
  /** null where no lock file or manifest says. */
  readonly version: string | null
  readonly edition: '2015' | '2018' | '2021' | '2024'
  /** Root source file. null if the sources are not on this machine: then only facts can speak for it. */
  readonly root: string | null
  readonly manifest: Manifest | null
  /** Member of the analysed workspace, or a path dependency inside it: everything is worth looking at. */
  readonly local: boolean
  readonly procMacro: boolean
  /** Name in code → the crate it means. Optional dependencies that are off are left out. */
  readonly dependencies: ReadonlyMap<string, CrateId>
  /** Every feature of the manifest. */
  readonly features: ReadonlyMap<string, FeatureState>
  /** Why `root` is null, as `crate yrs is not downloaded (cargo fetch)`. */
  readonly missing: string | null
}

export interface CrateGraph {
  readonly crates: ReadonlyMap<CrateId, Crate>
  /** Library crates (and cdylibs) of workspace members, in manifest order. */
  readonly members: readonly CrateId[]
  readonly workspaceRoot: string
  readonly pyproject: PyProject | null
  readonly problems: readonly { readonly file: string; readonly message: string }[]
}

/** What PyO3 a crate is built with. */
export interface Pyo3Dependency {
  /** Name in code (`pyo3`, or a rename). */
  readonly name: string
  readonly requirement: string | null
  /** From Cargo.lock; null without a lock file. */
  readonly locked: string | null
  readonly locked_packages?: readonly LockedPackage[]
}
