/**
 * Holds the analyser's verdict on every type of real crates against rustc's: with the facts that ship, and once more without
 * those about the crate itself. Counts why answers are unknown, there and in the corpus; more of them than the figures in
 * test/oracle/summary.tsv say is a failure.
 *
 *   node scripts/suites/oracle.ts [--quick] [NAME…]          compares; --quick leaves out large crates and the corpus
 *   node scripts/suites/oracle.ts --no-sources [NAME…]       without the sources of dependencies; no limit on what is unknown
 *   node scripts/suites/oracle.ts --keep [NAME…]             keeps the figures as those that must not rise
 *   node scripts/suites/oracle.ts --write [NAME…]            asks rustc and keeps its answers under test/oracle
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { FactsDb } from '../../server/src/facts/facts.ts'
import { loadFacts } from '../../server/src/node-setup.ts'
import { analyzedTypes } from './analyzed-types.ts'
import { type Comparison, compare } from './compare-answers.ts'
import { histogram, percent, reportFailures } from './figures.ts'
import { corpusAnswers } from './oracle-corpus.ts'
import { type OracleAnswer, type OracleCrate, oracleAnswers, oracleCrates, oracleFolder } from './oracle-crates.ts'
import { type Figures, keepSummary, type Run, readSummary, summaryKey, worseThanKept } from './oracle-summary.ts'
import { fetchSources } from './sources.ts'

const UNKNOWN_SHARE = 0.03
const ORACLE = join(import.meta.dirname, '../oracle.ts')
const ORACLE_RUNS = ['all facts', 'without own facts'] as const

interface Options {
  readonly sources: boolean
  readonly corpus: boolean
  readonly keep: boolean
}

/** A comparison, and whether what is unknown in it counts toward the limit. */
interface Compared extends Comparison {
  readonly name: string
  readonly run: Run
  readonly counts: boolean
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      'no-sources': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  })
  const chosen = oracleCrates().filter(
    ({ pack, quick }) => (positionals.length === 0 || positionals.includes(pack.name)) && (quick || !values.quick),
  )
  if (values.write) return writeAnswers(chosen)
  const sources = !values['no-sources']
  return compareAll(chosen, { sources, corpus: sources && !values.quick && positionals.length === 0, keep: values.keep })
}

async function writeAnswers(crates: readonly OracleCrate[]): Promise<number> {
  for (const crate of crates) {
    const folder = await oracleFolder(crate)
    const { features } = crate.pack
    const flags = features.length > 0 ? ['--features', features.join(',')] : []
    const output = execFileSync(process.execPath, [ORACLE, folder, ...flags], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    writeFileSync(crate.answers, output)
  }
  return 0
}

async function compareAll(chosen: readonly OracleCrate[], options: Options): Promise<number> {
  const compared: Compared[] = []
  console.log('crate\tfacts\trows\tagree\tdisagree\tunknown\tunlisted')
  for (const crate of chosen) compared.push(...(await compareCrate(crate, options)))
  const failures = ORACLE_RUNS.flatMap((run) => conclude(run, compared, options))
  const summary = new Map<string, Figures>(
    compared.map(({ run, name, rows, unknown }) => [summaryKey(run, name), { rows, unknown: unknown.length }]),
  )
  if (options.corpus) {
    const { figures, codes } = await corpusAnswers()
    summary.set(summaryKey('corpus', 'classes'), figures)
    console.log(`\ncorpus, facts alone: ${figures.rows} classes, unknown: ${share(figures)}`)
    printHistogram(codes)
  }
  if (options.keep) keepSummary(summary)
  else if (options.sources) failures.push(...worseThanKept(summary, readSummary()))
  return reportFailures('oracle', compared.filter(({ run }) => run === 'all facts').length, failures)
}

/** Both runs; the second repeats the first where no facts speak about the crate. */
async function compareCrate(crate: OracleCrate, { sources }: Options): Promise<readonly Compared[]> {
  const folder = await oracleFolder(crate)
  if (sources) fetchSources(folder)
  const answers = oracleAnswers(crate)
  const ask = async (facts: FactsDb): Promise<Comparison> =>
    compare(answers, await analyzedTypes(folder, crate.pack.features, sources ? 'own' : null, facts))
  const facts = loadFacts()
  const own = ownNames(crate, answers)
  const first = await ask(facts)
  const spoken = [...own].some((name) => facts.crate(name, null) !== null)
  const second = spoken ? await ask({ crate: (name, ...rest) => (own.has(name) ? null : facts.crate(name, ...rest)) }) : first
  const both = [first, second].map((comparison, i): Compared => {
    return { ...comparison, name: crate.pack.name, run: ORACLE_RUNS[i] ?? 'all facts', counts: !crate.buildCfg }
  })
  for (const each of both) printComparison(each, each.run === 'all facts' || spoken)
  for (const { file, line, path } of first.unlisted) console.log(`    unlisted: ${file}:${line} ${path}`)
  return both
}

/** What facts call the crate under test: by its package, by its library. */
function ownNames({ pack }: OracleCrate, answers: readonly OracleAnswer[]): ReadonlySet<string> {
  return new Set([pack.name, ...answers.map(({ crate }) => crate)].map((name) => name.replaceAll('-', '_')))
}

function printComparison({ name, run, rows, agree, disagreements, unknown, unlisted }: Compared, asked: boolean): void {
  const told = asked ? run : `${run} (there are none)`
  console.log([name, told, rows, agree, disagreements.length, unknown.length, unlisted.length].join('\t'))
}

/** Prints the sums of a run and the reasons of what is unknown; returns what is wrong with it. */
function conclude(run: Run, all: readonly Compared[], { sources }: Options): readonly string[] {
  const compared = all.filter((it) => it.run === run)
  const rows = sum(compared, (it) => it.rows)
  const unknown = compared.flatMap((it) => it.unknown)
  const failures = compared.flatMap((it) => it.disagreements.map((told) => `${run}: ${told}`))
  const counted = compared.filter((it) => it.counts)
  const counts = { rows: sum(counted, (it) => it.rows), unknown: sum(counted, (it) => it.unknown.length) }
  const [agree, figures] = [sum(compared, (it) => it.agree), { rows, unknown: unknown.length }]
  console.log(`\n${run}: ${rows} types, ${agree} agree, ${failures.length} disagreements, unknown: ${share(figures)}`)
  if (counts.rows < rows) console.log(`  without crates whose build scripts set cfgs: ${share(counts)}`)
  printHistogram(unknown.map(({ reasons }) => reasons[0]?.[0] ?? ''))
  const texts = histogram(unknown.map(({ reasons }) => reasons[0]?.[1] ?? ''))
  for (const [text, count] of texts.slice(0, 12)) console.log(`    ${count}\t${text}`)
  if (sources && counts.unknown > UNKNOWN_SHARE * counts.rows)
    failures.push(`${run}: ${share(counts)} of the types are unknown; the limit is ${UNKNOWN_SHARE * 100} %`)
  if (rows === 0) failures.push(`${run}: nothing was compared`)
  return failures
}

function printHistogram(codes: readonly string[]): void {
  for (const [code, count] of histogram(codes)) console.log(`  ${code}\t${count}`)
}

function share({ rows, unknown }: Figures): string {
  return `${unknown} = ${percent(unknown, rows)}`
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

process.exitCode = await main()
