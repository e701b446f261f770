import { dependentsOf } from '../../project/crate-graph.ts'
import { type Database, query } from '../../query/database.ts'
import type { ModId } from '../../resolve/defs.ts'
import { crateItems } from '../../resolve/items.ts'
import { type ModuleItem, moduleScope } from '../../resolve/scopes.ts'
import { codePositions } from '../code-texts.ts'

interface Place {
  readonly start: number
  readonly end: number
  readonly it: ModuleItem
  readonly isBlock: boolean
}

/** File or expansion → the items there, with the modules that they stand in. */
const placesIn = query<string, ReadonlyMap<string, readonly Place[]>>('faceCodeModules', (db, crate) => {
  const found = new Map<string, Place[]>()
  for (const it of crateItems(db, crate)) {
    const { item, origin, module } = it
    const code = origin.expansion ?? origin.file
    const at = codePositions(db, code)?.items.get(item.key)
    if (!at || item.kind === 'mod') continue
    const place = { start: at.start, end: at.end, it, isBlock: moduleScope(db, module)?.block ?? false }
    const list = found.get(code)
    if (list) list.push(place)
    else found.set(code, [place])
  }
  return found
})

interface Found {
  readonly best: Place
  readonly places: readonly Place[]
}

function placeAt(db: Database, crate: string, code: string, offset: number): Found | null {
  for (const each of [crate, ...dependentsOf(db, crate)]) {
    const places = placesIn(db, each).get(code) ?? []
    const around = places.filter((it) => it.start <= offset && offset < it.end)
    const best = around.reduce<Place | null>((a, b) => (a && a.end - a.start <= b.end - b.start ? a : b), null)
    if (best) return { best, places }
  }
  return null
}

/** The smallest item of a module around an offset of a file or an expansion; null where no item of this build is. */
export function itemAt(db: Database, crate: string, code: string, offset: number): ModuleItem | null {
  return placeAt(db, crate, code, offset)?.best.it ?? null
}

/**
 * The module that names at an offset of a file or an expansion are looked up in: the block of a function where that has items of
 * its own. null where no item of this build is around.
 */
export function moduleAt(db: Database, crate: string, code: string, offset: number): ModId | null {
  const found = placeAt(db, crate, code, offset)
  if (!found) return null
  const { best, places } = found
  const inside = places.find(
    (it) => it.isBlock && best.start < it.start && it.end < best.end && moduleScope(db, it.it.module)?.parent === best.it.module,
  )
  return (inside ?? best).it.module
}
