//! The class that "silently vanishes", looked at closely.
//!
//! It is often said that a class without `unsafe impl Send` and `Sync` is left out of a module with `gil_used = false`. It is not.
//! `Send` and `Sync` follow from the fields, PyO3 asks for both, and a class that lacks one does not compile. When a class really
//! is missing from `dir(module)`, look at these instead: is it exported by a `#[pymodule]`? Did the last build succeed, or does
//! Python still import the library from before? Is the imported file the one that was built?

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use pyo3::prelude::*;

/// A log-structured index: every insertion is appended to the file and kept in the map.
struct MutableIndexInner {
    entries: BTreeMap<String, u64>,
    /// `File` is `Send` and `Sync` by itself. The lock is here because the cursor is shared: two writers that take turns write by
    /// turns into one place.
    log: File,
}

impl MutableIndexInner {
    fn insert(&mut self, key: String, value: u64) -> io::Result<Option<u64>> {
        writeln!(self.log, "{key}\t{value}")?;
        Ok(self.entries.insert(key, value))
    }
}

/// No `unsafe impl` anywhere, exported all the same: `RwLock<T>` is `Send` where `T: Send`, and `Sync` where `T: Send + Sync`;
/// a map and a file are both. An `unsafe impl` would add nothing today and hide the day on which a field stops being either.
#[pyclass]
pub struct MutableGlobalIndex {
    inner: RwLock<MutableIndexInner>,
}

impl MutableGlobalIndex {
    /// A panic under the lock leaves whole entries behind, so a poisoned lock is as good as a clean one.
    fn read(&self) -> RwLockReadGuard<'_, MutableIndexInner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl MutableGlobalIndex {
    #[new]
    fn new(path: PathBuf) -> PyResult<Self> {
        let log = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { inner: RwLock::new(MutableIndexInner { entries: BTreeMap::new(), log }) })
    }

    /// Detached while it waits for the lock and for the disk: nothing in here needs the interpreter.
    fn insert(&self, py: Python<'_>, key: String, value: u64) -> PyResult<Option<u64>> {
        let old = py.detach(|| self.inner.write().unwrap_or_else(PoisonError::into_inner).insert(key, value))?;
        Ok(old)
    }

    fn get(&self, key: &str) -> Option<u64> {
        self.read().entries.get(key).copied()
    }

    fn __len__(&self) -> usize {
        self.read().entries.len()
    }

    /// Iterates over the keys as they are now; the lock is not held between two steps.
    fn keys(&self) -> KeyIterator {
        let keys: Vec<String> = self.read().entries.keys().cloned().collect();
        KeyIterator { keys: std::sync::Mutex::new(keys.into_iter()) }
    }
}

/// In no module, and rightly so: Python gets it from `MutableGlobalIndex.keys()` and never by name.
#[pyclass(frozen)]
pub struct KeyIterator {
    keys: std::sync::Mutex<std::vec::IntoIter<String>>,
}

#[pymethods]
impl KeyIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self) -> Option<String> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}

/// This one is missing, and for the only reason there is: no `#[pymodule]` exports it and nothing returns one.
/// `import gotchas` succeeds, `gotchas.ForgottenIndex` raises AttributeError, and no compiler says a word.
#[pyclass(frozen)]
pub struct ForgottenIndex {
    entries: RwLock<BTreeMap<String, u64>>,
}

#[pymethods]
impl ForgottenIndex {
    #[new]
    fn new() -> Self {
        Self { entries: RwLock::new(BTreeMap::new()) }
    }

    fn __len__(&self) -> usize {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}
