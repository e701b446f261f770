import { moduleScope } from '../resolve/scopes.ts'
import type { ClassSource } from './class-source.ts'
import type { LockKind } from './frozen-lock.ts'
import type { Problem } from './problems.ts'
import type { LockNames } from './wrapper.ts'

/** Names for the inner struct, the lock's field and the methods that lock, which nothing in the class's module and file has yet. */
export function freeNames(source: ClassSource, kind: LockKind, moved: ReadonlySet<string>): LockNames | Problem {
  const { db } = source.view
  const scope = moduleScope(db, source.cls.module)
  const texts = new Set([source.text, ...source.impls.map((it) => it.text)])
  const isFree = (name: string): boolean =>
    !scope?.names.has(name) && !scope?.imports.has(name) && ![...texts].some((it) => new RegExp(`\\b${name}\\b`).test(it))
  const inner = ['Inner', 'State', 'Data', 'Locked'].map((it) => source.cls.name + it).find(isFree)
  const kept = new Set(source.struct.fields.map((it) => it.name).filter((it) => !moved.has(it)))
  const lockField = source.struct.shape === 'tuple' ? '0' : ['inner', 'state', 'lock'].find((it) => !kept.has(it))
  const methods = new Set(source.methods.map((it) => it.name))
  const read = (kind === 'mutex' ? ['locked', 'lock_inner'] : ['read', 'read_inner']).find((it) => !methods.has(it))
  const write = kind === 'mutex' ? read : ['write', 'write_inner'].find((it) => !methods.has(it))
  if (inner === undefined || lockField === undefined || read === undefined || write === undefined)
    return { reason: 'name-clash', detail: `names for the locked half of \`${source.cls.name}\` are taken` }
  const open = source.methods.some((it) => it.impl.module.module !== source.cls.module)
  const tryRead = [`try_${read}`, `try_${read}_inner`].find((it) => !methods.has(it)) ?? read
  return {
    inner,
    poison: 'std::sync::PoisonError',
    lockField,
    read,
    write,
    tryRead,
    both: methods.has('both_locked') ? 'both_inner_locked' : 'both_locked',
    open,
  }
}
