/** Snapshots of std, core and alloc: `std` defines what all three share, core and alloc only point to it. */
import { posix } from 'node:path'
import { skipGroup } from '../../server/src/facts/rust-text.ts'
import { condition } from './conditions.ts'
import { bounds, cut, generics, implHeader, type Predicate, wherePredicates } from './headers.ts'
import { type ImplFact, implText, isCandidate } from './impls.ts'
import type { Record, Snapshot } from './records.ts'
import {
  declaration,
  definitionPath,
  implementors,
  implHeaders,
  type Link,
  type Page,
  readPage,
  variants,
  walkModules,
} from './std-html.ts'

export interface StdFacts {
  readonly snapshots: readonly Snapshot[]
  /** The compiler's definition paths, such as `alloc::vec::Vec`, to canonical ones. */
  readonly definitions: ReadonlyMap<string, string>
}

const crates = ['std', 'alloc', 'core'] as const
/** Modules with thousands of functions that no type is made of: listed without them, so marked as incomplete. */
const vast = /^(std|core)::(arch|intrinsics|simd|std_float)\b/

/** Reads the documentation at `root` (`share/doc/rust/html` of a toolchain). */
export function readStd(root: string, version: string): StdFacts {
  const trees = new Map(crates.map((crate) => [crate, walkModules(root, crate)]))
  const pages = new Map<string, Page>()
  for (const tree of trees.values()) {
    for (const links of tree.values()) {
      for (const link of links) {
        if (pages.has(link.page)) continue
        const page = readPage(root, link.page)
        if (page) pages.set(link.page, page)
      }
    }
  }
  const canonical = canonicalPaths(pages)
  const definitions = new Map<string, string>()
  for (const page of pages.values()) {
    const path = canonical.get(page.file) ?? page.path
    definitions.set(page.path, path)
    const defined = definitionPath(page)
    if (defined) definitions.set(defined, path)
  }
  const supers = supertraitTable(pages, canonical)
  const all = new Map([...trees.values()].flatMap((tree) => [...tree]))
  const snapshots = [...trees].map(([crate, tree]) => snapshot(crate, version, tree, { tree: all, pages, canonical, supers }))
  const impls = stdImpls(pages, canonical)
  return { snapshots: snapshots.map((each) => (each.crate === 'std' ? { ...each, impls } : each)), definitions }
}

/** Page → canonical path: std before alloc before core, then the shortest. */
function canonicalPaths(pages: ReadonlyMap<string, Page>): Map<string, string> {
  const best = new Map<string, string>()
  const rank = (path: string): string => {
    const depth = path.split('::').length
    return `${crates.findIndex((crate) => path.startsWith(crate))}${String(depth).padStart(2, '0')}${path}`
  }
  for (const page of pages.values()) {
    const known = best.get(page.identity)
    if (known === undefined || rank(page.path) < rank(known)) best.set(page.identity, page.path)
  }
  return new Map([...pages.values()].map((page) => [page.file, best.get(page.identity) ?? page.path]))
}

function stdImpls(pages: ReadonlyMap<string, Page>, canonical: ReadonlyMap<string, string>): ImplFact[] {
  const facts: ImplFact[] = []
  for (const page of pages.values()) {
    const trait = canonical.get(page.file) ?? ''
    if (page.kind !== 'trait' || page.path !== trait || !isCandidate(trait)) continue
    for (const { header, assoc } of implementors(page, canonical)) {
      const own = generics(header.replace(/^(unsafe )?impl/, ''))
      const [implemented, rest] = cut(own.rest, ' for ')
      const [self, where] = cut(rest, ' where ')
      if (implemented.startsWith('!') || self === '') continue
      const needs = [...own.predicates, ...wherePredicates(where)]
      facts.push({
        trait,
        text: implText(
          implemented,
          own.params,
          self,
          needs,
          assoc.map((each) => cut(each, ' where ')[0]),
        ),
      })
    }
  }
  return facts
}

interface TraitParts {
  readonly params: readonly string[]
  readonly supers: readonly string[]
  readonly assoc: readonly string[]
}

function traitParts(text: string): TraitParts {
  const at = /\btrait \w+/.exec(text)
  const own = generics(text.slice((at?.index ?? 0) + (at?.[0].length ?? 0)))
  const open = bodyStart(own.rest)
  const [colonPart, where] = cut(`${own.rest.slice(0, open)} `, 'where ')
  const self = wherePredicates(where).filter((p) => p.type === 'Self')
  const supers = [...bounds('Self', colonPart.replace(/^:/, '')), ...self].map((p) => p.bound)
  const body = own.rest.slice(open)
  const assoc = [...body.matchAll(/[{;}] type (\w+)([^;]*);/g)].map(([, name = '', rest = '']) => {
    const clean = generics(cut(cut(rest, ' where ')[0], ' = ')[0]).rest
    return `${name}: ${bounds(name, clean.replace(/^:/, ''))
      .map((p) => p.bound)
      .join(' + ')}`.replace(/: $/, '')
  })
  return { params: own.params, supers, assoc }
}

/** Position of the `{` of an item's body. */
function bodyStart(text: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') return i
    if (text[i] === '<' || text[i] === '(') i = skipGroup(text, i) - 1
  }
  return text.length
}

function supertraitTable(pages: ReadonlyMap<string, Page>, canonical: ReadonlyMap<string, string>): Map<string, TraitParts> {
  const table = new Map<string, TraitParts>()
  for (const page of pages.values()) {
    const path = canonical.get(page.file)
    if (page.kind === 'trait' && path && !table.has(path)) table.set(path, traitParts(declaration(page, canonical)))
  }
  return table
}

function traitFlags(path: string, supers: ReadonlyMap<string, TraitParts>): string {
  const seen = new Set<string>()
  const queue = [path]
  let flags = ''
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    if (next === 'Send' || next === 'Sync') {
      flags += next === 'Send' ? 'S' : 'Y'
      continue
    }
    const parts = supers.get(next)
    if (parts) queue.push(...parts.supers.map((s) => s.replace(/^[~?[\]\s]*(const\]? )?/, '').replace(/[<(].*$/, '')))
    else if (!flags.includes('?')) flags += '?'
  }
  return [...flags].sort().join('')
}

function snapshot(crate: string, version: string, tree: ReadonlyMap<string, readonly Link[]>, context: Context): Snapshot {
  const records: Record[] = []
  const modules = new Map<string, string>()
  for (const [module, links] of tree) {
    modules.set(module, vast.test(module) ? '?' : '')
    for (const link of links) records.push(...linkRecords(module, link, context))
  }
  return { crate, config: version, modules, records }
}

interface Context {
  readonly tree: ReadonlyMap<string, readonly Link[]>
  readonly pages: ReadonlyMap<string, Page>
  readonly canonical: ReadonlyMap<string, string>
  readonly supers: ReadonlyMap<string, TraitParts>
}

function linkRecords(module: string, link: Link, context: Context): Record[] {
  const { name, kind } = link
  if (kind === 'glob') return globRecords(module, link, context)
  if (kind === 'mod') {
    if (!link.reexport) return []
    return [{ module, kind: 'r', name, text: `${name}\t${posix.dirname(link.page).replaceAll('/', '::')}` }]
  }
  if (kind === 'primitive')
    return link.reexport || module === 'std::primitive' || module === 'core::primitive'
      ? [{ module, kind: 'p', name, text: name }]
      : []
  if (kind === 'macro' || kind === 'attr' || kind === 'derive') return [macroRecord(module, link)]
  if (kind === 'variant') {
    const text = `${name}\t${context.canonical.get(link.page) ?? pagePath(link.page)}::${name}`
    return [
      { module, kind: 'r', name, text },
      { module, kind: 'v', name, text },
    ]
  }
  if (kind === 'fn' || kind === 'constant' || kind === 'static') {
    if (vast.test(module)) return []
    if (!link.reexport) return [{ module, kind: 'f', name, text: name }]
    return [{ module, kind: 'v', name, text: `${name}\t${pagePath(link.page)}` }]
  }
  const page = context.pages.get(link.page)
  if (!page) return []
  const path = context.canonical.get(page.file) ?? page.path
  const here = `${module}::${name}`
  if (path === here && !link.reexport) return [definition(page, path, module, name, context)]
  const same = here.replace(/^\w+/, 'std') === path
  return [{ module, kind: 'r', name, text: same ? name : `${name}\t${path}` }]
}

function macroRecord(module: string, link: Link): Record {
  const { name } = link
  return link.reexport
    ? { module, kind: 'w', name, text: `${name}\t${pagePath(link.page)}` }
    : { module, kind: 'x', name, text: name }
}

function pagePath(page: string): string {
  return `${posix.dirname(page).replaceAll('/', '::')}::${/\.([^/.]+)\.html$/.exec(page)?.[1]?.replace(/!$/, '') ?? ''}`
}

function namespace(kind: string): string {
  if (kind === 'macro' || kind === 'attr' || kind === 'derive') return 'macro'
  return kind === 'fn' || kind === 'constant' || kind === 'static' ? 'value' : 'type'
}

/** `pub use super::v1::*`: the names of the module, or the variants of the enum. */
function globRecords(module: string, link: Link, context: Context): Record[] {
  const target = posix.dirname(link.page).replaceAll('/', '::')
  if (link.page.endsWith('/index.html')) {
    const links = context.tree.get(target) ?? []
    const named = new Set(
      (context.tree.get(module) ?? []).filter((l) => l.kind !== 'glob').map((l) => `${namespace(l.kind)} ${l.name}`),
    )
    return links
      .filter((l) => l.kind === 'glob' || !named.has(`${namespace(l.kind)} ${l.name}`))
      .flatMap((l) => linkRecords(module, { ...l, reexport: true }, context))
  }
  const page = context.pages.get(link.page)
  const path = context.canonical.get(link.page)
  if (page?.kind !== 'enum' || !path) return []
  return variants(page).map((name) => ({ module, kind: 'r', name, text: `${name}\t${path}::${name}` }))
}

function definition(page: Page, path: string, module: string, name: string, context: Context): Record {
  const text = declaration(page, context.canonical)
  if (page.kind === 'trait') {
    const parts = traitParts(text)
    const supers = parts.supers.filter((s) => s !== 'Send' && s !== 'Sync')
    const fields = [`${name}${list(parts.params)}`, traitFlags(path, context.supers), supers.join(' + '), parts.assoc.join('; ')]
    return { module, kind: 't', name, text: fields.join('\t').trimEnd() }
  }
  const at = new RegExp(`\\b${page.kind} ${name}`).exec(text)
  const own = generics(text.slice((at?.index ?? 0) + (at?.[0].length ?? 0)))
  if (page.kind === 'type') {
    const target = own.rest.replace(/^=\s*/, '').replace(/;$/, '')
    return { module, kind: 'a', name, text: `${name}${list(own.params)}\t${cut(target, ' where ')[0]}` }
  }
  return typeRecord(page, path, module, name, own.params, [...own.predicates, ...declaredWhere(own.rest)], context)
}

function declaredWhere(rest: string): Predicate[] {
  const head = rest.slice(0, bodyStart(rest)).replace(/;$/, '')
  const at = head.indexOf('where ')
  return at < 0 ? [] : wherePredicates(head.slice(at + 6))
}

function typeRecord(
  page: Page,
  path: string,
  module: string,
  name: string,
  params: readonly string[],
  declared: readonly Predicate[],
  context: Context,
): Record {
  const conds = (['Send', 'Sync'] as const).map((trait) => {
    const impls = implHeaders(page, trait, context.canonical).flatMap((text) => implHeader(text) ?? [])
    return condition(
      trait,
      impls.filter((impl) => impl.head === path),
      params,
      declared,
    )
  })
  const kind = page.kind === 'struct' ? 's' : page.kind === 'enum' ? 'e' : 'u'
  const fields = [`${name}${list(params)}`, ...conds, ...(kind === 'e' ? [variants(page).join(',')] : [])]
  return { module, kind, name, text: fields.join('\t') }
}

/** A parameter list as in a declaration. */
export function list(params: readonly string[]): string {
  return params.length === 0 ? '' : `<${params.join(', ')}>`
}
