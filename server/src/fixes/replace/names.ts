import type { ModId } from '../../resolve/defs.ts'
import { crateOfId, idParts } from '../../resolve/ids.ts'
import { resolveTargets } from '../../resolve/lookup.ts'
import { moduleTree } from '../../resolve/module-tree.ts'
import { moduleItems } from '../../resolve/scopes.ts'
import type { Job } from './job.ts'

/** What a module can call `path` (as `std::sync::Mutex`): its last segment where that means it or can be imported, else the path. */
export function nameFor(job: Job, module: ModId, path: string): string {
  const { db } = job.cx
  const name = path.slice(path.lastIndexOf(':') + 1)
  const meant = resolveTargets(db, module, path.split('::'), false, 'type')
  const here = resolveTargets(db, module, [name], false, 'type')
  const [target] = here.targets
  if (here.targets.length === 1 && target?.rest === 0 && target.def !== null && target.def === meant.targets[0]?.def) return name
  if (here.targets.length > 0 || here.opaque || !canImport(job, module)) return path
  if (!job.wanted.some((it) => it.module === module && it.path === path)) job.wanted.push({ module, path })
  return name
}

/** Whether a `use` can be put into the module: one that is written in a file and has imports already. */
function canImport({ cx, owner }: Job, module: ModId): boolean {
  const node = moduleTree(cx.db, crateOfId(owner.id)).modules.find((it) => it.id === module)
  if (!node || node.block || idParts(module).kind !== 'module') return false
  return moduleItems(cx.db, module).some(
    (it) => it.item.kind === 'use' && it.origin.expansion === null && it.origin.file === node.file,
  )
}
