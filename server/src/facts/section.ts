/**
 * Reads one crate's section of a data file; the format is described at the generator, scripts/gen-facts/records.ts.
 * Lines are indexed by module and name when a crate is first asked for, and read further only when an item is.
 */
import type { FactNamespace } from './facts.ts'

/** One run of rustdoc that the section rests on. */
export interface Config {
  readonly version: string
  /** Features beyond the default ones; `*` = all of them. */
  readonly features: readonly string[]
}

/** An item as it stands in the file. */
export interface Entry {
  readonly kind: string
  /** Tab-separated fields after the kind, the first one with the name. */
  readonly fields: readonly string[]
  /** Indices of the configs that have it so; null = all. */
  readonly configs: readonly number[] | null
}

/** A module's items. More than one entry of a name: they differ by config. */
export interface ModuleEntries {
  readonly complete: boolean
  /** Whether it can be named from outside. */
  readonly visible: boolean
  readonly configs: readonly number[] | null
  readonly items: Readonly<Record<FactNamespace, ReadonlyMap<string, readonly Entry[]>>>
  readonly globs: readonly Entry[]
}

/** A crate's section. Module paths are below the root (`''` is the root), joined by `::`. */
export interface Section {
  readonly name: string
  readonly configs: readonly Config[]
  readonly modules: ReadonlyMap<string, ModuleEntries>
  /** Impls by the trait's path without arguments. */
  readonly impls: ReadonlyMap<string, readonly Entry[]>
}

/** The names and positions of the sections of a data file. */
export function sectionIndex(text: string): Map<string, { readonly start: number; readonly end: number }> {
  const index = new Map<string, { start: number; end: number }>()
  let start = text.startsWith('#') ? 0 : text.indexOf('\n#') + 1
  while (start >= 0 && start < text.length && text[start] === '#') {
    const next = text.indexOf('\n#', start)
    const end = next < 0 ? text.length : next + 1
    index.set(text.slice(start + 1, text.indexOf('\t', start)), { start, end })
    start = end
  }
  return index
}

/** Reads a section (its text from `#` on). */
export function readSection(text: string): Section {
  const [header = '', ...lines] = text.split('\n')
  const names = header.slice(1).split('\t')
  const configs = names.pop() ?? ''
  const name = names.at(-1) ?? ''
  const modules = new Map<string, ModuleEntries>()
  const impls = new Map<string, Entry[]>()
  let current = openModule('', [], null)
  for (const line of lines) {
    if (line === '') continue
    const { kind, fields, configs: at } = readLine(line)
    if (kind === 'i') {
      const trait = /^[^<(]*/.exec(fields[0] ?? '')?.[0] ?? ''
      impls.set(trait, [...(impls.get(trait) ?? []), { kind, fields, configs: at }])
    } else if (kind === 'm') {
      const [path = '', flags = ''] = fields
      current = openModule(flags, [], at)
      modules.set(path, current.module)
    } else addLine(current, kind, fields, at)
  }
  return { name, configs: configs.split('|').map(readConfig), modules, impls }
}

function readConfig(text: string): Config {
  const [version = '', features = ''] = text.split('+')
  return { version, features: features === '' ? [] : features.split(',') }
}

function readLine(line: string): Entry {
  const fields = line.slice(2).split('\t')
  const last = fields.at(-1) ?? ''
  if (fields.length === 1 || !last.startsWith('@')) return { kind: line.charAt(0), fields, configs: null }
  return {
    kind: line.charAt(0),
    fields: fields.slice(0, -1),
    configs: [...last.slice(1)].map((digit) => Number.parseInt(digit, 36)),
  }
}

interface OpenModule {
  readonly module: ModuleEntries
  readonly items: Readonly<Record<FactNamespace, Map<string, Entry[]>>>
  readonly globs: Entry[]
}

function openModule(flags: string, globs: Entry[], configs: readonly number[] | null): OpenModule {
  const items = { type: new Map<string, Entry[]>(), value: new Map<string, Entry[]>(), macro: new Map<string, Entry[]>() }
  return { module: { complete: !flags.includes('?'), visible: !flags.includes('h'), configs, items, globs }, items, globs }
}

const namespaces: Readonly<Record<string, FactNamespace>> = { f: 'value', v: 'value', x: 'macro', w: 'macro' }

function addLine(module: OpenModule, kind: string, fields: readonly string[], configs: readonly number[] | null): void {
  const [first = ''] = fields
  if (kind === 'g') {
    module.globs.push({ kind, fields, configs })
    return
  }
  const items = module.items[namespaces[kind] ?? 'type']
  const names = kind === 'f' || kind === 'x' || kind === 'p' ? first.split(' ') : [/^[^<]*/.exec(first)?.[0] ?? first]
  for (const name of names) {
    const entries = items.get(name)
    const entry = { kind, fields, configs }
    if (entries) entries.push(entry)
    else items.set(name, [entry])
  }
}
