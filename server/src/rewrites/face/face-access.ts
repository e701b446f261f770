import type { ClassSource, MethodSource } from '../class-source.ts'
import { holdsPointers } from '../copied.ts'
import { guardUses } from '../guard-uses.ts'
import { type Problem, placeText } from '../problems.ts'
import { pythonProblem } from '../python-free.ts'
import { selfUses } from '../self-uses.ts'
import { snapshotProblem } from '../snapshot.ts'
import { tokensIn } from '../tokens.ts'
import { isCloned } from './face-conversions.ts'
import type { Access } from './face-methods.ts'
import { isOverwrite } from './overwrites.ts'

/**
 * How the face's method may run the data's body: with the lock held where that runs no Python code, on a copy where it only reads.
 * The data knows nothing of the face, so a body that runs no Python code cannot come back for the lock.
 */
export function accessOf(source: ClassSource, method: MethodSource): Access | Problem {
  if (method.self === 'none') return 'none'
  const at = placeText(source.view.db, method.impl.file, method.nameAt.start)
  if (method.name === '__traverse__' || method.name === '__clear__')
    return { reason: 'calls-python', detail: `${at}: \`${method.name}\` must not wait for a lock` }
  const python = pythonProblem(source, method, new Set(['into']))
  if (python === null) return 'locked'
  if (isCloned(source) && isOverwrite(source, method)) return 'replaced'
  if (method.self === 'mut' || method.self === 'guard-mut') return python
  const pointed = calledFrom(source, method).find(holdsPointers)
  const copy = pointed ? `\`${pointed.name}\` may keep pointers into a copy` : snapshotProblem(source)?.detail
  return copy === undefined ? 'copied' : { ...python, detail: `${python.detail}; no copy: ${copy}` }
}

/** A method and all of the class that it may call. */
function calledFrom({ methods }: ClassSource, method: MethodSource): readonly MethodSource[] {
  const found = new Set([method])
  for (const each of found) {
    const words = new Set(tokensIn(each.impl.text, each.body).map((it) => it.text))
    for (const callee of methods) if (words.has(callee.name)) found.add(callee)
  }
  return [...found]
}

/** Whether a method only hands its object back, as `__iter__` does: it goes to the face as it is. */
export function isFaceOnly(method: MethodSource): boolean {
  if (!method.self.startsWith('guard')) return false
  const { handed, shadowed, explained } = guardUses(method)
  const { fields, calls, opaque, bare } = selfUses(method.facts, method.selfName)
  const isToken = calls.every((it) => it.name === 'py' || it.name === 'into')
  return handed !== null && !shadowed && isToken && fields.length + opaque.length === 0 && bare.every((it) => explained.has(it))
}
