import { definitionOfPath } from '../../model/type-names.ts'
import type { Database } from '../../query/database.ts'
import type { ModId } from '../../resolve/defs.ts'
import { isModuleId } from '../../resolve/ids.ts'
import { resolveTargets } from '../../resolve/lookup.ts'
import { type ModuleItem, moduleItems, moduleScope, type ScopeImport } from '../../resolve/scopes.ts'
import type { UseImport } from '../../syntax/summary.ts'
import type { ClassSource } from '../class-source.ts'

/** A leaf of a `use` by which a module has a class's name. */
export interface ImportLeaf {
  readonly module: ModId
  readonly item: ModuleItem
  readonly leaf: UseImport
}

/** The leaves that a path to the class goes through, in order; null where the way is not known. */
export function leavesOf(source: ClassSource, module: ModId, segments: readonly string[]): readonly ImportLeaf[] | null {
  const { db } = source.view
  const name = segments.at(-1) ?? ''
  const global = segments[0] === ''
  const path = global ? segments.slice(1, -1) : segments.slice(0, -1)
  const container = path.length === 0 ? module : moduleOf(db, module, path, global)
  return container === null ? null : leavesIn(source, container, name, 16)
}

function moduleOf(db: Database, module: ModId, path: readonly string[], global: boolean): ModId | null {
  const found = new Set(
    resolveTargets(db, module, path, global, 'type').targets.flatMap((it) => (it.rest === 0 && it.def ? [it.def] : [])),
  )
  const [only] = found
  return found.size === 1 && only !== undefined && isModuleId(only) ? only : null
}

function leavesIn(source: ClassSource, module: ModId, name: string, fuel: number): readonly ImportLeaf[] | null {
  const { db } = source.view
  const scope = moduleScope(db, module)
  if (!scope || fuel === 0) return null
  if (scope.names.has(name)) return module === source.cls.module && name === source.cls.name ? [] : null
  const imports = scope.imports.get(name) ?? []
  if (imports.length > 0) {
    const found: ImportLeaf[] = []
    for (const each of leavesNamed(db, module, name)) {
      if (each.leaf.alias !== null) return null
      const path = each.leaf.global ? ['', ...each.leaf.path] : each.leaf.path
      const rest = each.leaf.path.length > 1 ? leavesThrough(source, module, path, fuel) : null
      if (rest === null) return null
      found.push(each, ...rest)
    }
    return found.length >= imports.length ? found : null
  }
  for (const glob of scope.globs) {
    const def = definitionOfPath(db, module, [...glob.path, name], glob.global)
    if (def !== source.cls.id) continue
    return throughGlob(source, module, glob, name, fuel)
  }
  return scope.block && scope.parent !== null ? leavesIn(source, scope.parent, name, fuel - 1) : null
}

function throughGlob(source: ClassSource, module: ModId, { path, global }: ScopeImport, name: string, fuel: number) {
  const target = moduleOf(source.view.db, module, path, global)
  return target === null ? null : leavesIn(source, target, name, fuel - 1)
}

function leavesThrough(source: ClassSource, module: ModId, path: readonly string[], fuel: number) {
  const global = path[0] === ''
  const target = moduleOf(source.view.db, module, global ? path.slice(1, -1) : path.slice(0, -1), global)
  return target === null ? null : leavesIn(source, target, path.at(-1) ?? '', fuel - 1)
}

/** The leaves that give a module a name. */
function leavesNamed(db: Database, module: ModId, name: string): ImportLeaf[] {
  return moduleItems(db, module).flatMap((item): ImportLeaf[] => {
    if (item.item.kind !== 'use') return []
    return item.item.imports
      .filter((leaf) => !leaf.glob && (leaf.alias ?? leaf.path.at(-1)) === name)
      .map((leaf) => ({ module, item, leaf }))
  })
}
