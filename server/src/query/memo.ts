import type { Database, Key } from './database.ts'

/** A query as the database sees it. */
export interface Definition {
  readonly name: string
  readonly compute: (db: Database, key: never) => unknown
  readonly equals: (before: never, after: never) => boolean
  readonly cycle: (() => unknown) | null
}

/** A remembered value: of a query, or of an input (then `definition` is null). */
export interface Memo {
  readonly definition: Definition | null
  readonly key: Key
  value: unknown
  changedAt: number
  verifiedAt: number
  dependencies: readonly Memo[]
  running: boolean
  provisional: boolean
  /** As in `Frame`, while that query is still running: the value is for use inside of it only. */
  cycleHead: number
}

/** A query that is running. */
export interface Frame {
  readonly memo: Memo
  readonly dependencies: Set<Memo>
  provisional: boolean
  /** Depth of the outermost running query whose stand-in value this one has seen; `NO_CYCLE` if it saw none. */
  cycleHead: number
}

/** `cycleHead` of what saw no cycle. */
export const NO_CYCLE = Number.POSITIVE_INFINITY

/** A memo for something not computed yet (a query: `revision` 0) or just read (an input). */
export function newMemo(definition: Definition | null, key: Key, value: unknown, revision: number, provisional: boolean): Memo {
  return {
    definition,
    key,
    value,
    changedAt: revision,
    verifiedAt: revision,
    dependencies: [],
    running: false,
    cycleHead: NO_CYCLE,
    provisional,
  }
}
