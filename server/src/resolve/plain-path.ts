import { type Database, query } from '../query/database.ts'
import { ALWAYS } from './conditions.ts'
import type { ModId } from './defs.ts'
import { crateOfId, isModuleId, moduleId } from './ids.ts'
import { moduleScope } from './scopes.ts'

/**
 * The module that a path leads to through nothing but `mod` items: most globs are such, and need no search that could come
 * back to itself, so that the answer can be remembered.
 * @returns null if the path goes through an import, a glob, another crate or a cfg, or leads nowhere
 */
export function plainModule(db: Database, from: ModId, path: readonly string[]): ModId | null {
  return plainPath(db, `${from}\n${path.join('::')}`)
}

const plainPath = query<string, ModId | null>('plainPath', (db, key) => {
  const [from = '', path = ''] = key.split('\n')
  if (moduleScope(db, from)?.block !== false) return null
  let at: ModId = from
  for (const [i, name] of path.split('::').entries()) {
    const next = i === 0 && name === 'crate' ? moduleId(crateOfId(from), '') : step(db, at, name)
    if (next === null) return null
    at = next
  }
  return at
})

function step(db: Database, at: ModId, name: string): ModId | null {
  const scope = moduleScope(db, at)
  if (!scope || scope.block) return null
  if (name === 'self') return at
  if (name === 'super') return scope.parent
  const [entry, ...others] = (scope.names.get(name) ?? []).filter((each) => each.namespace === 'type')
  if (!entry || others.length > 0 || entry.condition !== ALWAYS || scope.imports.has(name)) return null
  return isModuleId(entry.def) ? entry.def : null
}
