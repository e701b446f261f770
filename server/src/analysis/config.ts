import type { Profile, Severity } from '../rules/rule.ts'

/** What users can set, in Cargo.toml metadata, the editor's settings or on the command line. */
export interface Config {
  readonly profile: Profile
  /** Rule id → severity that replaces the rule's own, or `off`. */
  readonly rules: Readonly<Record<string, Severity | 'off'>>
  /** Only these rules; null for all. */
  readonly select: readonly string[] | null
  readonly ignore: readonly string[]
  /** Interpreter the crate is meant for: `free-threaded` makes the intent explicit, `gil` opts out. */
  readonly python: 'free-threaded' | 'gil' | 'auto'
  /** Version of PyO3 to assume where the manifest does not say, as `0.27`. */
  readonly assumePyo3: string | null
}

export const DEFAULT_CONFIG: Config = {
  profile: 'default',
  rules: {},
  select: null,
  ignore: [],
  python: 'auto',
  assumePyo3: null,
}

const SEVERITIES: readonly string[] = ['error', 'warning', 'info', 'hint', 'off']
const PROFILES: readonly string[] = ['default', 'checklist', 'strict']
const PYTHONS: readonly string[] = ['free-threaded', 'gil', 'auto']

/** A setting that is not understood. */
export interface ConfigProblem {
  readonly key: string
  readonly message: string
}

/**
 * Reads settings as they stand in `[package.metadata.pyo3-thread-safety]` or come from the editor, over `base`.
 * What is not understood is left at the base's value and reported.
 */
export function readConfig(
  values: Readonly<Record<string, unknown>>,
  base: Config,
): { config: Config; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = []
  const choice = <T extends string>(key: string, options: readonly string[], fallback: T): T => {
    const value = values[key]
    if (value === undefined) return fallback
    if (typeof value === 'string' && options.includes(value)) return value as T
    problems.push({ key, message: `\`${key}\` must be one of ${options.join(', ')}` })
    return fallback
  }
  const rules: Record<string, Severity | 'off'> = { ...base.rules }
  if (isRecord(values['rules'])) {
    for (const [id, severity] of Object.entries(values['rules'])) {
      if (typeof severity === 'string' && SEVERITIES.includes(severity)) rules[id] = severity as Severity | 'off'
      else problems.push({ key: `rules.${id}`, message: `\`rules.${id}\` must be one of ${SEVERITIES.join(', ')}` })
    }
  }
  const config: Config = {
    ...base,
    profile: choice('profile', PROFILES, base.profile),
    python: choice('python', PYTHONS, base.python),
    rules,
  }
  return { config, problems }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
