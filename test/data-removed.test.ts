import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { definitionVerdict } from '../server/src/autotraits/queries.ts'
import { runSync } from '../server/src/driver/driver.ts'
import { createSession } from '../server/src/driver/session.ts'
import { createFactsDb } from '../server/src/facts/db.ts'
import type { FactsDb } from '../server/src/facts/facts.ts'
import { memoryHost } from '../server/src/host/memory.ts'
import { classWorld } from '../server/src/model/world-features.ts'
import { loadFacts, loadGrammar } from '../server/src/node-setup.ts'
import { crateGraph } from '../server/src/project/crate-graph.ts'
import { displayPath } from '../server/src/resolve/ids.ts'
import { crateItems } from '../server/src/resolve/items.ts'

await loadGrammar()
const FACTS = loadFacts()
/** As if `server/data` had been deleted. */
const NO_FACTS = createFactsDb([])

const MANIFEST =
  '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n[features]\npython = []\n[dependencies]\npyo3 = "0.30"\nparking_lot = "0.12"\ndashmap = "6"\n'
const packageOf = (name: string, version: string): string =>
  `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n`
const LOCK = `version = 4\n[[package]]\nname = "demo"\nversion = "0.1.0"\ndependencies = ["dashmap", "parking_lot", "pyo3"]\n${packageOf('pyo3', '0.30.1')}${packageOf('parking_lot', '0.12.5')}dependencies = ["lock_api"]\n${packageOf('lock_api', '0.4.14')}${packageOf('dashmap', '6.1.0')}`

/** Both verdicts of every type of a file, by path. */
function verdicts(text: string, facts: FactsDb): Map<string, string> {
  const host = memoryHost({ '/demo/Cargo.toml': MANIFEST, '/demo/Cargo.lock': LOCK, '/demo/src/lib.rs': text })
  const environment = { cargoHome: null, rustVersion: null, target: 'x86_64-unknown-linux-gnu' }
  const db = createSession({ environment, facts, model: { python: 'auto', assumePyo3: null }, cfg: { python: 'auto' } })
  const world = runSync(db, host, (at) => classWorld(at, '/demo/Cargo.toml')).value
  return runSync(db, host, (at) => {
    const found = new Map<string, string>()
    for (const crate of crateGraph(at, world).crates.values()) {
      if (crate.root === null) continue
      for (const { id, item } of crateItems(at, crate.id)) {
        if (item.kind !== 'struct' && item.kind !== 'enum' && item.kind !== 'union') continue
        for (const trait of ['Send', 'Sync'] as const)
          found.set(`${displayPath(id, crate.name)}: ${trait}`, definitionVerdict(at, id, trait).verdict)
      }
    }
    return found
  }).value
}

/** Answers that are another one without facts: `unknown` is none. */
function turned(text: string): { readonly changed: string[]; readonly known: number; readonly lost: number } {
  const [all, none] = [verdicts(text, FACTS), verdicts(text, NO_FACTS)]
  expect([...none.keys()]).toEqual([...all.keys()])
  const changed = [...all].flatMap(([type, verdict]) => {
    const without = none.get(type)
    return without === verdict || without === 'unknown' ? [] : [`${type} is ${verdict}, without facts ${without}`]
  })
  const lost = [...all].filter(([type, verdict]) => verdict !== 'unknown' && none.get(type) === 'unknown')
  return { changed, known: [...all.values()].filter((it) => it !== 'unknown').length, lost: lost.length }
}

const FILES = [
  ...globSync('test/fixtures/rules/*/*.rs'),
  ...globSync('test/autotraits/cases/*.rs'),
  ...globSync('examples/*/src/*.rs'),
].sort()

it.each(FILES)('%s: without facts no answer turns into another', (file) => {
  expect(turned(readFileSync(file, 'utf8')).changed).toEqual([])
})

/** Types that only facts know, and such that need none. */
const FOREIGN = [
  'std::cell::RefCell<u8>',
  'std::cell::Cell<u8>',
  'std::rc::Rc<u8>',
  'std::sync::Arc<u8>',
  'std::sync::Mutex<u8>',
  "std::sync::MutexGuard<'static, u8>",
  'std::sync::mpsc::Sender<u8>',
  'std::sync::mpsc::Receiver<u8>',
  'Vec<u8>',
  'String',
  'Option<u8>',
  'Box<u8>',
  'Vec<*mut u8>',
  'Option<std::rc::Rc<u8>>',
  'std::collections::HashMap<String, std::cell::Cell<u8>>',
  'std::marker::PhantomData<*mut u8>',
  'std::sync::atomic::AtomicPtr<u8>',
  'std::fs::File',
  'std::thread::JoinHandle<u8>',
  'std::vec::IntoIter<u8>',
  '<Vec<u8> as IntoIterator>::IntoIter',
  'pyo3::Py<pyo3::PyAny>',
  "pyo3::Bound<'static, pyo3::PyAny>",
  "pyo3::Python<'static>",
  'parking_lot::Mutex<u8>',
  'parking_lot::RwLock<u8>',
  'dashmap::DashMap<u8, u8>',
  'Box<dyn std::error::Error>',
  'Box<dyn std::error::Error + Send + Sync>',
  'Box<dyn Fn() -> u8>',
  'Box<dyn std::any::Any + Send>',
  "&'static dyn std::fmt::Debug",
]
const BARE = [
  'u8',
  '*mut u8',
  '*const u8',
  'fn(std::rc::Rc<u8>) -> u8',
  '(u8, *mut u8)',
  '[*mut u8; 3]',
  "&'static u8",
  "&'static mut u8",
  '()',
]

describe('types', () => {
  const file = [...FOREIGN, ...BARE].map((type, i) => `struct T${i}(${type});`).join('\n')

  it('of other crates are unknown without facts, never another answer', () => {
    const { changed, known, lost } = turned(file)
    expect(changed).toEqual([])
    const all = verdicts(file, FACTS)
    expect([...all].filter(([, verdict]) => verdict === 'unknown')).toEqual([])
    expect(known).toBe(2 * (FOREIGN.length + BARE.length))
    expect(lost).toBeGreaterThan(FOREIGN.length)
  })

  it('of the language need no facts', () => {
    const none = verdicts(file, NO_FACTS)
    const bare = BARE.flatMap((_, i) => ['Send', 'Sync'].map((trait) => none.get(`demo::T${FOREIGN.length + i}: ${trait}`)))
    expect(bare).not.toContain('unknown')
    expect(bare).not.toContain(undefined)
  })
})
