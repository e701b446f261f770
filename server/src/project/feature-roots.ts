import { type Database, query } from '../query/database.ts'
import { rawManifest } from './cargo-manifest.ts'
import { featureTable } from './feature-table.ts'
import type { Manifest } from './manifest.ts'
import { dirname, join } from './paths.ts'
import { pyprojectFor } from './workspace.ts'
import type { World } from './world.ts'

/** `--features`, `--all-features`, `--no-default-features`, as the setting `features`; absent or all empty: the default world. */
export interface FeatureOptions {
  readonly features: readonly string[]
  readonly allFeatures: boolean
  readonly noDefaultFeatures: boolean
}

/** Setting under which the entries store `FeatureOptions`. */
export const FEATURES_SETTING = 'features'

/** Which of cargo's two ways of unifying features: 1, or 2 (and 3, which differs in choosing versions only). */
export const resolverOf = query('resolverOf', (db: Database, root: string): 1 | 2 => {
  const manifest = rawManifest(db, root)
  if (manifest?.resolver !== null && manifest?.resolver !== undefined) return manifest.resolver === '1' ? 1 : 2
  return manifest?.package && manifest.package.edition >= '2021' ? 2 : 1
})

/**
 * Feature values that a member is built with as a root of the build. With options: what they say. Without: its default
 * features, what the pyproject.toml that builds it asks for, and `[package.metadata.pyo3-thread-safety] features`. What the
 * world adds comes on top of both.
 */
export function rootFeatures(db: Database, world: World, manifest: Manifest): ReadonlySet<string> {
  const options = db.setting<FeatureOptions>(FEATURES_SETTING)
  const given = options && (options.allFeatures || options.noDefaultFeatures || options.features.length > 0) ? options : null
  const wanted = given ? optionFeatures(db, manifest, given) : defaultFeatures(db, manifest)
  for (const feature of world.extra.get(manifest.package?.name ?? '') ?? []) wanted.add(feature)
  return wanted
}

function optionFeatures(db: Database, manifest: Manifest, options: FeatureOptions): Set<string> {
  const wanted = new Set<string>(options.allFeatures ? featureTable(db, manifest.path).features.keys() : [])
  if (!options.noDefaultFeatures) wanted.add('default')
  const prefix = `${manifest.package?.name ?? ''}/`
  for (const feature of options.features) wanted.add(feature.startsWith(prefix) ? feature.slice(prefix.length) : feature)
  return wanted
}

function defaultFeatures(db: Database, manifest: Manifest): Set<string> {
  const project = pyprojectFor(db, manifest.path)
  const maturin = project?.maturin
  const wanted = new Set<string>(maturin?.allFeatures ? featureTable(db, manifest.path).features.keys() : [])
  if (!maturin?.noDefaultFeatures) wanted.add('default')
  for (const feature of maturin?.features ?? []) wanted.add(feature)
  const dir = project === null ? '' : (dirname(project.path) ?? '')
  for (const module of project?.setuptoolsRust ?? []) {
    if (join(dir, module.path) === manifest.path) for (const feature of module.features) wanted.add(feature)
  }
  const configured = manifest.settings?.['features']
  for (const feature of Array.isArray(configured) ? configured : []) if (typeof feature === 'string') wanted.add(feature)
  return wanted
}
