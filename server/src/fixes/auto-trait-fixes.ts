import type { CrateView } from '../model/crate-view.ts'
import type { FieldCulprit } from '../model/culprits.ts'
import type { PyClass } from '../model/pyclass.ts'
import type { Fix, Offer } from './fix.ts'
import { replaceTypeOffer } from './replace-type.ts'
import { implsFor } from './unsafe-impl.ts'

/**
 * Causes over which an `unsafe impl` cannot be right: interior mutability without synchronisation and values tied to their
 * thread. Raw pointers, `UnsafeCell` and types of other crates are what an `unsafe impl` is for.
 */
const HOPELESS = new Set([
  'std::cell::Cell',
  'std::cell::RefCell',
  'std::cell::OnceCell',
  'std::cell::LazyCell',
  'std::rc::Rc',
  'std::rc::Weak',
  'std::sync::MutexGuard',
  'std::sync::RwLockReadGuard',
  'std::sync::RwLockWriteGuard',
  'pyo3::Bound',
  'pyo3::Borrowed',
  'pyo3::Python',
  'pyo3::PyRef',
  'pyo3::PyRefMut',
])

/** What to do about one field that makes a class not `Send` or not `Sync`: another type for it, or a reviewed `unsafe impl`. */
export function autoTraitFixes(cx: CrateView, cls: PyClass, culprit: FieldCulprit): Offer {
  const replaced = replaceTypeOffer(cx, cls, culprit)
  return { fixes: [...replaced.fixes, ...unsafeImplOffer(cx, cls, culprit)], refused: replaced.refused }
}

/** Whether an explicit impl over this culprit can be true at all. */
export function canBeJustified(culprit: FieldCulprit): boolean {
  return culprit.grounds.length > 0 && !culprit.grounds.some((it) => it === 'dyn' || HOPELESS.has(it))
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
