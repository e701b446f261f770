import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import type { UseImport } from '../syntax/summary.ts'
import { conditionOf, effectiveAttrs } from './conditions.ts'
import { authorityOf, crateOf, externCrate } from './crates.ts'
import type { ModId } from './defs.ts'
import { moduleId } from './ids.ts'
import { childModules, writtenModule } from './module-source.ts'
import { sameValue } from './same-value.ts'

/** How names of attribute macros may come into scope in a crate. */
interface AttributeImports {
  /** Last names and aliases of every `use` of the crate. */
  readonly names: ReadonlyMap<string, true>
  /** Globs into other crates, as written. */
  readonly globs: readonly (readonly string[])[]
  /** `#[macro_use] extern crate x`. */
  readonly macroUse: readonly string[]
}

const attributeImports = query<CrateId, AttributeImports>(
  'attributeImports',
  (db, crate) => {
    const names = new Map<string, true>()
    const globs = new Map<string, readonly string[]>()
    const macroUse: string[] = []
    const addUse = (use: UseImport): void => {
      if (!use.glob) names.set(use.alias ?? use.path.at(-1) ?? '', true)
      else if (externCrate(db, crate, use.path[0] ?? '') !== null) globs.set(use.path.join('::'), use.path)
    }
    const pending: ModId[] = [moduleId(crate, '')]
    for (let fuel = 20_000; pending.length > 0 && fuel > 0; fuel--) {
      const source = writtenModule(db, pending.pop() ?? '')
      if (!source) continue
      for (const item of source.items) {
        if (conditionOf(db, crate, item.attrs) === null) continue
        if (item.kind === 'use') for (const use of item.imports) addUse(use)
        else if (
          item.kind === 'extern_crate' &&
          effectiveAttrs(db, crate, item.attrs).some(({ meta }) => meta.path === 'macro_use')
        )
          macroUse.push(item.name)
      }
      for (const child of childModules(db, source.id, source.items)) pending.push(child.id)
    }
    return { names, globs: [...globs.values()], macroUse }
  },
  { equals: sameValue },
)

/** Whether a crate that is no procedural macro re-exports nothing of this name from its root: only so can it have attributes. */
function isKnownAbsent(db: Database, crate: CrateId, name: string): boolean {
  const root = writtenModule(db, moduleId(crate, ''))
  if (!root || root.problem !== null || crateOf(db, crate)?.procMacro) return false
  return root.items.every((item) => {
    if (item.kind === 'macro_call') return false
    return item.kind !== 'use' || item.imports.every((use) => !use.glob && (use.alias ?? use.path.at(-1)) !== name)
  })
}

/** The attribute macros that a procedural macro crate defines; null for other crates and for one without sources. */
const procMacroAttributes = query<CrateId, ReadonlyMap<string, true> | null>(
  'procMacroAttributes',
  (db, crate) => {
    const root = crateOf(db, crate)?.procMacro ? writtenModule(db, moduleId(crate, '')) : null
    // A macro call may define the functions.
    if (!root || root.problem !== null || root.items.some((item) => item.kind === 'macro_call')) return null
    const found = new Map<string, true>()
    for (const item of root.items) {
      if (item.kind === 'fn' && item.attrs.some(({ meta }) => meta.path === 'proc_macro_attribute')) found.set(item.name, true)
    }
    return found
  },
  { equals: sameValue },
)

/**
 * Whether an attribute of one name, as `#[base]`, may be an attribute macro: only if some `use` of the crate brings the
 * name into scope. Else it is a helper that a derive looks at, which cannot change the item.
 */
export function mayBeAttributeMacro(db: Database, crate: CrateId, name: string): boolean {
  const { names, globs, macroUse } = attributeImports(db, crate)
  if (names.has(name)) return true
  return macroUse.some((from) => mayExport(db, crate, [from], name)) || globs.some((path) => mayExport(db, crate, path, name))
}

function mayExport(db: Database, crate: CrateId, path: readonly string[], name: string): boolean {
  const [first = '', ...rest] = path
  const extern = externCrate(db, crate, first)
  if (extern === null) return false
  const own = procMacroAttributes(db, extern)
  if (own) return own.has(name)
  const authority = authorityOf(db, extern)
  if (authority.kind !== 'facts') return rest.length > 0 || !isKnownAbsent(db, extern, name)
  const { facts } = authority
  if (facts.lookup([...rest, name], 'macro') !== null) return true
  const module = facts.lookup(rest)
  // Between two verified versions that both lack the name: an entry holds there, and so does its absence.
  return !facts.within || module?.kind !== 'module' || !module.complete || module.globs.length > 0
}
