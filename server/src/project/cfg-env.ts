import type { CfgEnv, FeatureState } from './cfg.ts'
import { DEFAULT_TARGET, type TargetProfile, targetProfile } from './cfg-targets.ts'

/** What to assume beyond a crate's features. Everything is optional. */
export interface CfgAssumptions {
  /** Target triple; default `x86_64-unknown-linux-gnu`. */
  readonly target?: string
  /** `free-threaded` sets `Py_GIL_DISABLED`, `gil` unsets it, `auto` (default) leaves it undecided so that both are looked at. */
  readonly python?: 'free-threaded' | 'gil' | 'auto'
  /** Minor version of Python 3 that `Py_3_x` flags are set for; default 14. */
  readonly pythonMinor?: number
  /** Whether PyO3 is built against the stable ABI (its `abi3*` features); default undecided. */
  readonly limitedApi?: FeatureState
  /** Flags that the caller knows (`--cfg` in `.cargo/config.toml`); they win over the defaults. */
  readonly flags?: ReadonlyMap<string, boolean>
  /** Flags that some build may set: undecided, whatever the defaults. */
  readonly openFlags?: readonly string[]
}

/** PyO3 gives flags for `Py_3_7` and later; flags above this are left undecided. */
const OLDEST_PYTHON = 7
const NEWEST_PYTHON = 14

/**
 * Flags that an ordinary library build does not have: those that tools set for themselves (`cargo test`, rustdoc, docs.rs,
 * Miri, Clippy, model checkers, fuzzers), those that crates document as opt-ins by `RUSTFLAGS` alone, and the interpreters
 * that the assumption "CPython" excludes. `debug_assertions`, `overflow_checks` and flags from build scripts are not here:
 * they are undecided, as is what a project's cargo configuration mentions.
 */
const OFF = [
  'test',
  'doc',
  'doctest',
  'docsrs',
  'miri',
  'clippy',
  'rustfmt',
  'rust_analyzer',
  'proc_macro',
  'loom',
  'crossbeam_loom',
  'crossbeam_sanitize',
  'shuttle',
  'fuzzing',
  'kani',
  'tarpaulin',
  'tarpaulin_include',
  'coverage',
  'coverage_nightly',
  'tokio_unstable',
  'tracing_unstable',
  'reqwest_unstable',
  'surrealdb_unstable',
  'PyPy',
  'GraalPy',
  'RustPython',
]

/** The environment of a crate with `features` (null: not known) built as a library. */
export function cfgEnv(features: ReadonlyMap<string, FeatureState> | null, assume: CfgAssumptions = {}): CfgEnv {
  const target = assume.target ?? DEFAULT_TARGET
  const profile = targetProfile(target)
  const flags = new Map<string, boolean>(OFF.map((flag) => [flag, false]))
  if (profile !== null) {
    for (const family of ['unix', 'windows']) flags.set(family, profile.families.includes(family))
  }
  setPythonFlags(flags, assume)
  for (const flag of assume.openFlags ?? []) flags.delete(flag)
  for (const [flag, value] of assume.flags ?? []) flags.set(flag, value)
  return { target, flags, values: profile === null ? new Map() : profileValues(profile), features }
}

function setPythonFlags(flags: Map<string, boolean>, assume: CfgAssumptions): void {
  const minor = assume.pythonMinor ?? NEWEST_PYTHON
  for (let version = OLDEST_PYTHON; version <= Math.max(minor, NEWEST_PYTHON); version++)
    flags.set(`Py_3_${version}`, version <= minor)
  if (assume.python === 'free-threaded' || assume.python === 'gil')
    flags.set('Py_GIL_DISABLED', assume.python === 'free-threaded')
  // The free-threaded build has no stable ABI up to 3.14 (PEP 703), so PyO3 ignores abi3 features there.
  const limited = assume.python === 'free-threaded' && minor <= NEWEST_PYTHON ? 'off' : (assume.limitedApi ?? 'unknown')
  if (limited !== 'unknown') flags.set('Py_LIMITED_API', limited === 'on')
}

/** `panic` is left out: a profile in Cargo.toml or the final binary decides it where the target can unwind. */
function profileValues(profile: TargetProfile): ReadonlyMap<string, ReadonlySet<string>> {
  const values = new Map<string, ReadonlySet<string>>([
    ['target_arch', new Set([profile.arch])],
    ['target_vendor', new Set([profile.vendor])],
    ['target_os', new Set([profile.os])],
    ['target_env', new Set([profile.env])],
    ['target_abi', new Set([profile.abi])],
    ['target_family', new Set(profile.families)],
    ['target_pointer_width', new Set([profile.pointerWidth])],
    ['target_endian', new Set([profile.endian])],
    ['target_has_atomic', new Set([...profile.atomics, 'ptr'])],
  ])
  if (profile.panic === 'abort') values.set('panic', new Set(['abort']))
  return values
}
