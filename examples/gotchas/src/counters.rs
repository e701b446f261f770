//! One counter, three times, and a point. PyO3 checks borrows of a class at run time, as a `RefCell` does: while one thread is
//! inside a `&mut self` method, every other call on that object raises RuntimeError. The GIL used to make that next to
//! impossible; without it four threads on one object see it thousands of times.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Mutex;

use pyo3::prelude::*;

/// Sound, and a trap: two overlapping calls of `increment` give "Already borrowed" in one of the threads.
#[pyclass]
pub struct Counter {
    count: u32,
}

#[pymethods]
impl Counter {
    #[new]
    fn new() -> Self {
        Self { count: 0 }
    }

    fn increment(&mut self) {
        self.count += 1;
    }

    fn get(&self) -> u32 {
        self.count
    }
}

/// `frozen` gives up `&mut self` altogether, and with it the run-time check. One number that one operation updates needs no more
/// than an atomic.
#[pyclass(frozen)]
pub struct FrozenCounter {
    count: AtomicU32,
}

#[pymethods]
impl FrozenCounter {
    #[new]
    fn new() -> Self {
        Self { count: AtomicU32::new(0) }
    }

    fn increment(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }
}

/// A lock for what has to change together. Nothing here calls into Python while it is held: a thread that waits for a lock while
/// the holder waits for the interpreter is a deadlock.
#[pyclass(frozen)]
pub struct LockCounter {
    count: Mutex<u32>,
}

#[pymethods]
impl LockCounter {
    #[new]
    fn new() -> Self {
        Self { count: Mutex::new(0) }
    }

    fn increment(&self) {
        let mut count = self.count.lock().unwrap();
        *count += 1;
    }

    fn get(&self) -> u32 {
        *self.count.lock().unwrap()
    }
}

/// `set` is a `&mut self` method in disguise: two threads that assign `p.x` at once collide as two calls of `increment` do.
#[pyclass]
pub struct Point {
    #[pyo3(get, set)]
    pub x: f64,
    #[pyo3(get, set)]
    pub y: f64,
}

#[pymethods]
impl Point {
    #[new]
    fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    fn distance_from_origin(&self) -> f64 {
        self.x.hypot(self.y)
    }
}
