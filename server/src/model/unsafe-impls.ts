import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import { crateItems } from '../resolve/items.ts'
import type { ModuleItem } from '../resolve/scopes.ts'
import type { ImplItem } from '../syntax/summary.ts'
import { placeOf } from './place.ts'
import { definitionOfType } from './type-names.ts'
import type { UnsafeImpl } from './unsafe-impl.ts'

const SAFETY = /\bSAFETY\b|^\s*\/\/\/?\s*#\s*Safety\b/im

/** Every `unsafe impl Send`/`Sync` of a crate for a type of the workspace, wherever in the crate it stands. */
export const unsafeImplsOf = query<CrateId, readonly UnsafeImpl[]>('unsafeImpls', (db, crate) => {
  const found: UnsafeImpl[] = []
  for (const it of crateItems(db, crate)) {
    const impl = it.item.kind === 'impl' ? describe(db, it, it.item) : null
    if (impl) found.push(impl)
  }
  return found.map((impl, i) => ({ ...impl, safety: impl.safety || followsExplained(found, i) }))
})

function describe(db: Database, it: ModuleItem, item: ImplItem): UnsafeImpl | null {
  const trait = item.trait?.path.segments.at(-1)?.name
  if (!item.unsafe || item.trait?.negative || (trait !== 'Send' && trait !== 'Sync')) return null
  const type = definitionOfType(db, it.module, item.self)
  const place = placeOf(db, it.origin, item)
  if (type === null || !place) return null
  const text = db.text(place.file) ?? ''
  const { start, end } = place.head.span
  const open = place.macroMade ? -1 : text.slice(start, end).lastIndexOf('{')
  const head =
    open < 0 ? place.head : { file: place.file, span: { start, end: start + text.slice(start, start + open).trimEnd().length } }
  return {
    id: it.id,
    trait,
    type,
    typeName: item.self.kind === 'path' ? (item.self.path.segments.at(-1)?.name ?? '') : '',
    safety: SAFETY.test(item.comments),
    headAt: head,
    itemAt: place.item,
    macroMade: place.macroMade,
  }
}

/** One comment often speaks for the impls of both traits, which stand one after the other. */
function followsExplained(impls: readonly UnsafeImpl[], i: number): boolean {
  const impl = impls[i]
  const before = impls[i - 1]
  if (!impl || !before?.safety || before.type !== impl.type || before.itemAt.file !== impl.itemAt.file) return false
  return before.trait !== impl.trait
}
