//! `unsafe impl` is a promise, and the compiler believes it.

use std::cell::RefCell;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;

/// The data race in plain sight: two threads in `record` mutate one `Vec` at the same time. Without the `unsafe impl` PyO3
/// refuses to compile the class; with it everything builds, and sometimes works. `Mutex<Vec<u64>>` needs no promise at all.
#[pyclass(frozen)]
pub struct Histogram {
    samples: RefCell<Vec<u64>>,
}

unsafe impl Sync for Histogram {}

#[pymethods]
impl Histogram {
    #[new]
    fn new() -> Self {
        Self { samples: RefCell::new(Vec::new()) }
    }

    fn record(&self, sample: u64) {
        self.samples.borrow_mut().push(sample);
    }

    fn __len__(&self) -> usize {
        self.samples.borrow().len()
    }
}

/// The promise without a bound: it says that every `Shared<T>` may change threads, also one around an `Rc`, whose count two
/// threads would then change at once. `unsafe impl<T: Send> Send for Shared<T> {}` says what is true.
struct Shared<T>(T);

unsafe impl<T> Send for Shared<T> {}
unsafe impl<T> Sync for Shared<T> {}

/// Compiles although it holds an `Rc`: the impls above vouch for it.
#[pyclass(frozen)]
pub struct SharedBuffer {
    bytes: Shared<Rc<[u8]>>,
}

#[pymethods]
impl SharedBuffer {
    #[new]
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes: Shared(bytes.into()) }
    }

    fn __len__(&self) -> usize {
        self.bytes.0.len()
    }
}

/// A resource behind a pointer that this crate owns: here a number on the heap, elsewhere a handle of a C library.
struct DeviceHandle(NonNull<u64>);

// SAFETY: the pointer comes from `Box::leak` and is not tied to the thread that made it. This value owns what it points to, and
// `Device` reaches it through its `Mutex` alone, one thread at a time.
unsafe impl Send for DeviceHandle {}

impl Drop for DeviceHandle {
    fn drop(&mut self) {
        // SAFETY: made by `Box::leak` in `Device::new` and freed here only.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

/// What a justified promise looks like: on the innermost type, for `Send` alone, with its reason. `Mutex<T>` makes the rest:
/// it is `Sync` as soon as `T` is `Send`.
#[pyclass(frozen)]
pub struct Device {
    handle: Mutex<DeviceHandle>,
}

#[pymethods]
impl Device {
    #[new]
    fn new(value: u64) -> Self {
        Self { handle: Mutex::new(DeviceHandle(NonNull::from(Box::leak(Box::new(value))))) }
    }

    fn add(&self, amount: u64) -> u64 {
        let mut handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the pointer is valid until `DeviceHandle` is dropped, and the lock makes this the only reference.
        let value = unsafe { handle.0.as_mut() };
        *value = value.wrapping_add(amount);
        *value
    }
}
