/**
 * Impls of the traits that conditions mention: `lock_api::RawMutex for parking_lot::RawMutex`, or where the condition has
 * `<A as smallvec::Array>::Item`, the impls of that with their associated types.
 */

import { bare } from './conditions.ts'
import type { Predicate } from './headers.ts'
import type { Snapshot } from './records.ts'

/** One impl. */
export interface ImplFact {
  /** The trait's path without arguments. */
  readonly trait: string
  /** The line's text after the kind, see records.ts. */
  readonly text: string
}

/** Of std's traits only these: of the others there are too many impls for what they would decide. */
const stdTraits = new Set(['Iterator', 'IntoIterator', 'ToOwned', 'BuildHasher', 'Future'].map((name) => name))
const stdPath = /^(?:std|core|alloc)::(?:\w+::)*(\w+)$/

/** Whether impls of the trait are worth keeping until it is known which ones are mentioned. */
export function isCandidate(trait: string): boolean {
  const name = stdPath.exec(trait)?.[1]
  return name === undefined || stdTraits.has(name)
}

/** The text of an impl. Lifetimes of the impl are left out of its parameters. */
export function implText(
  trait: string,
  params: readonly string[],
  self: string,
  predicates: readonly Predicate[],
  assoc: readonly string[],
): string {
  const own = params
    .filter((param) => !param.startsWith("'"))
    .map((param) => (param.startsWith('const ') ? param.replace(/ = .*$/, '') : bare(param)))
  const needs = predicates.map((each) => `${each.type}: ${each.bound}`)
  return [trait, own.join(', '), self, [...new Set(needs)].join(';'), assoc.join(';')].join('\t').trimEnd()
}

/** All traits that conditions, defaults and impls of these snapshots mention as a bound or in a projection. */
export function mentionedTraits(snapshots: readonly Snapshot[]): Set<string> {
  const found = new Set<string>()
  for (const { records, impls = [] } of snapshots) {
    for (const { kind, text } of records) {
      if (!'seua'.includes(kind)) continue
      for (const [, trait = ''] of text.matchAll(/(?: as |: )((?:\w+::)+\w+)/g)) found.add(trait)
    }
    for (const { trait, text } of impls)
      if (found.has(trait)) for (const [, other = ''] of text.matchAll(/ as ((?:\w+::)+\w+)/g)) found.add(other)
  }
  return new Set([...found].filter(isCandidate))
}
