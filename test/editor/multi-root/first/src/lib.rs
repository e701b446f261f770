use std::cell::Cell;

use pyo3::prelude::*;

#[pyclass(frozen)]
pub struct First {
    value: Cell<u64>,
}

#[pymethods]
impl First {
    fn get(&self) -> u64 {
        self.value.get()
    }
}

#[pymodule]
fn first(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<First>()
}
