import type { Database } from '../query/database.ts'
import { parseSummary } from '../syntax/summarize.ts'
import type { Bound, TypeExpr } from '../syntax/summary.ts'

const PARSED = Symbol('resolve: parsed texts of facts')

/** Parses Rust type text, as facts and macros in type position give it. null if it is no type. */
export function parseTypeText(db: Database, text: string): TypeExpr | null {
  const cache = db.slot<Map<string, TypeExpr | null>>(PARSED, () => new Map())
  let parsed = cache.get(text)
  if (parsed === undefined) {
    const [item, ...others] = parseSummary(`type Text = ${text};`).summary.items
    parsed = item?.kind === 'type' && others.length === 0 && item.type?.kind !== 'error' ? item.type : null
    cache.set(text, parsed)
  }
  return parsed
}

/** Parses a bound, as `std::iter::Iterator<Item = u8>`. null if it is none. */
export function parseBoundText(db: Database, text: string): Bound | null {
  const type = parseTypeText(db, `dyn ${text}`)
  return type?.kind === 'dyn' && type.bounds.length === 1 ? (type.bounds[0] ?? null) : null
}
