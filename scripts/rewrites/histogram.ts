/**
 * Tries every rewrite on the classes of the pinned list (`scripts/rewrites/list.ts`), and prints how many are offered and why the
 * others are refused. Crates have to be downloaded (`npm run corpus`).
 *
 *   node scripts/rewrites/histogram.ts [--list REASON] [--free] [--sample N [--seed S]] [--check | --write] [NAME…]
 *
 * `--list` prints the classes of one reason (or rewrite), `--sample` refusals drawn by seed, to be read; `--free` keeps to classes
 * without a blocker. `--check` fails if fewer are offered than `test/rewrites/list/offered.json` says, `--write` writes that file.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { corpusPackages, packageFolder } from '../corpus/packages.ts'
import { type OfferRates, type Outcome, offers, pinnedRates, pinRates, type Rate, ratesOf } from './offers.ts'

/** What the work aims at, in percent: of all, of those without a blocker. */
const GOALS = { all: 35, free: 85 }

const { values, positionals } = parseArgs({
  options: {
    list: { type: 'string' },
    free: { type: 'boolean', default: false },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})

function main(): number {
  const { outcomes, unlisted } = offers(positionals)
  const shown = values.free ? outcomes.filter((it) => it.row.blockers.length === 0) : outcomes
  if (values.list !== undefined) {
    if (values.list === 'unlisted') console.log(unlisted.join('\n'))
    for (const each of shown.filter((it) => it.reason === values.list || it.status === values.list)) print(each)
    return 0
  }
  if (values.sample !== undefined) {
    const refused = shown.filter((it) => it.status === 'refused')
    for (const each of drawn(refused, Number(values.sample), Number(values.seed))) print(each)
    return 0
  }
  const rates = ratesOf(outcomes)
  printTables(outcomes, rates, unlisted.length)
  if (values.write) pinRates(rates)
  return values.check && !holds(rates) ? 1 : 0
}

function print({ row, reason, detail }: Outcome): void {
  const pack = corpusPackages().find((it) => it.name === row.package)
  const at = pack ? `${path.basename(packageFolder(pack))}/${row.file}:${row.line}` : row.file
  console.log([row.class, reason, at, detail.replace(/\S*\/corpus\//, ''), row.blockers.join(',') || 'no blocker'].join('\t'))
}

/** A sample without replacement; the same for the same seed. */
function drawn(from: readonly Outcome[], count: number, seed: number): readonly Outcome[] {
  const left = [...from]
  let state = seed >>> 0
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return Array.from({ length: Math.min(count, from.length) }, () => left.splice(Math.floor(next() * left.length), 1)).flat()
}

function printTables(outcomes: readonly Outcome[], rates: OfferRates, unlisted: number): void {
  console.log(`offered on ${percent(rates.all)} of all classes of the list (goal ${GOALS.all} %)`)
  console.log(`offered on ${percent(rates.free)} of those without a blocker (goal ${GOALS.free} %)`)
  console.log(`offered on ${percent(rates.freeWithoutPython)} of those without a blocker and without Python in a body`)
  console.log(`${unlisted} classes that the engine sees and the list does not have (--list unlisted)\n`)
  const free = outcomes.filter((it) => it.row.blockers.length === 0)
  const counts = new Map(outcomes.map((it) => [it.reason, outcomes.filter((other) => other.reason === it.reason)]))
  console.log('  all  no blocker  outcome')
  for (const [reason, own] of [...counts].sort((a, b) => b[1].length - a[1].length)) {
    const here = free.filter((it) => it.reason === reason).length
    console.log(
      `${String(own.length).padStart(5)}  ${String(here).padStart(10)}  ${reason}${own[0]?.status === 'offered' ? ' OFFERED' : ''}`,
    )
  }
}

function percent({ offered, classes }: Rate): string {
  return `${offered} of ${classes}, ${((100 * offered) / Math.max(1, classes)).toFixed(1)} %,`
}

function holds(rates: OfferRates): boolean {
  const pinned = pinnedRates()
  const worse = (['all', 'free'] as const).filter((it) => rates[it].offered < pinned[it].offered)
  for (const it of worse) console.log(`FEWER OFFERED: ${it}: ${rates[it].offered}, were ${pinned[it].offered}`)
  return worse.length === 0
}

process.exitCode = main()
