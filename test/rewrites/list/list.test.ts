import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceFiles } from '../../../scripts/rewrites/lift/items.ts'
import { lifted } from '../../../scripts/rewrites/lift/lift.ts'
import { blockersOf } from '../../../scripts/rewrites/list/blockers.ts'
import { listedClasses } from '../../../scripts/rewrites/list/classes.ts'
import { readClassList } from '../../../scripts/rewrites/list/rows.ts'
import { pinnedRates } from '../../../scripts/rewrites/offers.ts'

const SOURCE = `
use pyo3::prelude::*;
use crate::limits::Limit;

/// Text with a brace } and \`#[pyclass(frozen)]\`.
#[pyclass(unsendable)]
/// ${'long documentation '.repeat(40)}
pub struct Plain { n: u64 }

#[pymethods]
impl Plain {
    fn hit(&mut self) { self.n += LIMIT.0 }
    #[staticmethod]
    fn of(other: PyRefMut<'_, Self>) {}
}

#[pyclass(frozen)]
struct Frozen { n: u64 }
#[pymethods]
impl Frozen { fn hit(&mut self) {} }

#[pyclass]
struct Shared { n: u64 }
#[pymethods]
impl Shared { fn see(&self) -> u64 { self.n } }

#[pyclass]
#[derive(Clone, Hash)]
pub struct Open { pub n: u64 }
#[pymethods]
impl Open {
    fn next<'py>(mut slf: PyRefMut<'py, Self>) -> PyRefMut<'py, Self> { slf }
}

macro_rules! twins {
    ($one:ident, $two:ident, $doc:literal) => {
        #[doc = $doc]
        #[pyclass]
        struct $one { n: u64 }
        #[pymethods]
        impl $one { fn hit(&mut self) {} }
        #[pyclass(frozen)]
        struct $two { n: u64 }
        #[pymethods]
        impl $two { fn hit(&mut self) {} }
    };
}
twins!(Castor, Pollux, "text");

const LIMIT: Limit = Limit(3);

#[cfg(test)]
mod tests {
    #[pyclass]
    struct Tested { n: u64 }
    #[pymethods]
    impl Tested { fn hit(&mut self) {} }
}
`
const LIMITS = 'use serde::Serialize;\n#[derive(Serialize, Clone)]\npub struct Limit(pub u64);\nfn other(it: serde::Thing) {}\n'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'list-'))
  mkdirSync(join(root, 'src'))
  writeFileSync(join(root, 'Cargo.toml'), '[package]\nname = "demo"\n\n[lib]\ncrate-type = ["cdylib", "rlib"]\n')
  writeFileSync(join(root, 'src/lib.rs'), SOURCE)
  writeFileSync(join(root, 'src/limits.rs'), LIMITS)
})
afterAll(() => rmSync(root, { recursive: true }))

test('finds classes with exclusive borrows, and what stands in their way', () => {
  const listed = listedClasses(root)
  const found = listed.map((it) => [it.name, it.exclusive.length, blockersOf(it, listed).join(',')])
  expect(found).toEqual([
    ['Plain', 1, 'unsendable'],
    ['Open', 1, 'derive,pub-field,returns-borrow'],
    ['Castor', 1, 'macro'],
  ])
})

test('a class is lifted with what it names, without what only other crates know', () => {
  const files = [...sourceFiles('src/lib.rs', SOURCE), ...sourceFiles('src/limits.rs', LIMITS)]
  const text = lifted(files, 'src/lib.rs', 'Plain') ?? ''
  expect(text).toContain('pub struct Plain { n: u64 }')
  expect(text).toContain('const LIMIT: Limit = Limit(3);')
  expect(text).toContain('#[derive(Clone)]\npub struct Limit(pub u64);')
  expect(text).toContain('use pyo3::prelude::*;')
  expect(text).not.toMatch(/serde|Frozen|Open|twins/)
})

test('the pinned list is whole, and its figures are about it', () => {
  const rows = readClassList()
  expect(rows.length).toBe(pinnedRates().all.classes)
  expect(rows.filter((it) => it.blockers.length === 0).length).toBe(pinnedRates().free.classes)
  expect(new Set(rows.map((it) => `${it.package} ${it.file} ${it.line} ${it.class}`)).size).toBe(rows.length)
})
