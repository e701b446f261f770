import type { TextEdit } from '../syntax/edits.ts'
import type { RewriteReason } from './rewrite-reason.ts'

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
  /** Title of the change that is refused. */
  readonly fix: string
  readonly reason: RefusalReason
  /** One sentence with file and line where there is one. */
  readonly detail: string
}

/** Closed list of reasons to refuse a fix; the suites print how often each occurs. */
export type RefusalReason =
  | RewriteReason
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
  | 'cfg'
  /** Reading and writing in two steps: another thread may write in between. */
  | 'lost-update'
  /** Python code may run while a lock is held, and come back for it. */
  | 'runs-python'

/** What a builder of fixes came up with. */
export interface Offer {
  readonly fixes: readonly Fix[]
  readonly refused: readonly Refusal[]
}

export const NOTHING: Offer = { fixes: [], refused: [] }
