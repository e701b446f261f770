import type { AutoTrait } from '../autotraits/verdict.ts'
import type { CrateView, FieldCulprit } from '../model/crate-view.ts'
import type { LocalType } from '../model/local-type.ts'
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
export function canBeJustified(cx: CrateView, culprit: FieldCulprit): boolean {
  if (culprit.leaf === 'dyn') return false
  return culprit.cause === null || !HOPELESS.has(cx.pathOf(culprit.cause))
}

/** `unsafe impl` on the innermost type of the workspace that holds the cause, for every trait that it lacks for this class. */
function unsafeImplOffer(cx: CrateView, cls: PyClass, culprit: FieldCulprit): Fix[] {
  const owner = innermostOwner(cx, cls, culprit)
  if (!owner || owner.crate !== cls.crate) return []
  const culprits = cx.culprits(owner).filter((it) => it.verdict === 'no')
  if (culprits.length === 0 || !culprits.every((it) => canBeJustified(cx, it))) return []
  const lacking = new Set(culprits.map((it) => it.trait))
  const traits = (['Send', 'Sync'] as const).filter((it: AutoTrait) => lacking.has(it))
  return implsFor(cx, owner, traits, (trait) => culprits.filter((it) => it.trait === trait))
}

/** The last type of the workspace on the way to the cause. */
function innermostOwner(cx: CrateView, cls: PyClass, culprit: FieldCulprit): LocalType | null {
  const steps = culprit.steps.filter((it) => it.at !== null && it.at.field !== null)
  const def = steps.at(-1)?.at?.def
  return def === undefined || def === cls.id ? cls : cx.localType(def)
}
