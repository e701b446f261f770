/**
 * Reads one crate's section of a data file; the format is described at the generator, scripts/gen-facts/records.ts.
 * Lines are indexed by module and name when a crate is first asked for, and read further only when an item is.
 */
import type { FactNamespace } from './facts.ts'

/** How the numbers of configs are written; a crate has at most as many. */
export const configDigits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

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
  /** Indices of the configs in which names may be missing; null = all. */
  readonly incomplete: readonly number[] | null
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
  /** Features that were on in all of them beyond the default ones; `*`: none matters. */
  readonly base: readonly string[]
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

/** Reads a section (its text from `#` on). The items of a module are read when they are first asked for. */
export function readSection(text: string): Section {
  const [header = '', ...lines] = text.split('\n')
  const names = header.slice(1).split('\t')
  const configs = names.pop() ?? ''
  const name = names.at(-1) ?? ''
  const modules = new Map<string, ModuleEntries>()
  const impls = new Map<string, Entry[]>()
  let base: readonly string[] = []
  let own: string[] = []
  for (const line of lines) {
    if (line.startsWith('m ')) {
      const { fields, configs: at } = readLine(line)
      const [path = '', flags = ''] = fields
      own = []
      modules.set(path, lazyModule(flags, at, own))
    } else if (line.startsWith('b ') && modules.size === 0) base = line.slice(2).split(' ')
    else if (line.startsWith('i ')) addImpl(impls, readLine(line))
    else if (line !== '') own.push(line)
  }
  return { name, configs: configs.split('|').map(readConfig), base, modules, impls }
}

function addImpl(impls: Map<string, Entry[]>, entry: Entry): void {
  const [trait = ''] = (entry.fields[0] ?? '').split(/[<(]/, 1)
  const known = impls.get(trait)
  if (known) known.push(entry)
  else impls.set(trait, [entry])
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
    configs: [...last.slice(1)].map((digit) => configDigits.indexOf(digit)),
  }
}

interface Content {
  readonly items: Readonly<Record<FactNamespace, Map<string, Entry[]>>>
  readonly globs: Entry[]
}

function lazyModule(flags: string, configs: readonly number[] | null, lines: readonly string[]): ModuleEntries {
  let content: Content | null = null
  const read = (): Content => {
    content ??= readContent(lines)
    return content
  }
  const [, incomplete] = flags.split('?')
  return {
    incomplete: incomplete === '' ? null : [...(incomplete ?? '')].map((digit) => configDigits.indexOf(digit)),
    visible: !flags.includes('h'),
    configs,
    get items() {
      return read().items
    },
    get globs() {
      return read().globs
    },
  }
}

const namespaces: Readonly<Record<string, FactNamespace>> = { f: 'value', v: 'value', x: 'macro', w: 'macro' }

function readContent(lines: readonly string[]): Content {
  const content: Content = { items: { type: new Map(), value: new Map(), macro: new Map() }, globs: [] }
  for (const line of lines) {
    const entry = readLine(line)
    const [first = ''] = entry.fields
    if (entry.kind === 'g') content.globs.push(entry)
    else for (const name of namesIn(entry.kind, first)) addEntry(content.items[namespaces[entry.kind] ?? 'type'], name, entry)
  }
  return content
}

/** `f`, `x` and `p` lines list many names, the others have one, which generics may follow. */
function namesIn(kind: string, first: string): readonly string[] {
  return kind === 'f' || kind === 'x' || kind === 'p' ? first.split(' ') : first.split('<', 1)
}

function addEntry(items: Map<string, Entry[]>, name: string, entry: Entry): void {
  const entries = items.get(name)
  if (entries) entries.push(entry)
  else items.set(name, [entry])
}
