import { readdirSync, readFileSync } from 'node:fs'

/** Folder of the cases: one crate, see `cases/lib.rs`. */
export const CASES_DIR = new URL('./cases/', import.meta.url)

/** A line of a case file that says what rustc thinks of the item on it. */
export interface CaseRow {
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly kind: 'struct' | 'enum' | 'union' | 'type'
  readonly name: string
  readonly send: string
  readonly sync: string
}

/** Text of every case file by name. */
export function caseFiles(): ReadonlyMap<string, string> {
  const names = readdirSync(CASES_DIR).filter((name) => name.endsWith('.rs'))
  return new Map(names.sort().map((name) => [name, readFileSync(new URL(name, CASES_DIR), 'utf8')]))
}

/** The rows of one file, in order. A comment that is not on an item is an error: it would never be checked. */
export function caseRows(file: string, text: string): readonly CaseRow[] {
  return text.split('\n').flatMap((line, index) => {
    const expected = /\/\/~ (.*) \| (.*)$/.exec(line)
    if (!expected || line.startsWith('//!')) return []
    const item = /^\s*(?:pub(?:\([a-z]+\))? )?(struct|enum|union|type) (?:r#)?(\w+)/.exec(line)
    if (!item?.[1] || !item[2]) throw new Error(`${file}:${index + 1}: no item on this line`)
    const [, send = '', sync = ''] = expected
    return [{ file, line: index + 1, kind: item[1] as CaseRow['kind'], name: item[2], send, sync }]
  })
}
