import type { CrateView } from '../model/crate-view.ts'
import type { FieldCulprit } from '../model/culprits.ts'
import type { PyClass } from '../model/pyclass.ts'
import { NOTHING, type Offer } from './fix.ts'

/** Another type for the field, with its uses rewritten. */
export function replaceTypeOffer(_cx: CrateView, _cls: PyClass, _culprit: FieldCulprit): Offer {
  return NOTHING
}
