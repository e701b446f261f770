import type { RefusalReason } from '../fixes/fix.ts'
import type { Database } from '../query/database.ts'
import { type Expansion, expansionById } from '../resolve/expansion-store.ts'
import { filePositions } from '../syntax/queries.ts'
import { inDefinition, macroText } from './macro-texts.ts'

/** Something that stands in the way of a rewrite. */
export interface Problem {
  readonly reason: RefusalReason
  /** One clause with file and line where there is one. */
  readonly detail: string
}

/** `src/lib.rs:12`: the file's last folders and the line (1-based) of an offset. */
export function placeText(db: Database, file: string, offset: number): string {
  const expansion = expansionById(db, file)
  if (expansion) return placeInMacro(db, expansion, offset)
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

/** The line of the macro's definition, or of the call for what the call gave. */
function placeInMacro(db: Database, expansion: Expansion, offset: number): string {
  const written = expansion.macro ? macroText(db, expansion.macro) : null
  const at = inDefinition(expansion, offset, 'start')
  return written && at !== null ? placeText(db, written.file, written.start + at) : callText(db, expansion)
}

/** File and line of the written call that an expansion comes from. */
export function callText(db: Database, { file, callKey }: Expansion): string {
  return placeText(db, file, filePositions(db, file)?.items.get(callKey)?.headStart ?? 0)
}
