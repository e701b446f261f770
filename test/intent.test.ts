import { describe, expect, it } from 'vitest'
import { crateOfFiles } from './support/analyze.ts'

const CLASS = 'use pyo3::prelude::*;\n#[pyclass]\nstruct A {}\n'
const MODULE = (option: string): string =>
  `${CLASS}#[pymodule${option}]\nfn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {\n    m.add_class::<A>()\n}\n`
const MANIFEST = (more: string): string =>
  `[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\npyo3 = "0.30"\n${more}`

function intent(files: Readonly<Record<string, string>>, pyo3 = '0.30'): string | undefined {
  return crateOfFiles(files, pyo3).analysis.crates[0]?.crate.intent
}

describe('intent', () => {
  it('is what the module says', () => {
    expect(intent({ 'src/lib.rs': MODULE('(gil_used = false)') })).toBe('explicit')
    expect(intent({ 'src/lib.rs': MODULE('(gil_used = true)') })).toBe('opted-out')
  })

  it('is the default of the version where nobody says anything', () => {
    expect(intent({ 'src/lib.rs': MODULE('') })).toBe('default')
    expect(intent({ 'src/lib.rs': MODULE('') }, '0.27')).toBe('opted-out')
    expect(intent({ 'src/lib.rs': CLASS })).toBe('default')
  })

  it('follows the classifier, but not one that says that it is unstable', () => {
    const project = (level: string): string =>
      `[project]\nname = "demo"\nclassifiers = ["Programming Language :: Python :: Free Threading :: ${level}"]\n[build-system]\nbuild-backend = "maturin"\n`
    expect(intent({ 'src/lib.rs': MODULE(''), 'pyproject.toml': project('2 - Beta') })).toBe('explicit')
    expect(intent({ 'src/lib.rs': MODULE(''), 'pyproject.toml': project('1 - Unstable') })).toBe('default')
  })

  it('follows a free-threaded interpreter in CI, comments left aside', () => {
    const ci = (text: string): Record<string, string> => ({ 'src/lib.rs': MODULE(''), '.github/workflows/ci.yml': text })
    expect(intent(ci('python-version: ["3.13", "3.14t"]\n'))).toBe('explicit')
    expect(intent(ci('python-version: ["3.13"] # 3.14t later\n'))).toBe('default')
  })

  it('obeys the manifest', () => {
    const metadata = '[package.metadata.pyo3-thread-safety]\npython = "free-threaded"\n'
    expect(intent({ 'src/lib.rs': MODULE(''), 'Cargo.toml': MANIFEST(metadata) })).toBe('explicit')
  })
})

describe('settings of a member', () => {
  it('speak for that member only', () => {
    const member = (name: string, more: string): string => MANIFEST(more).replace('"demo"', `"${name}"`)
    const source = '#[pyo3::pyclass]\nstruct A { x: std::cell::Cell<u8> }\n'
    const { analysis } = crateOfFiles({
      'Cargo.toml': '[workspace]\nmembers = ["a", "b"]\n',
      'a/Cargo.toml': member('a', '[package.metadata.pyo3-thread-safety]\nrules = { "not-sync" = "off" }\n'),
      'a/src/lib.rs': source,
      'b/Cargo.toml': member('b', ''),
      'b/src/lib.rs': source,
    })
    expect(analysis.findings.map((it) => `${it.at.file} ${it.rule}`)).toEqual(['/demo/b/src/lib.rs not-sync'])
  })
})
