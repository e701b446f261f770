import type { CrateView, Verdicts } from '../model/crate-view.ts'
import type { PyClass } from '../model/pyclass.ts'
import type { PyCrate } from '../model/pycrate.ts'
import type { Finding } from './finding.ts'

/** A class with what the analysis says of it. */
export interface ClassResult {
  readonly cls: PyClass
  readonly verdicts: Verdicts
  /** Chains that lead to a `no` or `unknown`, per trait, for people. */
  readonly because: { readonly send: readonly string[]; readonly sync: readonly string[] }
  readonly exportedBy: readonly string[]
}

/** A crate that uses PyO3, with its classes. */
export interface CrateResult {
  readonly crate: PyCrate
  readonly classes: readonly ClassResult[]
}

/** What one run found. */
export interface CheckResult {
  readonly crates: readonly CrateResult[]
  /** Sorted; of crates, manifests and files alike. */
  readonly findings: readonly Finding[]
  readonly stats: CheckStats
}

/** What one run looked at and what it cost; all paths together. */
export interface CheckStats {
  /** Rust files of the crates analysed. */
  readonly files: number
  /** Files of which a syntax tree was made, dependencies included. */
  readonly filesParsed: number
  readonly bytesParsed: number
  readonly classes: number
  readonly unreadable: number
  readonly parseErrors: number
  readonly milliseconds: number
}

/** How a class stands, in one word. `blocked`: not `Send` or not `Sync`. */
export type ClassState = 'sound' | 'blocked' | 'unsendable' | 'unknown'

/** The state of one class; `unsendable` wins, since PyO3 then asks for neither trait. */
export function classState({ cls, verdicts }: ClassResult): ClassState {
  if (cls.options.unsendable) return 'unsendable'
  const { send, sync } = verdicts
  if (send.verdict === 'no' || sync.verdict === 'no') return 'blocked'
  return send.verdict === 'yes' && sync.verdict === 'yes' ? 'sound' : 'unknown'
}

/** Puts together what there is to say of a class. */
export function classResult(view: CrateView, cls: PyClass): ClassResult {
  const verdicts = view.verdicts(cls)
  const decided = { Send: verdicts.send.verdict, Sync: verdicts.sync.verdict }
  const chain = (trait: 'Send' | 'Sync'): readonly string[] => {
    if (decided[trait] === 'yes') return []
    const culprit = view.culprits(cls).find((it) => it.trait === trait && it.verdict === decided[trait])
    return culprit?.steps.map((it) => it.text) ?? []
  }
  return {
    cls,
    verdicts,
    because: { send: chain('Send'), sync: chain('Sync') },
    exportedBy: view.crate.exports.get(cls.id) ?? [],
  }
}
