import { isSatisfiableTogether } from '../project/cfg-logic.ts'
import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import { expandedModule } from '../resolve/expansions.ts'
import { resolveInWorkspace } from '../resolve/lookup.ts'
import { moduleItems } from '../resolve/scopes.ts'
import { attributeNamesIn } from './attribute-names.ts'
import { effectiveMetas } from './attributes.ts'
import { implsOfType } from './impls-of-type.ts'
import { classShape } from './pyclasses.ts'
import { moduleShape, pyModuleIds } from './pymodules.ts'
import { registrationsOf } from './registrations.ts'
import { definitionOfPath } from './type-names.ts'

/** Which modules of the workspace export which classes. */
export interface ExportsIndex {
  /** Class → modules that export it, in the order found. */
  readonly classes: ReadonlyMap<DefId, readonly DefId[]>
  /** Class → why PyO3's module macro left it out without a word, and which module that is. */
  readonly silent: ReadonlyMap<DefId, SilentGap>
  /** All modules of the workspace, top-level or not. */
  readonly modules: readonly DefId[]
}

/** A module that leaves a class out without a word, and how. */
export interface SilentGap {
  readonly module: DefId
  readonly why: string
}

/** How deep helper functions may call each other before the search ends. */
const MAX_CALLS = 2_000

/** Key: the crate ids of the workspace, joined by newlines. */
export const exportsIndex = query<string, ExportsIndex>('exportsIndex', (db, key) => {
  const crates = key.split('\n')
  const building: Building = { db, classes: new Map(), silent: new Map(), crates }
  const modules = crates.flatMap((crate) => pyModuleIds(db, crate))
  for (const id of modules) {
    const module = moduleShape(db, id)
    if (module?.form === 'mod') declarative(building, id, module.module)
    else registered(building, id, id)
  }
  overwritten(building)
  return { classes: building.classes, silent: building.silent, modules }
})

/** Key of a workspace for `exportsIndex`. */
export function exportsKey(crates: Iterable<CrateId>): string {
  return [...crates].join('\n')
}

interface Building {
  readonly db: Database
  readonly classes: Map<DefId, DefId[]>
  readonly silent: Map<DefId, SilentGap>
  readonly crates: readonly CrateId[]
}

function add({ classes }: Building, cls: DefId, module: DefId): void {
  const known = classes.get(cls)
  if (!known) classes.set(cls, [module])
  else if (!known.includes(module)) known.push(module)
}

/** Follows the calls of a module's function through helpers, wherever in the workspace they are. */
function registered(building: Building, module: DefId, start: DefId): void {
  const seen = new Set([start])
  const queue = [start]
  for (let i = 0; i < queue.length && i < MAX_CALLS; i++) {
    const { classes, functions } = registrationsOf(building.db, queue[i] ?? '')
    for (const cls of classes) add(building, cls, module)
    for (const next of functions.flatMap((it) => [
      it,
      ...building.crates.flatMap((crate) => implsOfType(building.db, crate, it)),
    ])) {
      // A module that is wrapped inside this one exports its classes itself.
      if (seen.has(next) || moduleShape(building.db, next)) continue
      seen.add(next)
      queue.push(next)
    }
  }
}

/** What the macro of a declarative module sees, and what it does not (macros-backend, `module.rs`). */
function declarative(building: Building, id: DefId, module: ModId): void {
  const { db } = building
  const names = attributeNamesIn(db, module)
  for (const it of moduleItems(db, module)) {
    const metas = effectiveMetas(it.item.attrs).map(({ meta }) => names.pyo3Macro(meta.path))
    if (it.item.kind === 'use') {
      for (const { path, global, glob } of it.item.imports) {
        if (glob) continue
        const exported = metas.includes('pymodule_export')
        const def = exported
          ? definitionOfPath(db, module, path, global)
          : (resolveInWorkspace(db, module, path, global, 'type')[0]?.def ?? null)
        if (def === null || !classShape(db, def)) continue
        if (exported) add(building, def, id)
        else
          building.silent.set(def, {
            module: id,
            why: `module \`${moduleShape(db, id)?.name}\` has a plain \`use\` without \`#[pymodule_export]\``,
          })
      }
    } else if (it.item.kind === 'fn') registered(building, id, it.id)
    else declaredClass(building, id, it.id)
  }
  plainModules(building, id, module)
}

function declaredClass(building: Building, id: DefId, item: DefId): void {
  const cls = classShape(building.db, item)
  if (!cls) return
  if (cls.literalAttribute && !cls.macroMade) add(building, item, id)
  else {
    const how = cls.macroMade
      ? 'a macro makes the class'
      : 'its attribute is not a literal `#[pyclass]` but stands in a `cfg_attr` or is renamed'
    building.silent.set(item, { module: id, why: `${how}, which the module macro does not see` })
  }
}

/** Classes in plain `mod`s inside a declarative module. */
function plainModules(building: Building, id: DefId, module: ModId): void {
  const { db } = building
  for (const { child } of expandedModule(db, module)?.children ?? []) {
    const names = attributeNamesIn(db, module)
    if (
      child.item.kind !== 'mod' ||
      effectiveMetas(child.item.attrs).some(({ meta }) => names.pyo3Macro(meta.path) === 'pymodule')
    )
      continue
    for (const it of moduleItems(db, child.id)) {
      if (classShape(db, it.id))
        building.silent.set(it.id, {
          module: id,
          why: 'it stands in a plain `mod` inside the module, which the module macro does not look into',
        })
    }
    plainModules(building, id, child.id)
  }
}

/** Of two classes that one module exports under one name, the second replaces the first. */
function overwritten(building: Building): void {
  const last = new Map<string, DefId>()
  for (const [cls, modules] of building.classes) {
    const name = classShape(building.db, cls)?.pythonName
    for (const module of modules) {
      const slot = `${module}\n${name}`
      const before = last.get(slot)
      if (before !== undefined && canMeet(building.db, before, cls)) {
        building.silent.set(before, {
          module,
          why: `another class with the Python name \`${name}\` replaces it in the same module`,
        })
        const rest = (building.classes.get(before) ?? []).filter((it) => it !== module)
        building.classes.set(before, rest)
      }
      last.set(slot, cls)
    }
  }
}

function canMeet(db: Database, a: DefId, b: DefId): boolean {
  const first = classShape(db, a)?.condition
  const second = classShape(db, b)?.condition
  return !first || !second || isSatisfiableTogether(first, second)
}
