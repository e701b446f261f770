//! A value that the first caller makes and all others see.

use std::sync::atomic::{AtomicU32, Ordering};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// `PyOnceLock` rather than `OnceLock`: a thread that waits for another one's initialisation detaches from the interpreter
/// meanwhile, so that the initialisation may call Python.
#[pyclass(frozen)]
pub struct LazyConfig {
    data: PyOnceLock<String>,
    initialisations: AtomicU32,
}

#[pymethods]
impl LazyConfig {
    #[new]
    fn new() -> Self {
        Self { data: PyOnceLock::new(), initialisations: AtomicU32::new(0) }
    }

    /// `get_or_init` cannot fail and returns `&String`; there is nothing to `map`.
    fn get_data(&self, py: Python<'_>) -> &str {
        self.data.get_or_init(py, || {
            self.initialisations.fetch_add(1, Ordering::Relaxed);
            "Initialized Data".to_string()
        })
    }

    /// How often the value was made: once, however many threads asked.
    fn initialisations(&self) -> u32 {
        self.initialisations.load(Ordering::Relaxed)
    }
}
