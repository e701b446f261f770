use std::cell::RefCell;

use pyo3::prelude::*;

/// 🦀 keeps offsets honest
#[pyclass(frozen)]
pub struct Cache {
    entries: RefCell<Vec<u64>>,
}

#[pymethods]
impl Cache {
    #[new]
    fn new() -> Self {
        Self { entries: RefCell::new(Vec::new()) }
    }

    fn push(&self, value: u64) {
        self.entries.borrow_mut().push(value);
    }

    fn __len__(&self) -> usize {
        self.entries.borrow().len()
    }
}
