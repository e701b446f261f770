import { definitionOfPath } from '../model/type-names.ts'
import { type Database, query } from '../query/database.ts'
import { externCrate } from '../resolve/crates.ts'
import type { ModId } from '../resolve/defs.ts'
import { crateItems } from '../resolve/items.ts'
import { itemOf, moduleScope } from '../resolve/scopes.ts'
import type { Item } from '../syntax/summary.ts'
import type { ClassSource } from './class-source.ts'
import { codePositions } from './code-texts.ts'
import { isName, type Word } from './tokens.ts'

interface Place {
  readonly start: number
  readonly end: number
  /** null where items inside could give names another meaning. */
  readonly module: ModId | null
  readonly item: Item
}

/** File or expansion → what stands where in a crate. */
const places = query<string, ReadonlyMap<string, readonly Place[]>>('rewritePlaces', (db, crate) => {
  const found = new Map<string, Place[]>()
  for (const { item, origin, module } of crateItems(db, crate)) {
    const code = origin.expansion ?? origin.file
    const at = codePositions(db, code)?.items.get(item.key)
    if (!at) continue
    const members = 'children' in item ? (item.children ?? []) : []
    const nested = item.kind === 'mod' || [item, ...members].some((it) => it.kind === 'fn' && it.children.length > 0)
    const place = { start: at.start, end: at.end, module: nested ? null : module, item }
    const list = found.get(code)
    if (list) list.push(place)
    else found.set(code, [place])
  }
  return found
})

/** The smallest item around an offset of a file or an expansion; null if there is none. */
function placeAt(db: Database, crate: string, code: string, offset: number): Place | null {
  const around = (places(db, crate).get(code) ?? []).filter((it) => it.start <= offset && offset < it.end)
  return around.reduce<Place | null>((best, it) => (best && best.end - best.start <= it.end - it.start ? best : it), null)
}

/** Whether a `use` names a type of a dependency at an offset: those cannot know the class's crate, which depends on them. */
function importsForeign(db: Database, crate: string, { item, start, module }: Place, offset: number): boolean {
  if (item.kind !== 'use' || module === null) return false
  const leaf = item.imports.find((it) => start + it.span.start <= offset && offset < start + it.span.end)
  const [first] = leaf?.path ?? []
  if (first === undefined || leaf?.glob) return false
  const scope = moduleScope(db, module)
  const local = !leaf?.global && (scope?.names.has(first) || scope?.imports.has(first))
  const target = externCrate(db, crate, first)
  return !local && target !== null && target !== crate
}

/** Whether a path that ends with the class's name means another type: one of several modules may have the name for its own. */
export function isNamesake({ view: { db }, cls }: ClassSource, code: string, tokens: readonly Word[], i: number): boolean {
  const token = tokens[i]
  const place = token && token.text === cls.name ? placeAt(db, cls.crate, code, token.start) : null
  if (!token || !place) return false
  if (importsForeign(db, cls.crate, place, token.start)) return true
  const { module } = place
  if (module === null) return false
  const segments = [token.text]
  let at = i
  for (; tokens[at - 1]?.text === ':' && tokens[at - 2]?.text === ':'; at -= 3) {
    const before = tokens[at - 3]?.text
    // `<T as Trait>::Name` and a leading `::`.
    if (!isName(before)) return false
    segments.unshift(before ?? '')
  }
  const def = definitionOfPath(db, module, segments, false)
  return def !== null && def !== cls.id && /^(?:struct|enum|union)$/.test(itemOf(db, def)?.item.kind ?? '')
}
