import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckedClass } from './command-line.ts'
import type { SourceClass } from './source-classes.ts'

/** Where the list of the corpus's classes is kept. */
export const CLASS_LIST = join(import.meta.dirname, '../../test/corpus/classes.tsv')
const HEADER = 'package\tfile\tline\tclass\thow\tnote'

/** A class that the sources of a package hold. */
export interface ListedClass extends SourceClass {
  readonly package: string
  /** Why the class does not count, found out by hand; '' if it does. */
  readonly note: string
}

/** The committed list. Throws with the line number when a row is malformed. */
export function readClassList(): readonly ListedClass[] {
  const lines = readFileSync(CLASS_LIST, 'utf8').replace(/\n$/, '').split('\n')
  if (lines[0] !== HEADER) throw new Error(`${CLASS_LIST}: line 1 must be the columns`)
  return lines.slice(1).map((line, index) => {
    const [pack, file, number, name, how, note] = line.split('\t')
    if (!pack || !file || !name || !how || note === undefined) throw new Error(`${CLASS_LIST}:${index + 2}: expected six columns`)
    return { package: pack, file, line: Number(number), name, how, note }
  })
}

/** The list as a text; notes of rows that are still there are kept. */
export function renderClassList(
  found: readonly (SourceClass & { readonly package: string })[],
  before: readonly ListedClass[],
): string {
  const key = (row: SourceClass & { readonly package: string }): string => [row.package, row.file, row.name].join('\t')
  const notes = new Map(before.map((row) => [key(row), row.note]))
  const rows = found.map((row) => [row.package, row.file, row.line, row.name, row.how, notes.get(key(row)) ?? ''].join('\t'))
  return `${[HEADER, ...rows].join('\n')}\n`
}

/** The classes of the list that the analyser does not name, by file and name: a class written once per `cfg` is one class. */
export function missingClasses(listed: readonly ListedClass[], found: readonly CheckedClass[]): readonly ListedClass[] {
  const names = new Set(found.map(({ file, name }) => `${file} ${name}`))
  return distinct(listed).filter(({ file, name }) => !names.has(`${file} ${name}`))
}

/** One row for each file and name, without those that do not count. */
export function distinct(listed: readonly ListedClass[]): readonly ListedClass[] {
  const rows = new Map<string, ListedClass>()
  for (const row of listed) if (row.note === '') rows.set(`${row.file} ${row.name}`, row)
  return [...rows.values()]
}
