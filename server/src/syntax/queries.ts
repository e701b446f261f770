import { query } from '../query/database.ts'
import { type ParsedFile, parseSummary } from './summarize.ts'
import type { FileSummary, Positions } from './summary.ts'

/** Both halves of a parse of a file's text; null if there is no such file (or it is not loaded yet). */
export const parsedFile = query('parsedFile', (db, path: string): ParsedFile | null => {
  const text = db.text(path)
  if (text === null) return null
  db.count('filesParsed')
  db.count('bytesParsed', text.length)
  return parseSummary(text)
})

/** What a file declares. Unchanged (and so are all queries that read it) by an edit inside a `fn` body. */
export const fileSummary = query('fileSummary', (db, path: string): FileSummary | null => parsedFile(db, path)?.summary ?? null, {
  equals: (before, after) => before === after || (before !== null && after !== null && before.hash === after.hash),
})

/** Where a file's items are; changes with almost every edit. */
export const filePositions = query(
  'filePositions',
  (db, path: string): Positions | null => parsedFile(db, path)?.positions ?? null,
)
