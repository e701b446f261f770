import type { ClassSource, MethodSource } from './class-source.ts'
import { narrowSection, type Section } from './narrow.ts'
import { type MovePlan, moveProblem } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { pythonProblem } from './python-free.ts'
import { signatureProblem } from './signature.ts'
import { isUnlocked } from './trait-methods.ts'
import { otherObject } from './two-instances.ts'

/**
 * A plan of which every body may run under the lock, or for the part that its section says; the first problem where one may not.
 * A body that runs Python code stays where it is and holds the lock for what needs it only.
 */
export function judgedPlan(source: ClassSource, plan: MovePlan): MovePlan | Problem {
  // `slf.into()` hands the object back, which the method that stays does.
  const quiet = new Set([...plan.moved.map((it) => it.name), 'into'])
  const loud = new Map<MethodSource, Problem>()
  for (const method of plan.moved) {
    const python = isUnlocked(plan, method) ? null : (waitsInCollector(source, method) ?? pythonProblem(source, method, quiet))
    if (python) loud.set(method, python)
    const problem = moveProblem(source, plan, method) ?? (python ? null : signatureProblem(source, plan, method))
    if (problem) return problem
  }
  if (loud.size === 0) return plan
  const moved = plan.moved.filter((it) => !loud.has(it))
  const loudNames = new Set([...loud.keys()].map((it) => it.name))
  const caller = moved.find((it) => plan.uses.get(it)?.calls.some((call) => loudNames.has(call.name)))
  const narrowed = new Map<MethodSource, Section>()
  const draft: MovePlan = { ...plan, moved, narrowed: new Map([...loud.keys()].map((it) => [it, NOTHING])) }
  for (const [method, problem] of loud) {
    const section = caller || method.fn.const || otherObject(source, method) ? null : narrowSection(source, draft, method)
    if (!section) return signatureProblem(source, plan, method) ?? problem
    narrowed.set(method, section)
  }
  return { ...draft, narrowed }
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
