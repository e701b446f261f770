/**
 * Types over which an `unsafe impl` cannot be right, by path. Raw pointers, `UnsafeCell` and types of other crates are not
 * among them: they are what an `unsafe impl` is for.
 */

const REFERENCE_COUNTED = ['std::rc::Rc', 'std::rc::Weak']

/** Never `Sync`, and not to be made so: they change through a shared reference without any synchronisation (std::cell docs). */
export const UNSYNCHRONISED: ReadonlySet<string> = new Set([
  'std::cell::Cell',
  'std::cell::RefCell',
  'std::cell::OnceCell',
  'std::cell::LazyCell',
  ...REFERENCE_COUNTED,
])

/** Never `Send`, and not to be made so: they are tied to the thread that made them. */
export const THREAD_BOUND: ReadonlySet<string> = new Set([
  ...REFERENCE_COUNTED,
  'std::sync::MutexGuard',
  'std::sync::RwLockReadGuard',
  'std::sync::RwLockWriteGuard',
  'pyo3::Bound',
  'pyo3::Borrowed',
  'pyo3::Python',
  'pyo3::PyRef',
  'pyo3::PyRefMut',
])
