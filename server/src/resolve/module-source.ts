import { basename, dirname, join } from '../project/paths.ts'
import { type Database, type Query, query } from '../query/database.ts'
import { fileSummary } from '../syntax/queries.ts'
import type { Item, ModItem } from '../syntax/summary.ts'
import { ALWAYS, both, type Condition, conditionOf, effectiveAttrs } from './conditions.ts'
import { crateOf } from './crates.ts'
import type { ModId } from './defs.ts'
import { childModuleId, crateOfId, idParts, moduleId } from './ids.ts'
import { sameValue } from './same-value.ts'

/**
 * Where a module's text stands and what it declares before any macro is expanded.
 */
export interface ModuleSource {
  readonly id: ModId
  readonly parent: ModId | null
  /** File that holds the module's items; for a missing one the file that should be there. */
  readonly file: string
  /** Expansion that holds the items, null if they are written in `file`. */
  readonly expansion: string | null
  readonly items: readonly Item[]
  /** Folder in which `mod x;` looks for `x.rs`. */
  readonly childDir: string
  /** Folder to which `#[path]` of a child is relative. */
  readonly pathBase: string
  /** Conditions of the module and of all that hold it that the environment leaves open. */
  readonly condition: Condition
  /** An anonymous scope: a block in a fn or const, whose names are looked up in the surrounding module next. */
  readonly block: boolean
  /** Why there are no items: the file is missing or the modules go round in a circle. */
  readonly problem: string | null
  /** Whether `#[macro_use]` lets the module's macros out. */
  readonly macroUse: boolean
}

/** What a child inherits from the place of its declaration. */
export interface Declaration {
  readonly parent: ModId
  readonly file: string
  readonly expansion: string | null
  readonly childDir: string
  readonly pathBase: string
  readonly condition: Condition
}

/** A module declared by an item: `mod` with or without block, or the block of a fn or const. */
export interface ChildModule {
  readonly id: ModId
  readonly item: Item
  /** The item of the module that `item` is or stands in: the impl of a method's block. */
  readonly owner: Item
  /** Set for blocks: the items in them. */
  readonly blockItems: readonly Item[] | null
}

/** How many modules may be nested; more is a circle of `#[path]`s or of macros. */
const MAX_DEPTH = 64

/** The source of a module that is written as such; null for one that a macro makes or that does not exist. */
export const writtenModule: Query<ModId, ModuleSource | null> = query(
  'writtenModule',
  (db, id) => {
    const parts = idParts(id)
    if (parts.kind !== 'module') return null
    if (parts.path === '') return rootModule(db, id)
    const cut = parts.path.lastIndexOf('::')
    const parent = writtenModule(db, moduleId(parts.crate, cut < 0 ? '' : parts.path.slice(0, cut)))
    if (!parent) return null
    const child = childModules(db, parent.id, parent.items).find((each) => each.id === id)
    return child ? openModule(db, child, declarationIn(parent)) : null
  },
  { equals: sameValue },
)

function rootModule(db: Database, id: ModId): ModuleSource | null {
  const file = crateOf(db, crateOfId(id))?.root ?? null
  if (file === null) return null
  const folder = dirname(file) ?? file
  const summary = fileSummary(db, file)
  return {
    id,
    parent: null,
    file,
    expansion: null,
    items: summary?.items ?? [],
    childDir: folder,
    pathBase: folder,
    condition: ALWAYS,
    block: false,
    problem: summary ? null : `${basename(file)} cannot be read`,
    macroUse: false,
  }
}

/** What the children of a module inherit. */
export function declarationIn(source: ModuleSource): Declaration {
  const { id, file, expansion, childDir, pathBase, condition } = source
  return { parent: id, file, expansion, childDir, pathBase, condition }
}

/**
 * The modules among items, with ids: `mod`s that are not switched off, and the blocks of fns and consts that hold items.
 * Same-named ones (exclusive cfgs) are numbered. Conditions are not in the result.
 */
export function childModules(db: Database, parent: ModId, items: readonly Item[]): readonly ChildModule[] {
  const found: ChildModule[] = []
  const used = new Map<string, number>()
  const add = (name: string, item: Item, owner: Item, blockItems: readonly Item[] | null): void => {
    const nth = used.get(name) ?? 0
    used.set(name, nth + 1)
    found.push({ id: childModuleId(parent, nth === 0 ? name : `${name}#${nth}`), item, owner, blockItems })
  }
  for (const item of items) {
    if (conditionOf(db, crateOfId(parent), item.attrs) === null) continue
    if (item.kind === 'mod') add(item.name, item, item, null)
    else for (const block of blocksOf(item)) add(blockName(block), block, item, blockItemsOf(block))
  }
  return found
}

function blocksOf(item: Item): readonly Item[] {
  if (item.kind === 'fn' || item.kind === 'const' || item.kind === 'static') return blockItemsOf(item).length > 0 ? [item] : []
  if (item.kind === 'impl' || item.kind === 'trait') return item.children.flatMap(blocksOf)
  return []
}

function blockItemsOf(item: Item): readonly Item[] {
  return item.kind === 'fn' || item.kind === 'const' || item.kind === 'static' ? item.children : []
}

function blockName(item: Item): string {
  return `{${item.key.replaceAll('::', '.').replaceAll('\t', ' ')}}`
}

/** Finds the text of a declared module. */
export function openModule(db: Database, child: ChildModule, at: Declaration): ModuleSource {
  const crate = crateOfId(child.id)
  const own = conditionOf(db, crate, child.item.attrs) ?? ALWAYS
  const attrs = effectiveAttrs(db, crate, child.item.attrs)
  const base = {
    id: child.id,
    parent: at.parent,
    condition: both(at.condition, own),
    macroUse: attrs.some((attr) => attr.meta.path === 'macro_use'),
  }
  if (child.blockItems) {
    const { file, expansion, childDir, pathBase } = at
    return { ...base, file, expansion, items: child.blockItems, childDir, pathBase, block: true, problem: null }
  }
  const path = attrs.find((attr) => attr.meta.path === 'path' && attr.meta.value !== null)?.meta.value ?? null
  const mod = child.item as ModItem
  if (mod.children) {
    const folder = path === null ? join(at.childDir, mod.name) : join(at.pathBase, path)
    const { file, expansion } = at
    return { ...base, file, expansion, items: mod.children, childDir: folder, pathBase: folder, block: false, problem: null }
  }
  return { ...base, ...openFile(db, at, mod.name, path), expansion: null, block: false }
}

type OpenedFile = Pick<ModuleSource, 'file' | 'items' | 'childDir' | 'pathBase' | 'problem'>

function openFile(db: Database, at: Declaration, name: string, path: string | null): OpenedFile {
  const flat = join(at.childDir, `${name}.rs`)
  const nested = join(at.childDir, `${name}/mod.rs`)
  const candidates = path === null ? [flat, nested] : [join(at.pathBase, path)]
  for (const file of candidates) {
    if (!mayExist(db, file)) continue
    const summary = fileSummary(db, file)
    if (!summary) continue
    const folder = dirname(file) ?? file
    const circular = isCircular(db, at, file)
    const childDir = path !== null || file === nested ? folder : join(at.childDir, name)
    const problem = circular ? `module ${name} includes itself: ${file}` : null
    return { file, items: circular ? [] : summary.items, childDir, pathBase: folder, problem }
  }
  const wanted = candidates[0] ?? flat
  return { file: wanted, items: [], childDir: at.childDir, pathBase: at.childDir, problem: `file not found for module ${name}` }
}

/** Asks the folder first, where its names are known: a file that is not there needs no round of its own. */
function mayExist(db: Database, file: string): boolean {
  const folder = dirname(file)
  const names = folder === null ? null : db.directory(folder)
  return names === null || names.includes(basename(file))
}

function isCircular(db: Database, at: Declaration, file: string): boolean {
  let seen = at.file === file ? 1 : 0
  let parent: ModId | null = at.parent
  for (let depth = 0; parent !== null; depth++) {
    if (depth >= MAX_DEPTH || seen > 0) return true
    const source: ModuleSource | null = writtenModule(db, parent)
    if (!source) return false
    if (source.file === file) seen++
    parent = source.parent
  }
  return seen > 0
}

/**
 * Reads every Rust file below a local crate's source folder, so that the driver gets to know of most files in two or three
 * rounds instead of one round for each level of the module tree. Returns how many there are; the files are asked for in passing.
 */
export const prefetchSources = query<string, number>('prefetchSources', (db, folder) => {
  let files = 0
  const pending = [folder]
  for (let fuel = 10_000; pending.length > 0 && fuel > 0; fuel--) {
    const directory = pending.pop() ?? folder
    for (const name of db.directory(directory) ?? []) {
      if (name.endsWith('/')) {
        if (!SKIPPED_FOLDERS.has(name)) pending.push(join(directory, name))
      } else if (name.endsWith('.rs')) {
        db.text(join(directory, name))
        files++
      }
    }
  }
  return files
})

const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['target/', '.git/', 'node_modules/', 'tests/', 'benches/', 'examples/'])
