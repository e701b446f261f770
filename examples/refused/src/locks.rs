//! A lock makes what it guards shareable under a condition, not in any case.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, MutexGuard, RwLock};

use pyo3::prelude::*;

/// `Mutex<T>` is `Send` and `Sync` where `T: Send`. An `Rc` is not: a clone of it may be outside the lock.
#[pyclass]
pub struct LockedRc {
    names: Mutex<Rc<Vec<String>>>,
}

/// `RwLock<T>` lets readers in together, so it is `Sync` only where `T: Sync` too. `Mutex<Cell<u64>>` would be fine.
#[pyclass]
pub struct ReadersOfACell {
    last: RwLock<Cell<u64>>,
}

/// A lock must be released by the thread that took it: a guard is `Sync`, and not `Send`.
#[pyclass]
pub struct HeldLock {
    guard: MutexGuard<'static, u64>,
}

/// One consumer at a time: `Mutex<Receiver<u64>>` instead.
#[pyclass]
pub struct WorkQueue {
    jobs: Receiver<u64>,
}

#[pymethods]
impl LockedRc {
    fn __len__(&self) -> usize {
        self.names.lock().unwrap().len()
    }
}

#[pymethods]
impl ReadersOfACell {
    fn last(&self) -> u64 {
        self.last.read().unwrap().get()
    }
}

#[pymethods]
impl HeldLock {
    fn value(&self) -> u64 {
        *self.guard
    }
}

#[pymethods]
impl WorkQueue {
    fn next_job(&self) -> Option<u64> {
        self.jobs.try_recv().ok()
    }
}
