import { describe, expect, it } from 'vitest'
import { crateOfFiles } from './support/analyze.ts'

const MANIFEST = `[package]
name = "demo"
version = "0.1.0"
edition = "2021"
[features]
default = ["std"]
std = []
python = []
fast = ["fast-static"]
fast-static = []
fast-shared = []
[dependencies]
pyo3 = { version = "0.30", optional = true }
`

function classes(files: Readonly<Record<string, string>>): string[] {
  const { analysis } = crateOfFiles({ 'Cargo.toml': MANIFEST, ...files }, '0.30', { ignore: ['class-not-exported'] })
  return analysis.crates.flatMap((it) => it.classes.map(({ cls, verdicts }) => `${cls.name} ${verdicts.sync.verdict}`)).sort()
}

describe('the world in which a class exists', () => {
  it('has the features that its own attributes ask for', () => {
    const source = `#[cfg_attr(feature = "python", pyo3::pyclass)]\npub struct A {\n    #[cfg(feature = "python")]\n    x: std::cell::Cell<u8>,\n}\n`
    expect(classes({ 'src/lib.rs': source })).toEqual(['A no'])
  })

  it('has the features of the modules around it, also where one of several will do', () => {
    const files = {
      'src/lib.rs': '#[cfg(feature = "python")]\nmod a;\n#[cfg(any(feature = "fast", feature = "fast-shared"))]\nmod b;\n',
      'src/a.rs': '#[pyo3::pyclass]\nstruct A {}\n',
      'src/b.rs': '#[pyo3::pyclass]\nstruct B {\n    #[cfg(feature = "fast-shared")]\n    x: std::rc::Rc<u8>,\n}\n',
    }
    expect(classes(files)).toEqual(['A yes', 'B yes'])
  })

  it('is that of another target where only that one has the class', () => {
    const source = `#[cfg(windows)]\n#[pyo3::pyclass]\nstruct W {\n    #[cfg(unix)]\n    x: std::cell::Cell<u8>,\n}\n#[cfg(unix)]\n#[pyo3::pyclass]\nstruct U {\n    #[cfg(unix)]\n    x: std::cell::Cell<u8>,\n}\n`
    expect(classes({ 'src/lib.rs': source })).toEqual(['U no', 'W yes'])
  })

  it('keeps both where classes exclude each other and nothing decides', () => {
    const source = `#[cfg(Py_GIL_DISABLED)]\n#[pyo3::pyclass]\nstruct A { x: u8 }\n#[cfg(not(Py_GIL_DISABLED))]\n#[pyo3::pyclass]\nstruct A { x: std::cell::Cell<u8> }\n`
    expect(classes({ 'src/lib.rs': source })).toEqual(['A no', 'A yes'])
  })
})
