use pyo3::prelude::*;

mod cache;
mod clean;
mod index;

#[pymodule(gil_used = false)]
fn editor_workspace(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<cache::Cache>()?;
    m.add_class::<clean::Counter>()?;
    m.add_class::<index::MutableGlobalIndex>()?;
    Ok(())
}
