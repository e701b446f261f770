import type { Fix, Grade, Refusal } from '../fixes/fix.ts'
import type { CrateView } from '../model/crate-view.ts'
import type { Intent } from '../model/intent.ts'
import type { Location } from '../model/location.ts'
import type { PyClass } from '../model/pyclass.ts'
import type { PyModule } from '../model/pymodule.ts'

export type Severity = 'error' | 'warning' | 'info' | 'hint'

/** How loud a rule speaks under each intent: only `explicit` intent earns warnings for run-time hazards. */
export type SeverityByIntent = Readonly<Record<Intent, Severity | 'off'>>

export interface Related {
  readonly at: Location
  readonly message: string
}

/** What a rule found; `analysis/` decides the severity from the rule's table unless the report sets it. */
export interface Report {
  readonly at: Location
  readonly message: string
  /** Name of the class or type that it is about, for `fix --class`. */
  readonly subject?: string
  readonly related?: readonly Related[]
  readonly fixes?: readonly Fix[]
  readonly refused?: readonly Refusal[]
  /** Overrides the rule's table, where the case decides and not the intent. */
  readonly severity?: Severity
}

/** What a rule works with: everything about the crate, the profile, and the way to say what it found. */
export interface RuleContext extends CrateView {
  readonly profile: Profile
  report(report: Report): void
}

/**
 * - `default`: silent about what is sound.
 * - `checklist`: every class says in so many words that it is `Send + Sync`, every module that it needs no GIL.
 * - `strict`: also what could not be proved.
 */
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
