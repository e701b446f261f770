import { moduleTree } from '../resolve/module-tree.ts'
import type { ClassSource } from './class-source.ts'
import { expansionsOf, isExpansion } from './code-texts.ts'
import { codeToSearch, filesOfCrate } from './crate-code.ts'
import { isWithin } from './lock-places.ts'
import type { MovePlan } from './plan.ts'

/** Files and expansions of the modules in which some moved field can be named. */
export function filesThatSee(source: ClassSource, plan: MovePlan): ReadonlySet<string> {
  const files = writtenThatSee(source, plan)
  return new Set([
    ...files,
    ...expansionsOf(source.view.db, source.cls.crate)
      .filter((it) => files.has(it.file))
      .map((it) => it.id),
  ])
}

function writtenThatSee(source: ClassSource, plan: MovePlan): ReadonlySet<string> {
  const { db } = source.view
  const open = source.struct.fields.some((it) => plan.fields.has(it.name) && it.vis !== 'private')
  if (open) return new Set([...codeToSearch(source)].filter((it) => !isExpansion(it)))
  const { modules } = moduleTree(db, source.cls.crate)
  const inside = new Set(modules.filter((it) => isWithin(it.id, source.cls.module)).map((it) => it.file))
  // Of a file under a `cfg` that is off it is not known which module it is.
  const elsewhere = new Set(modules.map((it) => it.file).filter((it) => !inside.has(it)))
  return new Set([...filesOfCrate(db, source.cls.crate)].filter((it) => !elsewhere.has(it)))
}
