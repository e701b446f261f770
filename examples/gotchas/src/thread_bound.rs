//! `unsendable` lets a class through that is not `Send` or not `Sync`. The price is paid at run time: any use from another thread
//! raises PanicException (a BaseException, which `except Exception` does not catch), and an object that another thread drops is
//! leaked.

use std::cell::RefCell;
use std::rc::Rc;

use pyo3::prelude::*;

/// Needs `unsendable` as it is written. `Arc<Mutex<Vec<String>>>` would do the same for every thread.
#[pyclass(unsendable)]
pub struct Session {
    history: Rc<RefCell<Vec<String>>>,
}

#[pymethods]
impl Session {
    #[new]
    fn new() -> Self {
        Self { history: Rc::new(RefCell::new(Vec::new())) }
    }

    fn record(&self, line: String) -> usize {
        let mut history = self.history.borrow_mut();
        history.push(line);
        history.len()
    }
}

/// Does not need it: every field is `Send` and `Sync`, and the word alone makes the class panic in other threads.
#[pyclass(frozen, unsendable)]
pub struct Plan {
    steps: Vec<String>,
}

#[pymethods]
impl Plan {
    #[new]
    fn new(steps: Vec<String>) -> Self {
        Self { steps }
    }

    fn __len__(&self) -> usize {
        self.steps.len()
    }
}
