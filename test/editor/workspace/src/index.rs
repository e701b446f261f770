use std::collections::HashMap;
use std::fs::File;
use std::sync::RwLock;

use pyo3::prelude::*;

pub struct MutableIndexInner {
    offsets: HashMap<u64, u64>,
    file: Option<File>,
}

#[pyclass]
pub struct MutableGlobalIndex {
    inner: RwLock<MutableIndexInner>,
}

#[pymethods]
impl MutableGlobalIndex {
    #[new]
    fn new() -> Self {
        Self { inner: RwLock::new(MutableIndexInner { offsets: HashMap::new(), file: None }) }
    }

    fn insert(&self, key: u64, offset: u64) {
        self.inner.write().unwrap().offsets.insert(key, offset);
    }

    fn is_open(&self) -> bool {
        self.inner.read().unwrap().file.is_some()
    }
}
