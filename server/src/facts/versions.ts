/** Which of the verified versions and feature sets of a crate answer for the one that a project uses. */
import type { FeatureState } from './facts.ts'
import type { Config } from './section.ts'

/** The configs that answer, and how far they can be trusted. */
export interface Choice {
  /** Indices into the section's configs. */
  readonly configs: readonly number[]
  /** The version itself was looked at. */
  readonly exact: boolean
  /** It lies outside the verified versions: a `no` may have been cured since, or before. */
  readonly outside: boolean
  /** Nothing says which version it is. */
  readonly anyVersion?: boolean
}

/**
 * Chooses the configs for a version: those with the project's features come first, and of these its own version; else the
 * nearest verified ones on both sides within the semver-compatible range; else the nearest on one side. A crate that was
 * looked at with other features only answers as one outside of the verified range.
 * @param version null when unknown: all configs answer, and none of them alone
 * @returns null when no verified version is compatible
 */
export function choose(configs: readonly Config[], version: string | null, features?: FeatureState): Choice | null {
  const all = configs.map((_, index) => index)
  if (version === null) return { configs: all, exact: false, outside: false, anyVersion: true }
  const compatible = all.filter((index) => compatKey(configs[index]?.version ?? '') === compatKey(version))
  const fitting = withFeatures(configs, compatible, features)
  if (fitting.length > 0) return chooseVersion(configs, fitting, version)
  const other = chooseVersion(configs, compatible, version)
  return other && { ...other, exact: false, outside: true }
}

/** Configs with exactly the features that are on, of those that some config names; all of them when that cannot be told. */
function withFeatures(
  configs: readonly Config[],
  indices: readonly number[],
  features: FeatureState | undefined,
): readonly number[] {
  const named = new Set(indices.flatMap((index) => configs[index]?.features ?? []))
  if (!features || named.has('*') || [...named].some((feature) => features(feature) === 'unknown')) return indices
  const on = [...named].filter((feature) => features(feature) === 'on')
  return indices.filter((index) => {
    const wanted = configs[index]?.features ?? []
    return wanted.length === on.length && wanted.every((feature) => on.includes(feature))
  })
}

function chooseVersion(configs: readonly Config[], indices: readonly number[], version: string): Choice | null {
  const order = (index: number): number => compareVersions(configs[index]?.version ?? '', version)
  const exact = indices.filter((index) => order(index) === 0)
  if (exact.length > 0) return { configs: exact, exact: true, outside: false }
  const below = nearest(
    configs,
    indices.filter((index) => order(index) < 0),
    1,
  )
  const above = nearest(
    configs,
    indices.filter((index) => order(index) > 0),
    -1,
  )
  if (below.length + above.length === 0) return null
  return { configs: [...below, ...above], exact: false, outside: below.length === 0 || above.length === 0 }
}

function nearest(configs: readonly Config[], indices: readonly number[], sign: 1 | -1): number[] {
  const versions = indices.map((index) => configs[index]?.version ?? '').sort((a, b) => sign * compareVersions(b, a))
  return indices.filter((index) => configs[index]?.version === versions[0])
}

/** Which of the configs of one version fits the features; all of them when that cannot be told. */
export function chooseFeatures(
  configs: readonly Config[],
  indices: readonly number[],
  features: FeatureState | undefined,
): readonly number[] {
  const fitting = withFeatures(configs, indices, features)
  return fitting.length > 0 ? fitting : indices
}

/** What versions must share for Cargo to hold them compatible: `1`, `0.12`, `0.0.3`. */
export function compatKey(version: string): string {
  const [major = 0, minor = 0, patch = 0] = numbers(version)
  if (major > 0) return `${major}`
  return minor > 0 ? `0.${minor}` : `0.0.${patch}`
}

/** Orders by major, minor, patch; a pre-release counts as before its release, pre-releases of one release as equal. */
export function compareVersions(a: string, b: string): number {
  const left = numbers(a)
  const right = numbers(b)
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return Number(b.includes('-')) - Number(a.includes('-'))
}

function numbers(version: string): number[] {
  return (/^[\d.]+/.exec(version)?.[0] ?? '').split('.').map(Number)
}
