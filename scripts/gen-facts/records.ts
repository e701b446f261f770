/**
 * What a generator says of one crate in one configuration, and how several configurations become the lines of a data file.
 *
 * The format, read by server/src/facts/section.ts. A section starts with `#name<TAB>config|config…`, or
 * `#package<TAB>name<TAB>configs` when the package is called otherwise (a config is `version` or `version+features`). Then
 * modules, `m path<TAB>flags` (path below the root, flag `h` when it is not public, `?` when names may be missing, in some of
 * the configs when their numbers follow), each followed by its items, one per line, kind first:
 *
 *     s|e|u Name<params>  send  sync  variants      struct, enum, union; a condition is `-`, `+`, `?why`, `+need;need` or `|head|head`
 *     a Name<params>      target                    type alias
 *     t Name<params>      flags supers assoc        trait; flags S (Send) Y (Sync) ? (incomplete)
 *     r|v|w Name          absolute path             re-export in the type, value, macro namespace; no path: the same place in std
 *     p name                                        primitive type
 *     f|x a b c                                     functions and constants, macros
 *     g path                                        glob re-export of another crate's module
 *
 * and before the first module the features that all runs had on beyond the default ones, `*` if none matters,
 *
 *     b a b c
 *
 * and the impls that conditions need, of traits of any crate:
 *
 *     i trait<args>       params  self  needs  assoc   `type: bound;…` and `Name = type;…`
 *
 * A line of which not all configurations agree ends with a tab and `@` and the numbers of those that do, in the digits 0-9a-zA-Z.
 */

import { configDigits } from '../../server/src/facts/section.ts'
import type { ImplFact } from './impls.ts'
import { canonicalText } from './known.ts'

/** One line of a section. */
export interface Record {
  /** Module path with the crate's name. */
  readonly module: string
  readonly kind: 's' | 'e' | 'u' | 'a' | 't' | 'r' | 'v' | 'w' | 'p' | 'f' | 'x' | 'g'
  readonly name: string
  /** Everything after the kind. */
  readonly text: string
}

/** One crate as one run of rustdoc shows it. */
export interface Snapshot {
  readonly crate: string
  /** `1.2.3`, or `1.2.3+feature,feature` for other than the default features. */
  readonly config: string
  /** Path with the crate's name, and flags. */
  readonly modules: ReadonlyMap<string, string>
  readonly records: readonly Record[]
  /** Impls that conditions may need. */
  readonly impls?: readonly ImplFact[]
}

/** Whether a crate with other features on says the same of every type, alias and trait that it has with both. */
export function agreesWith(full: Snapshot, plain: Snapshot): boolean {
  const texts = new Map(full.records.map(({ module, kind, name, text }) => [`${module} ${kind} ${name}`, text]))
  return plain.records.every(({ module, kind, name, text }) => {
    const other = /[seuat]/.test(kind) ? texts.get(`${module} ${kind} ${name}`) : undefined
    return other === undefined || other === text
  })
}

/**
 * The snapshot as it is written down: paths canonical by what all crates have told, and without the names of variants, which no
 * type is made of and which are a quarter of everything.
 */
export function compact(snapshot: Snapshot): Snapshot {
  const records = snapshot.records.map((record): Record => {
    const text = record.kind === 'e' ? record.text.split('\t').slice(0, 3).join('\t') : record.text
    return { ...record, text: canonicalText(text) }
  })
  const impls = (snapshot.impls ?? []).map(({ trait, text }) => ({ trait: canonicalText(trait), text: canonicalText(text) }))
  return { ...snapshot, records, impls }
}

/** A module with more functions and constants than this is listed without them and counts as incomplete: no type is made of them. */
const maxValues = 400

const grouped = new Set(['f', 'x', 'p'])

/**
 * The section of one crate out of its snapshots.
 * @param traits those whose impls are told
 * @param name the package's name with `_`, when it may differ from the crate's
 * @param base features that were on in every run beyond the default ones; `*` if no feature makes a difference
 */
export function section(
  snapshots: readonly Snapshot[],
  traits: ReadonlySet<string>,
  name?: string,
  base: readonly string[] = [],
): string {
  const [first] = snapshots
  if (!first) throw new Error('no snapshot')
  if (snapshots.length > configDigits.length) throw new Error(`${first.crate}: too many configurations`)
  const title = name === undefined || name === first.crate ? first.crate : `${name}\t${first.crate}`
  const lines = [`#${title}\t${snapshots.map((s) => s.config).join('|')}`]
  if (base.length > 0) lines.push(`b ${base.join(' ')}`)
  const byModule = new Map<string, Module>()
  for (const [index, snapshot] of snapshots.entries()) {
    for (const [path, flags] of snapshot.modules) {
      const module = byModule.get(path) ?? {
        hidden: flags.includes('h'),
        incomplete: new Set(),
        configs: new Set(),
        items: new Map(),
      }
      module.configs.add(index)
      module.hidden &&= flags.includes('h')
      if (flags.includes('?')) module.incomplete.add(index)
      byModule.set(path, module)
    }
    for (const record of snapshot.records) {
      const items = byModule.get(record.module)?.items
      if (!items) throw new Error(`no module ${record.module}`)
      const line = grouped.has(record.kind) ? `${record.kind} ${record.name}` : `${record.kind} ${record.text}`
      const configs = items.get(line) ?? new Set()
      configs.add(index)
      items.set(line, configs)
    }
  }
  const impls = new Map<string, Set<number>>()
  for (const [index, snapshot] of snapshots.entries()) {
    for (const { trait, text } of snapshot.impls ?? []) {
      if (traits.has(trait)) impls.set(`i ${text}`, (impls.get(`i ${text}`) ?? new Set()).add(index))
    }
  }
  lines.push(...itemLines(impls, snapshots.length))
  for (const [path, module] of [...byModule].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const below = path.slice(first.crate.length + 2)
    const values = [...module.items.keys()].filter((line) => line.startsWith('f '))
    if (values.length > maxValues) {
      for (const line of values) module.items.delete(line)
      for (const index of module.configs) module.incomplete.add(index)
    }
    lines.push(`m ${below}${flagsOf(module)}${mask(module.configs, snapshots.length)}`)
    lines.push(...itemLines(module.items, snapshots.length))
  }
  return `${lines.join('\n')}\n`
}

/** A module as several configurations show it. */
interface Module {
  hidden: boolean
  /** Where names may be missing. */
  readonly incomplete: Set<number>
  readonly configs: Set<number>
  readonly items: Map<string, Set<number>>
}

function flagsOf({ hidden, incomplete, configs }: Module): string {
  const flags = `${hidden ? 'h' : ''}${incomplete.size > 0 ? '?' : ''}`
  const where = incomplete.size === configs.size ? '' : digitsOf(incomplete)
  return flags === '' ? '' : `\t${flags}${where}`
}

function itemLines(items: ReadonlyMap<string, ReadonlySet<number>>, count: number): string[] {
  const lines: string[] = []
  const groups = new Map<string, string[]>()
  for (const [line, configs] of items) {
    const kind = line.slice(0, 1)
    const at = mask(configs, count)
    if (!grouped.has(kind)) lines.push(line + at)
    else groups.set(`${kind}${at}`, [...(groups.get(`${kind}${at}`) ?? []), line.slice(2)])
  }
  for (const [key, names] of groups) lines.push(`${key.slice(0, 1)} ${names.sort().join(' ')}${key.slice(1)}`)
  return lines.sort()
}

function mask(configs: ReadonlySet<number>, count: number): string {
  if (configs.size === count) return ''
  return `\t@${digitsOf(configs)}`
}

function digitsOf(configs: ReadonlySet<number>): string {
  return [...configs]
    .sort((a, b) => a - b)
    .map((index) => configDigits.charAt(index))
    .join('')
}
