import { type Database, query } from '../query/database.ts'
import { crateItems } from '../resolve/items.ts'
import type { MacroFact } from '../syntax/body.ts'
import { tokensIn } from './tokens.ts'

/** Name of a macro of the crate → what its text has after a dot; `$` for a name that the call gives. */
const reachedFields = query<string, ReadonlyMap<string, ReadonlySet<string>>>('rewriteMacroFields', (db, crate) => {
  const found = new Map<string, Set<string>>()
  for (const { item } of crateItems(db, crate)) {
    if (item.kind !== 'macro_rules') continue
    const own = found.get(item.name) ?? new Set()
    const tokens = tokensIn(item.body)
    for (const [i, { text }] of tokens.entries()) if (tokens[i - 1]?.text === '.') own.add(text)
    found.set(item.name, own)
  }
  return found
})

/** The first of some fields that a macro call in a body may read, by a macro that is written in the crate; null if there is none. */
export function fieldOfMacro(db: Database, crate: string, call: MacroFact, fields: ReadonlySet<string>): string | null {
  const own = reachedFields(db, crate).get(call.path.split('::').at(-1) ?? '')
  if (!own) return null
  const given = own.has('$') ? tokensIn(call.args).map((it) => it.text) : []
  return [...fields].find((it) => own.has(it) || given.includes(it)) ?? null
}

/** Names of the macros of which `fieldOfMacro` may say so. */
export function macrosWithFields(db: Database, crate: string, fields: ReadonlySet<string>): readonly string[] {
  const all = [...reachedFields(db, crate)].filter(([, own]) => own.has('$') || [...fields].some((it) => own.has(it)))
  return all.map(([name]) => `${name}!`)
}
