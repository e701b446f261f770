import { rules as allRules } from '../rules/index.generated.ts'
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

/** What holds where nobody says otherwise. */
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
/** `features` is read by `project/feature-roots.ts`. */
const KEYS: ReadonlySet<string> = new Set(['profile', 'python', 'features', 'rules'])
/** Every id that settings and comments may name. */
export const RULE_IDS: ReadonlySet<string> = new Set(allRules.map((it) => it.id))
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
  for (const key of Object.keys(values)) {
    if (!KEYS.has(key)) problems.push({ key, message: `there is no setting \`${key}\` (there are ${[...KEYS].join(', ')})` })
  }
  const config: Config = {
    ...base,
    profile: choice('profile', PROFILES, base.profile),
    python: choice('python', PYTHONS, base.python),
    rules: { ...base.rules, ...readLevels(values['rules'], problems) },
  }
  return { config, problems }
}

/** Levels by rule id. An id that is not a rule's is reported: a typo must not look like a setting. */
function readLevels(value: unknown, problems: ConfigProblem[]): Record<string, Severity | 'off'> {
  const levels: Record<string, Severity | 'off'> = {}
  if (value === undefined) return levels
  if (!isRecord(value)) {
    problems.push({ key: 'rules', message: '`rules` must be a table such as { "mut-self" = "off" }' })
    return levels
  }
  for (const [id, level] of Object.entries(value)) {
    const key = `rules.${id}`
    if (!RULE_IDS.has(id)) problems.push({ key, message: `\`${key}\`: there is no rule \`${id}\`` })
    else if (typeof level === 'string' && SEVERITIES.includes(level)) levels[id] = level as Severity | 'off'
    else problems.push({ key, message: `\`${key}\` must be one of ${SEVERITIES.join(', ')}` })
  }
  return levels
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
