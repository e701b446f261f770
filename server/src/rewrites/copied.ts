import type { ClassSource, MethodSource } from './class-source.ts'
import { guardUses } from './guard-uses.ts'
import type { MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { spelled } from './raw-names.ts'
import type { Owned } from './returned.ts'
import { hasRustCaller } from './rust-callers.ts'
import { callText, lockedChain } from './rust-format.ts'
import { signatureProblem } from './signature.ts'
import { snapshotProblem } from './snapshot.ts'
import { tokensIn } from './tokens.ts'
import { otherObject } from './two-instances.ts'
import type { LockNames } from './wrapper.ts'

/**
 * What keeps a method whose body may run Python code from working on a copy of what is behind the lock; null if nothing does. A writer's
 * changes would be lost, so only readers may. Before the rewrite a reader held a shared borrow, and a writer got an exception
 * meanwhile: now the writer writes, and the reader goes on with what it saw.
 * @param plan has the methods that the body calls among those that move
 */
export function copyProblem(source: ClassSource, plan: MovePlan, method: MethodSource): Problem | null {
  const at = placeText(source.view.db, method.impl.file, method.nameAt.start)
  const why = (clause: string, reason: Problem['reason'] = 'derive-breaks'): Problem => ({
    reason,
    detail: `${at}: \`${method.name}\` ${clause}`,
  })
  const isReader = method.self === 'ref' || (method.self === 'guard' && guardUses(method).handed === null)
  if (!isReader || method.fn.const || method.fn.async || otherObject(source, method)?.mut)
    return why('changes the object', 'calls-python')
  // The collector must not wait for the lock, nor may it count objects.
  if (method.name === '__traverse__') return why('must not wait for a lock')
  const pointed = calledFrom(plan, method).find(holdsPointers)
  if (pointed) return why(`leads to \`${pointed.name}\`, which may keep pointers into a copy`)
  const attached = method.impl.kind === 'pymethods' && !hasRustCaller(source, plan, method)
  return signatureProblem(source, plan, method) ?? snapshotProblem(source, plan.fields, attached)
}

/** A method and all that it calls among those that move. */
function calledFrom(plan: MovePlan, method: MethodSource): readonly MethodSource[] {
  const found = new Set([method])
  for (const each of found)
    for (const { name } of plan.uses.get(each)?.calls ?? [])
      for (const callee of plan.moved) if (callee.name === name) found.add(callee)
  return [...found]
}

/** The address of a copy would outlive it. */
const POINTER = /(?:^|_)(?:ptr|addr_of|transmute|unsafe)(?:_|$)/

export function holdsPointers({ impl, body }: MethodSource): boolean {
  // `&raw const self.buffer`; a field or method called `raw` gives no address.
  return tokensIn(impl.text, body).some(({ text }, i, all) => POINTER.test(text) || (text === 'raw' && all[i - 1]?.text === '&'))
}

/** What the method that stays is made of. */
interface CopyParts {
  /** The method that moved, by its path. */
  readonly callee: string
  /** Whether it has to be called so. */
  readonly byPath: boolean
  readonly args: readonly string[]
  readonly owned: Owned | null
  readonly end: string
}

/**
 * The body of the method that stays: statements that copy the object, and another one of its class after it, and the call on the copies.
 * The guard goes at the end of its statement, so that none is alive in the call, and there are never two.
 */
export function copyBody(source: ClassSource, method: MethodSource, names: LockNames, parts: CopyParts, indent: string): string {
  const { callee, byPath, owned, end } = parts
  const other = otherObject(source, method)
  const pick = (wanted: readonly string[]): string => wanted.find((it) => !parts.args.includes(it)) ?? 'copied'
  const [own, theirs] = [pick(['own', 'copy']), pick(['theirs', 'them', 'that'])]
  const args = other ? parts.args.with(other.index, `&${theirs}`) : parts.args
  // A method of that name comes before the trait's.
  const shadowed = source.methods.some((it) => it.name === 'clone' && it.self !== 'none')
  const copy = (object: string): string =>
    shadowed ? `Clone::clone(&*${object}.${names.read}())` : `${object}.${names.read}().clone()`
  const lines = [`let ${own} = ${copy('self')};`, ...(other ? [`let ${theirs} = ${copy(other.name)};`] : [])]
  const call = byPath ? callText(indent, callee, [`&${own}`, ...args]) : callText(indent, `${own}.${spelled(method.name)}`, args)
  const whole = owned ? lockedChain(indent, [call, '', ...owned.steps], owned.before, owned.after, end) : call + end
  return [...lines, whole].join(`\n${indent}`)
}
