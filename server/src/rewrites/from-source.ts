import type { Database } from '../query/database.ts'
import { implPattern } from '../resolve/impl-index.ts'
import { fitHead } from '../resolve/match-head.ts'
import type { Ty } from '../resolve/ty.ts'
import type { FunctionRef } from './callees.ts'

/** Those of some functions called `from` that may be given a value of a type: of an impl of `From<T>`, where `T` fits. */
export function givenFrom(db: Database, functions: readonly FunctionRef[], source: Ty | null): readonly FunctionRef[] {
  if (source === null) return functions
  return functions.filter(({ owner: { id, item } }) => {
    if (item.kind !== 'impl' || item.trait?.path.segments.at(-1)?.name !== 'From') return true
    const given = implPattern(db, id)?.trait?.args[0]
    return !given || fitHead(given, source, id, new Map()) !== 'no'
  })
}
