/** What a Rust snippet is put into to be compiled: what its author's file would hold around it. */
export interface SnippetContext {
  readonly before?: string
  readonly after?: string
  /** Findings of ours, at warning or above, that the snippet shows on purpose. */
  readonly findings?: readonly string[]
}

const MY_CLASS = '\n#[pyclass(frozen)]\npub struct MyClass {}\n'
const PRELUDE = 'use pyo3::prelude::*;\n'

/** A free function around a snippet that is made of statements. */
function inFunction(signature: string, end = '', start = ''): SnippetContext {
  return { before: `${PRELUDE}\nfn ${signature} {\n${start}`, after: `${end}\n}\n` }
}

/** A method of a class with one field around a snippet that is made of statements. */
function inMethod(field: string, signature: string, end: string): SnippetContext {
  const head = `use std::sync::Mutex;\n\n${PRELUDE}\n#[pyclass(frozen)]\nstruct Holder {\n    ${field},\n}\n`
  return { before: `${head}\n#[pymethods]\nimpl Holder {\n    fn ${signature} {\n`, after: `${end}\n    }\n}\n` }
}

/** By prefix; a snippet that is not listed is a whole file by itself and clean. */
export const SNIPPET_CONTEXTS: Readonly<Record<string, SnippetContext>> = {
  'pymod-ft': { after: MY_CLASS },
  'pymod-ft-fn': { after: MY_CLASS },
  'pymod-gil': { after: MY_CLASS },
  'pyclass-point': { findings: ['mut-self'] },
  'lock-py': inMethod('inner: Mutex<Vec<u8>>', "push(&self, py: Python<'_>, byte: u8)", 'guard.push(byte);'),
  'lock-snapshot': inMethod('callbacks: Mutex<Vec<Py<PyAny>>>', "call_all(&self, py: Python<'_>) -> PyResult<()>", 'Ok(())'),
  'lock-poison-err': inMethod('inner: Mutex<Vec<u8>>', 'len(&self) -> PyResult<usize>', 'Ok(guard.len())'),
  attach: inFunction('attached()'),
  detach: inFunction("detached(py: Python<'_>)"),
  'detach-rayon': inFunction("lengths(py: Python<'_>, items: Vec<Py<PyAny>>) -> PyResult<Vec<usize>>", 'Ok(results)'),
  'detach-join': inFunction(
    "joined(py: Python<'_>) -> PyResult<u64>",
    'Ok(result)',
    'let handle = std::thread::spawn(|| 1u64);\n',
  ),
  'detach-recv': inFunction("received(py: Python<'_>, receiver: std::sync::mpsc::Receiver<u64>) -> PyResult<u64>", 'Ok(message)'),
  'critical-section': inFunction("section(object: &Bound<'_, pyo3::types::PyList>)"),
  'critical-section2': inFunction("section(left: &Bound<'_, pyo3::types::PyList>, right: &Bound<'_, pyo3::types::PyList>)"),
  'safety-sync': { before: 'struct Handle(*const u8);\n\n', after: '\nunsafe impl Sync for Handle {}\n' },
  'assert-send-sync': { before: 'struct MyClass;\n\n' },
  'pyref-short': {
    before: `${PRELUDE}\n#[pyclass]\nstruct Timer {\n    callback: Py<PyAny>,\n}\n\n#[pymethods]\nimpl Timer {\n`,
    after: '\n}\n',
  },
  'dict-setdefault': inFunction(
    "inserted(dict: &Bound<'_, pyo3::types::PyDict>, key: &str, value: u64) -> PyResult<bool>",
    'Ok(inserted)',
  ),
  'pyfunction-pyrefmut': { before: '#[pyo3::pyclass]\nstruct Point {\n    x: f64,\n    y: f64,\n}\n\n' },
  // Compiled for free-threaded Python, so the first arm must be the one that is taken.
  'cfg-gil-disabled': { after: '\nconst _: () = assert!(SHARDS == 64);\n' },
}

/** Prefix of the snippet that is a build script, and is compiled as one. */
export const BUILD_SCRIPT = 'build-rs-pyo3-cfgs'
