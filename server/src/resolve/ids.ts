import type { CrateId } from '../project/crate-graph.ts'
import type { DefId, ModId, Namespace } from './defs.ts'

/*
 * Ids are strings, so that they work as keys and compare with `===`. Parts are joined by a tab, which no name holds; how
 * many parts there are says what the id names:
 *
 *   crate, path                        a module of a crate with sources; path is '' for the root, else `a::b`
 *   crate, '#fact', namespace, path    an item of a crate that only facts speak for
 *   crate, path, namespace, name, n    an item; n tells same-named items of the module apart
 *   … item …, variant                  a variant of a source enum
 */
const SEPARATOR = '\t'
/** No module is called this. */
const FACT = '#fact'

/** The id that stands for std, core and alloc alike: they share one set of facts. */
export const STD_CRATE: CrateId = 'std'

/** What an id names, taken apart. `path` of a fact is canonical and starts with the crate's name. */
export type IdParts =
  | { readonly kind: 'module'; readonly crate: CrateId; readonly path: string }
  | { readonly kind: 'fact'; readonly crate: CrateId; readonly namespace: Namespace; readonly path: string }
  | {
      readonly kind: 'item'
      readonly crate: CrateId
      readonly module: ModId
      readonly namespace: Namespace
      readonly name: string
    }
  | { readonly kind: 'variant'; readonly crate: CrateId; readonly enum: DefId; readonly name: string }

/** The module of a crate at a path of names; '' is the root. */
export function moduleId(crate: CrateId, path: string): ModId {
  return crate + SEPARATOR + path
}

/** The module `name` inside `parent`. */
export function childModuleId(parent: ModId, name: string): ModId {
  return parent.endsWith(SEPARATOR) ? parent + name : `${parent}::${name}`
}

/** The item with this name; `ordinal` counts from 0 among items of the module with the same name and namespace. */
export function itemId(module: ModId, namespace: Namespace, name: string, ordinal: number): DefId {
  return [module, namespace, name, ordinal].join(SEPARATOR)
}

/** An item that facts describe, by its canonical path. */
export function factId(crate: CrateId, namespace: Namespace, path: string): DefId {
  return [crate, FACT, namespace, path].join(SEPARATOR)
}

/** A variant of an enum of either sort. */
export function variantId(enumId: DefId, name: string): DefId {
  return `${enumId}${SEPARATOR}${name}`
}

/** Takes an id apart. Variants of fact enums have five parts like items, and are told apart by the word `#fact`. */
export function idParts(id: DefId | ModId): IdParts {
  const parts = id.split(SEPARATOR)
  const [crate = '', second = '', third = '', fourth = ''] = parts
  if (parts.length === 2) return { kind: 'module', crate, path: second }
  if (second === FACT && parts.length === 4) return { kind: 'fact', crate, namespace: third as Namespace, path: fourth }
  if (second === FACT || parts.length === 6) {
    return { kind: 'variant', crate, enum: parts.slice(0, -1).join(SEPARATOR), name: parts.at(-1) ?? '' }
  }
  return { kind: 'item', crate, module: crate + SEPARATOR + second, namespace: third as Namespace, name: fourth }
}

/** Whether an id names a module of a crate with sources. */
export function isModuleId(id: DefId | ModId): boolean {
  return id.indexOf(SEPARATOR) === id.lastIndexOf(SEPARATOR)
}

/** The crate an id belongs to. */
export function crateOfId(id: DefId | ModId): CrateId {
  return id.slice(0, id.indexOf(SEPARATOR))
}

/** Path of names for people, as `demo::cache::Shard`; `crateName` is the name used in code. */
export function displayPath(id: DefId | ModId, crateName: string): string {
  const parts = idParts(id)
  if (parts.kind === 'fact') return parts.path
  if (parts.kind === 'variant') return `${displayPath(parts.enum, crateName)}::${parts.name}`
  const module = parts.kind === 'module' ? parts.path : idPartsPath(parts.module)
  return [crateName, module, parts.kind === 'item' ? parts.name : ''].filter((part) => part !== '').join('::')
}

function idPartsPath(module: ModId): string {
  return module.slice(module.indexOf(SEPARATOR) + 1)
}
