import type { RefusalReason } from '../fixes/fix.ts'
import type { Database } from '../query/database.ts'
import { expansionById } from '../resolve/expansion-store.ts'
import { filePositions } from '../syntax/queries.ts'

/** Something that stands in the way of a rewrite. */
export interface Problem {
  readonly reason: RefusalReason
  /** One clause with file and line where there is one. */
  readonly detail: string
}

/** `src/lib.rs:12`: the file's last folders and the line (1-based) of an offset. */
export function placeText(db: Database, file: string, offset: number): string {
  const expansion = expansionById(db, file)
  // What a macro wrote has no line of its own: the call has.
  if (expansion)
    return placeText(db, expansion.file, filePositions(db, expansion.file)?.items.get(expansion.callKey)?.headStart ?? 0)
  const text = db.text(file) ?? ''
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return `${shortName(file)}:${line}`
}

/** The path from `src/` (or `tests/`, …) on; the whole path without such a folder. */
function shortName(file: string): string {
  const match = /(?:^|\/)((?:src|tests|benches|examples)\/.*)$/.exec(file)
  return match?.[1] ?? file.slice(file.lastIndexOf('/') + 1)
}
