/** One crate's facts for one version: looks items up in its section and joins what several configs say. */
import type {
  FactCond,
  FactItem,
  FactModule,
  FactNamespace,
  FactPreludeName,
  FactsCrate,
  FactType,
  FeatureState,
} from './facts.ts'
import { readAlias, readCond, readTrait, readType, unknownCond } from './item.ts'
import type { Entry, ModuleEntries, Section } from './section.ts'
import { olderStd } from './std-changes.ts'
import { type Choice, chooseFeatures, compareVersions } from './versions.ts'

/** What a crate's answers depend on. */
export interface CrateContext {
  readonly section: Section
  readonly choice: Choice
  readonly features: FeatureState | undefined
  /** The toolchain's version for std, core and alloc; null elsewhere. */
  readonly toolchain: string | null
  /** Answers for items that this crate re-exports from one whose version follows from its own: std, core, alloc. */
  readonly sibling: (path: readonly string[], namespace: FactNamespace) => FactItem | null
}

/** Re-exports of re-exports are followed this far. */
const maxHops = 16

/** The facts of one crate. */
export function factsCrate(context: CrateContext): FactsCrate {
  const { section, choice } = context
  const visible = (configs: readonly number[] | null): boolean =>
    configs === null || configs.some((index) => choice.configs.includes(index))
  const lookup = (path: readonly string[], namespace: FactNamespace = 'type'): FactItem | null =>
    find(context, path, namespace, visible, maxHops)
  const module = (path: readonly string[]): ModuleEntries | null => {
    const found = lookup(path)
    return found?.kind === 'module' ? (section.modules.get(found.path.split('::').slice(1).join('::')) ?? null) : null
  }
  const names = (path: readonly string[], namespace: FactNamespace = 'type'): string[] => {
    const entries = module(path)?.items[namespace] ?? []
    const items = [...entries].filter(([, list]) => list.some((entry) => visible(entry.configs))).map(([name]) => name)
    return namespace === 'type' ? [...new Set([...items, ...childModules(section, path.join('::'))])] : items
  }
  const prelude = (edition: string): FactPreludeName[] => {
    const path = ['prelude', `rust_${edition}`]
    if (!module(path) || !(section.name === 'std' || section.name === 'core')) return []
    const within = (from: readonly string[], namespace: FactNamespace): FactPreludeName[] =>
      names(from, namespace).map((name) => ({ name, namespace, path: [section.name, ...from, name].join('::') }))
    const listed = (['type', 'value', 'macro'] as const).flatMap((namespace) => within(path, namespace))
    const macros = new Set(listed.filter((each) => each.namespace === 'macro').map((each) => each.name))
    return [...listed, ...within([], 'macro').filter((each) => !macros.has(each.name))]
  }
  const verified = [...new Set(choice.configs.map((index) => section.configs[index]?.version ?? ''))].sort(compareVersions)
  return { name: section.name, verified, complete: choice.exact, lookup, names, prelude }
}

function childModules(section: Section, parent: string): string[] {
  const prefix = parent === '' ? '' : `${parent}::`
  const below = [...section.modules].filter(([path, module]) => module.visible && path !== '' && path.startsWith(prefix))
  return below.map(([path]) => path.slice(prefix.length)).filter((name) => name !== '' && !name.includes('::'))
}

type Visible = (configs: readonly number[] | null) => boolean

function find(
  context: CrateContext,
  path: readonly string[],
  namespace: FactNamespace,
  visible: Visible,
  hops: number,
): FactItem | null {
  const { section } = context
  let parent = ''
  for (const [index, segment] of path.entries()) {
    const last = index === path.length - 1
    const here = parent === '' ? segment : `${parent}::${segment}`
    const child = section.modules.get(here)
    if (child && visible(child.configs) && !(last && namespace !== 'type')) {
      parent = here
      continue
    }
    const entries = section.modules
      .get(parent)
      ?.items[last ? namespace : 'type'].get(segment)
      ?.filter((entry) => visible(entry.configs))
    const [entry] = entries ?? []
    if (!entry || !entries) return null
    const rest = path.slice(index + 1)
    if (entry.fields[1] !== undefined && 'rvw'.includes(entry.kind))
      return follow(context, entry.fields[1], rest, namespace, visible, hops)
    if ('rvw'.includes(entry.kind)) return context.sibling(['std', ...path], namespace)
    if (last) return readItem(context, `${section.name}::${here}`, segment, entries)
    return rest.length === 1 ? variant(context, `${section.name}::${here}`, entry, rest[0] ?? '') : null
  }
  return moduleItem(section, parent, visible)
}

function moduleItem(section: Section, path: string, visible: Visible): FactModule | null {
  const module = section.modules.get(path)
  if (!module) return null
  const globs = module.globs.filter((glob) => visible(glob.configs)).map((glob) => glob.fields[0] ?? '')
  return { kind: 'module', path: path === '' ? section.name : `${section.name}::${path}`, complete: module.complete, globs }
}

function follow(
  context: CrateContext,
  target: string,
  rest: readonly string[],
  namespace: FactNamespace,
  visible: Visible,
  hops: number,
): FactItem | null {
  const [crate = '', ...below] = [...target.split('::'), ...rest]
  if (hops === 0) return null
  if (crate === context.section.name) return find(context, below, namespace, visible, hops - 1)
  const known = context.toolchain === null ? null : context.sibling([crate, ...below], namespace)
  return known ?? { kind: 'reexport', path: [crate, ...below].join('::') }
}

function variant(context: CrateContext, path: string, entry: Entry, name: string): FactItem | null {
  if (entry.kind !== 'e') return null
  const type = readType(context.section.name, path, entry.kind, entry.fields)
  return type.variants.includes(name) ? { kind: 'variant', path: `${path}::${name}` } : null
}

function readItem(context: CrateContext, path: string, name: string, entries: readonly Entry[]): FactItem | null {
  const [entry] = entries
  if (!entry) return null
  if ('seu'.includes(entry.kind)) return { kind: 'type', type: joinTypes(context, path, entries) }
  if (entry.kind === 'p') return { kind: 'primitive', name }
  if (entry.kind === 'f' || entry.kind === 'x') return { kind: 'other', path }
  const fitting = fittingEntries(context, entries)
  const [one = entry] = fitting
  if (entry.kind === 'a')
    return fitting.length > 1 ? ambiguousAlias(path, fitting) : { kind: 'alias', alias: readAlias(path, one.fields) }
  if (entry.kind !== 't') return null
  const traits = fitting.map((each) => readTrait(path, each.fields))
  const [trait] = traits
  if (!trait) return null
  const autos = trait.autoSupertraits.filter((auto) => traits.every((other) => other.autoSupertraits.includes(auto)))
  const differ = traits.some((other) => other.autoSupertraits.length !== autos.length)
  return { kind: 'trait', trait: { ...trait, autoSupertraits: autos, complete: trait.complete && !differ } }
}

/** An alias whose target depends on version or features: nothing is known of it, and saying so beats picking one. */
function ambiguousAlias(path: string, entries: readonly Entry[]): FactItem {
  const [first] = entries.map((entry) => readAlias(path, entry.fields))
  return { kind: 'alias', alias: { path, params: first?.params ?? [], target: null } }
}

function fittingEntries(context: CrateContext, entries: readonly Entry[]): readonly Entry[] {
  const { section, choice, features } = context
  if (entries.length < 2) return entries
  const present = choice.configs.filter((index) =>
    entries.some((entry) => entry.configs === null || entry.configs.includes(index)),
  )
  const chosen = chooseFeatures(section.configs, present, features)
  return entries.filter((entry) => entry.configs === null || entry.configs.some((index) => chosen.includes(index)))
}

function joinTypes(context: CrateContext, path: string, entries: readonly Entry[]): FactType {
  const fitting = fittingEntries(context, entries)
  const [first] = fitting
  const base = readType(context.section.name, path, first?.kind ?? 's', first?.fields ?? [])
  const variants = [...new Set(fitting.flatMap((entry) => readType(base.crate, path, entry.kind, entry.fields).variants))]
  const cond = (trait: 'Send' | 'Sync', field: number): FactCond => {
    const texts = new Set(fitting.map((entry) => entry.fields[field] ?? ''))
    const decls = new Set(fitting.map((entry) => entry.fields[0]))
    const [text = ''] = texts
    if (texts.size > 1 || (decls.size > 1 && text !== '+' && text !== '-'))
      return unknownCond('depends on the version or features of the crate')
    return trusted(context, trait, path, text)
  }
  return { ...base, variants, send: cond('Send', 1), sync: cond('Sync', 2) }
}

function trusted(context: CrateContext, trait: 'Send' | 'Sync', path: string, text: string): FactCond {
  const { toolchain, choice, section } = context
  const isBefore = (version: string): boolean => toolchain !== null && compareVersions(toolchain, version) < 0
  const cond = readCond(trait, olderStd(path, trait, isBefore) ?? text)
  if (!choice.outside || cond.verdict === 'yes') return cond
  return unknownCond(`known only for ${choice.configs.map((index) => section.configs[index]?.version).join(' and ')}`)
}
