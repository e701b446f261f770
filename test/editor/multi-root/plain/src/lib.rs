use std::cell::Cell;

/// Not a Python class: this crate does not depend on pyo3.
pub struct Plain {
    pub value: Cell<u64>,
}
