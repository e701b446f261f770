/** One crate's facts for one version: looks items up in its section and joins what several configs say. */
import type {
  FactCond,
  FactImpl,
  FactItem,
  FactModule,
  FactNamespace,
  FactPreludeName,
  FactsCrate,
  FactTrait,
  FactType,
  FeatureState,
  FeaturesBeyond,
} from './facts.ts'
import { readAlias, readCond, readImpl, readTrait, readType, unknownCond } from './item.ts'
import type { Entry, ModuleEntries, Section } from './section.ts'
import { olderStd } from './std-changes.ts'
import { type Choice, chooseFeatures, compareVersions } from './versions.ts'

/** What a crate's answers depend on. */
export interface CrateContext {
  readonly section: Section
  readonly choice: Choice
  readonly features: FeatureState | undefined
  readonly beyond: FeaturesBeyond | undefined
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
    find({ context, namespace, visible, hops: maxHops }, path)
  const module = (path: readonly string[]): ModuleEntries | null => {
    const found = lookup(path)
    return found?.kind === 'module' ? (section.modules.get(found.path.split('::').slice(1).join('::')) ?? null) : null
  }
  const names = (path: readonly string[], namespace: FactNamespace = 'type'): string[] => {
    const entries = module(path)?.items[namespace] ?? []
    const items = [...entries].filter(([, list]) => list.some((entry) => visible(entry.configs))).map(([name]) => name)
    return namespace === 'type' ? [...new Set([...items, ...childModules(section, path.join('::'), visible)])] : items
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
  const chosen = chooseFeatures(section.configs, choice.configs, context.features)
  const impls = (trait: string): FactImpl[] => {
    const fitting = (section.impls.get(trait) ?? []).filter(
      ({ configs }) => configs === null || configs.some((index) => chosen.includes(index)),
    )
    return fitting.map((entry, at) => readImpl(entry.fields, isEverywhere(entry, fitting.slice(0, at), fitting, chosen)))
  }
  return {
    name: section.name,
    verified,
    complete: choice.exact,
    within: choice.exact || !(choice.outside || choice.anyVersion),
    unverifiedFeature: unverifiedFeature(context),
    lookup,
    names,
    impls,
    prelude,
  }
}

/**
 * Whether all configs have an impl: this entry, or it and others that differ from it in associated types only, of which the first
 * speaks for all.
 */
function isEverywhere(entry: Entry, before: readonly Entry[], all: readonly Entry[], chosen: readonly number[]): boolean {
  const isSame = ({ fields }: Entry): boolean => [0, 1, 2, 3].every((at) => (fields[at] ?? '') === (entry.fields[at] ?? ''))
  if (before.some(isSame)) return false
  const same = all.filter(isSame)
  return chosen.every((index) => same.some(({ configs }) => configs === null || configs.includes(index)))
}

function unverifiedFeature({ section, choice, beyond }: CrateContext): string | null {
  if (!beyond || section.base.includes('*')) return null
  // With all features on, what these change differs and is unknown.
  if (choice.configs.some((index) => section.configs[index]?.features.includes('*'))) return null
  const [first, ...others] = choice.configs.map((index) => section.configs[index]?.features ?? [])
  const shared = (first ?? []).filter((feature) => others.every((features) => features.includes(feature)))
  return beyond([...section.base, ...shared])
}

function childModules(section: Section, parent: string, visible: Visible): string[] {
  const prefix = parent === '' ? '' : `${parent}::`
  const below = [...section.modules].filter(
    ([path, module]) => module.visible && visible(module.configs) && path !== '' && path.startsWith(prefix),
  )
  return below.map(([path]) => path.slice(prefix.length)).filter((name) => name !== '' && !name.includes('::'))
}

type Visible = (configs: readonly number[] | null) => boolean

interface Search {
  readonly context: CrateContext
  readonly namespace: FactNamespace
  readonly visible: Visible
  /** How many more re-exports are followed. */
  readonly hops: number
}

function find(search: Search, path: readonly string[]): FactItem | null {
  const { context, namespace, visible } = search
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
    const listed = section.modules.get(parent)?.items[last ? namespace : 'type'].get(segment) ?? []
    const entries = fittingEntries(
      context,
      listed.filter((entry) => visible(entry.configs)),
    )
    const full = `${section.name}::${here}`
    if (last && !entries.some(isReexport)) return readItem(context, full, segment, entries)
    const items = entries.map((entry) =>
      isReexport(entry) ? follow(search, entry, path, index) : variant(context, full, entry, path.slice(index + 1)),
    )
    const agree = items.every((item) => JSON.stringify(item) === JSON.stringify(items[0]))
    return agree ? (items[0] ?? null) : (plainType(context, full, entries, items) ?? ambiguous(full))
  }
  return moduleItem(context, parent, visible)
}

function moduleItem({ section, choice }: CrateContext, path: string, visible: Visible): FactModule | null {
  const module = section.modules.get(path)
  if (!module) return null
  const complete = module.incomplete !== null && !choice.configs.some((index) => module.incomplete?.includes(index))
  const globs = module.globs.filter((glob) => visible(glob.configs)).map((glob) => glob.fields[0] ?? '')
  return { kind: 'module', path: path === '' ? section.name : `${section.name}::${path}`, complete, globs }
}

function isReexport(entry: Entry): boolean {
  return entry.kind === 'r' || entry.kind === 'v' || entry.kind === 'w'
}

/** Where the re-export at `path[index]` leads, with the rest of the path. Without a target: to the same place in std. */
function follow(search: Search, entry: Entry, path: readonly string[], index: number): FactItem | null {
  const { context, namespace, hops } = search
  const target = entry.fields[1]
  if (target === undefined) return context.sibling(['std', ...path], namespace)
  const [crate = '', ...below] = [...target.split('::'), ...path.slice(index + 1)]
  if (hops === 0) return null
  if (crate === context.section.name) return find({ ...search, hops: hops - 1 }, below)
  const known = context.toolchain === null ? null : context.sibling([crate, ...below], namespace)
  return known ?? { kind: 'reexport', path: [crate, ...below].join('::') }
}

/** A type of the crate that has become a re-export of one in std (libc's `c_void`): the same, if both are Send and Sync in any case. */
function plainType(
  context: CrateContext,
  path: string,
  entries: readonly Entry[],
  items: readonly (FactItem | null)[],
): FactItem | null {
  const own = entries.filter((entry) => entry.kind === 's' || entry.kind === 'e' || entry.kind === 'u')
  const [first] = own
  if (!first || own.length + entries.filter(isReexport).length < entries.length) return null
  const types = [
    ...own.map((entry) => readType(context.section.name, path, entry.kind, entry.fields)),
    ...items.flatMap((item) => {
      const [crate = '', ...below] = item?.kind === 'reexport' ? item.path.split('::') : []
      const target = item?.kind === 'reexport' ? context.sibling([crate, ...below], 'type') : null
      return item?.kind !== 'reexport' ? [] : target?.kind === 'type' ? [target.type] : [null]
    }),
  ]
  const isPlain = (type: FactType | null): boolean =>
    type !== null &&
    type.params.length === 0 &&
    [type.send, type.sync].every((cond) => cond.verdict === 'yes' && cond.needs.length === 0)
  return types.every(isPlain) ? { kind: 'type', type: joinTypes(context, path, first, own) } : null
}

/** A name that stands for different things in the versions or with the features in question: saying so beats picking one. */
function ambiguous(path: string): FactItem {
  return { kind: 'alias', alias: { path, params: [], target: null } }
}

function variant(context: CrateContext, path: string, entry: Entry, rest: readonly string[]): FactItem | null {
  const [name = ''] = rest
  if (entry.kind !== 'e' || rest.length !== 1) return null
  const type = readType(context.section.name, path, entry.kind, entry.fields)
  return type.variants.includes(name) ? { kind: 'variant', path: `${path}::${name}` } : null
}

function readItem(context: CrateContext, path: string, name: string, entries: readonly Entry[]): FactItem | null {
  const [entry] = entries
  if (!entry) return null
  if (entries.some((each) => each.kind !== entry.kind)) return ambiguous(path)
  if (entry.kind === 'p') return { kind: 'primitive', name }
  if (entry.kind === 'f' || entry.kind === 'x') return { kind: 'other', path }
  if (entry.kind === 'a') return entries.length > 1 ? ambiguous(path) : { kind: 'alias', alias: readAlias(path, entry.fields) }
  if (entry.kind === 't') return { kind: 'trait', trait: joinTraits(path, entry, entries) }
  return { kind: 'type', type: joinTypes(context, path, entry, entries) }
}

/** What all entries say of a trait: auto supertraits that only some have are left out, and it counts as incomplete. */
function joinTraits(path: string, first: Entry, entries: readonly Entry[]): FactTrait {
  const trait = readTrait(path, first.fields)
  const traits = entries.map((each) => readTrait(path, each.fields))
  const autoSupertraits = trait.autoSupertraits.filter((auto) => traits.every((other) => other.autoSupertraits.includes(auto)))
  const differ = traits.some((other) => other.autoSupertraits.length !== autoSupertraits.length)
  return { ...trait, autoSupertraits, complete: traits.every((each) => each.complete) && !differ }
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

function joinTypes(context: CrateContext, path: string, first: Entry, entries: readonly Entry[]): FactType {
  const base = readType(context.section.name, path, first.kind, first.fields)
  const variants = [...new Set(entries.flatMap((entry) => readType(base.crate, path, entry.kind, entry.fields).variants))]
  const cond = (trait: 'Send' | 'Sync', field: number): FactCond => {
    const texts = new Set(entries.map((entry) => entry.fields[field] ?? ''))
    const decls = new Set(entries.map((entry) => entry.fields[0]?.replace(/'\w+(, )?/g, '')))
    const [text = ''] = texts
    if (texts.size > 1 || (decls.size > 1 && text !== '+' && text !== '-'))
      return unknownCond('depends on the version or features of the crate')
    return trusted(context, trait, path, text, versionsOf(context, entries))
  }
  return { ...base, variants, send: cond('Send', 1), sync: cond('Sync', 2) }
}

/** Those of the versions in question that have one of the entries. */
function versionsOf({ section, choice }: CrateContext, entries: readonly Entry[]): Set<string> {
  const having = choice.configs.filter((index) =>
    entries.some((entry) => entry.configs === null || entry.configs.includes(index)),
  )
  return new Set(having.map((index) => section.configs[index]?.version ?? ''))
}

/**
 * A `no` is believed for a verified version, and between two of which both have the type: elsewhere it may have been cured since,
 * or not yet caused. Losing Send or Sync would break dependents, so a `yes` is believed throughout a compatible range.
 */
function trusted(
  context: CrateContext,
  trait: 'Send' | 'Sync',
  path: string,
  text: string,
  versions: ReadonlySet<string>,
): FactCond {
  const { toolchain, choice, section } = context
  const isBefore = (version: string): boolean => toolchain !== null && compareVersions(toolchain, version) < 0
  const cond = readCond(trait, olderStd(path, trait, isBefore) ?? text)
  const all = new Set(choice.configs.map((index) => section.configs[index]?.version ?? ''))
  const between = !choice.outside && versions.size === all.size
  return cond.verdict === 'yes' || choice.exact || between ? cond : unknownCond(`known only for ${[...versions].join(' and ')}`)
}
