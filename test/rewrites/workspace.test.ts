import { describe, expect, it } from 'vitest'
import { crateOfFiles } from '../support/analyze.ts'
import { type Rewritten, rewrittenIn } from './apply.ts'

const COUNTER = `use pyo3::prelude::*;

#[pyclass]
pub struct Counter {
    pub hits: u64,
}

impl Counter {
    pub fn up(&mut self) {
        self.hits += 1;
    }
}

#[pymethods]
impl Counter {
    #[new]
    pub fn new() -> Self {
        Self { hits: 0 }
    }

    fn hit(&mut self) -> u64 {
        self.up();
        self.hits
    }
}
`

const LOCK = `version = 4\n[[package]]\nname = "pyo3"\nversion = "0.30.1"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n`

function manifest(name: string, lib: string, rest = ''): string {
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${lib}\n[dependencies]\npyo3 = "0.30"\n${rest}`
}

function outcome({ fix, refusal }: Rewritten): string {
  return fix ? 'offered' : `${refusal?.reason}: ${refusal?.detail}`
}

function inLibrary(lib: string, root: string, counter = COUNTER): Rewritten {
  const files = { 'Cargo.toml': manifest('demo', lib), 'src/lib.rs': root, 'src/counter.rs': counter }
  return rewrittenIn(crateOfFiles(files), '/demo/src/counter.rs', 'Counter', 'frozen-mutex')
}

describe('public fields', () => {
  it.each([
    ['[lib]\ncrate-type = ["cdylib", "rlib"]', 'pub mod counter;', 'public-field'],
    ['[lib]\ncrate-type = ["cdylib", "rlib"]', 'mod counter;\npub use counter::Counter;', 'public-field'],
    ['[lib]\ncrate-type = ["cdylib", "rlib"]', 'mod counter;\npub use counter::*;', 'public-field'],
    [
      '[lib]\ncrate-type = ["cdylib", "rlib"]',
      'mod counter;\npub fn make() -> counter::Counter {\n    counter::Counter::new()\n}',
      'public-field',
    ],
    [
      '[lib]\ncrate-type = ["cdylib", "rlib"]',
      'mod counter;\nfn make() -> counter::Counter {\n    counter::Counter::new()\n}',
      'offered',
    ],
    ['[lib]\ncrate-type = ["cdylib", "rlib"]', 'mod counter;', 'offered'],
    ['[lib]\ncrate-type = ["cdylib"]', 'pub mod counter;', 'offered'],
    ['publish = false\n[lib]\ncrate-type = ["rlib"]', 'pub mod counter;', 'offered'],
    ['publish = []\n[lib]\ncrate-type = ["rlib"]', 'pub mod counter;', 'offered'],
    ['publish = ["mine"]\n[lib]\ncrate-type = ["rlib"]', 'pub mod counter;', 'public-field'],
  ])('%s, %s: %s', (lib, root, expected) => {
    expect(outcome(inLibrary(lib, root))).toMatch(new RegExp(`^${expected}`))
  })

  it('keeps a public method that only moved bodies call, where others may call it', () => {
    const hidden = COUNTER.replace('pub hits', 'hits')
    const up = '    pub fn up(&self) {\n        self.locked().up();\n    }\n'
    expect(inLibrary('[lib]\ncrate-type = ["cdylib", "rlib"]', 'pub mod counter;', hidden).text).toContain(up)
    expect(inLibrary('[lib]\ncrate-type = ["cdylib"]', 'pub mod counter;', hidden).text).not.toContain(up)
  })
})

describe('crates of the workspace', () => {
  function inWorkspace(user: string, dependency = 'core = { path = "../core" }\n', counter = COUNTER): Rewritten {
    const files = {
      'Cargo.toml': '[workspace]\nmembers = ["core", "user"]\n',
      'Cargo.lock': LOCK,
      'core/Cargo.toml': manifest('core', 'publish = false'),
      'core/src/lib.rs': counter,
      'user/Cargo.toml': manifest('user', 'publish = false', dependency),
      'user/src/lib.rs': user,
    }
    return rewrittenIn(crateOfFiles(files), '/demo/core/src/lib.rs', 'Counter', 'frozen-mutex')
  }

  it('finds what a dependent does with the class', () => {
    expect(outcome(inWorkspace(''))).toBe('offered')
    const reads = 'pub fn hits(c: &core::Counter) -> u64 {\n    c.hits\n}\n'
    expect(outcome(inWorkspace(reads))).toMatch(/^used-elsewhere: src\/lib.rs:2/)
    const optional = 'core = { path = "../core", optional = true }\n'
    expect(outcome(inWorkspace(reads, optional))).toMatch(/^used-elsewhere/)
    const builds = 'pub fn make() -> core::Counter {\n    core::Counter { hits: 1 }\n}\n'
    expect(outcome(inWorkspace(builds))).toMatch(/^used-elsewhere: src\/lib.rs:2/)
    const guard = 'pub fn up(mut c: pyo3::PyRefMut<core::Counter>) {\n    c.up();\n}\n'
    expect(outcome(inWorkspace(guard))).toMatch(/^mutable-access: src\/lib.rs:1/)
  })

  it('leaves crates alone that do not depend on it, and classes that they cannot see', () => {
    const reads = 'pub struct Counter {\n    pub hits: u64,\n}\npub fn hits(c: &Counter) -> u64 {\n    c.hits\n}\n'
    expect(outcome(inWorkspace(reads, ''))).toBe('offered')
    expect(outcome(inWorkspace(reads, undefined, COUNTER.replace('pub struct', 'pub(crate) struct')))).toBe('offered')
  })

  it('takes a `mut` away in a dependent too', () => {
    const user = 'pub fn two() {\n    let mut c = core::Counter::new();\n    c.up();\n}\n'
    const { fix } = inWorkspace(user)
    expect(fix?.changes.map((it) => it.file)).toEqual(['/demo/core/src/lib.rs', '/demo/user/src/lib.rs'])
  })
})

describe('versions of PyO3', () => {
  it.each([
    ['0.16', 'attribute: src/lib.rs:4: PyO3 0.16 has no frozen classes'],
    ['0.17', 'offered'],
  ])('%s: %s', (pyo3, expected) => {
    const found = rewrittenIn(crateOfFiles({ 'src/lib.rs': COUNTER }, pyo3), '/demo/src/lib.rs', 'Counter', 'frozen-mutex')
    expect(outcome(found)).toBe(expected)
  })
})

describe('crates of others', () => {
  const buffers = `pub struct Buffer<T> {
    start: std::ptr::NonNull<T>,
    length: usize,
}
impl<T: Clone> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        Self::from_iter(self)
    }
}
pub struct Tally(std::cell::UnsafeCell<u64>);
impl Clone for Tally {
    fn clone(&self) -> Self {
        Tally(std::cell::UnsafeCell::new(self.get()))
    }
}
`
  const user = (type: string): string => `use buffers::{Buffer, Tally};
use pyo3::prelude::*;

#[pyclass]
#[derive(Clone)]
pub struct Shelf {
    items: ${type},
    count: u64,
}

#[pymethods]
impl Shelf {
    fn add(&mut self) {
        self.count += 1;
    }

    fn tell(&self, log: &Bound<'_, PyAny>) -> PyResult<()> {
        for it in 0..3 {
            log.call1((self.items.len(), self.count + it))?;
        }
        Ok(())
    }
}
`
  const shelf = (type: string): string => {
    const registry = 'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
    const files = {
      'Cargo.toml': manifest('demo', '', 'buffers = "1"\n'),
      'Cargo.lock': `version = 4\n[[package]]\nname = "demo"\nversion = "0.1.0"\ndependencies = ["pyo3", "buffers"]\n[[package]]\nname = "pyo3"\nversion = "0.30.1"\n${registry}[[package]]\nname = "buffers"\nversion = "1.0.0"\n${registry}`,
      '/cargo/registry/src/index.crates.io-0/buffers-1.0.0/Cargo.toml':
        '[package]\nname = "buffers"\nversion = "1.0.0"\nedition = "2021"\n',
      '/cargo/registry/src/index.crates.io-0/buffers-1.0.0/src/lib.rs': buffers,
      'src/lib.rs': user(type),
    }
    return outcome(rewrittenIn(crateOfFiles(files), '/demo/src/lib.rs', 'Shelf', 'frozen-mutex'))
  }

  it('are believed that a clone of their values is as good as the value, unless it changes in place', () => {
    expect(shelf('Buffer<u32>')).toBe('offered')
    expect(shelf('Buffer<std::cell::Cell<u32>>')).toMatch(/^calls-python: .*`Cell`, which changes in place/)
    expect(shelf('Tally')).toMatch(/^calls-python: .*`UnsafeCell`, which changes in place/)
  })
})
