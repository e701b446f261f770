/**
 * std, core and alloc out of the rustdoc HTML that comes with the toolchain. A type that several of them show is one type:
 * it is recognised by name and place in the sources.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export interface Link {
  readonly kind: string
  readonly name: string
  /** Page relative to the documentation's root, or the module's page for `glob`. */
  readonly page: string
  /** Whether it is shown as `pub use`, so that the page is somewhere else. */
  readonly reexport: boolean
}

export interface Page {
  readonly file: string
  readonly kind: string
  readonly path: string
  /** Name and place in the sources. */
  readonly identity: string
  readonly html: string
}

const pageKinds = new Set(['struct', 'enum', 'union', 'trait', 'type'])

/** All that a crate's documentation links to, module by module. */
export function walkModules(root: string, crate: string): Map<string, Link[]> {
  const modules = new Map<string, Link[]>()
  const queue = [crate]
  for (let dir = queue.pop(); dir !== undefined; dir = queue.pop()) {
    const path = dir.replaceAll('/', '::')
    const index = join(root, dir, 'index.html')
    if (modules.has(path) || !existsSync(index)) continue
    const links = moduleLinks(readFileSync(index, 'utf8'), dir)
    modules.set(path, links)
    for (const link of links) if (link.kind === 'mod' && !link.reexport) queue.push(posix.dirname(link.page))
  }
  return modules
}

function moduleLinks(html: string, dir: string): Link[] {
  const links: Link[] = []
  for (const [, entry = ''] of html.matchAll(/<dt[^>]*>(.*?)<\/dt>/gs)) {
    const anchors = [...entry.matchAll(/<a class="(\w+)" href="([^"]+)"[^>]*>(.*?)<\/a>/gs)]
    const last = anchors.at(-1)
    if (!last) continue
    const [, kind = '', href = '', label = ''] = last
    const page = posix.normalize(posix.join(dir, href.split('#')[0] ?? ''))
    const reexport = entry.includes('<code>pub use')
    const renamed = / as (\w+);/.exec(strip(entry))?.[1]
    const glob = reexport && /::\*;/.test(strip(entry))
    links.push({
      kind: glob ? 'glob' : href.includes('#variant.') ? 'variant' : kind,
      name: renamed ?? strip(label).replace(/!$/, ''),
      page,
      reexport,
    })
  }
  return links
}

/** Reads the page of a type or trait. */
export function readPage(root: string, file: string): Page | null {
  const [, kind = '', name = ''] = /(\w+)\.([^/.]+)\.html$/.exec(file) ?? []
  if (!pageKinds.has(kind) || !existsSync(join(root, file))) return null
  const html = readFileSync(join(root, file), 'utf8')
  const source = /<a class="src" href="[./]*src\/([^"]+)"/.exec(html)?.[1]?.replace(/-\d+$/, '')
  if (!html.includes('rust item-decl')) return null
  const path = `${posix.dirname(file).replaceAll('/', '::')}::${name}`
  return { file, kind, path, identity: `${kind} ${name} ${source ?? path}`, html }
}

/** The path of the definition as the compiler has it (`std::collections::hash::map::HashMap`), from its place in the sources. */
export function definitionPath(page: Page): string | null {
  const source = /^\w+ (\S+) (\S+)\.rs\.html/.exec(page.identity)
  if (!source) return null
  const [, name = '', file = ''] = source
  return `${file.replace(/\/(mod|lib)$/, '').replaceAll('/', '::')}::${name}`
}

/** The page's declaration, plain, with absolute paths. */
export function declaration(page: Page, canonical: ReadonlyMap<string, string>): string {
  const html = /<pre class="rust item-decl"><code>(.*?)<\/code><\/pre>/s.exec(page.html)?.[1] ?? ''
  return plain(html, page.file, canonical)
}

/** Headers of the impls of a trait on a type's page. */
export function implHeaders(page: Page, trait: string, canonical: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>()
  const pattern = new RegExp(`<section id="impl-!?${trait}-for-[^"]*"[^>]*>.*?<h3 class="code-header">(.*?)</h3>`, 'gs')
  for (const [, header = ''] of page.html.matchAll(pattern)) found.add(plain(header, page.file, canonical))
  return [...found]
}

/** Headers of a trait's implementors, each with its associated types (`Item = T`). */
export function implementors(
  page: Page,
  canonical: ReadonlyMap<string, string>,
): { readonly header: string; readonly assoc: readonly string[] }[] {
  const [, list = ''] = page.html.split('id="implementors"')
  return list
    .split('<h3 class="code-header">')
    .slice(1)
    .map((part) => {
      const [header = ''] = part.split('</h3>')
      const types = [...part.matchAll(/<h4 class="code-header">type (.*?)<\/h4>/gs)]
      return {
        header: plain(header, page.file, canonical),
        assoc: types.map(([, text = '']) => plain(text, page.file, canonical)),
      }
    })
}

/** Names of the variants that an enum's page describes. */
export function variants(page: Page): string[] {
  return [...page.html.matchAll(/id="variant\.(\w+)" class="variant"/g)].map(([, name = '']) => name)
}

/** Rust text out of HTML: links to types and traits become absolute canonical paths. */
export function plain(html: string, file: string, canonical: ReadonlyMap<string, string>): string {
  const target = (href: string): string | undefined =>
    canonical.get(posix.normalize(posix.join(posix.dirname(file), href.split('#')[0] ?? '')))
  const linked = html
    .replace(/<summary.*?<\/summary>/gs, '')
    .replaceAll('<div class="where">', ' ')
    .replace(
      /\b(\w+)::<a class="associatedtype" href="([^"]*)"[^>]*>(\w+)<\/a>/g,
      (whole, self: string, href: string, name: string) => {
        const trait = target(href)
        return trait ? `&lt;${self} as ${trait}&gt;::${name}` : whole
      },
    )
    .replace(/<a class="(\w+)" href="([^"]*)"[^>]*>(.*?)<\/a>/gs, (_, kind: string, href: string, label: string) =>
      pageKinds.has(kind) ? `\0${target(href) ?? strip(label)}` : strip(label),
    )
  // Where two items share a name rustdoc writes the module in front of the link.
  return strip(linked)
    .replace(/\b(?:\w+::)+(?=\0)/g, '')
    .replaceAll('\0', '')
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\/\/[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

function strip(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&amp;', '&')
}
