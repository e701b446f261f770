import { describe, expect, it } from 'vitest'
import { liveTrees } from '../server/src/syntax/parser.ts'
import { crateOfFiles, type TestCrate } from './support/analyze.ts'

const CACHE = `use crate::shared::Shared;
use pyo3::prelude::*;

#[pyclass(frozen)]
pub struct Cache {
    name: String,
    shared: Shared,
}

#[pymethods]
impl Cache {
    fn size(&self) -> usize {
        let all = self.shared.count();
        all + 1
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}
`
const SHARED = `use std::sync::Mutex;

pub struct Shared {
    map: Mutex<Vec<u64>>,
}

impl Shared {
    pub fn count(&self) -> usize {
        self.map.lock().unwrap().len()
    }
}
`
const OTHER = `use pyo3::prelude::*;

#[pyclass(frozen)]
pub struct Other {
    hits: std::sync::atomic::AtomicU64,
}

#[pyclass]
pub struct Loose {
    hits: u64,
}

#[pymethods]
impl Loose {
    fn hit(&mut self) {
        self.hits += 1;
    }
}
`
const LIB = `use pyo3::prelude::*;
mod cache;
mod other;
mod shared;

#[pymodule]
mod demo {
    #[pymodule_export]
    use crate::cache::Cache;
    #[pymodule_export]
    use crate::other::{Loose, Other};
}
`
const FILES = { 'src/lib.rs': LIB, 'src/cache.rs': CACHE, 'src/shared.rs': SHARED, 'src/other.rs': OTHER }

interface Cost {
  readonly findings: string[]
  readonly files: number
  readonly bodies: number
  readonly verdicts: number
  readonly conds: number
}

/** Changes one file and analyses again. */
function edit(crate: TestCrate, file: string, text: string): Cost {
  crate.db.setText(`/demo/${file}`, text)
  crate.db.resetCounters()
  const { findings } = crate.again()
  const counters = crate.db.counters()
  const count = (name: string): number => counters[name] ?? 0
  return {
    findings: findings.map(({ rule, subject, at }) => `${rule} ${subject ?? ''} ${at.file} ${at.span.start}`).sort(),
    files: count('filesParsed'),
    bodies: count('bodiesParsed'),
    verdicts: count('verdicts computed'),
    conds: count('conds computed'),
  }
}

function replaced(text: string, from: string, to: string): string {
  expect(text).toContain(from)
  return text.replace(from, to)
}

describe('an edit costs what it changes', () => {
  it('a key in a body: one file, at most one body, no verdict', () => {
    const crate = crateOfFiles(FILES)
    for (const text of [
      replaced(CACHE, 'all + 1', 'all + 12'),
      replaced(CACHE, 'all + 1', 'all + 123'),
      replaced(CACHE, 'all + 1', 'all + ('),
    ]) {
      const cost = edit(crate, 'src/cache.rs', text)
      expect(cost).toMatchObject({ files: 1, verdicts: 0, conds: 0 })
      expect(cost.bodies).toBeLessThanOrEqual(1)
    }
  })

  it('a line above everything: one file, no verdict, and findings move with it', () => {
    const crate = crateOfFiles(FILES)
    const before = edit(crate, 'src/other.rs', `${OTHER}\n`)
    const after = edit(crate, 'src/other.rs', `// 🦀\n${OTHER}\n`)
    expect(after).toMatchObject({ files: 1, verdicts: 0, conds: 0 })
    const moved = before.findings.map((it) =>
      it.replace(/(other\.rs )(\d+)$/, (_, file: string, at: string) => file + (Number(at) + 6)),
    )
    expect(after.findings).toEqual(moved.sort())
    expect(after.findings.some((it) => it.startsWith('mut-self Loose'))).toBe(true)
  })

  it('the type of a field: what holds one of it, and nothing else', () => {
    const crate = crateOfFiles(FILES)
    // Shared, and Cache which owns one: two types, two traits.
    const cost = edit(crate, 'src/shared.rs', replaced(SHARED, 'Mutex<Vec<u64>>', 'std::rc::Rc<u64>'))
    expect(cost).toMatchObject({ files: 1, conds: 4 })
    expect(cost.verdicts).toBeLessThanOrEqual(4)
    const rules = cost.findings.filter((it) => it.startsWith('not-')).map((it) => it.split(' ').slice(0, 2).join(' '))
    expect(rules).toEqual(['not-send Cache', 'not-sync Cache'])
    // Other is on its own: one type.
    const other = edit(crate, 'src/other.rs', replaced(OTHER, 'std::sync::atomic::AtomicU64', 'std::cell::Cell<u64>'))
    expect(other).toMatchObject({ files: 1, conds: 2 })
    expect(other.findings.filter((it) => it.startsWith('not-sync'))).toHaveLength(2)
  })

  it('no tree is left behind', () => {
    const crate = crateOfFiles(FILES)
    edit(crate, 'src/cache.rs', replaced(CACHE, 'all + 1', 'all + 12'))
    expect(liveTrees()).toBe(0)
  })

  it('the same text again: nothing', () => {
    const crate = crateOfFiles(FILES)
    expect(edit(crate, 'src/cache.rs', CACHE)).toMatchObject({ files: 0, bodies: 0, verdicts: 0, conds: 0 })
  })

  it('an attribute of a class: that class at most', () => {
    const crate = crateOfFiles(FILES)
    expect(edit(crate, 'src/cache.rs', replaced(CACHE, 'pyclass(frozen)', 'pyclass(frozen, eq)')).conds).toBeLessThanOrEqual(2)
  })
})

/** Numbers in [0, below), the same for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const EDITS: readonly (readonly [file: keyof typeof FILES, from: string, to: string])[] = [
  ['src/shared.rs', 'Mutex<Vec<u64>>', 'std::cell::RefCell<Vec<u64>>'],
  ['src/shared.rs', 'pub struct Shared', 'pub struct Shared_'],
  ['src/shared.rs', 'use std::sync::Mutex;', 'struct Mutex<T>(std::rc::Rc<T>);'],
  ['src/cache.rs', 'pyclass(frozen)', 'pyclass(unsendable)'],
  ['src/cache.rs', '#[pymethods]', ''],
  ['src/cache.rs', '    }\n\n    fn name', '    \n\n    fn name'],
  ['src/cache.rs', 'name: String,', 'name: *const u8,'],
  ['src/other.rs', 'pub struct Other {', 'unsafe impl Sync for Other {} pub struct Other { cell: std::cell::Cell<u8>,'],
  ['src/other.rs', '&mut self', '&self'],
  ['src/lib.rs', 'mod shared;', 'mod shared { pub struct Shared(pub fn()); }'],
  ['src/lib.rs', 'use crate::cache::Cache;', ''],
]

it('the order of edits does not change the answer', () => {
  const next = numbers(7)
  const crate = crateOfFiles(FILES)
  const on = new Set<number>()
  for (let step = 0; step < 40; step++) {
    const chosen = next(EDITS.length)
    if (!on.delete(chosen)) on.add(chosen)
    const files: Record<string, string> = { ...FILES }
    for (const index of [...on].sort((a, b) => a - b)) {
      const [file, from, to] = EDITS[index] ?? ['src/lib.rs', '', '']
      files[file] = (files[file] ?? '').replace(from, to)
    }
    for (const [file, text] of Object.entries(files)) crate.db.setText(`/demo/${file}`, text)
    const words = (analysis: TestCrate['analysis']): string[] =>
      analysis.findings.map(({ rule, message, at }) => `${at.file} ${at.span.start} ${rule} ${message}`)
    expect(words(crate.again()), `edits ${[...on].join(', ')}`).toEqual(words(crateOfFiles(files).analysis))
  }
})
