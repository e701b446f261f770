import type { Verdicts } from '../autotraits/verdicts.ts'
import type { Intent } from '../model/intent.ts'
import type { Location } from '../model/location.ts'
import type { PyClass } from '../model/pyclass.ts'
import type { PyCrate } from '../model/pycrate.ts'
import type { PyModule } from '../model/pymodule.ts'
import type { Database } from '../query/database.ts'
import type { TextEdit } from '../syntax/edits.ts'

export type Severity = 'error' | 'warning' | 'info' | 'hint'

/** How loud a rule speaks under each intent (design: only `explicit` intent earns warnings for run-time hazards). */
export type SeverityByIntent = Readonly<Record<Intent, Severity | 'off'>>

/**
 * What a fix promises.
 * - `safe`: same meaning; applied on save and by `fix`.
 * - `suggested`: one click; compiles, and the reader decides whether it is what they mean.
 * - `risky`: changes behaviour or asserts something about unsafe code; the editor shows its preview first.
 */
export type Grade = 'safe' | 'suggested' | 'risky'

/** Edits of one file. Offsets are absolute and refer to the text that the analysis saw. */
export interface FileEdits {
  readonly file: string
  readonly edits: readonly TextEdit[]
}

/** A change on offer. What is offered compiles; what cannot be completed is a `Refusal`. */
export interface Fix {
  /** Imperative, says what changes: "Use `Mutex<u64>` for `hits`". */
  readonly title: string
  readonly grade: Grade
  /** At most one fix of a finding is preferred, and never a risky one. */
  readonly preferred?: boolean
  readonly changes: readonly FileEdits[]
  /** `quickfix` unless it is on offer without a finding. */
  readonly kind?: 'quickfix' | 'refactor.rewrite.pyo3'
}

/** Why a change that one might expect is not on offer. */
export interface Refusal {
  readonly fix: string
  readonly reason: RefusalReason
  /** One sentence with file and line where there is one. */
  readonly detail: string
}

/** Closed list of reasons to refuse a fix; the suites print how often each occurs. */
export type RefusalReason =
  | 'macro-made'
  | 'other-crate'
  | 'overlapping-borrows'
  | 'derive-breaks'
  | 'used-elsewhere'
  | 'unsupported-use'
  | 'inner-not-send'
  | 'unsafe-code'
  | 'unsendable-class'
  | 'no-module'
  | 'parse-error'
  | 'public-field'

export interface Related {
  readonly at: Location
  readonly message: string
}

/** What a rule found; severity is decided by `analysis/` from the rule's meta unless the rule sets it. */
export interface Report {
  readonly at: Location
  readonly message: string
  readonly related?: readonly Related[]
  readonly fixes?: readonly Fix[]
  readonly refused?: readonly Refusal[]
  /** Overrides the rule's table, where the case decides and not the intent. */
  readonly severity?: Severity
}

/** What a rule may ask about a crate. */
export interface RuleContext {
  readonly db: Database
  readonly crate: PyCrate
  readonly profile: Profile
  /** Send and Sync of a class. */
  verdicts(cls: PyClass): Verdicts
  report(report: Report): void
}

export type Profile = 'default' | 'checklist' | 'strict'

export type Group = 'soundness' | 'runtime' | 'module' | 'style'

export interface Rule {
  /** Permanent, kebab-case; names the pattern found and reads well after "allow". */
  readonly id: string
  /** One line, no full stop. */
  readonly summary: string
  /** Letter in the hazard survey (`docs/rules/README.md`). */
  readonly letter: string
  readonly group: Group
  readonly severity: SeverityByIntent
  /** Range of PyO3 versions the rule speaks about, in semver syntax. */
  readonly pyo3: string
  /** Grades of the fixes it may offer. */
  readonly grades: readonly Grade[]
  /** Profiles that switch it on; default all. */
  readonly profiles?: readonly Profile[]
  checkClass?(cx: RuleContext, cls: PyClass): void
  checkModule?(cx: RuleContext, module: PyModule): void
  checkCrate?(cx: RuleContext): void
}

/** Checks the shape of a rule at compile time. */
export function defineRule(rule: Rule): Rule {
  return rule
}

/** The same severity under every intent. */
export function always(severity: Severity): SeverityByIntent {
  return { explicit: severity, default: severity, 'opted-out': severity, unknown: severity }
}
