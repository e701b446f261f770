import type { CrateView } from '../model/crate-view.ts'
import type { FieldCulprit } from '../model/culprits.ts'
import type { LocalType } from '../model/local-type.ts'
import type { PyClass } from '../model/pyclass.ts'
import { type Fix, NOTHING, type Offer, type Refusal } from './fix.ts'
import { fieldObstacle, typeObstacle } from './replace/obstacles.ts'
import { type FieldPlan, type PlannedTarget, planOf, runJob } from './replace/plan.ts'

/**
 * Another type for the field that is to blame, with its uses rewritten: `Mutex` or `RwLock` for `RefCell`, an atomic or a
 * `Mutex` for `Cell`, `Arc` for `Rc`, `OnceLock` for `OnceCell`, a `Mutex` around a `Receiver`. The field is the one of the
 * class itself, or that of the type of the crate in which the cause stands.
 *
 * There is no type checker behind it. Privacy bounds where the field can be named; every place that names it has to be of a
 * form with a known counterpart; anything else refuses the fix.
 */
export function replaceTypeOffer(cx: CrateView, cls: PyClass, culprit: FieldCulprit): Offer {
  const owner = culprit.owner === cls.id ? cls : cx.localType(culprit.owner)
  if (!owner) return NOTHING
  return replaceInOffer(cx, owner, owner.id === cls.id ? culprit.field : null)
}

/** What to do about an explicit impl over `culprits`: another type for the field if it is one, and the impl goes too. */
export function replacementsFor(cx: CrateView, type: LocalType, culprits: readonly FieldCulprit[]): Offer {
  const [only, ...more] = culprits
  if (!only || more.length > 0) return NOTHING
  const owner = only.owner === type.id ? type : cx.localType(only.owner)
  return owner ? replaceInOffer(cx, owner, owner.id === type.id ? only.field : null) : NOTHING
}

/** The same for any type of the workspace; `field` null looks for the only field of `owner` that is to blame. */
export function replaceInOffer(cx: CrateView, owner: LocalType, field: number | null): Offer {
  const index = field ?? onlyCulprit(cx, owner)
  const plan = index === null ? null : planOf(cx, owner, index)
  if (!plan || plan.layers.length === 0) return NOTHING
  const obstacle = owner.crate !== cx.crate.crate.id ? OTHER_CRATE : (typeObstacle(cx, owner) ?? fieldObstacle(cx, owner, plan))
  if (obstacle) return { fixes: [], refused: [{ fix: titleOf(plan, plan.candidates[0] ?? null), ...obstacle }] }
  if (plan.missing !== null) return { fixes: [], refused: [innerRefusal(plan, owner)] }
  const fixes: Fix[] = []
  const refused: Refusal[] = []
  for (const candidate of plan.candidates) {
    const title = titleOf(plan, candidate)
    const done = runJob(cx, owner, plan, candidate)
    if ('reason' in done) refused.push({ fix: title, ...done })
    else
      fixes.push({ title, grade: 'suggested', ...(candidate.target.preferred ? { preferred: true } : {}), changes: done.changes })
  }
  return { fixes, refused }
}

const OTHER_CRATE = { reason: 'other-crate', detail: 'the type belongs to another crate of the workspace' } as const

/** The one field of a type, whatever the trait, that keeps it from being Send or Sync; null if there are several. */
function onlyCulprit(cx: CrateView, owner: LocalType): number | null {
  const fields = new Set(
    cx
      .culprits(owner)
      .filter((it) => it.verdict === 'no')
      .map((it) => it.field),
  )
  const [only] = fields
  return fields.size === 1 && only !== undefined ? only : null
}

function titleOf(plan: FieldPlan, candidate: PlannedTarget | null): string {
  return candidate ? `Use \`${candidate.typeText}\` for \`${plan.field.name}\`` : `Use another type for \`${plan.field.name}\``
}

function innerRefusal(plan: FieldPlan, owner: LocalType): Refusal {
  const detail = `what \`${owner.name}.${plan.field.name}\` holds is not known to be \`${plan.missing ?? 'Send'}\``
  return { fix: titleOf(plan, null), reason: 'inner-not-send', detail }
}
