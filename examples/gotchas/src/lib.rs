//! What goes wrong, and what only seems to, in a PyO3 module for free-threaded Python.
//!
//! Everything here compiles. Each file takes one subject and sets the hazard beside the form that is right:
//!
//! * `index`: the class that is said to "vanish" without `unsafe impl Send`, and one that really is missing
//! * `counters`: `&mut self` and attribute setters against atomics and locks
//! * `lazy`: a value made once, whichever thread comes first
//! * `thread_bound`: `unsendable`, needed and not needed
//! * `unsound`: an `unsafe impl` that silences the compiler, and one that says what it relies on
//! * `functions`: signatures, exceptions of one's own, and a class borrowed mutably by a function
//!
//! `expectations.tsv` says what Python sees of each class and what four threads do to it; `observe.py` looks.

mod counters;
mod functions;
mod index;
mod lazy;
mod thread_bound;
mod unsound;

use pyo3::prelude::*;

/// `gil_used = false` tells the interpreter that it need not turn the GIL on for this module. It does nothing else: no class is
/// left out because of it, and no class becomes thread-safe through it.
#[pymodule(gil_used = false)]
mod gotchas {
    #[pymodule_export]
    use super::counters::{Counter, FrozenCounter, LockCounter, Point};
    #[pymodule_export]
    use super::functions::{move_point, sum_of_squares, swap_points, NegativeInput};
    #[pymodule_export]
    use super::index::MutableGlobalIndex;
    #[pymodule_export]
    use super::lazy::LazyConfig;
    #[pymodule_export]
    use super::thread_bound::{Plan, Session};
    #[pymodule_export]
    use super::unsound::{Device, Histogram, SharedBuffer};
}
