use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::prelude::*;

#[pyclass(frozen)]
pub struct Counter {
    hits: AtomicU64,
}

#[pymethods]
impl Counter {
    #[new]
    fn new() -> Self {
        Self { hits: AtomicU64::new(0) }
    }

    fn hit(&self) -> u64 {
        self.hits.fetch_add(1, Ordering::Relaxed)
    }
}
