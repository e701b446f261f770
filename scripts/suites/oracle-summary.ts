import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SUMMARY = join(import.meta.dirname, '../../test/oracle/summary.tsv')
const HEADER = 'run\tname\trows\tunknown'

/** The ways in which the oracle is asked. */
export const RUNS = ['all facts', 'without own facts', 'corpus'] as const
export type Run = (typeof RUNS)[number]

/** How many answers there are and how many of them are `unknown`. */
export interface Figures {
  readonly rows: number
  readonly unknown: number
}

/** Figures by run and name of what was asked about, see `summaryKey`. */
export type Summary = ReadonlyMap<string, Figures>

/** The key of a line. */
export function summaryKey(run: Run, name: string): string {
  return `${run}\t${name}`
}

/** The committed figures; empty if there are none yet. */
export function readSummary(): Summary {
  if (!existsSync(SUMMARY)) return new Map()
  const lines = readFileSync(SUMMARY, 'utf8').trimEnd().split('\n')
  if (lines[0] !== HEADER) throw new Error(`${SUMMARY}: line 1 must name the columns`)
  return new Map(
    lines.slice(1).map((line, index) => {
      const [run = '', name = '', rows, unknown] = line.split('\t')
      if (unknown === undefined) throw new Error(`${SUMMARY}:${index + 2}: expected four columns`)
      return [`${run}\t${name}`, { rows: Number(rows), unknown: Number(unknown) }]
    }),
  )
}

/** Keeps figures; those of crates and runs that were not asked about stay. */
export function keepSummary(found: Summary): void {
  const all = new Map([...readSummary(), ...found])
  const lines = [...all].map(([key, { rows, unknown }]) => `${key}\t${rows}\t${unknown}`)
  writeFileSync(SUMMARY, `${[HEADER, ...lines.sort()].join('\n')}\n`)
}

/** What is worse than what was kept: more unknown answers in a run than for the same crates before, or crates that are new. */
export function worseThanKept(found: Summary, kept: Summary): readonly string[] {
  return RUNS.flatMap((run) => {
    const here = [...found].filter(([key]) => key.startsWith(`${run}\t`))
    const fresh = here.filter(([key]) => !kept.has(key)).map(([key]) => `${key.replace('\t', ': ')} is not in the summary`)
    const sum = (of: Summary): number => here.reduce((total, [key]) => total + (of.get(key)?.unknown ?? 0), 0)
    const [now, before] = [sum(found), sum(kept)]
    const risen = now > before ? [`${run}: ${now} unknown, ${before} are kept in test/oracle/summary.tsv`] : []
    return [...(here.length > 0 ? risen : []), ...fresh]
  })
}
