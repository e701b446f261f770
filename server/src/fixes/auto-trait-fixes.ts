import type { CrateView } from '../model/crate-view.ts'
import type { FieldCulprit } from '../model/culprits.ts'
import { THREAD_BOUND, UNSYNCHRONISED } from '../model/hopeless-types.ts'
import type { PyClass } from '../model/pyclass.ts'
import type { Fix, Offer } from './fix.ts'
import { replaceTypeOffer } from './replace-type.ts'
import { implsFor } from './unsafe-impl.ts'

/** What to do about one field that makes a class not `Send` or not `Sync`: another type for it, or a reviewed `unsafe impl`. */
export function autoTraitFixes(cx: CrateView, cls: PyClass, culprit: FieldCulprit): Offer {
  const replaced = replaceTypeOffer(cx, cls, culprit)
  return { fixes: [...replaced.fixes, ...unsafeImplOffer(cx, cls, culprit)], refused: replaced.refused }
}

/** Whether an explicit impl over this culprit can be true at all. */
export function canBeJustified(culprit: FieldCulprit): boolean {
  return (
    culprit.grounds.length > 0 && !culprit.grounds.some((it) => it === 'dyn' || UNSYNCHRONISED.has(it) || THREAD_BOUND.has(it))
  )
}

/** `unsafe impl` on the innermost type of the workspace that holds the cause, for every trait that it lacks for this class. */
function unsafeImplOffer(cx: CrateView, cls: PyClass, culprit: FieldCulprit): Fix[] {
  const owner = culprit.owner === cls.id ? cls : cx.localType(culprit.owner)
  if (!owner || owner.crate !== cls.crate) return []
  const culprits = cx.culprits(owner).filter((it) => it.verdict === 'no')
  if (culprits.length === 0 || !culprits.every(canBeJustified)) return []
  const traits = (['Send', 'Sync'] as const).filter((trait) => culprits.some((it) => it.trait === trait))
  return implsFor(cx, owner, traits, (trait) => culprits.filter((it) => it.trait === trait))
}
