import type { CrateId } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import type { Span } from '../syntax/span.ts'
import { type ParsedFile, parseSummary } from '../syntax/summarize.ts'
import type { Item, Positions } from '../syntax/summary.ts'
import { dollarCrate } from './dollar-crate.ts'
import { hashText } from './hash.ts'
import type { MacroDef } from './macro-scope.ts'
import { expandMacro, isRefusal, type MacroRules, type OpaqueRange, parseMacroRules, type Segment } from './macros/expand.ts'

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
  /** What made it; null for text that a macro only passed on. */
  readonly macro: MacroDef | null
  /** The crate in which macros called in here are looked up, where the macro asks for that; else null. */
  readonly innerCrate: CrateId | null
  /** How many expansions this one is nested in. */
  readonly depth: number
  /** Where stretches of `text` come from. */
  readonly map: readonly Segment[]
  /** Ranges of `text` that matched a fragment: macros called in there cannot look into them. */
  readonly opaque: readonly OpaqueRange[]
}

interface Store {
  readonly expansions: Map<string, Expansion>
  readonly parsed: Map<string, ParsedFile>
  readonly rules: Map<string, MacroRules | null>
}

/** The language's default `recursion_limit`. */
const MAX_DEPTH = 128

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
):
  | { readonly kind: 'expanded'; readonly id: string; readonly text: string }
  | { readonly kind: 'refused'; readonly why: string } {
  const store = storeOf(db)
  const id = [
    site.file,
    site.callKey,
    hashText([site.parent ?? '', site.itemKey, site.argsStart, def.identity, args].join('\n')),
  ].join('\t')
  const known = store.expansions.get(id)
  if (known) return { kind: 'expanded', id, text: known.text }
  const rules = rulesOf(store, def)
  if (!rules) return { kind: 'refused', why: 'its definition cannot be read' }
  const parent = site.parent === null ? null : expansionById(db, site.parent)
  const depth = parent ? parent.depth + 1 : 0
  const opaque = parent ? fragmentsIn(db, parent, site, args.length) : []
  if (depth > MAX_DEPTH) return { kind: 'refused', why: 'macros are nested too deeply' }
  // Nesting is bounded here, by the language's own limit.
  const result = expandMacro(rules, args, { crateName: dollarCrate(db, def.crate), opaque })
  if (isRefusal(result)) return { kind: 'refused', why: result.text }
  db.count('expansions')
  store.expansions.set(id, {
    id,
    ...site,
    macro: def,
    innerCrate: def.localInner ? def.crate : null,
    depth,
    text: result.text,
    map: result.map,
    opaque: result.opaque,
  })
  return { kind: 'expanded', id, text: result.text }
}

/** Keeps text that consists of a call's arguments as an expansion of the call: for macros that pass items on. Returns its id. */
export function keepText(db: Database, text: string, map: readonly Segment[], site: ExpansionSite): string {
  const start = map[0]?.source.start ?? 0
  const id = [
    site.file,
    site.callKey,
    hashText([site.parent ?? '', site.itemKey, site.argsStart, 'kept', start, text].join('\n')),
  ].join('\t')
  const parent = site.parent === null ? null : expansionById(db, site.parent)
  const depth = parent ? parent.depth + 1 : 0
  storeOf(db).expansions.set(id, { id, ...site, macro: null, innerCrate: null, depth, text, map, opaque: [] })
  return id
}

/** Fragments that the outer macro captured, as far as they stand in the arguments of a call in its output. */
function fragmentsIn(db: Database, parent: Expansion, site: ExpansionSite, length: number): readonly OpaqueRange[] {
  const call = positionsOfExpansion(db, parent.id)?.items.get(site.itemKey)
  if (!call) return []
  const start = call.start + site.argsStart
  return parent.opaque
    .filter((range) => range.start >= start && range.end <= start + length)
    .map((range) => ({ ...range, start: range.start - start, end: range.end - start }))
}

/**
 * Where a range of an expansion's text stands in the call's arguments (offsets from their start); null if any of it is
 * the macro's own text.
 */
export function toArguments(expansion: Expansion, span: Span): Span | null {
  let start: number | null = null
  let end: number | null = null
  for (const segment of expansion.map) {
    if (segment.end <= span.start || segment.start >= span.end) continue
    if (segment.from !== 'args') return null
    const exact = segment.end - segment.start === segment.source.end - segment.source.start
    const first = exact ? segment.source.start + Math.max(0, span.start - segment.start) : segment.source.start
    const last = exact ? segment.source.end - Math.max(0, segment.end - span.end) : segment.source.end
    start = Math.min(start ?? first, first)
    end = Math.max(end ?? last, last)
  }
  return start === null || end === null ? null : { start, end }
}

function rulesOf(store: Store, def: MacroDef): MacroRules | null {
  let rules = store.rules.get(def.identity)
  if (rules === undefined) {
    const parsed = parseMacroRules(def.body, def.edition)
    rules = isRefusal(parsed) ? null : parsed
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
