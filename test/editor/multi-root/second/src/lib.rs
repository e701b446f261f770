use std::cell::Cell;

use pyo3::prelude::*;

#[pyclass(frozen)]
pub struct Second {
    value: Cell<u64>,
}

#[pymethods]
impl Second {
    fn get(&self) -> u64 {
        self.value.get()
    }
}

#[pymodule]
fn second(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Second>()
}
