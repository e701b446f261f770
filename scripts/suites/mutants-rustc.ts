/**
 * Changes the type of a field of a class, or of a type that it owns up to three hops away, in real crates; has rustc say of every
 * one of these mutants whether the class is still Send and Sync; and holds the analyser, which sees the changed file, against it.
 *
 *   node scripts/suites/mutants-rustc.ts [--quick] [--seed N] [--limit N] [--in-place N] [NAME…]
 *
 * rustc judges copies of the types concerned (mutants-family.ts), all mutants of a crate in one check or a few. Keeps a copy of
 * each crate and what cargo builds under `mutants` in the project's cache folder; warm, this takes minutes. Some mutants of each
 * crate are judged in place as well, which takes a run of rustdoc each.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { downloadPackage } from '../corpus/download.ts'
import { analysisFolder, type CorpusPackage, packageFolder } from '../corpus/packages.ts'
import { packagesNamed } from './crates.ts'
import { percent, reportFailures } from './figures.ts'
import { answeringCrate } from './mutants-answers.ts'
import { chooseMutants, type Mutant } from './mutants-choose.ts'
import { type Compared, compareMutant, type Outcome } from './mutants-compare.ts'
import { type CrateSource, crateSource } from './mutants-family.ts'
import { type TypeNode, typeGraph } from './mutants-graph.ts'
import { type JudgedCrate, type Judgement, judge, judgedCrate, judgeInPlace, type Question, rustdocOf } from './mutants-judge.ts'
import { printTables } from './mutants-tables.ts'
import { random, shuffled } from './random.ts'
import { fetchSources } from './sources.ts'

/** Crates with how many mutants of each; the first ones make the quick run. */
const CRATES: readonly (readonly [name: string, mutants: number])[] = [
  ['pycrdt', 200],
  ['rpds-py', 100],
  ['cramjam', 120],
  ['pydantic-core', 320],
  ['loro', 300],
  ['fastobo', 300],
  ['tokenizers', 250],
  ['gb-io', 150],
  ['hifitime', 150],
  ['y-py', 150],
  ['minijinja', 120],
  ['pyromark', 120],
]
const QUICK_CRATES = 2
const LEAST = { mutants: 2000, crates: 8 }
const LEAST_QUICK = { mutants: 200, crates: 2 }
const RECALL = 0.99
const RIGHT_FIELD = 0.98

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      limit: { type: 'string' },
      'in-place': { type: 'string' },
    },
  })
  const named = CRATES.filter(([name]) => positionals.includes(name) || positionals.length === 0)
  const chosen = values.quick ? named.slice(0, QUICK_CRATES) : named
  const outcomes: Outcome[] = []
  for (const [name, mutants] of chosen) {
    const [pack] = packagesNamed([name])
    if (!pack) continue
    const start = Date.now()
    const limit = Number(values.limit ?? mutants)
    const inPlace = Number(values['in-place'] ?? (values.quick ? 0 : 1))
    const outcome = await mutate(pack, { limit, next: random(Number(values.seed)), inPlace })
    outcomes.push(outcome)
    printProgress(outcome, Math.round((Date.now() - start) / 1000))
  }
  printTables(outcomes)
  const compared = outcomes.flatMap((it) => it.compared)
  const failures = outcomes.flatMap((it) => [...it.doubts, ...it.compared.flatMap(({ complaints }) => complaints)])
  for (const note of compared.flatMap(({ notes }) => notes)) console.error(`  ${note}`)
  const least = values.quick ? LEAST_QUICK : LEAST
  return reportFailures('mutants-rustc', compared.length, [
    ...failures,
    ...(positionals.length > 0 || values.limit !== undefined ? [] : tooFew(outcomes, least)),
    ...belowLimits(compared),
  ])
}

interface Options {
  readonly limit: number
  readonly next: () => number
  /** How many mutants are judged in the slow way as well. */
  readonly inPlace: number
}

async function mutate(pack: CorpusPackage, { limit, next, inPlace }: Options): Promise<Outcome> {
  await downloadPackage(pack)
  const folder = analysisFolder(pack)
  fetchSources(folder)
  const crate = judgedCrate(pack)
  const left = new Map<string, number>()
  const source = crateSource(typeGraph(rustdocOf(crate)), (file) => readFileSync(join(crate.workspace, file), 'utf8'))
  const mutants = chooseMutants(source, limit, next, left)
  const asked = Date.now()
  const { answers, refused, checks } = judge(crate, questionsOf(source, mutants))
  const secondsOfRustc = Math.round((Date.now() - asked) / 1000)
  for (const why of refused.values()) left.set(why, (left.get(why) ?? 0) + 1)
  const judged = mutants.filter(({ id }) => answers.has(id))
  const slowly = checkedInPlace(crate, source, shuffled(judged, next).slice(0, inPlace), answers)
  const ours = await answeringCrate(folder, pack.features)
  const place = (file: string): string => join(packageFolder(pack), crate.inside, file)
  const compared = mutants.flatMap((mutant): readonly Compared[] => {
    const before = answers.get(numberOfClass(mutants, mutant))
    const after = answers.get(mutant.id)
    const text = source.text(mutant.owner.at.file)
    return before && after ? [compareMutant(pack.name, mutant, { before, after }, ours, text, place)] : []
  })
  return { crate: pack.name, compared, left, checks, secondsOfRustc, ...slowly }
}

/** The classes as they are, and as each mutant has them. */
function questionsOf(source: CrateSource, mutants: readonly Mutant[]): readonly Question[] {
  const after = (cls: TypeNode): number => source.sourceOf(cls)?.head.end ?? 0
  const classes = new Map(mutants.map((it) => [it.class.id, it]))
  const unchanged = [...classes.values()].map((it): Question => {
    const { name, at } = it.class
    return { mutant: numberOfClass(mutants, it), type: name, file: at.file, at: after(it.class), insertions: [] }
  })
  const changed = mutants.map(
    ({ id, copy, insertions, class: cls }): Question => ({
      mutant: id,
      type: copy,
      file: cls.at.file,
      at: after(cls),
      insertions,
    }),
  )
  return [...unchanged, ...changed]
}

/** The number under which the unchanged class is asked about; mutants have positive ones. */
function numberOfClass(mutants: readonly Mutant[], mutant: Mutant): number {
  return -1 - mutants.findIndex((it) => it.class.id === mutant.class.id)
}

/** Judges some mutants in place too: how many of them could be, and those of which rustc then says something else. */
function checkedInPlace(
  crate: JudgedCrate,
  source: CrateSource,
  mutants: readonly Mutant[],
  answers: ReadonlyMap<number, Judgement>,
): { readonly inPlace: number; readonly doubts: readonly string[] } {
  const doubts: string[] = []
  let inPlace = 0
  for (const { id, class: cls, owner, change, kind } of mutants) {
    const text = source.text(owner.at.file)
    const { start, end } = change.field.type
    const changed = text.slice(0, start) + kind.wrap(text.slice(start, end)) + text.slice(end)
    const really = judgeInPlace(crate, cls.at, owner.at.file, changed)
    const copied = answers.get(id)
    if (!really || !copied) continue
    inPlace++
    const told = ({ send, sync }: Judgement): string => `${send} | ${sync}`
    if (told(really) !== told(copied))
      doubts.push(`${crate.pack.name} ${cls.name}, ${kind.name} in ${owner.name}: ${told(really)}, of the copy ${told(copied)}`)
  }
  return { inPlace, doubts }
}

/** Says right away what came of a crate: all of them take minutes. */
function printProgress({ crate, compared, checks, secondsOfRustc, inPlace, left }: Outcome, seconds: number): void {
  const sum = (key: 'lost' | 'found' | 'atField' | 'unknown'): number => compared.reduce((total, it) => total + it[key], 0)
  const complaints = compared.reduce((total, it) => total + it.complaints.length, 0)
  console.error(
    `${crate}: ${compared.length} mutants in ${seconds} s (${checks} checks in ${secondsOfRustc} s, ${inPlace} judged in place too):` +
      ` found ${sum('found')} of ${sum('lost')}, ${sum('atField')} at the field, ${sum('unknown')} unknown, ${complaints} complaints`,
  )
  for (const [why, count] of [...left].sort(([, a], [, b]) => b - a).slice(0, 8)) console.error(`    left out ${count}: ${why}`)
}

function tooFew(outcomes: readonly Outcome[], least: { readonly mutants: number; readonly crates: number }): readonly string[] {
  const mutants = outcomes.reduce((sum, it) => sum + it.compared.length, 0)
  const crates = outcomes.filter((it) => it.compared.length > 0).length
  return mutants < least.mutants || crates < least.crates ? [`only ${mutants} mutants of ${crates} crates`] : []
}

function belowLimits(compared: readonly Compared[]): readonly string[] {
  const sum = (key: 'lost' | 'found' | 'atField' | 'falseNo'): number => compared.reduce((total, it) => total + it[key], 0)
  const [lost, found, atField, falseNo] = [sum('lost'), sum('found'), sum('atField'), sum('falseNo')]
  return [
    ...(lost === 0 || found < RECALL * lost ? [`${percent(found, lost)} of the lost traits are found`] : []),
    ...(atField < RIGHT_FIELD * found ? [`${percent(atField, found)} of those found are explained by the changed field`] : []),
    ...(falseNo > 0 ? [`${falseNo} answers are a false no`] : []),
  ]
}

process.exitCode = await main()
