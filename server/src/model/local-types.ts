import { type Database, query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { expansionById, positionsOfExpansion } from '../resolve/expansion-store.ts'
import { crateOfId } from '../resolve/ids.ts'
import { itemOf, type ModuleItem } from '../resolve/scopes.ts'
import type { EnumItem, Field, StructItem } from '../syntax/summary.ts'
import { derives, effectiveMetas } from './attributes.ts'
import type { LocalField, LocalType } from './local-type.ts'
import { type ItemPlace, placeOf } from './place.ts'

/** A struct, enum or union of the workspace; null for ids of anything else. */
export const localType = query<DefId, LocalType | null>('localType', (db, id) => {
  const found = typeItem(db, id)
  return found && describeType(db, found.it, found.item)
})

/** The item behind an id if it declares a type with fields. */
export function typeItem(db: Database, id: DefId): { readonly it: ModuleItem; readonly item: StructItem | EnumItem } | null {
  const it = itemOf(db, id)
  if (!it) return null
  const { item } = it
  return item.kind === 'struct' || item.kind === 'union' || item.kind === 'enum' ? { it, item } : null
}

/** Everything about a type that an edit has to know; null if its file is gone. */
export function describeType(db: Database, it: ModuleItem, item: StructItem | EnumItem): LocalType | null {
  const place = placeOf(db, it.origin, item)
  if (!place) return null
  const source = sourceOf(db, it)
  const { genericsText, whereText } = source ? headTexts(source.text, source.nameEnd) : { genericsText: '', whereText: '' }
  return {
    id: it.id,
    crate: crateOfId(it.id),
    module: it.module,
    name: item.name,
    params: item.generics.params.map(({ name, kind }) => ({ name, kind })),
    genericsText,
    whereText,
    derives: derives(item.attrs),
    cfgText: source ? cfgTexts(item, source.text, source.start) : [],
    fields: item.fields.map((field) => describeField(field, place, source)),
    nameAt: place.name,
    headAt: place.head,
    itemAt: place.item,
    macroMade: place.macroMade,
  }
}

interface Source {
  readonly text: string
  /** Offset in `text` to which the item's spans are relative. */
  readonly start: number
  readonly nameEnd: number
}

/** The text an item stands in: its file, or the expansion. */
function sourceOf(db: Database, { origin, item }: ModuleItem): Source | null {
  if (origin.expansion !== null) {
    const position = positionsOfExpansion(db, origin.expansion)?.items.get(item.key)
    const text = expansionById(db, origin.expansion)?.text
    return position && text !== undefined ? { text, start: position.start, nameEnd: position.name?.end ?? position.end } : null
  }
  const place = placeOf(db, origin, item)
  const text = db.text(origin.file)
  return place && text !== null ? { text, start: place.item.span.start, nameEnd: place.name.span.end } : null
}

function describeField(field: Field, place: ItemPlace, source: Source | null): LocalField {
  const { span } = field.type
  return {
    name: field.name,
    variant: field.variant,
    type: source ? source.text.slice(source.start + span.start, source.start + span.end) : '',
    public: field.vis !== 'private',
    at: place.at(field.span),
    nameAt: place.at(field.nameSpan),
    typeAt: place.at(span),
  }
}

function cfgTexts(item: StructItem | EnumItem, text: string, start: number): string[] {
  return effectiveMetas(item.attrs)
    .filter(({ meta, conditions }) => meta.path === 'cfg' && conditions.length === 0)
    .map(({ attr }) => text.slice(start + attr.span.start, start + attr.span.end))
}

/** `<…>` and `where …` as written after a type's name. */
function headTexts(text: string, nameEnd: number): { genericsText: string; whereText: string } {
  let at = nameEnd
  while (/\s/.test(text[at] ?? '')) at++
  let genericsText = ''
  if (text[at] === '<') {
    const end = closingAngle(text, at)
    genericsText = text.slice(at, end)
    at = end
  }
  const where = /^\s*(?:\([^{;]*?\)\s*)?(where\b[^{;]*)/.exec(text.slice(at, at + 2_000))
  return { genericsText, whereText: where?.[1]?.trim() ?? '' }
}

function closingAngle(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    if (text[i] === '<') depth++
    else if (text[i] === '>' && text[i - 1] !== '-' && --depth === 0) return i + 1
  }
  return text.length
}
