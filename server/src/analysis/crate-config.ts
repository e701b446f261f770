import { type CrateId, crateGraph } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import { type Config, type ConfigProblem, DEFAULT_CONFIG, readConfig } from './config.ts'

/** What one run is told from outside: the editor's or command line's settings lie below the manifests', `forced` ones above. */
export interface RunConfig {
  readonly base: Config
  readonly forced?: Partial<Config>
}

/** The settings for one crate: those of its manifest, or of the workspace's where it has none, between the run's. */
export function crateConfig(db: Database, world: string, crate: CrateId, { base, forced }: RunConfig): Config {
  const settings = crateGraph(db, world).crates.get(crate)?.manifest?.settings ?? {}
  return { ...readConfig(settings, base).config, ...forced }
}

/** Settings in the manifests of a world that are not understood, each once. */
export function configProblems(db: Database, world: string): readonly (ConfigProblem & { readonly file: string })[] {
  const found = new Map<string, ConfigProblem & { readonly file: string }>()
  for (const { manifest } of crateGraph(db, world).crates.values()) {
    for (const problem of readConfig(manifest?.settings ?? {}, DEFAULT_CONFIG).problems) {
      if (manifest && !found.has(problem.message)) found.set(problem.message, { ...problem, file: manifest.path })
    }
  }
  return [...found.values()]
}
