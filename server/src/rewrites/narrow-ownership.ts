import { signature } from '../resolve/signature.ts'
import type { Ty } from '../resolve/ty.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { isOwned } from './narrow-owned.ts'
import type { MovePlan } from './plan.ts'
import { borrows } from './signature.ts'

/** Tells of the expressions of a method whether they give values that borrow nothing from the object. */
export function ownership(source: ClassSource, plan: MovePlan, method: MethodSource): (index: number) => boolean {
  const fields = signature(source.view.db, source.cls.id)?.fields ?? []
  const isPlain = (index: number): boolean => {
    const fact = method.facts.facts[index]
    if (fact?.kind !== 'field' || fact.receiverText !== method.selfName) return false
    return isCopied(fields.find((it) => it.name === fact.name)?.ty)
  }
  const isOwnCall = (name: string): boolean => {
    const callees = plan.moved.filter((it) => it.name === name)
    return callees.length > 0 && callees.every((it) => it.fn.ret === null || !borrows(source, it, it.fn.ret))
  }
  return (index) => isOwned(method, index, isPlain, isOwnCall)
}

/** Whether reading a place of the type copies it, and the copy holds no reference. */
function isCopied(ty: Ty | undefined): boolean {
  if (ty?.kind === 'prim') return ty.name !== 'str'
  return ty?.kind === 'tuple' && ty.items.every(isCopied)
}
