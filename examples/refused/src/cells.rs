//! Cells change through `&self` without any synchronisation: not `Sync`.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;

use pyo3::prelude::*;

/// `Mutex<HashMap<…>>` or `RwLock<HashMap<…>>` instead.
#[pyclass]
pub struct RefCellCache {
    entries: RefCell<HashMap<String, u64>>,
}

#[pymethods]
impl RefCellCache {
    fn insert(&self, key: String, value: u64) -> Option<u64> {
        self.entries.borrow_mut().insert(key, value)
    }
}

/// `AtomicU64` instead.
#[pyclass]
pub struct CellCounter {
    hits: Cell<u64>,
}

#[pymethods]
impl CellCounter {
    fn hit(&self) -> u64 {
        self.hits.set(self.hits.get() + 1);
        self.hits.get()
    }
}

/// `OnceLock<String>` instead, or `PyOnceLock<String>` where making the value calls Python.
#[pyclass]
pub struct OnceCellConfig {
    text: OnceCell<String>,
}

#[pymethods]
impl OnceCellConfig {
    fn text(&self) -> &str {
        self.text.get_or_init(|| "configured".to_string())
    }
}
