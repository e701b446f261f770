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
import { type AnalyzedType, analyzedTypes } from './analyzed-types.ts'
import { histogram, percent, reportFailures } from './figures.ts'
import { type OracleAnswer, type OracleCrate, oracleAnswers, oracleCrates, oracleFolder } from './oracle-crates.ts'
import { fetchSources } from './sources.ts'

const UNKNOWN_SHARE = 0.03
const ORACLE = join(import.meta.dirname, '../oracle.ts')

interface Comparison {
  readonly rows: number
  readonly agree: number
  readonly disagreements: readonly string[]
  /** Types with an unknown answer. */
  readonly unknown: readonly AnalyzedType[]
  /** Types that rustc knows and the analyser does not list. */
  readonly unlisted: readonly OracleAnswer[]
}

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
  const compared: Comparison[] = []
  console.log('crate\trows\tagree\tdisagree\tunknown\tunlisted')
  for (const crate of chosen) {
    const folder = await oracleFolder(crate)
    if (!values['no-sources']) fetchSources(folder)
    const found = await analyzedTypes(folder, crate.pack.features, values['no-sources'] ? null : 'own')
    const comparison = compare(oracleAnswers(crate), found)
    compared.push(comparison)
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

/**
 * Joins on file, line and name, or where lines differ (rustdoc gives an item that a macro made the line of an attribute) on file
 * and name if that is one type on each side. Rows of which rustdoc has no single answer (`impls: N`) do not count.
 */
function compare(answers: readonly OracleAnswer[], found: readonly AnalyzedType[]): Comparison {
  const rows = answers.filter(({ send, sync }) => !send.startsWith('impls:') && !sync.startsWith('impls:'))
  const exact = new Map(found.map((type) => [`${type.file}:${type.line} ${lastName(type.path)}`, type]))
  const byName = groupBy(found, (type) => `${type.file} ${lastName(type.path)}`)
  const answersByName = groupBy(rows, (row) => `${row.file} ${lastName(row.path)}`)
  let agree = 0
  const disagreements: string[] = []
  const unknown: AnalyzedType[] = []
  const unlisted: OracleAnswer[] = []
  for (const row of rows) {
    const name = `${row.file} ${lastName(row.path)}`
    const same = byName.get(name)
    const alone = same?.length === 1 && answersByName.get(name)?.length === 1 ? same[0] : undefined
    const type = exact.get(`${row.file}:${row.line} ${lastName(row.path)}`) ?? alone
    if (!type) unlisted.push(row)
    else {
      const wrong = (['send', 'sync'] as const).filter((trait) => type[trait] !== 'unknown' && type[trait] !== row[trait])
      const told = wrong.map(
        (trait) => `${row.file}:${row.line} ${row.path} ${trait}: rustc '${row[trait]}', we '${type[trait]}'`,
      )
      disagreements.push(...told)
      if (type.reasons.length > 0) unknown.push(type)
      else if (wrong.length === 0) agree++
    }
  }
  return { rows: rows.length, agree, disagreements, unknown, unlisted }
}

function lastName(path: string): string {
  return path.split('::').at(-1) ?? path
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

function conclude(compared: readonly Comparison[], withoutSources: boolean): number {
  const rows = compared.reduce((sum, it) => sum + it.rows, 0)
  const unknown = compared.flatMap((it) => it.unknown)
  console.log(`\n${rows} types, unknown: ${unknown.length} = ${percent(unknown.length, rows)}`)
  for (const [code, count] of histogram(unknown.map(({ reasons }) => reasons[0]?.[0] ?? ''))) console.log(`  ${code}\t${count}`)
  const texts = histogram(unknown.map(({ reasons }) => reasons[0]?.[1] ?? ''))
  for (const [text, count] of texts.slice(0, 12)) console.log(`    ${count}\t${text}`)
  const failures = compared.flatMap((it) => it.disagreements)
  if (!withoutSources && unknown.length > UNKNOWN_SHARE * rows)
    failures.push(`${percent(unknown.length, rows)} of the types are unknown; the limit is ${UNKNOWN_SHARE * 100} %`)
  if (rows === 0) failures.push('nothing was compared')
  return reportFailures('oracle', rows, failures)
}

process.exitCode = await main()
