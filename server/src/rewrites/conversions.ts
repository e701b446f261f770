import { type Database, query } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import { crateOfId } from '../resolve/ids.ts'
import { implPattern } from '../resolve/impl-index.ts'
import { crateItems } from '../resolve/items.ts'
import { fitHead } from '../resolve/match-head.ts'
import type { ModuleItem } from '../resolve/scopes.ts'
import type { Ty } from '../resolve/ty.ts'
import type { FnItem } from '../syntax/summary.ts'
import { attachingAmong } from './attaching.ts'
import { functionKey } from './body-scopes.ts'
import type { FunctionRef } from './callees.ts'
import { isExamined, namableCrates, pythonCrates } from './python-crates.ts'
import { reachOf } from './python-types.ts'

/** Traits of std that make a value of one type from another's: their functions run where that is asked for, not by use of either value. */
export const CONVERSIONS = /^(?:From|Into|TryFrom|TryInto|FromStr|FromIterator|Sum|Product)$/

/** The traits whose impls a method of std may run, or `?`. `from` is also what blanket impls of the others call. */
const TRAITS_OF: Readonly<Record<string, RegExp>> = {
  '?': /^(?:From|Into)$/,
  into: /^(?:From|Into)$/,
  from: /^(?:From|Into)$/,
  try_into: /^(?:From|Into|TryFrom|TryInto)$/,
  try_from: /^(?:From|Into|TryFrom|TryInto)$/,
  parse: /^FromStr$/,
  from_str: /^FromStr$/,
  collect: /^FromIterator$/,
  from_iter: /^FromIterator$/,
  sum: /^Sum$/,
  product: /^Product$/,
}

interface Conversion extends FunctionRef {
  readonly trait: string
  /** What it converts from, of a collection each item; null where the trait does not say or that is not known. */
  readonly source: Ty | null
  /** What it makes; null likewise. */
  readonly target: Ty | null
}

/**
 * The first conversion of the workspace that attaches to the interpreter by itself and that an expression may run: which one is meant
 * hangs on the type that is asked for, which is not inferred, so that all that fit what is known count.
 * @param name a method of std's (`into`, `parse`, …), or `?`
 * @param source type of what is converted, null if it is not known
 * @param target type that is asked for, null if it is not known; `foreign`: some type of a crate that is not of the workspace
 * @param free what is converted holds nothing of Python's
 * @param generic the code has type parameters, so that types of crates that it cannot name may be meant
 */
export function loudConversion(
  db: Database,
  crate: string,
  name: string,
  source: Ty | null,
  target: Ty | 'foreign' | null,
  free: boolean,
  generic: boolean,
): FunctionRef | null {
  const traits = TRAITS_OF[name]
  if (!traits) return null
  const fits = (it: Conversion, pattern: Ty | null, type: Ty | null): boolean =>
    pattern === null || type === null || fitHead(pattern, type, it.owner.id, new Map()) !== 'no'
  const namable = generic ? null : namableCrates(db, crate)
  const found = conversions(db, crate).find(
    (it) =>
      traits.test(it.trait) &&
      (namable === null || namable.has(crateOfId(it.owner.id))) &&
      fits(it, it.source, source) &&
      !(free && it.source && reachOf(db, it.source, true) === 'python') &&
      (target === 'foreign' ? !isLocal(db, it.target) : fits(it, it.target, target)),
  )
  return found ?? null
}

function isLocal(db: Database, ty: Ty | null): boolean {
  return ty?.kind === 'adt' && crateOf(db, crateOfId(ty.def))?.local === true
}

/** The conversions of the workspace that `.into()` of a value may run, whatever they do with it. */
export function conversionsFrom(db: Database, crate: string, source: Ty): readonly FunctionRef[] {
  return allConversions(db, crate).filter(
    (it) => /^(?:From|Into)$/.test(it.trait) && (!it.source || fitHead(it.source, source, it.owner.id, new Map()) !== 'no'),
  )
}

const conversions = query<string, readonly Conversion[]>('attachingConversions', (db, crate) => {
  const all = allConversions(db, crate)
  const attaching = attachingAmong(db, all)
  return all.filter((it) => attaching.has(functionKey(it)))
})

const allConversions = query<string, readonly Conversion[]>('conversions', (db, crate) => {
  const uses = (it: string): boolean => crateOf(db, it)?.local === true || crateOf(db, it)?.dependencies.has('pyo3') === true
  const crates = new Set([crate, ...pythonCrates(db, crate).filter(uses)])
  const examined = [...crates].filter((it) => isExamined(db, it))
  return examined.flatMap((it) => crateItems(db, it).flatMap((owner) => conversionsOf(db, owner)))
})

function conversionsOf(db: Database, owner: ModuleItem): readonly Conversion[] {
  const { item } = owner
  const trait = item.kind === 'impl' ? item.trait?.path.segments.at(-1)?.name : undefined
  if (item.kind !== 'impl' || trait === undefined || !CONVERSIONS.test(trait)) return []
  const pattern = implPattern(db, owner.id)
  const self = pattern?.self ?? null
  const given = pattern?.trait?.args[0] ?? null
  const into = /^(?:Into|TryInto)$/.test(trait)
  const source = into ? self : /^(?:From|TryFrom|FromIterator)$/.test(trait) ? given : null
  const target = into ? given : self
  return item.children
    .filter((it): it is FnItem => it.kind === 'fn' && it.hasBody)
    .map((fn) => ({ owner, fn, trait, source, target }))
}
