/** The public names of a crate, module by module, from rustdoc's JSON: globs flattened, each item with its shortest path. */
import type { Doc, Item } from './rustdoc-types.ts'

export type Namespace = 'type' | 'value' | 'macro'

/** A name in a module. */
export interface Name {
  readonly name: string
  readonly namespace: Namespace
  /** Local item, or null when it is another crate's. */
  readonly item: Item | null
  /** Path in another crate as far as it is known; null for local items. */
  readonly foreign: string | null
  /** Id of the foreign item. */
  readonly id: number | null
}

export interface ModuleNames {
  readonly path: string
  readonly names: readonly Name[]
  /** Foreign modules that are globbed. */
  readonly globs: readonly string[]
  readonly complete: boolean
}

export interface PublicNames {
  /** By path; each module once, at its shortest path. */
  readonly modules: ReadonlyMap<string, ModuleNames>
  /** Shortest public path of each reachable local item. */
  readonly paths: ReadonlyMap<number, string>
}

const namespaces: Readonly<Record<string, Namespace>> = {
  function: 'value',
  constant: 'value',
  static: 'value',
  macro: 'macro',
  proc_macro: 'macro',
  proc_attribute: 'macro',
  proc_derive: 'macro',
}

/** The one key of an item's `inner`. */
export function kindOf(item: Item): string {
  return Object.keys(item.inner)[0] ?? ''
}

export function isHidden(item: Item): boolean {
  return JSON.stringify(item.attrs).includes('doc(hidden)') || JSON.stringify(item.attrs).includes('hidden')
}

/** Walks the crate breadth first. */
export function publicNames(doc: Doc): PublicNames {
  const root = doc.index[doc.root]
  if (!root?.name) throw new Error('no root module')
  const modules = new Map<string, ModuleNames>()
  const paths = new Map<number, string>([[root.id, root.name]])
  const queue: { item: Item; path: string }[] = [{ item: root, path: root.name }]
  const later: { id: number; path: string }[] = []
  for (let next = queue.shift(); next; next = queue.shift()) {
    const hidden = next.path !== root.name && isHidden(next.item)
    const content: Content = hidden ? { names: [], globs: [], complete: false } : moduleContent(doc, next.item, new Set())
    modules.set(next.path, { path: next.path, ...content })
    for (const { name, item } of content.names) {
      if (!item) continue
      const path = `${next.path}::${name}`
      const preferred = !/::prelude(::|$)/.test(path)
      if (!preferred) later.push({ id: item.id, path })
      if (paths.has(item.id) || !preferred) continue
      paths.set(item.id, path)
      if (item.inner.module) queue.push({ item, path })
    }
    for (const { name, item } of content.names) {
      if (item?.inner.module && !paths.has(item.id)) {
        paths.set(item.id, `${next.path}::${name}`)
        queue.push({ item, path: `${next.path}::${name}` })
      }
    }
  }
  for (const { id, path } of later) if (!paths.has(id)) paths.set(id, path)
  return { modules, paths }
}

interface Content {
  readonly names: readonly Name[]
  readonly globs: readonly string[]
  readonly complete: boolean
}

function moduleContent(doc: Doc, module: Item, seen: Set<number>): Content {
  seen.add(module.id)
  const names = new Map<string, Name>()
  const add = (name: Name): void => {
    const key = `${name.namespace} ${name.name}`
    if (!names.has(key)) names.set(key, name)
  }
  const globs: string[] = []
  let complete = true
  const globbed: Item[] = []
  for (const id of module.inner.module?.items ?? []) {
    const item = doc.index[id]
    if (!item) continue
    const use = item.inner.use
    if (use?.is_glob) {
      const target = use.id === null ? undefined : doc.index[use.id]
      if (target && target.crate_id === 0) globbed.push(target)
      else if (use.id !== null && doc.paths[use.id]?.crate_id === 0) complete = false
      else globs.push(foreignPath(doc, use.id, use.source))
    } else if (use) for (const name of useNames(doc, use)) add(name)
    else if (item.inner.extern_crate) {
      const { name, rename } = item.inner.extern_crate
      add({ name: rename ?? name, namespace: 'type', item: null, foreign: name, id: null })
    } else if (item.name !== null)
      add({ name: item.name, namespace: namespaces[kindOf(item)] ?? 'type', item, foreign: null, id: item.id })
  }
  for (const target of globbed) {
    if (seen.has(target.id)) continue
    if (target.inner.enum) {
      for (const id of target.inner.enum.variants) {
        const variant = doc.index[id]
        if (variant?.name) add({ name: variant.name, namespace: 'type', item: variant, foreign: null, id })
      }
      continue
    }
    const content = moduleContent(doc, target, new Set(seen))
    for (const name of content.names) add(name)
    globs.push(...content.globs)
    complete &&= content.complete
  }
  return { names: [...names.values()], globs, complete }
}

function useNames(doc: Doc, use: { readonly source: string; readonly name: string; readonly id: number | null }): Name[] {
  const target = use.id === null ? undefined : doc.index[use.id]
  if (target && target.crate_id === 0) {
    const inner = target.inner.use
    if (inner) return useNames(doc, { ...inner, name: use.name })
    return [{ name: use.name, namespace: namespaces[kindOf(target)] ?? 'type', item: target, foreign: null, id: target.id }]
  }
  const kind = use.id === null ? '' : (doc.paths[use.id]?.kind ?? '')
  return [
    {
      name: use.name,
      namespace: namespaces[kind] ?? 'type',
      item: null,
      foreign: foreignPath(doc, use.id, use.source),
      id: use.id,
    },
  ]
}

/** As written when it starts with a crate's name: the compiler's own path may lead through private modules. */
function foreignPath(doc: Doc, id: number | null, source: string): string {
  const [first = ''] = source.replace(/^::/, '').split('::')
  if (Object.values(doc.external_crates).some((each) => each.name === first)) return source.replace(/^::/, '')
  return (id === null ? undefined : doc.paths[id]?.path.join('::')) ?? source
}
