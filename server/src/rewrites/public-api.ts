import { implsOfType } from '../model/impls-of-type.ts'
import { definitionOfType } from '../model/type-names.ts'
import { type Database, query } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import { crateOfId, isModuleId, moduleId } from '../resolve/ids.ts'
import { crateItems } from '../resolve/items.ts'
import { resolveTargets } from '../resolve/lookup.ts'
import { itemOf, moduleScope } from '../resolve/scopes.ts'
import { signature } from '../resolve/signature.ts'
import type { Item } from '../syntax/summary.ts'
import type { ClassSource } from './class-source.ts'
import { codePositions, codeText } from './code-texts.ts'
import { codeToSearch } from './crate-code.ts'
import type { FunctionSource } from './functions.ts'
import type { MovePlan } from './plan.ts'
import type { Problem } from './problems.ts'
import { tokensIn } from './tokens.ts'

/** A field that crates elsewhere may use. */
export function publicProblem(source: ClassSource, plan: MovePlan): Problem | null {
  const fields = source.struct.fields.filter((it) => plan.fields.has(it.name) && it.vis === 'pub')
  const [field] = fields
  if (!field) return null
  if (isPublicApi(source))
    return { reason: 'public-field', detail: `\`${field.name}\` is a public field of a library that others may use` }
  const shown = fields.find((it) => showsType(source, it.name))
  return shown
    ? {
        reason: 'public-field',
        detail: `\`${shown.name}\` makes a type public of which the methods would be dead code without it`,
      }
    : null
}

/**
 * Whether a public field of a public class is all that keeps rustc from calling a `pub` method of its type dead code: PyO3's impls
 * make every such class reachable, and its public fields with it.
 */
function showsType(source: ClassSource, field: string): boolean {
  const { cls, struct, view } = source
  const { db } = view
  const ty = signature(db, cls.id)?.fields.find((it) => it.name === field)?.ty
  if (struct.vis !== 'pub' || ty?.kind !== 'adt' || crateOfId(ty.def) !== cls.crate) return false
  if (reachable(db, cls.crate).items.has(ty.def)) return false
  const methods = implsOfType(db, cls.crate, ty.def).flatMap((id) => {
    const item = itemOf(db, id)?.item
    return item?.kind === 'impl' && !item.trait ? item.children.filter((it) => it.kind === 'fn' && it.vis === 'pub') : []
  })
  const texts = [...codeToSearch(source)].map((it) => codeText(db, it) ?? '')
  return methods.some(({ name }) => {
    const found = texts.filter((it) => it.includes(name)).flatMap((it) => tokensIn(it).filter(({ text }) => text === name))
    return found.length <= 1
  })
}

/** Whether crates that nobody here knows may use what is `pub` in the class. */
export function isPublicApi(source: ClassSource): boolean {
  const { db } = source.view
  const { crate, name, id } = source.cls
  if (source.struct.vis !== 'pub' || isClosedCrate(db, crate)) return false
  const outside = reachable(db, crate)
  if (outside.items.has(id) || outside.words.has(name)) return true
  return isHandedOut(source, outside.modules)
}

/** Whether crates that nobody here knows may call a function: it is `pub`, and a path from outside leads to it or to its type. */
export function isPublicFunction(db: Database, crate: string, { fn, owner }: FunctionSource): boolean {
  if (fn.vis !== 'pub' || isClosedCrate(db, crate)) return false
  if (!owner) return true
  const of = owner.item.kind === 'impl' ? definitionOfType(db, owner.module, owner.item.self) : owner.id
  const outside = reachable(db, crate)
  return of === null || outside.items.has(of) || outside.words.has(fn.name) || outside.words.has(itemOf(db, of)?.item.name ?? '')
}

/**
 * Whether a crate is no library for crates that are not in the workspace: its package is not published, or it makes no `rlib` or
 * `dylib` (Cargo reference, "crate-type": others cannot be linked by Cargo as dependencies).
 */
export function isClosedCrate(db: Database, crate: string): boolean {
  const manifest = crateOf(db, crate)?.manifest
  const types = manifest?.lib?.crateTypes ?? []
  return (manifest?.package?.private ?? false) || (types.length > 0 && types.every((it) => /^(?:cdylib|staticlib|bin)$/.test(it)))
}

interface Outside {
  readonly items: ReadonlySet<DefId>
  readonly modules: ReadonlySet<ModId>
  /** Names that a macro which cannot be looked into was given: it may make them public. */
  readonly words: ReadonlySet<string>
}

/** What a path from outside the crate leads to: `pub` all the way, `pub use` followed. */
const reachable = query<string, Outside>('rewriteReachable', (db, crate) => {
  const items = new Set<DefId>()
  const modules = new Set<ModId>()
  const words = new Set<string>()
  const pending: ModId[] = [moduleId(crate, '')]
  const reach = (def: DefId | null): void => {
    if (def === null) return
    items.add(def)
    if (isModuleId(def)) pending.push(def)
  }
  for (let fuel = 100_000; pending.length > 0 && fuel > 0; fuel--) {
    const module = pending.pop() ?? ''
    if (modules.has(module)) continue
    modules.add(module)
    const scope = moduleScope(db, module)
    for (const source of scope?.opaque ?? []) for (const word of source.words.keys()) words.add(word)
    for (const entry of [...(scope?.names.values() ?? [])].flat()) if (entry.vis === 'pub') reach(entry.def)
    for (const it of [...[...(scope?.imports.values() ?? [])].flat(), ...(scope?.globs ?? [])]) {
      if (it.vis !== 'pub') continue
      for (const { def, rest } of resolveTargets(db, module, it.path, it.global, 'type').targets) if (rest === 0) reach(def)
    }
  }
  return { items, modules, words }
})

/**
 * Whether an item may hand out objects of a class that has no public path: its text names the class where others see it. What is
 * named in a function's body, in a private item or in a module that nothing outside reaches says nothing to others.
 */
function isHandedOut(source: ClassSource, modules: ReadonlySet<ModId>): boolean {
  const { db } = source.view
  const own = new Set(source.impls.map((it) => it.id))
  return crateItems(db, source.cls.crate).some(({ id, item, module, origin }) => {
    if (id === source.cls.id || own.has(id) || item.kind === 'use' || item.kind === 'mod') return false
    if (item.vis !== 'pub' && item.kind !== 'impl') return false
    if (item.kind !== 'impl' && !modules.has(module)) return false
    return namesOutside(db, item, origin.expansion ?? origin.file, source.cls.name)
  })
}

/** Whether a name stands in an item outside the bodies of its functions. */
function namesOutside(db: Database, item: Item, code: string, name: string): boolean {
  const positions = codePositions(db, code)?.items
  const at = positions?.get(item.key)
  const text = codeText(db, code)
  if (!at || text === null) return true
  if (!text.slice(at.start, at.end).includes(name)) return false
  const members = 'children' in item ? (item.children ?? []) : []
  const bodies = [item, ...members].flatMap((it) => positions?.get(it.key)?.body ?? [])
  const hidden = members.flatMap((it) =>
    item.kind === 'impl' && item.trait === null && it.vis !== 'pub' ? (positions?.get(it.key) ?? []) : [],
  )
  return tokensIn(text, at).some(
    (it) => it.text === name && ![...bodies, ...hidden].some((span) => span.start <= it.start && it.end <= span.end),
  )
}
