use py as pyo3;
use py::prelude::*;
use py::types::{PyDict as PyList, PyList as PyDict};
use py::{Borrowed as Owned, Bound as Py, Py as Bound, Python as Interpreter};

mod reexported {
    pub use py::types;
    pub use py::*;
    pub mod exceptions {
        pub struct PyErr(pub *mut u8); //~ no | no
    }
}
mod local {
    pub struct Py<T>(pub std::rc::Rc<T>); //~ no | no
    pub struct Python; //~ yes | yes
    pub use py::PyErr as Bound;
}
mod prelude_wins {
    use super::local::Python;
    use py::prelude::*;
    type P1 = Python; //~ yes | yes
    type P2 = Py<PyAny>; //~ yes | yes
    type P3 = Bound<'static, PyAny>; //~ no | no
}
type P4 = Bound<PyAny>; //~ yes | yes
type P5 = Py<'static, PyAny>; //~ no | no
type P6 = Owned<'static, 'static, PyAny>; //~ no | no
type P7 = Interpreter<'static>; //~ no | no
type P8 = Bound<PyDict>; //~ yes | yes
type P9 = pyo3::Py<PyList>; //~ yes | yes
type P10 = pyo3::Python<'static>; //~ no | no
type P11 = reexported::Py<reexported::types::PyList>; //~ yes | yes
type P12 = reexported::PyErr; //~ yes | yes
type P13 = reexported::exceptions::PyErr; //~ no | no
type P14 = local::Py<u8>; //~ no | no
type P15 = local::Bound; //~ yes | yes
type P16 = std::cell::RefCell<Bound<PyAny>>; //~ yes | no
type P17 = PyResult<Py<'static, PyAny>>; //~ no | no
type P18 = PyResult<Bound<PyAny>>; //~ yes | yes
type P19 = ::py::sync::PyOnceLock<u8>; //~ yes | yes
#[py::pyclass(crate = "py", frozen)]
struct Class { handle: pyo3::Py<PyAny> } //~ yes | yes
type P20 = PyRef<'static, Class>; //~ no | no
