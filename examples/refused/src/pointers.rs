//! Pointers that count without atomics, or that say nothing about who else has them: neither `Send` nor `Sync`.

use std::cell::RefCell;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use pyo3::prelude::*;

/// `Arc<[u32]>` instead.
#[pyclass]
pub struct RcTree {
    children: Rc<[u32]>,
}

/// The weak half counts in the same place. `std::sync::Weak` instead.
#[pyclass]
pub struct WeakParent {
    parent: Weak<u32>,
}

/// A newtype with a reviewed `unsafe impl Send`, in a `Mutex`.
#[pyclass]
pub struct RawHandle {
    handle: *mut c_void,
}

/// Not null, but no more shareable than `*mut`.
#[pyclass]
pub struct NonNullHandle {
    handle: NonNull<c_void>,
}

/// A number to the computer, a pointer to the compiler: the marker takes both traits away.
#[pyclass]
pub struct MarkedHandle {
    index: usize,
    owner: PhantomData<*const c_void>,
}

/// `Arc` shares its content between threads, so it is neither `Send` nor `Sync` around a cell. `Arc<Mutex<…>>` instead.
#[pyclass]
pub struct SharedCell {
    lines: Arc<RefCell<Vec<String>>>,
}

#[pymethods]
impl RcTree {
    fn __len__(&self) -> usize {
        self.children.len()
    }
}

#[pymethods]
impl WeakParent {
    fn parent(&self) -> Option<u32> {
        self.parent.upgrade().map(|parent| *parent)
    }
}

#[pymethods]
impl RawHandle {
    fn is_open(&self) -> bool {
        !self.handle.is_null()
    }
}

#[pymethods]
impl NonNullHandle {
    fn address(&self) -> usize {
        self.handle.as_ptr() as usize
    }
}

#[pymethods]
impl MarkedHandle {
    fn index(&self) -> usize {
        let PhantomData = self.owner;
        self.index
    }
}

#[pymethods]
impl SharedCell {
    fn push(&self, line: String) {
        self.lines.borrow_mut().push(line);
    }
}
