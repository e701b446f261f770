import type { FactImpl } from '../facts/facts.ts'
import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import type { DefId } from './defs.ts'
import { factsFor } from './fact-names.ts'
import { parseBoundText, parseTypeText } from './fact-text.ts'
import { crateOfId, factId, idParts } from './ids.ts'
import { lowerTraitPath } from './lower-bounds.ts'
import { lower, newLowering } from './lowering.ts'
import { sameValue } from './same-value.ts'
import type { Ty } from './ty.ts'
import { factScope } from './type-scope.ts'

/** An impl that facts tell of, resolved. */
export interface FactImplHead {
  /** Owner of the impl's parameters in the types below. */
  readonly id: DefId
  readonly self: Ty
  readonly args: readonly Ty[]
  readonly assoc: ReadonlyMap<string, Ty>
}

/** The impls of a trait that the facts about a crate tell of; there may be others. */
export function factImpls(db: Database, crate: CrateId, trait: DefId): readonly FactImplHead[] {
  return factsFor(db, crate) === null ? [] : loweredImpls(db, `${crate}\n${trait}`)
}

const loweredImpls = query<string, readonly FactImplHead[]>(
  'factImpls',
  (db, key) => {
    const [crate = '', trait = ''] = key.split('\n')
    const parts = idParts(trait)
    if (parts.kind !== 'fact') return []
    return (factsFor(db, crate)?.impls(parts.path) ?? []).flatMap((impl, i) => lowerImpl(db, crate, trait, impl, i) ?? [])
  },
  { equals: sameValue, cycle: () => [] },
)

function lowerImpl(db: Database, crate: CrateId, trait: DefId, impl: FactImpl, index: number): FactImplHead | null {
  const id = factId(crate, 'type', `{impl ${index} of ${impl.trait}}`)
  const cx = newLowering(db, factScope(crate, id, impl.params))
  const self = parseTypeText(db, impl.self)
  const bound = parseBoundText(db, impl.trait)
  if (!self || !bound?.path) return null
  const head = lowerTraitPath(cx, bound.path)
  // The path may lead to a trait of the same name in another version of the crate.
  if (head.trait !== trait && crateOfId(trait) !== crate && head.trait !== null) return null
  const assoc = new Map<string, Ty>()
  for (const { name, type } of impl.assoc) {
    const parsed = parseTypeText(db, type)
    if (parsed) assoc.set(name, lower(cx, parsed))
  }
  return { id, self: lower(cx, self), args: head.args, assoc }
}
