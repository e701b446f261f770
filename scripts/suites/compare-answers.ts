import type { AnalyzedType } from './analyzed-types.ts'
import type { OracleAnswer } from './oracle-crates.ts'

/** How the analyser's answers about a crate compare with rustc's. */
export interface Comparison {
  readonly rows: number
  readonly agree: number
  readonly disagreements: readonly string[]
  /** Types with an unknown answer. */
  readonly unknown: readonly AnalyzedType[]
  /** Types that rustc knows and the analyser does not list. */
  readonly unlisted: readonly OracleAnswer[]
}

/**
 * Joins on file, line and name, or where lines differ (rustdoc gives an item that a macro made the line of an attribute) on file
 * and name if that is one type on each side. Rows of which rustdoc has no single answer (`impls: N`) do not count.
 */
export function compare(answers: readonly OracleAnswer[], found: readonly AnalyzedType[]): Comparison {
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
