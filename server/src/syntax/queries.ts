import { query } from '../query/database.ts'
import { bodyFacts } from './bodies.ts'
import type { BodyFacts } from './body.ts'
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

/** Key of an item for the queries below: `path` of its file and its `key` in the summary. */
export function itemId(path: string, key: string): string {
  return `${path}\n${key}`
}

/** Text of an item's body, braces included; null if there is no such item or it has none. Key: `itemId`. */
export const bodyText = query('bodyText', (db, id: string): string | null => {
  const at = id.indexOf('\n')
  const path = id.slice(0, at)
  const body = filePositions(db, path)?.items.get(id.slice(at + 1))?.body
  return body ? (db.text(path)?.slice(body.start, body.end) ?? null) : null
})

/**
 * What an item's body does, null if it has none. Key: `itemId`. Spans are relative to the body's `{`
 * (`Positions.items[key].body.start`), so that an edit elsewhere in the file does not parse it again. The grammar has
 * to be installed before the first call: a failure is remembered like any other result.
 */
export const itemFacts = query('itemFacts', (db, id: string): BodyFacts | null => {
  const text = bodyText(db, id)
  if (text === null) return null
  db.count('bodiesParsed')
  return bodyFacts(text, { start: 0, end: text.length })
})
