import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { Grade } from '../fixes/fix.ts'
import type { Profile, Severity } from '../rules/rule.ts'

/** Command line options that several commands share, checked. */
export interface CommonOptions {
  readonly features: readonly string[]
  readonly allFeatures: boolean
  readonly noDefaultFeatures: boolean
  readonly target: string | null
  readonly python: 'free-threaded' | 'gil' | 'auto'
  readonly assumePyo3: string | null
}

/** Everything after the command's name. */
export interface CliOptions extends CommonOptions {
  readonly paths: readonly string[]
  readonly format: string
  readonly minSeverity: Severity | null
  readonly failOn: Severity | 'never'
  readonly select: readonly string[] | null
  readonly ignore: readonly string[]
  readonly profile: Profile | null
  readonly quiet: boolean
  readonly rules: readonly string[]
  readonly className: string | null
  readonly grade: Grade
  readonly diff: boolean
  readonly verify: boolean
  readonly rewrite: string | null
  readonly stdio: boolean
  readonly help: boolean
  readonly version: boolean
}

/** A wrong argument; its message is the line to print. */
export class UsageError extends Error {
  override name = 'UsageError'
}

const SPEC = {
  features: { type: 'string', multiple: true, short: 'F' },
  'all-features': { type: 'boolean' },
  'no-default-features': { type: 'boolean' },
  target: { type: 'string' },
  python: { type: 'string' },
  'assume-pyo3': { type: 'string' },
  format: { type: 'string' },
  'min-severity': { type: 'string' },
  'fail-on': { type: 'string' },
  select: { type: 'string', multiple: true },
  ignore: { type: 'string', multiple: true },
  profile: { type: 'string' },
  quiet: { type: 'boolean', short: 'q' },
  rule: { type: 'string', multiple: true },
  class: { type: 'string' },
  grade: { type: 'string' },
  diff: { type: 'boolean' },
  verify: { type: 'boolean' },
  rewrite: { type: 'string' },
  stdio: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const satisfies ParseArgsConfig['options']

const SEVERITIES = ['error', 'warning', 'info', 'hint'] as const

/**
 * Reads the arguments after the command's name.
 * @throws UsageError for an unknown option or a value that is not one of those allowed
 */
export function parseOptions(args: readonly string[], formats: readonly string[]): CliOptions {
  const { values, positionals } = parse(args)
  const choice = <T extends string>(name: string, value: string | undefined, allowed: readonly T[]): T | null => {
    if (value === undefined) return null
    if ((allowed as readonly string[]).includes(value)) return value as T
    throw new UsageError(`--${name} must be one of ${allowed.join(', ')}, not '${value}'`)
  }
  const list = (given: readonly string[] | undefined): string[] =>
    (given ?? []).flatMap((it) => it.split(/[,\s]+/)).filter(Boolean)
  return {
    paths: positionals,
    features: list(values.features),
    allFeatures: values['all-features'] ?? false,
    noDefaultFeatures: values['no-default-features'] ?? false,
    target: values.target ?? null,
    python: choice('python', values.python, ['free-threaded', 'gil', 'auto'] as const) ?? 'auto',
    assumePyo3: pyo3Version(values['assume-pyo3']),
    format: choice('format', values.format, formats) ?? formats[0] ?? 'text',
    minSeverity: choice('min-severity', values['min-severity'], SEVERITIES),
    failOn: choice('fail-on', values['fail-on'], [...SEVERITIES, 'never'] as const) ?? 'error',
    select: values.select ? list(values.select) : null,
    ignore: list(values.ignore),
    profile: choice('profile', values.profile, ['default', 'checklist', 'strict'] as const),
    quiet: values.quiet ?? false,
    rules: list(values.rule),
    className: values.class ?? null,
    grade: choice('grade', values.grade, ['safe', 'suggested', 'risky'] as const) ?? 'safe',
    diff: values.diff ?? false,
    verify: values.verify ?? false,
    rewrite: choice('rewrite', values.rewrite, ['frozen-mutex', 'frozen-rwlock', 'frozen-atomics'] as const),
    stdio: values.stdio ?? false,
    help: values.help ?? false,
    version: values.version ?? false,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: SPEC, allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(message.split('. ')[0] ?? message)
  }
}

function pyo3Version(value: string | undefined): string | null {
  if (value === undefined) return null
  if (/^0\.\d+(\.\d+)?$/.test(value)) return value
  throw new UsageError(`--assume-pyo3 must be a version such as 0.27, not '${value}'`)
}
