import { percent } from './figures.ts'
import { MAX_HOPS, MUTATIONS } from './mutants-choose.ts'
import type { Compared, Outcome } from './mutants-compare.ts'

const COLUMNS = [
  'mutants',
  'hop 0',
  'hop 1',
  'hop 2',
  'hop 3',
  'other file',
  'enum',
  'generic',
  'lost',
  'found',
  'at field',
  'missed',
  'false no',
  'unknown',
]

/** Prints one table by crate and one by mutation, each with a row for everything. */
export function printTables(outcomes: readonly Outcome[]): void {
  const all = outcomes.flatMap((it) => it.compared)
  console.log(['crate', ...COLUMNS].join('\t'))
  for (const { crate, compared } of outcomes) console.log([crate, ...figures(compared)].join('\t'))
  console.log(['all', ...figures(all)].join('\t'))
  console.log(`\n${['mutation', ...COLUMNS].join('\t')}`)
  for (const { name } of MUTATIONS) console.log([name, ...figures(all.filter((it) => it.mutant.kind.name === name))].join('\t'))
  const sum = (key: 'lost' | 'found' | 'atField'): number => all.reduce((total, it) => total + it[key], 0)
  console.log(
    `\nfound ${percent(sum('found'), sum('lost'))} of the lost traits, explained by the changed field ${percent(sum('atField'), sum('found'))}`,
  )
}

function figures(compared: readonly Compared[]): readonly number[] {
  const sum = (key: 'lost' | 'found' | 'atField' | 'falseNo' | 'falseYes' | 'unknown'): number =>
    compared.reduce((total, it) => total + it[key], 0)
  const count = (test: (it: Compared) => boolean): number => compared.filter(test).length
  const hops = Array.from({ length: MAX_HOPS + 1 }, (_, index) => count((it) => it.mutant.hops === index))
  return [
    compared.length,
    ...hops,
    count((it) => it.elsewhere),
    count((it) => it.mutant.owner.kind === 'enum'),
    count((it) => it.mutant.owner.params.length > 0),
    sum('lost'),
    sum('found'),
    sum('atField'),
    sum('lost') - sum('found'),
    sum('falseNo'),
    sum('unknown'),
  ]
}
