/** Why a macro call was not expanded. A closed list, counted in histograms. */
export type RefusalReason =
  /** No arm matches: rustc would report an error, or what came in is not what rustc sees. */
  | 'no-arm-matches'
  /** rustc calls it "local ambiguity". */
  | 'ambiguous'
  /** Too many steps, tokens or nested expansions. */
  | 'fuel'
  /** A fragment specifier that is not known. */
  | 'unsupported-fragment'
  /** `${…}`, `$$` and other syntax that is not stable. */
  | 'unsupported-syntax'
  /** The definition, the arguments or a captured fragment is no Rust that this tool can read. */
  | 'parse-error'
  /** Repetitions of different lengths, or one without a variable that repeats. */
  | 'repetition'

export interface Refusal {
  readonly reason: RefusalReason
  /** One clause for people, without a full stop. */
  readonly text: string
}

export function refuse(reason: RefusalReason, text: string): Refusal {
  return { reason, text }
}
