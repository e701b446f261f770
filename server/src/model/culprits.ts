import type { AutoTrait } from '../autotraits/oracle.ts'
import type { FieldVerdict } from '../autotraits/verdicts.ts'
import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import type { DefId, Origin, UnknownReason } from '../resolve/defs.ts'
import { crateOfId, displayPath } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import type { Ty } from '../resolve/ty.ts'
import type { LocalType } from './local-type.ts'
import { typeItem } from './local-types.ts'
import type { Location } from './location.ts'
import { placeOf } from './place.ts'

/** A field that makes its owner not `Send` or not `Sync`, or of which that is not known, with the way to what decides. */
export interface FieldCulprit {
  readonly trait: AutoTrait
  /** Index in the owner's fields. */
  readonly field: number
  readonly verdict: 'no' | 'unknown'
  readonly reason: UnknownReason | null
  /** The field first, what decides last: `Cache.shards: Arc<Shard>`, `Shard.map: RefCell<u8>`, `RefCell<T> is never Sync`. */
  readonly steps: readonly CulpritStep[]
  /** Everything below the field that says `no`: canonical paths of types, `*` for raw pointers, `dyn` for trait objects, '' for others. */
  readonly grounds: readonly string[]
  /** The type of the workspace that holds the last field of the chain. */
  readonly owner: DefId
  /** The field's type, or the owner's name where a macro wrote the field. */
  readonly at: Location
}

/** One link of the chain from the field to the cause, as people read it; null place for types of other crates. */
export interface CulpritStep {
  readonly text: string
  readonly at: Location | null
}

/** Turns what the solver says of a field into something with places. */
export function fieldCulprit(db: Database, type: LocalType, verdict: FieldVerdict): FieldCulprit {
  const index = verdict.field.index ?? 0
  const field = type.fields[index]
  const owner = verdict.field.variant ? `${type.name}::${verdict.field.variant}` : type.name
  const at = field && field.typeAt.span.start !== type.itemAt.span.start ? field.typeAt : type.nameAt
  const steps: CulpritStep[] = [{ text: `${owner}.${verdict.field.name}: ${oneLine(verdict.field.text)}`, at }]
  let last = type.id
  for (const step of verdict.chain.steps) {
    const found = step.place?.kind === 'item' ? defAt(db, type.crate, step.place.origin) : null
    if (step.via === 'field' && found !== null) last = found
    const location = step.place?.kind === 'item' ? locationOf(db, step.place.origin, found, step.place.field) : null
    steps.push({ text: step.text, at: location })
  }
  const grounds = verdict.grounds.map((ty) => groundName(db, ty))
  return { trait: verdict.trait, field: index, verdict: verdict.verdict, reason: verdict.reason, steps, grounds, owner: last, at }
}

/** What a type is called for the purpose of telling causes apart. */
function groundName(db: Database, ty: Ty): string {
  if (ty.kind === 'adt') return pathOf(db, ty.def)
  if (ty.kind === 'ptr') return '*'
  return ty.kind === 'dyn' ? 'dyn' : ''
}

/** Canonical path of a definition, `std::cell::RefCell`. */
export function pathOf(db: Database, def: DefId): string {
  return displayPath(def, crateOf(db, crateOfId(def))?.name ?? '')
}

/** Types of a crate by where they are written; null where one macro call made several. */
const typesByOrigin = query<CrateId, ReadonlyMap<string, DefId | null>>('typesByOrigin', (db, crate) => {
  const found = new Map<string, DefId | null>()
  for (const { id, item, origin } of crateItems(db, crate)) {
    if (item.kind !== 'struct' && item.kind !== 'enum' && item.kind !== 'union') continue
    const key = originKey(origin)
    found.set(key, found.has(key) ? null : id)
  }
  return found
})

function originKey({ file, itemKey, expansion }: Origin): string {
  return `${file}\n${itemKey}\n${expansion ?? ''}`
}

/** The definition at an origin; null for one in another crate, or one of several that the same macro call made. */
function defAt(db: Database, crate: CrateId, origin: Origin): DefId | null {
  return typesByOrigin(db, crate).get(originKey(origin)) ?? null
}

function locationOf(db: Database, origin: Origin, def: DefId | null, field: number | null): Location | null {
  const found = def === null ? null : typeItem(db, def)
  if (!found) return null
  const place = placeOf(db, origin, found.item)
  const span = field === null ? null : found.item.fields[field]?.type.span
  return place && (span ? place.at(span) : place.name)
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
