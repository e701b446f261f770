/**
 * What a generator says of one crate in one configuration, and how several configurations become the lines of a data file.
 *
 * The format, read by server/src/facts/section.ts. A section starts with `#name<TAB>config|config…`, or
 * `#package<TAB>name<TAB>configs` when the package is called otherwise (a config is `version` or `version+features`). Then
 * modules, `m path<TAB>flags` (path below the root, flag `?` when names may be missing, `h` when it is not public), each
 * followed by its items, one per line, kind first:
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
 * A line of which not all configurations agree ends with a tab and `@` and the numbers of those that do, in base 36.
 */
import type { ImplFact } from './impls.ts'

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
  const title = name === undefined || name === first.crate ? first.crate : `${name}\t${first.crate}`
  const lines = [`#${title}\t${snapshots.map((s) => s.config).join('|')}`]
  if (base.length > 0) lines.push(`b ${base.join(' ')}`)
  const byModule = new Map<string, { flags: string; configs: Set<number>; items: Map<string, Set<number>> }>()
  for (const [index, snapshot] of snapshots.entries()) {
    for (const [path, flags] of snapshot.modules) {
      const module = byModule.get(path) ?? { flags, configs: new Set(), items: new Map() }
      module.configs.add(index)
      if (flags.includes('?') && !module.flags.includes('?')) module.flags += '?'
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
      if (!module.flags.includes('?')) module.flags += '?'
    }
    lines.push(`m ${below}${module.flags ? `\t${module.flags}` : ''}${mask(module.configs, snapshots.length)}`)
    lines.push(...itemLines(module.items, snapshots.length))
  }
  return `${lines.join('\n')}\n`
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
  return `\t@${[...configs]
    .sort((a, b) => a - b)
    .map((index) => index.toString(36))
    .join('')}`
}
