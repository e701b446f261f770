import { describe, expect, it } from 'vitest'
import { crateOfFiles } from '../support/analyze.ts'
import { type Rewritten, rewrittenIn } from './apply.ts'

const COUNTER = `use pyo3::prelude::*;

#[pyclass]
pub struct Counter {
    hits: u64,
}

#[pymethods]
impl Counter {
    fn hit(&mut self) -> u64 {
        for _ in 0..2 {
            self.hits += self.hits.leading_zeros().poke();
        }
        self.hits
    }
}
`

const ATTACHES = '{\n    Python::attach(|py| pyo3::types::PyList::empty(py).len() as u64)\n}'
const LOUD = `use pyo3::prelude::*;\npub struct Loud;\nimpl Loud {\n    pub fn poke(self) -> u64 ${ATTACHES}\n}\n`

const LOCK = `version = 4
[[package]]
name = "pyo3"
version = "0.30.1"
source = "registry+https://github.com/rust-lang/crates.io-index"
`

function manifest(name: string, rest = ''): string {
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\npublish = false\n[dependencies]\npyo3 = "0.30"\n${rest}`
}

function inWorkspace(core: string, user: string, lock = LOCK): Rewritten {
  const files = {
    'Cargo.toml': '[workspace]\nmembers = ["core", "user"]\n',
    'Cargo.lock': lock,
    'core/Cargo.toml': manifest('core'),
    'core/src/lib.rs': core,
    'user/Cargo.toml': manifest('user', 'core = { path = "../core" }\n'),
    'user/src/lib.rs': user,
  }
  return rewrittenIn(crateOfFiles(files), '/demo/core/src/lib.rs', 'Counter', 'frozen-mutex')
}

function outcome({ fix, refusal }: Rewritten): string {
  return fix ? 'offered' : `${refusal?.reason}: ${refusal?.detail}`
}

describe('methods of unknown values', () => {
  it('are none of crates that the code cannot name, unless a trait brings them in', () => {
    expect(outcome(inWorkspace(COUNTER, ''))).toBe('offered')
    expect(outcome(inWorkspace(COUNTER, LOUD))).toBe('offered')
    expect(outcome(inWorkspace(COUNTER + LOUD.split('\n').slice(1).join('\n'), ''))).toMatch(/^calls-python: .*`poke`/)
    const poke = 'pub trait Poke {\n    fn poke(self) -> u64;\n}\n'
    const impl = `use pyo3::prelude::*;\npub struct Loud;\nimpl core::Poke for Loud {\n    fn poke(self) -> u64 ${ATTACHES}\n}\n`
    expect(outcome(inWorkspace(COUNTER + poke, impl))).toMatch(/^calls-python: .*`poke`/)
  })
})

describe('trait objects of public traits', () => {
  const gauged = COUNTER.replace('hits: u64', 'hits: u64,\n    gauge: Box<dyn Gauge + Send + Sync>').replace(
    'self.hits.leading_zeros().poke()',
    'self.gauge.read()',
  )
  const core = `${gauged}pub trait Gauge {\n    fn read(&mut self) -> u64;\n}\nimpl Gauge for u64 {\n    fn read(&mut self) -> u64 {\n        *self\n    }\n}\n`
  const loud = `use pyo3::prelude::*;\npub struct Loud;\nimpl core::Gauge for Loud {\n    fn read(&mut self) -> u64 ${ATTACHES}\n}\n`

  it('may be of what dependents implement them for', () => {
    expect(outcome(inWorkspace(core, ''))).toBe('offered')
    expect(outcome(inWorkspace(core, loud))).toMatch(/^calls-python: .*`read`/)
  })

  it('are of nothing else where a member is missing that the lock file still has', () => {
    const own = '[[package]]\nname = "core"\nversion = "0.1.0"\ndependencies = ["pyo3"]\n'
    const missing = '[[package]]\nname = "left-out"\nversion = "0.1.0"\ndependencies = ["core", "pyo3"]\n'
    expect(outcome(inWorkspace(core, '', LOCK + own + missing))).toBe('offered')
    const released = missing.replace(
      'dependencies',
      'source = "registry+https://github.com/rust-lang/crates.io-index"\ndependencies',
    )
    expect(outcome(inWorkspace(core, '', LOCK + own + released))).toMatch(/^calls-unknown: .*`dyn Gauge`/)
  })
})
