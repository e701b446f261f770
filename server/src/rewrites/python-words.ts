function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/**
 * Methods that run no Python code on a Python object, or on a std container, `Option`, `Result` or iterator of them: they read,
 * count references up, or wrap. (CPython: taking a reference never runs code; PyO3: `clone_ref`, `bind`, `unbind`, `as_any` are casts.)
 */
export const QUIET_METHODS = words(`
  clone_ref clone bind into_bound unbind as_any into_any as_unbound as_bound as_borrowed py as_ref as_deref as_mut as_deref_mut as_slice as_ptr is
  len is_empty is_some is_none is_ok is_err contains_key capacity get_ref set_position
  iter iter_mut into_iter values keys enumerate zip rev copied cloned map filter filter_map flat_map flatten find find_map
  position any all count skip take_while skip_while chain collect first last get get_mut peek
  unwrap expect ok err ok_or ok_or_else map_err and_then or_else unwrap_or_else map_or map_or_else
  push push_back push_front reserve into_boxed_slice to_vec to_owned is_some_and is_none_or
  None NotImplemented Ellipsis version get_type is_instance_of is_exact_instance_of is_callable as_bytes to_str
`)

/** Of these, the ones whose result is no Python object and holds none. */
export const PLAIN_RESULTS = words(`
  len is_empty is_some is_none is_ok is_err contains_key capacity is position any all count as_ptr is_some_and is_none_or
`)

/** Methods that give up a reference: fine only where it leaves the method, else it is dropped under the lock. */
export const TAKING_METHODS = words('take pop pop_front pop_back remove swap_remove replace')

/** Methods through which what was taken may still leave. */
export const PASSING_METHODS = words('ok_or ok_or_else map_err')

/** Methods of plain values that take `py` or an object and run no Python code; `into_pyobject` makes a new object of a plain value. */
export const QUIET_WITH_ARGUMENT = words('clone_ref bind into_bound into_pyobject push push_back push_front map ok_or')

/**
 * Functions that may be given Python objects. Paths without generic arguments; type names by their last segments. Making a dict or
 * list may make the collector due, which runs finalizers: since CPython 3.12 that is only scheduled, to run between bytecodes
 * (gh-97922; on free-threaded builds `record_allocation` in gc_free_threading.c); up to 3.11 it ran at once.
 */
export const QUIET_CALLS = words(`
  Some Ok Err Box::new Arc::new Rc::new Cell::new RefCell::new Mutex::new RwLock::new Cursor::new Py::clone_ref Py::new Bound::new Vec::from PyList::empty PyDict::new PyTuple::empty PyBytes::new
  PyString::new PyByteArray::new PyNone::get PyBool::new PyFloat::new PyInt::new PyComplex::from_doubles
`)

/** `PyValueError::new_err(…)`, `PyErr::new::<…>(…)`: the exception object is made later, outside. */
export const LAZY_ERROR = /^(?:\w+::)*Py\w*(?:Error|Exception|Warning|Iteration|Interrupt|Exit)::new_err$|^(?:\w+::)*PyErr::new$/

/** Macros of std that evaluate their arguments and format them. */
export const FORMAT_MACROS = words(`
  format print println eprint eprintln write writeln panic assert assert_eq assert_ne debug_assert debug_assert_eq debug_assert_ne
  unreachable todo unimplemented format_args
`)

/** Macros of `log` and `tracing`: Rust only, unless the crate sends them to Python's `logging`. */
export const LOG_MACROS = words('trace debug info warn error log')

/** Other macros of std that do nothing but evaluate. */
export const PLAIN_MACROS = words(
  'vec matches concat stringify line file column cfg env option_env include_str include_bytes module_path',
)
