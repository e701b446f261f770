import { definitionOfPath } from '../model/type-names.ts'
import { type Database, query } from '../query/database.ts'
import type { ModId } from '../resolve/defs.ts'
import { crateItems } from '../resolve/items.ts'
import { itemOf } from '../resolve/scopes.ts'
import type { ClassSource } from './class-source.ts'
import { codePositions } from './code-texts.ts'
import { isName, type Word } from './tokens.ts'

interface Place {
  readonly start: number
  readonly end: number
  /** null where items inside could give names another meaning. */
  readonly module: ModId | null
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
    const place = { start: at.start, end: at.end, module: nested ? null : module }
    const list = found.get(code)
    if (list) list.push(place)
    else found.set(code, [place])
  }
  return found
})

/** The module whose names hold at an offset of a file or an expansion; null if that is not known. */
function moduleAt(db: Database, crate: string, code: string, offset: number): ModId | null {
  const around = (places(db, crate).get(code) ?? []).filter((it) => it.start <= offset && offset < it.end)
  return (
    around.reduce<Place | null>((best, it) => (best && best.end - best.start <= it.end - it.start ? best : it), null)?.module ??
    null
  )
}

/** Whether a path that ends with the class's name means another type: one of several modules may have the name for its own. */
export function isNamesake({ view: { db }, cls }: ClassSource, code: string, tokens: readonly Word[], i: number): boolean {
  const token = tokens[i]
  const module = token && token.text === cls.name ? moduleAt(db, cls.crate, code, token.start) : null
  if (!token || module === null) return false
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
