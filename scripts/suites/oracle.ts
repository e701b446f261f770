/**
 * Holds the analyser's verdict on every type of real crates against rustc's.
 *
 *   node scripts/suites/oracle.ts [--quick] [--no-sources] [NAME…]   compares; --no-sources leaves out dependencies' sources
 *   node scripts/suites/oracle.ts --write [NAME…]                    asks rustc and keeps its answers under test/oracle
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { analyzedTypes } from './analyzed-types.ts'
import { type Comparison, compare } from './compare-answers.ts'
import { histogram, percent, reportFailures } from './figures.ts'
import { type OracleCrate, oracleAnswers, oracleCrates, oracleFolder } from './oracle-crates.ts'
import { fetchSources } from './sources.ts'

const UNKNOWN_SHARE = 0.03
const ORACLE = join(import.meta.dirname, '../oracle.ts')

/** A comparison, and whether what is unknown in it counts toward the limit. */
type Counted = Comparison & { readonly counts: boolean }

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      'no-sources': { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  })
  const chosen = oracleCrates().filter(
    ({ pack, quick }) => (positionals.length === 0 || positionals.includes(pack.name)) && (quick || !values.quick),
  )
  if (values.write) return writeAnswers(chosen)
  const compared: Counted[] = []
  console.log('crate\trows\tagree\tdisagree\tunknown\tunlisted')
  for (const crate of chosen) {
    const folder = await oracleFolder(crate)
    if (!values['no-sources']) fetchSources(folder)
    const found = await analyzedTypes(folder, crate.pack.features, values['no-sources'] ? null : 'own')
    const comparison = compare(oracleAnswers(crate), found)
    compared.push({ ...comparison, counts: !crate.buildCfg })
    const { rows, agree, disagreements, unknown, unlisted } = comparison
    console.log([crate.pack.name, rows, agree, disagreements.length, unknown.length, unlisted.length].join('\t'))
    for (const { file, line, path } of unlisted) console.log(`    unlisted: ${file}:${line} ${path}`)
  }
  return conclude(compared, values['no-sources'])
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

function conclude(compared: readonly Counted[], withoutSources: boolean): number {
  const rows = compared.reduce((sum, it) => sum + it.rows, 0)
  const unknown = compared.flatMap((it) => it.unknown)
  console.log(`\n${rows} types, unknown: ${unknown.length} = ${percent(unknown.length, rows)}`)
  for (const [code, count] of histogram(unknown.map(({ reasons }) => reasons[0]?.[0] ?? ''))) console.log(`  ${code}\t${count}`)
  const texts = histogram(unknown.map(({ reasons }) => reasons[0]?.[1] ?? ''))
  for (const [text, count] of texts.slice(0, 12)) console.log(`    ${count}\t${text}`)
  const failures = compared.flatMap((it) => it.disagreements)
  const counted = compared.filter((it) => it.counts)
  const [few, all] = [counted.reduce((sum, it) => sum + it.unknown.length, 0), counted.reduce((sum, it) => sum + it.rows, 0)]
  if (!withoutSources && few > UNKNOWN_SHARE * all)
    failures.push(`${percent(few, all)} of the types are unknown; the limit is ${UNKNOWN_SHARE * 100} %`)
  if (rows === 0) failures.push('nothing was compared')
  return reportFailures('oracle', rows, failures)
}

process.exitCode = await main()
