import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { REWRITES } from '../../server/src/rewrites/index.ts'
import { corpusPackages, packageFolder } from '../corpus/packages.ts'
import { CLASS_LIST, type ClassRow, readClassList } from './list/rows.ts'
import { type Attempt, rewriteAll } from './rewrite-all.ts'

/** What the engine says of a class of the pinned list. */
export interface Outcome {
  readonly row: ClassRow
  /** `nothing`: seen, and thought to need no rewrite; `not seen`: no class of that name in that crate. */
  readonly status: 'offered' | 'refused' | 'nothing' | 'not seen'
  /** Name of the rewrite, or reason of the refusal (the lock's, which is the more general rewrite). */
  readonly reason: string
  readonly detail: string
}

/** What was tried on a package of the list. */
export interface Offers {
  readonly outcomes: readonly Outcome[]
  /** Classes with exclusive borrows in methods that the engine sees and the list does not have. */
  readonly unlisted: readonly string[]
}

/** Tries all rewrites on the classes of the pinned list, those of some packages only if names are given. */
export function offers(names: readonly string[]): Offers {
  const rows = readClassList()
  const listed = new Set(rows.map((it) => `${it.class} ${path.basename(it.file)}`))
  const outcomes: Outcome[] = []
  const unlisted: string[] = []
  for (const pack of corpusPackages()) {
    const own = rows.filter((it) => it.package === pack.name)
    if (own.length === 0 || (names.length > 0 && !names.includes(pack.name))) continue
    const folder = packageFolder(pack)
    if (!existsSync(folder)) throw new Error(`${folder} is not there: npm run corpus brings it`)
    const attempts = rewriteAll(folder, REWRITES)
    outcomes.push(...own.map((row) => outcomeOf(row, folder, attempts)))
    const others = attempts.filter((it) => it.rewrite === 'frozen-mutex' && it.hasMethods && !it.frozen)
    unlisted.push(
      ...others
        .filter((it) => !listed.has(`${it.className} ${path.basename(it.file)}`))
        .map((it) => `${pack.name}\t${it.className}\t${it.file}`),
    )
  }
  return { outcomes, unlisted }
}

function outcomeOf(row: ClassRow, folder: string, attempts: readonly Attempt[]): Outcome {
  const named = attempts.filter((it) => it.className === row.class)
  const exact = named.filter((it) => it.file === path.join(folder, row.file))
  const own =
    exact.length > 0 ? exact : named.filter((it) => path.join(folder, row.file).startsWith(`${path.dirname(it.manifest)}/`))
  const offer = own.find((it) => it.fix)
  if (offer?.fix) return { row, status: 'offered', reason: offer.rewrite, detail: offer.fix.title }
  const refusal = own.find((it) => it.refusal)?.refusal
  if (refusal) return { row, status: 'refused', reason: refusal.reason, detail: refusal.detail }
  return { row, status: own.length > 0 ? 'nothing' : 'not seen', reason: own.length > 0 ? 'nothing' : 'not seen', detail: '' }
}

/** How many are offered: of all, of those without a blocker, and of the latter of those whose methods work with no Python object. */
export interface OfferRates {
  readonly all: Rate
  readonly free: Rate
  readonly freeWithoutPython: Rate
}

export interface Rate {
  readonly offered: number
  readonly classes: number
}

export function ratesOf(outcomes: readonly Outcome[]): OfferRates {
  const rate = (own: readonly Outcome[]): Rate => ({
    offered: own.filter((it) => it.status === 'offered').length,
    classes: own.length,
  })
  const free = outcomes.filter((it) => it.row.blockers.length === 0)
  return { all: rate(outcomes), free: rate(free), freeWithoutPython: rate(free.filter((it) => !it.row.python)) }
}

const SUMMARY = path.join(path.dirname(CLASS_LIST), 'offered.json')

/** The committed figures, below which the engine may not fall. */
export function pinnedRates(): OfferRates {
  return JSON.parse(readFileSync(SUMMARY, 'utf8')) as OfferRates
}

export function pinRates(rates: OfferRates): void {
  writeFileSync(SUMMARY, `${JSON.stringify(rates, null, 2)}\n`)
}
