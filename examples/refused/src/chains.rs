//! The field to blame may be several types away from the class.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use pyo3::prelude::*;

struct Shard {
    routes: RefCell<HashMap<u64, u64>>,
}

/// Router → shards: `Vec<Arc<Shard>>` → Shard.routes: `RefCell<…>`, which is never `Sync`. `RwLock<HashMap<…>>` there makes the
/// whole chain right, and nothing else has to change.
#[pyclass]
pub struct Router {
    shards: Vec<Arc<Shard>>,
}

/// An alias hides the `Rc` from the eye, not from the compiler.
type Link<T> = Option<Rc<T>>;

struct Node<T> {
    value: T,
    next: Link<Node<T>>,
}

#[pyclass]
pub struct TreeCursor {
    position: Node<u32>,
}

#[pymethods]
impl Router {
    fn route(&self, shard: usize, key: u64) -> Option<u64> {
        self.shards.get(shard)?.routes.borrow().get(&key).copied()
    }
}

#[pymethods]
impl TreeCursor {
    fn advance(&mut self) -> Option<u32> {
        let next = self.position.next.take()?;
        self.position = Rc::into_inner(next)?;
        Some(self.position.value)
    }
}
