import type { FactsDb } from '../facts/facts.ts'
import { MODEL_SETTING, type ModelSettings } from '../model/pycrates.ts'
import type { CfgAssumptions } from '../project/cfg-env.ts'
import { crateOf } from '../project/crate-graph.ts'
import { FEATURES_SETTING, type FeatureOptions } from '../project/feature-roots.ts'
import type { Environment } from '../project/host.ts'
import { Database } from '../query/database.ts'
import { CFG_SETTING } from '../resolve/conditions.ts'
import { ENVIRONMENT_SETTING, provideCrates, provideFacts } from '../resolve/crates.ts'

/** What a database is told before its first question. */
export interface SessionParts {
  readonly environment: Environment
  readonly facts: FactsDb
  readonly features?: FeatureOptions
  readonly cfg?: CfgAssumptions
  readonly model?: ModelSettings
}

/** A database that knows where crates and facts come from. */
export function createSession(parts: SessionParts): Database {
  const db = new Database()
  provideCrates(db, crateOf)
  provideFacts(db, parts.facts)
  configureSession(db, parts)
  return db
}

/** Replaces the settings of a session; what depends on changed ones is computed anew. */
export function configureSession(db: Database, { environment, features, cfg, model }: Omit<SessionParts, 'facts'>): void {
  db.setSetting(ENVIRONMENT_SETTING, environment)
  if (features) db.setSetting(FEATURES_SETTING, features)
  if (cfg) db.setSetting(CFG_SETTING, cfg)
  if (model) db.setSetting(MODEL_SETTING, model)
}
