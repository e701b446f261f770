import type { Span } from '../syntax/span.ts'

/** A TOML value with its absolute span in the file. */
export type TomlValue = TomlScalar | TomlArray | TomlTable

export type TomlScalar =
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly span: Span }
  /** Dates and times, as written. */
  | { readonly kind: 'date'; readonly value: string; readonly span: Span }

export interface TomlArray {
  readonly kind: 'array'
  readonly items: readonly TomlValue[]
  readonly span: Span
}

export interface TomlTable {
  readonly kind: 'table'
  readonly entries: ReadonlyMap<string, TomlEntry>
  /** `{ … }`, or from the `[header]` to the end of its last entry; for tables that dotted keys imply, their first entry. */
  readonly span: Span
}

/** `key = value`; for a table with a header of its own, the header is the key. */
export interface TomlEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: TomlValue
}

export interface TomlProblem {
  readonly message: string
  readonly span: Span
}

/** What could be read of a file; `problems` says what could not. */
export interface TomlDocument {
  readonly root: TomlTable
  readonly problems: readonly TomlProblem[]
}

/** The value at a path of keys, null where there is none or something on the way is not a table. */
export function lookup(table: TomlTable | null, ...path: readonly string[]): TomlValue | null {
  let value: TomlValue | null = table
  for (const key of path) {
    if (value?.kind !== 'table') return null
    value = value.entries.get(key)?.value ?? null
  }
  return value
}

/** `lookup` for a table; null for anything else. */
export function tableAt(table: TomlTable | null, ...path: readonly string[]): TomlTable | null {
  const value = lookup(table, ...path)
  return value?.kind === 'table' ? value : null
}

/** `lookup` for a string; null for anything else. */
export function stringAt(table: TomlTable | null, ...path: readonly string[]): string | null {
  const value = lookup(table, ...path)
  return value?.kind === 'string' ? value.value : null
}

/** `lookup` for a boolean; null for anything else. */
export function booleanAt(table: TomlTable | null, ...path: readonly string[]): boolean | null {
  const value = lookup(table, ...path)
  return value?.kind === 'boolean' ? value.value : null
}

/** The strings of an array (other items are left out); empty if it is not an array. */
export function stringsAt(table: TomlTable | null, ...path: readonly string[]): readonly string[] {
  return stringItems(lookup(table, ...path)).map((item) => item.value)
}

/** String items of an array with their spans. */
export function stringItems(value: TomlValue | null): readonly { readonly value: string; readonly span: Span }[] {
  if (value?.kind !== 'array') return []
  return value.items.flatMap((item) => (item.kind === 'string' ? [item] : []))
}

/** Entries of a table in file order; empty for anything else. */
export function entriesAt(table: TomlTable | null, ...path: readonly string[]): readonly TomlEntry[] {
  return [...(tableAt(table, ...path)?.entries.values() ?? [])]
}

/** The value as JSON-like plain data, without spans. */
export function plain(value: TomlValue): unknown {
  if (value.kind === 'array') return value.items.map(plain)
  if (value.kind === 'table')
    return Object.fromEntries([...value.entries.values()].map((entry) => [entry.key, plain(entry.value)]))
  return value.value
}
