import type { ClassSource } from './class-source.ts'
import type { FunctionSource } from './functions.ts'

/** Whether a function is a member of an impl of the class, written or not. */
export function isOwnImpl(source: ClassSource, { owner }: FunctionSource): boolean {
  return owner !== null && (source.impls.some((it) => it.id === owner.id) || source.madeImpls.some((it) => it.id === owner.id))
}
