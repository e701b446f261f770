/**
 * What client and server say to each other beyond LSP: method names, command ids and plain types.
 *
 * Imports nothing, so that both bundles may import it. The two sides use different versions of the JSON-RPC package: request
 * and notification *objects* must never be shared, only these strings and shapes.
 */

/** Server → client, after each analysis whose summary differs from the last one sent; params: {@link Status}. */
export const STATUS_NOTIFICATION = 'pyo3ThreadSafety/status'

/** Client → server, no params; result: {@link ServerReport}. For "copy diagnostics report". */
export const REPORT_REQUEST = 'pyo3ThreadSafety/report'

/** Client command that shows a rule's bundled page; arguments: the rule id. Usable in hovers and as a code action's command. */
export const OPEN_RULE_DOCS_COMMAND = 'pyo3ThreadSafety.openRuleDocs'

/** The settings' section, as asked for with `workspace/configuration`; result: {@link Settings} for the given resource. */
export const SETTINGS_SECTION = 'pyo3ThreadSafety'

/** What the language status item shows about one crate. Counts of classes, and `classes` = safe + blocked + unsendable + unknown. */
export interface CrateStatus {
  /** Package name. */
  readonly name: string
  /** URI of its Cargo.toml. */
  readonly manifest: string
  /** PyO3's version, the locked one or else the requirement; null where unknown. */
  readonly pyo3: string | null
  /** `#[pyclass]` types found in its source. */
  readonly classes: number
  /** Classes that are `Send + Sync`. */
  readonly safe: number
  /** Classes that are not `Send` or not `Sync`, and not `unsendable`. */
  readonly blocked: number
  /** Classes marked `unsendable`. */
  readonly unsendable: number
  /** Classes about which at least one answer is unknown and none is no. */
  readonly unknown: number
}

/** Crates that do not depend on pyo3 are never listed: an empty list means that the client shows nothing at all. */
export interface Status {
  readonly crates: readonly CrateStatus[]
  /** One line for people, such as `43 classes, all Send + Sync`. */
  readonly text: string
  /** True while an analysis that takes longer than a moment runs. */
  readonly busy: boolean
}

/** Facts about the running server for a bug report; no source text. */
export interface ServerReport {
  readonly version: string
  /** Name and version of the runtime, such as `node 22.1.0`. */
  readonly runtime: string
  /** Resident memory in bytes; null where the runtime does not tell. */
  readonly memory: number | null
  readonly status: Status
  /** Lines of free text, such as counters. */
  readonly details: readonly string[]
}

/** How severe a rule is, where the user says so; `off` silences it. */
export type RuleLevel = 'off' | 'hint' | 'info' | 'warning' | 'error'

/** The settings that the server reads; all are optional because other editors send what they like, each has the default named. */
export interface Settings {
  /** Default true. */
  readonly enable?: boolean
  readonly lint?: {
    /** Default `default`. */
    readonly profile?: 'default' | 'checklist' | 'strict'
    /** Rule id → level; default none. */
    readonly rules?: Readonly<Record<string, RuleLevel>>
    /** Default `auto`. */
    readonly targetPython?: 'auto' | 'gil' | 'free-threaded'
  }
  readonly cargo?: {
    /** Features to analyse with besides what the sources ask for; default none. */
    readonly features?: readonly string[]
  }
}
