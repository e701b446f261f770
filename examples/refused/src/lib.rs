//! What PyO3 refuses to compile. A `#[pyclass]` is shared between threads by Python as it likes, so it has to be `Send` and
//! `Sync`; each class here lacks one or both, for one reason. `cargo check` fails with E0277 for every one of them, and points at
//! the class; the field that is to blame is named in a note, at the end of a chain.
//!
//! `expectations.tsv` lists which of the two each class lacks.

mod cells;
mod chains;
mod locks;
mod objects;
mod pointers;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod refused {
    #[pymodule_export]
    use super::cells::{CellCounter, OnceCellConfig, RefCellCache};
    #[pymodule_export]
    use super::chains::{Router, TreeCursor};
    #[pymodule_export]
    use super::locks::{HeldLock, LockedRc, ReadersOfACell, WorkQueue};
    #[pymodule_export]
    use super::objects::{BorrowedObject, Callback, SendOnlyPlugin};
    #[pymodule_export]
    use super::pointers::{MarkedHandle, NonNullHandle, RawHandle, RcTree, SharedCell, WeakParent};
}
