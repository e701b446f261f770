import type { FactsCrate, FactsDb } from '../facts/facts.ts'
import type { Crate, CrateId } from '../project/crate-graph.ts'
import { expand, featureTable } from '../project/feature-table.ts'
import type { Environment } from '../project/host.ts'
import { type Database, query } from '../query/database.ts'
import type { UnknownReason } from './defs.ts'
import { STD_CRATE } from './ids.ts'
import { sameValue } from './same-value.ts'

/** Answers what a crate id stands for; may ask queries. null for an id that is not in the graph any more. */
export type CrateProvider = (db: Database, id: CrateId) => Crate | null

interface Provided {
  crates: CrateProvider
  facts: FactsDb
}

const PROVIDED = Symbol('resolve: crates and facts')
const NO_FACTS: FactsDb = { crate: () => null }

function provided(db: Database): Provided {
  return db.slot<Provided>(PROVIDED, () => ({ crates: () => null, facts: NO_FACTS }))
}

/** Tells name resolution where crates come from. Once per database, before the first question. */
export function provideCrates(db: Database, crates: CrateProvider): void {
  provided(db).crates = crates
}

/** Tells name resolution what is known of crates without sources. Once per database, before the first question. */
export function provideFacts(db: Database, facts: FactsDb): void {
  provided(db).facts = facts
}

/** What a crate id stands for; null for std and for ids that are not in the graph. */
export const crateOf = query<CrateId, Crate | null>(
  'crate',
  (db, id) => (id === STD_CRATE ? null : provided(db).crates(db, id)),
  {
    equals: sameValue,
  },
)

/** Names that mean std's facts when they are used as a crate. */
const STD_NAMES: ReadonlySet<string> = new Set(['std', 'core', 'alloc', 'proc_macro', 'test'])

/** Whether a name in code means a crate that comes with the toolchain. */
export function isStdName(name: string): boolean {
  return STD_NAMES.has(name)
}

/**
 * Who speaks for a crate. Facts come first where they know all names of exactly this version, since then nothing needs to
 * be parsed; crates of the workspace always speak for themselves.
 */
export type Authority =
  | { readonly kind: 'source'; readonly crate: Crate; readonly root: string }
  | { readonly kind: 'facts'; readonly facts: FactsCrate; readonly crate: Crate | null }
  | { readonly kind: 'absent'; readonly reason: UnknownReason }

/** Who speaks for this crate. */
export const authorityOf = query<CrateId, Authority>('authority', (db, id) => {
  if (id === STD_CRATE) return stdAuthority(db)
  const crate = crateOf(db, id)
  if (!crate) return { kind: 'absent', reason: { code: 'not-downloaded', text: 'the crate is not in the crate graph' } }
  if (crate.local && crate.root !== null) return { kind: 'source', crate, root: crate.root }
  const facts = factsOf(db, crate)
  if (facts?.complete || facts?.within) return { kind: 'facts', facts, crate }
  if (crate.root !== null) return { kind: 'source', crate, root: crate.root }
  if (facts) return { kind: 'facts', facts, crate }
  return {
    kind: 'absent',
    reason: { code: 'not-downloaded', text: crate.missing ?? `crate ${crate.package} is not downloaded (cargo fetch)` },
  }
})

/** Facts about a crate of the graph, null if there are none for its version. */
export function factsOf(db: Database, crate: Crate): FactsCrate | null {
  const { name, version, features } = crate
  const beyond = (verified: readonly string[]): string | null => featureBeyond(db, crate, verified)
  return provided(db).facts.crate(name, version, (feature) => features.get(feature) ?? 'unknown', beyond, crate.unreleased)
}

/** A feature that may be on without being a default one, a verified one, or brought by those; null if there is none. */
function featureBeyond(db: Database, { manifest, features }: Crate, verified: readonly string[]): string | null {
  const named = ['default', ...verified]
  const known = manifest === null ? new Set(named) : expand(featureTable(db, manifest.path), named, () => true).features
  for (const [feature, state] of features) if (state !== 'off' && !known.has(feature)) return feature
  return null
}

/** Setting under which the driver stores the `Environment`. */
export const ENVIRONMENT_SETTING = 'environment'

function stdAuthority(db: Database): Authority {
  const version = db.setting<Environment>(ENVIRONMENT_SETTING)?.rustVersion ?? null
  const facts = provided(db).facts.crate('std', version)
  if (facts) return { kind: 'facts', facts, crate: null }
  return { kind: 'absent', reason: { code: 'not-in-facts', text: 'there are no facts about std' } }
}

/** Edition a crate is written in; 2021 for std. */
export function editionOf(db: Database, id: CrateId): Crate['edition'] {
  return crateOf(db, id)?.edition ?? '2021'
}

/**
 * The crate that a name means at the start of a path in `from` (extern prelude): a dependency, the toolchain's crates, or
 * null. The crate's own name is not in its extern prelude.
 */
export function externCrate(db: Database, from: CrateId, name: string): CrateId | null {
  const dependency = crateOf(db, from)?.dependencies.get(name)
  if (dependency !== undefined) return dependency
  return isStdName(name) ? STD_CRATE : null
}
