import { crateGraph } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import { type Config, type ConfigProblem, readConfig } from './config.ts'

/** A configuration and what in a manifest was not understood. */
export interface WorkspaceConfig {
  readonly config: Config
  readonly problems: readonly (ConfigProblem & { readonly file: string })[]
}

/** `base` (from the editor or the command line) under what the workspace's `metadata.pyo3-thread-safety` says. */
export function workspaceConfig(db: Database, world: string, base: Config): WorkspaceConfig {
  const manifests = [...crateGraph(db, world).crates.values()].flatMap((crate) => crate.manifest ?? [])
  const found = manifests.find((it) => it.settings !== null)
  const { config, problems } = readConfig(found?.settings ?? {}, base)
  return { config, problems: problems.map((it) => ({ ...it, file: found?.path ?? '' })) }
}
