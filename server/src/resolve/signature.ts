import { type Database, type Query, query } from '../query/database.ts'
import type { Field, Item } from '../syntax/summary.ts'
import { ALWAYS, both, type Condition, conditionOf } from './conditions.ts'
import type { DefId, UnknownReason } from './defs.ts'
import { crateOfId } from './ids.ts'
import { lowerAlternatives } from './lowering.ts'
import { sameValue } from './same-value.ts'
import { itemOf, moduleScope } from './scopes.ts'
import { typeParamsOf } from './self-type.ts'
import type { Ty } from './ty.ts'
import { scopeInside } from './type-scope.ts'

/** A struct, enum or union as types see it: no spans, so that it stays equal while code around it moves. */
export interface Signature {
  readonly def: DefId
  readonly kind: 'struct' | 'enum' | 'union'
  readonly name: string
  /** Type parameters in the order of the arguments of the type. */
  readonly params: readonly string[]
  /** Those that may exist, in source order. A field whose type differs by cfg is there once for each type. */
  readonly fields: readonly FieldSignature[]
  /** Why the fields may not be what is written; null if they are. */
  readonly untrusted: UnknownReason | null
}

export interface FieldSignature {
  /** Position in the item's `fields`. */
  readonly index: number
  readonly name: string
  /** null for structs and unions. */
  readonly variant: string | null
  readonly ty: Ty
  readonly condition: Condition
}

/** Lowered fields of a struct, enum or union with sources; null for anything else. */
export const signature: Query<DefId, Signature | null> = query(
  'signature',
  (db, def: DefId): Signature | null => {
    const each = itemOf(db, def)
    if (!each) return null
    const { item } = each
    if (item.kind !== 'struct' && item.kind !== 'enum' && item.kind !== 'union') return null
    const scope = scopeInside(each)
    const when = both(moduleScope(db, each.module)?.condition ?? ALWAYS, each.condition)
    const fields = item.fields.flatMap((field, index): readonly FieldSignature[] => {
      const condition = fieldCondition(db, def, item, field)
      if (condition === null) return []
      const { name, variant } = field
      // What the item's own condition excludes is left out, but not repeated in the fields' conditions.
      const alternatives = lowerAlternatives(db, scope, field.type, both(when, condition))
      if (alternatives.length === 1) return alternatives.map(({ ty }) => ({ index, name, variant, ty, condition }))
      return alternatives.map((each) => ({ index, name, variant, ...each }))
    })
    return { def, kind: item.kind, name: item.name, params: typeParamsOf(each), fields, untrusted: each.untrusted }
  },
  { equals: sameValue },
)

/** When a field exists, its variant taken into account; null if never. */
function fieldCondition(db: Database, def: DefId, item: Item, field: Field): Condition | null {
  const crate = crateOfId(def)
  const own = conditionOf(db, crate, field.attrs)
  if (own === null || item.kind !== 'enum') return own
  const variant = item.variants.find((each) => each.span.start <= field.span.start && field.span.end <= each.span.end)
  const outer = variant ? conditionOf(db, crate, variant.attrs) : ALWAYS
  return outer === null ? null : both(outer, own)
}
