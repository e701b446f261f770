import type { Database } from '../query/database.ts'
import type { ModId } from '../resolve/defs.ts'
import { childModuleId, crateOfId, idParts, moduleId } from '../resolve/ids.ts'
import { resolveTargets } from '../resolve/lookup.ts'
import { moduleScope } from '../resolve/scopes.ts'
import type { ClassSource } from './class-source.ts'
import { type PlacedEdit, placed } from './file-edits.ts'
import { importNames } from './imports.ts'

/** Whether a module is another, or stands in it: what is private there can be used here (Rust reference, "Visibility and privacy"). */
export function isWithin(module: ModId, outer: ModId): boolean {
  return module === outer || module.startsWith(childModuleId(outer, ''))
}

/** `pub(super) ` and the like: the least that lets all the modules use what the class's own module declares; '' for private. */
export function leastVisibility(db: Database, home: ModId, users: Iterable<ModId>): string {
  const modules = [...users]
  if (modules.every((it) => isWithin(it, home))) return ''
  const parent = moduleScope(db, home)?.parent
  const isNear =
    parent && idParts(parent).kind === 'module' && !parent.endsWith('\t') && modules.every((it) => isWithin(it, parent))
  return isNear ? 'pub(super) ' : 'pub(crate) '
}

/** How a name is written in some module, and the import that this needs. */
export interface PlacedName {
  readonly text: string
  readonly edits: readonly PlacedEdit[]
}

/** The modules in which what the rewrite makes is used, and how the inner struct is written in those that name it. */
export interface Places {
  readonly names: Map<ModId, PlacedName>
  readonly users: Set<ModId>
}

/** How the inner struct is written in a module, noted among the places; null if it cannot be named from there. */
export function innerIn(source: ClassSource, places: Places, inner: string, place: Place): string | null {
  const known = places.names.get(place.module) ?? nameFrom(source, inner, place)
  if (!known) return null
  places.names.set(place.module, known)
  places.users.add(place.module)
  return known.text
}

interface Place {
  readonly module: ModId
  readonly file: string
  /** Of the file. */
  readonly text: string
}

/** How a name that the class's module declares is written in another; null if its module cannot be named from there. */
function nameFrom(source: ClassSource, name: string, { module, file, text }: Place): PlacedName | null {
  const { db } = source.view
  const home = source.cls.module
  if (crateOfId(module) !== source.cls.crate) return null
  if (module === home || seesThroughGlob(db, module, home)) return { text: name, edits: [] }
  const path = pathOfImport(source, module) ?? pathOf(db, home, module)
  if (path === null) return null
  const imports = importNames({ view: source.view, module, file, text, before: null }, path, [name])
  return { text: imports.names.get(name) ?? name, edits: placed(file, imports.edits) }
}

/** Whether `use super::*` or the like brings all that the class's module declares. */
function seesThroughGlob(db: Database, module: ModId, home: ModId): boolean {
  const scope = moduleScope(db, module)
  const found = (scope?.globs ?? []).some((it) => {
    if (it.condition.kind !== 'const' || !it.condition.value) return false
    const { targets } = resolveTargets(db, module, it.path, it.global, 'type')
    return targets.some((target) => target.rest === 0 && target.def === home)
  })
  return (
    found ||
    (scope?.block === true && scope.parent !== null && (scope.parent === home || seesThroughGlob(db, scope.parent, home)))
  )
}

/** The path by which a module imports the class itself, where that leads straight to the class's module. */
function pathOfImport({ view: { db }, cls }: ClassSource, module: ModId): string | null {
  for (const { path, global } of moduleScope(db, module)?.imports.get(cls.name) ?? []) {
    const parent = path.slice(0, -1)
    const { targets } = resolveTargets(db, module, parent, global, 'type')
    const [target] = targets
    if (parent.length > 0 && !global && targets.length === 1 && target?.rest === 0 && target.def === cls.module)
      return parent.join('::')
  }
  return null
}

/** `super` or `crate::a::b` where every module on the way can be seen from `from`; null if one cannot. */
export function pathOf(db: Database, home: ModId, from: ModId): string | null {
  const parts = idParts(home)
  if (parts.kind !== 'module' || moduleScope(db, home)?.block) return null
  if (moduleScope(db, from)?.parent === home) return 'super'
  const names = parts.path === '' ? [] : parts.path.split('::')
  let at = moduleId(parts.crate, '')
  for (const name of names) {
    const entries = (moduleScope(db, at)?.names.get(name) ?? []).filter((it) => it.namespace === 'type')
    const [entry] = entries
    if (entries.length !== 1 || !entry) return null
    if (entry.vis === 'private' && !isWithin(from, at)) return null
    if (entry.vis === 'super' && !isWithin(from, moduleScope(db, at)?.parent ?? at)) return null
    if (typeof entry.vis === 'object') return null
    at = childModuleId(at, name)
  }
  return ['crate', ...names].join('::')
}
