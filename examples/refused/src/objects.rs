//! Trait objects have the auto traits that are written, and no others; a `Bound` belongs to the thread that is attached.

use pyo3::prelude::*;

/// `Box<dyn Fn(u32) -> u32 + Send + Sync>` instead.
#[pyclass]
pub struct Callback {
    function: Box<dyn Fn(u32) -> u32>,
}

pub trait Plugin {
    fn name(&self) -> &str;
}

/// `Send` alone will do for an object that moves, not for one that is shared.
#[pyclass]
pub struct SendOnlyPlugin {
    plugin: Box<dyn Plugin + Send>,
}

/// `Py<PyAny>` instead: it is `Send` and `Sync`, and is bound again wherever a thread is attached.
#[pyclass]
pub struct BorrowedObject {
    object: Bound<'static, PyAny>,
}

#[pymethods]
impl Callback {
    fn call(&self, argument: u32) -> u32 {
        (self.function)(argument)
    }
}

#[pymethods]
impl SendOnlyPlugin {
    fn name(&self) -> &str {
        self.plugin.name()
    }
}

#[pymethods]
impl BorrowedObject {
    fn is_none(&self) -> bool {
        self.object.is_none()
    }
}
