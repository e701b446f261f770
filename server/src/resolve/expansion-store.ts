import type { Database } from '../query/database.ts'
import type { Span } from '../syntax/span.ts'
import { type ParsedFile, parseSummary } from '../syntax/summarize.ts'
import type { Item, Positions } from '../syntax/summary.ts'
import { dollarCrate } from './dollar-crate.ts'
import { hashText } from './hash.ts'
import type { MacroDef } from './macro-scope.ts'
import { type MacroRules, parseMacroRules } from './macros/definition.ts'

/** A piece of text that a macro made. Content decides the id, so the same call with the same arguments is the same expansion. */
export interface Expansion {
  readonly id: string
  readonly file: string
  /** The outermost call, an item of the file. */
  readonly callKey: string
  /** The expansion that the call stands in, with the call's key there; null if the call is written. */
  readonly parent: string | null
  readonly itemKey: string
  /** Start of the arguments, relative to the call's start. */
  readonly argsStart: number
  readonly text: string
  /** Where a range of `text` stands in the call's arguments (offsets from their start), null if it is the macro's own text. */
  readonly toArguments: (span: Span) => Span | null
}

interface Store {
  readonly expansions: Map<string, Expansion>
  readonly parsed: Map<string, ParsedFile>
  readonly rules: Map<string, MacroRules | null>
}

const STORE = Symbol('resolve: expansions')

function storeOf(db: Database): Store {
  return db.slot<Store>(STORE, () => ({ expansions: new Map(), parsed: new Map(), rules: new Map() }))
}

/** Where a call to expand stands. */
export interface ExpansionSite {
  readonly file: string
  readonly callKey: string
  readonly parent: string | null
  readonly itemKey: string
  readonly argsStart: number
}

/** Expands `args` by a macro. The result is kept under its id. */
export function expandText(
  db: Database,
  def: MacroDef,
  args: string,
  site: ExpansionSite,
): { readonly kind: 'expanded'; readonly id: string; readonly text: string } | { readonly kind: 'refused'; readonly why: string } {
  const store = storeOf(db)
  const id = [site.file, site.callKey, hashText([site.parent ?? '', site.itemKey, site.argsStart, def.identity, args].join('\n'))].join('\t')
  const known = store.expansions.get(id)
  if (known) return { kind: 'expanded', id, text: known.text }
  const rules = rulesOf(store, def)
  if (!rules) return { kind: 'refused', why: 'its definition cannot be read' }
  dollarCrate(db, def.crate)
  return { kind: 'refused', why: 'macros are not expanded yet' }
}

function rulesOf(store: Store, def: MacroDef): MacroRules | null {
  let rules = store.rules.get(def.identity)
  if (rules === undefined) {
    const parsed = parseMacroRules(def.body, def.edition)
    rules = 'rules' in parsed ? parsed : null
    store.rules.set(def.identity, rules)
  }
  return rules
}

/** An expansion by id; null for an id that this database did not make. */
export function expansionById(db: Database, id: string): Expansion | null {
  return storeOf(db).expansions.get(id) ?? null
}

/** An expansion's text, parsed; null for an id that this database did not make. */
export function parsedExpansion(db: Database, id: string): ParsedFile | null {
  const store = storeOf(db)
  const known = store.parsed.get(id)
  if (known) return known
  const text = store.expansions.get(id)?.text
  if (text === undefined) return null
  const parsed = parseSummary(text)
  store.parsed.set(id, parsed)
  return parsed
}

/** The items an expansion holds. */
export function itemsOfExpansion(db: Database, id: string): readonly Item[] {
  return parsedExpansion(db, id)?.summary.items ?? []
}

/** Where the items of an expansion stand in its text. */
export function positionsOfExpansion(db: Database, id: string): Positions | null {
  return parsedExpansion(db, id)?.positions ?? null
}
