import { readFileSync } from 'node:fs'
import path from 'node:path'
import { BLOCKERS, type Blocker } from './blockers.ts'

/** The pinned list. */
export const CLASS_LIST = path.join(import.meta.dirname, '../../../test/rewrites/list/classes.tsv')

/** A row of the pinned list. */
export interface ClassRow {
  readonly package: string
  readonly crate: string
  readonly class: string
  /** Relative to the package. */
  readonly file: string
  /** Of the `struct` keyword or the macro's call; 1-based. */
  readonly line: number
  /** Written methods of the class with an exclusive borrow that Python can call. */
  readonly methods: number
  /** Whether one of their bodies works with Python objects. */
  readonly python: boolean
  readonly blockers: readonly Blocker[]
}

const COLUMNS = ['package', 'crate', 'class', 'file', 'line', 'methods', 'python', 'blockers']

export function rowsText(rows: readonly ClassRow[]): string {
  const lines = rows.map((it) =>
    [it.package, it.crate, it.class, it.file, it.line, it.methods, it.python ? 'python' : '-', it.blockers.join(',') || '-'].join(
      '\t',
    ),
  )
  return [COLUMNS.join('\t'), ...lines, ''].join('\n')
}

/** The pinned list, in its order. */
export function readClassList(): readonly ClassRow[] {
  const [, ...lines] = readFileSync(CLASS_LIST, 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const [pack = '', crate = '', cls = '', file = '', at = '', methods = '', python = '', blockers = ''] = line.split('\t')
    return {
      package: pack,
      crate,
      class: cls,
      file,
      line: Number(at),
      methods: Number(methods),
      python: python === 'python',
      blockers: BLOCKERS.filter((it) => blockers.split(',').includes(it)),
    }
  })
}
