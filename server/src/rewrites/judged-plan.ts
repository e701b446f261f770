import { cachedOf } from './cache-form.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { copyProblem } from './copied.ts'
import { flowOf } from './flow.ts'
import { holdsOtherLock } from './held-guards.ts'
import { narrowSection, type Section } from './narrow.ts'
import { usesAndCalls } from './narrow-parts.ts'
import { type MovePlan, moveProblem, type Narrowed } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { pythonProblem } from './python-free.ts'
import { signatureProblem } from './signature.ts'
import { isUnlocked, keepsExclusive } from './trait-methods.ts'
import { otherObject } from './two-instances.ts'

/**
 * A plan of which every body may run under the lock, or for the part that its section says; the first problem where one may not.
 * A body that runs Python code stays where it is and holds the lock for what needs it only, or works on a copy.
 */
export function judgedPlan(source: ClassSource, plan: MovePlan): MovePlan | Problem {
  const loud = loudMethods(source, plan)
  for (const method of plan.moved) {
    const moves = !loud.has(method)
    const problem = moveProblem(source, plan, method, moves) ?? (moves ? signatureProblem(source, plan, method) : null)
    if (problem) return problem
  }
  if (loud.size === 0) return plan
  const rest = plan.moved.filter((it) => !loud.has(it))
  const draft: MovePlan = { ...plan, moved: rest, narrowed: new Map([...loud.keys()].map((it) => [it, NOTHING])) }
  const staying = [...loud.keys()].filter((it) => onlyCalls(source, draft, it))
  for (const method of staying) loud.delete(method)
  const narrowed = narrowedMethods(source, draft, [...loud.keys()])
  const copied = withCalled(plan, [...loud.keys()], new Set([...loud.keys()].filter((it) => !narrowed.has(it))))
  const moved = plan.moved.filter((it) => !staying.includes(it) && (!narrowed.has(it) || copied.has(it)))
  for (const method of copied) {
    narrowed.delete(method)
    const python = loud.get(method)
    const problem = moveProblem(source, plan, method) ?? copyProblem(source, { ...plan, moved }, method)
    if (python && problem) return signatureProblem(source, plan, method) ?? both(python, problem)
  }
  // A copied body may have left the class, where what calls it stays.
  for (const method of narrowed.keys())
    if (plan.uses.get(method)?.calls.some(({ name }) => [...copied].some((it) => it.name === name)))
      return loud.get(method) ?? { reason: 'calls-python', detail: `\`${method.name}\` calls what works on a copy` }
  return { ...plan, moved, narrowed, copied }
}

/**
 * A trait's method that has the object to itself, and does nothing with it but call methods that lock for themselves, stays as it is:
 * nobody else can have the lock then.
 */
function onlyCalls(source: ClassSource, draft: MovePlan, method: MethodSource): boolean {
  const found = keepsExclusive(method) ? usesAndCalls(source, draft, method) : null
  return found !== null && found.uses.length === 0 && found.calls.length > 0
}

/** How bodies that stay hold the lock; those that call one another are looked at after what they call. */
function narrowedMethods(source: ClassSource, draft: MovePlan, methods: readonly MethodSource[]): Map<MethodSource, Narrowed> {
  const found = new Map<MethodSource, Narrowed>()
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const method of methods) {
      if (found.has(method) || method.fn.const || otherObject(source, method) || holdsOtherLock(draft, method)) continue
      const how = narrowSection(source, draft, method) ?? cachedOf(source, draft, method) ?? flowOf(source, draft, method, found)
      if (how) found.set(method, how)
    }
  }
  return found
}

/** Methods of a plan of which the bodies must not run under the lock as a whole, with why. */
export function loudMethods(source: ClassSource, plan: MovePlan): Map<MethodSource, Problem> {
  // `slf.into()` hands the object back, which the method that stays does.
  const quiet = new Set([...plan.moved.map((it) => it.name), 'into'])
  const loud = new Map<MethodSource, Problem>()
  for (const method of plan.moved) {
    const python = isUnlocked(plan, method) ? null : (waitsInCollector(source, method) ?? pythonProblem(source, method, quiet))
    if (python) loud.set(method, python)
  }
  spread(plan, loud)
  return loud
}

/** What calls a loud method of the object is loud. */
function spread({ moved, uses }: MovePlan, loud: Map<MethodSource, Problem>): void {
  for (let size = -1; size !== loud.size; ) {
    size = loud.size
    for (const method of moved) {
      if (loud.has(method)) continue
      const calls = uses.get(method)?.calls ?? []
      const why = [...loud].find(([callee]) => calls.some((it) => it.name === callee.name))?.[1]
      if (why) loud.set(method, why)
    }
  }
}

/** Methods that work on a copy, with the loud ones that they call: those have to be there for a copy to be called on. */
function withCalled({ uses }: MovePlan, loud: readonly MethodSource[], copied: Set<MethodSource>): ReadonlySet<MethodSource> {
  for (const method of copied)
    for (const { name } of uses.get(method)?.calls ?? []) for (const callee of loud) if (callee.name === name) copied.add(callee)
  return copied
}

/** Why neither the lock nor a copy will do. */
function both(python: Problem, copy: Problem): Problem {
  return { ...python, detail: copy.reason === 'calls-python' ? python.detail : `${python.detail}; no copy: ${copy.detail}` }
}

const NOTHING: Section = {
  block: 0,
  first: 0,
  last: 0,
  before: [],
  taken: null,
  replaced: [],
  leaving: [],
  tail: false,
  uses: [],
  tries: false,
}

/** `__traverse__` runs while other threads are stopped, perhaps with the lock; `__clear__` drops Python objects. */
function waitsInCollector({ view }: ClassSource, { name, impl, nameAt }: MethodSource): Problem | null {
  if (impl.kind !== 'pymethods' || (name !== '__traverse__' && name !== '__clear__')) return null
  return {
    reason: 'calls-python',
    detail: `${placeText(view.db, impl.file, nameAt.start)}: \`${name}\` must not wait for a lock`,
  }
}
