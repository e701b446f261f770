/** A snapshot of one crate out of rustdoc's JSON. */
import { condition } from './conditions.ts'
import type { ImplHeader } from './headers.ts'
import { type ImplFact, implText, isCandidate } from './impls.ts'
import { canonicalPath, type KnownCrate, traitFlagsOf } from './known.ts'
import { kindOf, type Name, type PublicNames, publicNames } from './public-names.ts'
import type { Record, Snapshot } from './records.ts'
import { argText, boundText, type PathOf, paramTexts, pathText, predicates, typeText } from './render.ts'
import type { Doc, Generics, Impl, Item } from './rustdoc-types.ts'

interface Context {
  readonly doc: Doc
  readonly names: PublicNames
  readonly pathOf: PathOf
  readonly impls: ReadonlyMap<string, readonly Impl[]>
  /** Variant to enum. */
  readonly enums: ReadonlyMap<number, number>
}

/** @param config as in `Snapshot.config` */
export function snapshotOf(doc: Doc, config: string): Snapshot & { readonly known: KnownCrate } {
  const names = publicNames(doc)
  const crate = doc.index[doc.root]?.name ?? ''
  const pathOf: PathOf = (id, written) => {
    const own = names.paths.get(id)
    if (own !== undefined) return own
    const found = doc.paths[id]
    const path = found?.path.join('::')
    if (path === undefined) return written
    return found?.crate_id === 0 ? path : canonicalPath(path)
  }
  const enums = Object.values(doc.index).flatMap((item) =>
    (item.inner.enum?.variants ?? []).map((variant) => [variant, item.id] as const),
  )
  const context: Context = { doc, names, pathOf, impls: autoImpls(doc), enums: new Map(enums) }
  const records = [...names.modules.values()].flatMap((module) => [
    ...module.names.flatMap((name) => nameRecords(module.path, name, context)),
    ...module.globs.map((path): Record => ({ module: module.path, kind: 'g', name: path, text: canonicalPath(path) })),
  ])
  const modules = new Map([...names.modules].map(([path, module]) => [path, module.complete ? '' : '?']))
  return { crate, config, modules, records, impls: implFacts(context), known: knownOf(context, records) }
}

/**
 * The line about an item that has no public path.
 * @param canonical the path by which an item is told, from the compiler's own
 */
export function privateRecord(doc: Doc, item: Item, definedAt: string, canonical: (path: string) => string): Record | null {
  const pathOf: PathOf = (id, written) => {
    const path = doc.paths[id]?.path.join('::')
    return path === undefined ? written : canonical(path)
  }
  const names: PublicNames = { modules: new Map(), paths: new Map() }
  const context: Context = { doc, names, pathOf, impls: autoImpls(doc), enums: new Map() }
  const cut = definedAt.lastIndexOf('::')
  const [record] = definition(definedAt.slice(0, cut), definedAt.slice(cut + 2), 'type', item, context)
  return record ?? null
}

function knownOf({ doc, names }: Context, records: readonly Record[]): KnownCrate {
  const definitions = [...names.paths].flatMap(([id, path]) => {
    const defined = doc.paths[id]?.path.join('::')
    return defined === undefined ? [] : [[defined, path] as const]
  })
  const traits = records
    .filter((r) => r.kind === 't')
    .map((r) => [`${r.module}::${r.name}`, r.text.split('\t')[1] ?? ''] as const)
  return { definitions, traits }
}

/** Impls of Send and Sync by `trait id`. Where explicit impls exist, synthesized ones say nothing more. */
function autoImpls(doc: Doc): Map<string, Impl[]> {
  const found = new Map<string, Impl[]>()
  for (const { inner } of Object.values(doc.index)) {
    const impl = inner.impl
    if (!impl?.trait || typeof impl.for === 'string' || !impl.for.resolved_path) continue
    const trait = doc.paths[impl.trait.id]?.path.join('::')
    if (trait !== 'core::marker::Send' && trait !== 'core::marker::Sync') continue
    const key = `${trait.slice(14)} ${impl.for.resolved_path.id}`
    found.set(key, [...(found.get(key) ?? []), impl])
  }
  for (const [key, impls] of found) {
    const explicit = impls.filter((impl) => !impl.is_synthetic)
    if (explicit.length > 0) found.set(key, explicit)
  }
  return found
}

function nameRecords(module: string, entry: Name, context: Context): Record[] {
  const { name, namespace, item } = entry
  const reexport = namespace === 'type' ? 'r' : namespace === 'value' ? 'v' : 'w'
  if (!item) return [{ module, kind: reexport, name, text: `${name}\t${canonicalPath(entry.foreign ?? '')}` }]
  const here = `${module}::${name}`
  const path = kindOf(item) === 'variant' ? variantPath(context, item) : context.names.paths.get(item.id)
  if (path === undefined) return []
  if (path !== here) return [{ module, kind: reexport, name, text: `${name}\t${path}` }]
  return definition(module, name, namespace, item, context)
}

function variantPath({ names, enums }: Context, variant: Item): string | undefined {
  const owner = names.paths.get(enums.get(variant.id) ?? -1)
  return owner && `${owner}::${variant.name}`
}

function definition(module: string, name: string, namespace: string, item: Item, context: Context): Record[] {
  const { inner } = item
  if (inner.module) return []
  if (namespace === 'value') return [{ module, kind: 'f', name, text: name }]
  if (namespace === 'macro') return [{ module, kind: 'x', name, text: name }]
  if (inner.type_alias) {
    const { generics, type } = inner.type_alias
    return [{ module, kind: 'a', name, text: `${name}${params(generics, context)}\t${typeText(type, context.pathOf)}` }]
  }
  if (inner.trait) return [traitRecord(module, name, item, context)]
  const generics = inner.struct?.generics ?? inner.enum?.generics ?? inner.union?.generics
  return generics ? [typeRecord(module, name, item, generics, context)] : []
}

function params(generics: Generics, { pathOf }: Context): string {
  const texts = paramTexts(generics, pathOf)
  return texts.length === 0 ? '' : `<${texts.join(', ')}>`
}

function typeRecord(module: string, name: string, item: Item, generics: Generics, context: Context): Record {
  const declared = predicates(generics, context.pathOf)
  const names = paramTexts(generics, context.pathOf)
  const conds = (['Send', 'Sync'] as const).map((trait) => {
    const impls = (context.impls.get(`${trait} ${item.id}`) ?? []).map((impl) => header(impl, context))
    return condition(trait, impls, names, declared)
  })
  const fields = [`${name}${params(generics, context)}`, ...conds]
  const variants = item.inner.enum?.variants.map((id) => context.doc.index[id]?.name ?? '')
  if (variants) fields.push(variants.join(','))
  const kind = kindOf(item)
  return { module, kind: kind === 'struct' ? 's' : kind === 'enum' ? 'e' : 'u', name, text: fields.join('\t').trimEnd() }
}

function header(impl: Impl, { pathOf }: Context): ImplHeader {
  const target = typeof impl.for === 'string' ? undefined : impl.for.resolved_path
  return {
    params: paramTexts(impl.generics, pathOf),
    negative: impl.is_negative,
    head: target ? pathOf(target.id, target.path) : '',
    args: (target?.args?.angle_bracketed?.args ?? []).map((arg) => argText(arg, pathOf)),
    predicates: predicates(impl.generics, pathOf),
  }
}

function traitRecord(module: string, name: string, item: Item, context: Context): Record {
  const trait = item.inner.trait
  const supers = trait ? supertraits(item, context) : []
  const assoc = (trait?.items ?? []).flatMap((id) => {
    const each = context.doc.index[id]
    if (!each?.inner.assoc_type) return []
    const bounds = each.inner.assoc_type.bounds.flatMap((bound) => boundText(bound, context.pathOf))
    return [bounds.length === 0 ? `${each.name}` : `${each.name}: ${bounds.join(' + ')}`]
  })
  const plain = supers.filter((each) => each !== 'Send' && each !== 'Sync')
  const fields = [
    `${name}${trait ? params(trait.generics, context) : ''}`,
    traitFlags(item, context),
    plain.join(' + '),
    assoc.join('; '),
  ]
  return { module, kind: 't', name, text: fields.join('\t').trimEnd() }
}

function supertraits(item: Item, { pathOf }: Context): string[] {
  const trait = item.inner.trait
  if (!trait) return []
  const self = predicates(trait.generics, pathOf).filter((each) => each.type === 'Self')
  return [...new Set([...trait.bounds.flatMap((bound) => boundText(bound, pathOf)), ...self.map((each) => each.bound)])]
}

/** S, Y and ? as in a `t` line, through all supertraits. */
function traitFlags(item: Item, context: Context): string {
  const { doc } = context
  const flags = new Set<string>()
  const seen = new Set<number>()
  const queue = [item]
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (seen.has(next.id)) continue
    seen.add(next.id)
    const trait = next.inner.trait
    const self = (trait?.generics.where_predicates ?? []).flatMap((where) => {
      const bound = where.bound_predicate
      return bound && typeof bound.type !== 'string' && bound.type.generic === 'Self' ? bound.bounds : []
    })
    for (const bound of [...(trait?.bounds ?? []), ...self]) {
      const id = bound.trait_bound?.trait.id
      if (id === undefined) continue
      const local = doc.index[id]
      const [text = ''] = boundText(bound, context.pathOf)
      if (text === 'Send') flags.add('S')
      else if (text === 'Sync') flags.add('Y')
      else if (local?.inner.trait && local.crate_id === 0) queue.push(local)
      else if (text !== '') for (const flag of traitFlagsOf(text.replace(/[<(].*$/, '')) ?? '?') flags.add(flag)
    }
  }
  return [...flags].sort().join('')
}

function implFacts({ doc, pathOf }: Context): ImplFact[] {
  return Object.values(doc.index).flatMap((item): ImplFact[] => {
    const impl = item.inner.impl
    if (!impl?.trait || impl.is_negative || impl.is_synthetic || impl.blanket_impl !== null || item.crate_id !== 0) return []
    const trait = pathOf(impl.trait.id, impl.trait.path)
    if (!isCandidate(trait)) return []
    const assoc = impl.items.flatMap((id) => {
      const each = doc.index[id]
      const type = each?.inner.assoc_type?.type
      return type ? [`${each?.name} = ${typeText(type, pathOf)}`] : []
    })
    const text = implText(
      pathText(impl.trait, pathOf),
      paramTexts(impl.generics, pathOf),
      typeText(impl.for, pathOf),
      predicates(impl.generics, pathOf),
      assoc,
    )
    return [{ trait, text }]
  })
}
