import type { Fix, Offer, Refusal } from '../fixes/fix.ts'
import type { CrateView } from '../model/crate-view.ts'
import type { PyClass } from '../model/pyclass.ts'
import { type Accesses, accessesOf } from './accesses.ts'
import { accessorTexts } from './accessors.ts'
import { attributeProblem } from './attributes.ts'
import { headPlan } from './class-head.ts'
import { type ClassSource, classSource } from './class-source.ts'
import { faceOffer } from './face/face-offer.ts'
import { byFile } from './file-edits.ts'
import { frozenOnly, sharedReceivers, withShared } from './frozen-only.ts'
import { judgedPlan } from './judged-plan.ts'
import { lockChanges } from './lock-edits.ts'
import { madeClassOffer } from './made-classes.ts'
import { mentionsOf } from './mentions.ts'
import { freeNames } from './names.ts'
import { needlessExclusive } from './needless-exclusive.ts'
import { handsBack, isCopied, type MovePlan, movePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { publicProblem } from './public-api.ts'
import { settledPlan } from './settled.ts'
import { tokensIn } from './tokens.ts'
import { keepsExclusive } from './trait-methods.ts'
import { otherObject } from './two-instances.ts'
import { movesPromise, promiseEdits } from './unsafe-send.ts'

export type LockKind = 'mutex' | 'rwlock'

/**
 * The class made frozen, with its mutable fields and the bodies that use them behind a lock, or whole where its struct cannot be
 * split; or why that cannot be done.
 */
export function frozenLockOffer(view: CrateView, cls: PyClass, kind: LockKind): Offer {
  const split = splitOffer(view, cls, kind)
  const [refusal] = split.refused
  if (kind === 'rwlock' || cls.macroMade || !refusal) return split
  const face = faceInstead(view, cls, refusal)
  return 'title' in face ? { fixes: [face], refused: [] } : { fixes: [], refused: [{ ...face, fix: refusal.fix }] }
}

/** The first form alone: the class keeps its name, and a part of its fields moves into a struct behind the lock. */
export function splitOffer(view: CrateView, cls: PyClass, kind: LockKind): Offer {
  if (cls.macroMade && kind === 'mutex') return madeClassOffer(view, cls)
  const title = `Make \`${cls.name}\` frozen behind ${kind === 'mutex' ? 'a Mutex' : 'an RwLock'}`
  const found = attempt(view, cls, kind, title)
  return 'reason' in found
    ? { fixes: [], refused: [{ fix: title, ...found } satisfies Refusal] }
    : { fixes: [found], refused: [] }
}

/** What stands against splitting the struct, but not against leaving it whole and giving Python another class around it. */
const CURED = new Set<Problem['reason']>([
  'passes-self',
  'returns-reference',
  'public-field',
  'derive-breaks',
  'signature',
  'used-elsewhere',
  'two-instances',
  'attribute',
  'trait-impl',
  'pattern',
  'struct-update',
  'mutable-access',
])

/** The second form where the first cannot be; where that cannot be either, the reason that would have to go. */
function faceInstead(view: CrateView, cls: PyClass, problem: Problem): Fix | Problem {
  const source = classSource(view, cls)
  if ('reason' in source) return problem
  const face = faceOffer(source)
  return 'reason' in face && !CURED.has(problem.reason) ? problem : face
}

function attempt(view: CrateView, cls: PyClass, kind: LockKind, title: string): Fix | Problem {
  const written = classSource(view, cls)
  if ('reason' in written) return written
  const source = withShared(written, needlessExclusive(written))
  const syncless = fieldsWithout(view, cls, 'Sync')
  const sendless = fieldsWithout(view, cls, 'Send')
  const needsLock = view.culprits(cls).some((it) => it.trait === 'Sync' && it.verdict === 'no')
  const only = needsLock ? null : frozenOnly(source)
  if (only && kind === 'rwlock') return { reason: 'not-a-struct', detail: 'nothing that Python calls needs a lock' }
  if (only) return only
  if (kind === 'rwlock' && syncless.size > 0)
    return {
      reason: 'inner-not-send',
      detail: `\`${[...syncless][0]}\` is not known to be \`Sync\`, which an \`RwLock\` asks for`,
    }
  const inAnyCase = seeds(source, syncless, sendless)
  const plan = settledPlan(source, inAnyCase, judgedPlan(source, movePlan(source, inAnyCase)))
  if ('reason' in plan) return plan
  const both = kind === 'rwlock' ? plan.moved.find((it) => !isCopied(plan, it) && otherObject(source, it)) : undefined
  if (both) return { reason: 'two-instances', detail: `\`${both.name}\` locks two objects, for which there is a \`Mutex\` only` }
  const problem = planProblem(source, plan)
  if (problem) return problem
  const found = mentionsOf(source, plan.moved)
  if (found.problem) return found.problem
  const names = freeNames(source, kind, plan.fields)
  if ('reason' in names) return names
  const accesses = accessesOf(source, plan, found, names)
  if (accesses.problem) return accesses.problem
  const changes = lockChanges(source, plan, kind, names, found.mentions, accesses.modules)
  if ('reason' in changes) return changes
  const promise = promiseEdits(source, plan, sendless, names.inner)
  if ('reason' in promise) return promise
  return {
    title: titleOf(title, plan, accesses),
    grade: 'risky',
    kind: 'refactor.rewrite.pyo3',
    changes: byFile([...changes.edits, ...promise.edits, ...sharedReceivers(source, plan.moved), ...accesses.edits], (file) =>
      view.db.text(file),
    ),
  }
}

function titleOf(title: string, plan: MovePlan, { callers }: Accesses): string {
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`
  return `${title}: ${count(plan.moved.length + plan.narrowed.size, 'method')}${callers > 0 ? `, ${count(callers, 'caller')}` : ''}${readers(plan)}`
}

/** `; `__repr__` reads a copy`: it sees the object as it was when the call began. */
function readers({ copied }: MovePlan): string {
  const names = [...(copied ?? [])].map((it) => it.name)
  if (names.length === 0) return ''
  return names.length === 1 ? `; \`${names[0]}\` reads a copy` : `; ${names.length} methods read a copy`
}

/** Fields of the class that are not `trait`, or not known to be. */
function fieldsWithout(view: CrateView, cls: PyClass, trait: 'Send' | 'Sync'): ReadonlySet<string> {
  const culprits = view.culprits(cls).filter((it) => it.trait === trait)
  return new Set(culprits.map((it) => cls.fields[it.field]?.name ?? ''))
}

function seeds(source: ClassSource, syncless: ReadonlySet<string>, sendless: ReadonlySet<string>): ReadonlySet<string> {
  const { cls } = source
  if (movesPromise(source, sendless) || source.struct.shape === 'tuple' || cls.options.getAll || cls.options.setAll)
    return new Set(cls.fields.map((it) => it.name))
  return new Set([...syncless, ...cls.fields.filter((it) => it.set).map((it) => it.name)])
}

/** Everything that can be said without looking outside the class. */
function planProblem(source: ClassSource, plan: MovePlan): Problem | null {
  const odd = attributeProblem(source)
  if (odd) return odd
  const head = headPlan(source, plan.fields)
  if (head.problem) return head.problem
  const open = publicProblem(source, plan)
  if (open) return open
  if (plan.fields.size === 0) return { reason: 'not-a-struct', detail: 'no field would be behind the lock' }
  const accessors = accessorTexts(source, plan.fields, 'locked', 'locked', '    ')
  return accessors.problem ?? restProblem(source, plan)
}

/** Methods that stay: those with a receiver must not use the object in a way that the new fields change. */
function restProblem(source: ClassSource, plan: MovePlan): Problem | null {
  for (const method of source.methods) {
    if (plan.moved.includes(method) || plan.narrowed.has(method)) continue
    const at = placeText(source.view.db, method.impl.file, method.nameAt.start)
    if (method.self === 'guard-mut' && !handsBack(method))
      return { reason: 'mutable-access', detail: `${at}: \`${method.name}\` takes \`PyRefMut\`` }
    if (method.self === 'mut' && !keepsExclusive(method))
      return { reason: 'signature', detail: `${at}: \`${method.name}\` takes \`&mut self\`` }
    const uses = plan.uses.get(method)
    const destructured = tokensIn(method.impl.text, method.body).some(
      (it, i, all) => it.text === 'let' && /^(?:Self|C)$/.test(all[i + 1]?.text ?? '') && all[i + 2]?.text === '{',
    )
    if (destructured) return { reason: 'pattern', detail: `${at}: \`${method.name}\` takes the object apart` }
    if (uses && uses.opaque.length > 0)
      return { reason: 'macro', detail: `${at}: a macro in \`${method.name}\` gets \`${method.selfName}\`` }
  }
  return null
}
