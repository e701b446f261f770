import type { CrateId } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import { hashText } from './hash.ts'

const NAMES = Symbol('resolve: names that stand for $crate')

/**
 * The identifier that stands for `$crate` in text that a macro of this crate made: paths that start with it are resolved
 * from that crate's root, wherever the text ends up.
 */
export function dollarCrate(db: Database, crate: CrateId): string {
  const name = `__dollar_crate_${hashText(crate)}`
  db.slot<Map<string, CrateId>>(NAMES, () => new Map()).set(name, crate)
  return name
}

/** The crate that an identifier made by `dollarCrate` stands for, null for every other name. */
export function crateOfDollar(db: Database, name: string): CrateId | null {
  return name.startsWith('__dollar_crate_') ? (db.slot<Map<string, CrateId>>(NAMES, () => new Map()).get(name) ?? null) : null
}
