import { expect, it } from 'vitest'
import { becauseOf, classVerdicts, derivationOf, fieldVerdicts } from '../../server/src/autotraits/queries.ts'
import type { DefId } from '../../server/src/resolve/defs.ts'
import { loadCrate } from './load.ts'

const LIB = `use std::cell::*; use std::rc::Rc; use std::sync::*; use std::collections::HashMap;
mod other;
struct Cache { name: String, entries: Arc<Shard> }
struct Shard { map: Mutex<HashMap<u64, u64>> }
struct Far(Vec<Cache>);
struct Alone { a: Vec<u8> }
fn body() { let x = 1; }
`

function setUp() {
  const crate = loadCrate(
    new Map([
      ['lib.rs', LIB],
      ['other.rs', 'pub struct Lonely(u8);'],
    ]),
  )
  const def = (name: string): DefId => crate.items().find((each) => each.item.name === name)?.id ?? ''
  const all = ['Cache', 'Shard', 'Far', 'Alone', 'Lonely']
  const ask = () => all.map((name) => crate.ask((db) => classVerdicts(db, def(name)).sync.verdict))
  const edit = (text: string) => {
    crate.db.setText('/demo/src/lib.rs', text)
    crate.db.resetCounters()
    const answers = ask()
    const counters = crate.db.counters()
    return { answers, verdicts: counters['verdicts computed'] ?? 0, conds: counters['conds computed'] ?? 0 }
  }
  return { crate, def, ask, edit }
}

it('runs again only what leads through the changed field', () => {
  const { ask, edit } = setUp()
  expect(ask()).toEqual(['yes', 'yes', 'yes', 'yes', 'yes'])

  // A body, a line that moves everything, another function: no verdict.
  expect(edit(LIB.replace('let x = 1', 'let x = "struct Cache { y: Rc<u8> }"'))).toMatchObject({ verdicts: 0, conds: 0 })
  expect(edit(`// moved\n\n${LIB}`)).toMatchObject({ verdicts: 0, conds: 0 })

  // Shard, and what holds one: three types, two traits each.
  const changed = edit(LIB.replace('Mutex<HashMap<u64, u64>>', 'RefCell<HashMap<u64, u64>>'))
  expect(changed).toEqual({ answers: ['no', 'no', 'no', 'yes', 'yes'], verdicts: 6, conds: 6 })

  // Shard is as it was (three types), and Alone has another field.
  expect(edit(LIB.replace('a: Vec<u8>', 'a: Vec<u16>')).conds).toBe(8)

  // An impl changes the index of the crate; answers follow.
  const forced = edit(`${LIB.replace('Mutex<HashMap', 'RefCell<HashMap')}unsafe impl Sync for Shard {}`)
  expect(forced.answers).toEqual(['yes', 'yes', 'yes', 'yes', 'yes'])
})

it('explains with places and the words of the source', () => {
  const { crate, def, edit } = setUp()
  edit(LIB.replace('map: Mutex<HashMap<u64, u64>>', 'map: RefCell<\n    HashMap<u64, u64>,\n>'))
  const chain = crate.ask((db) => becauseOf(db, def('Cache'), 'Sync'))
  expect(chain.steps.map((step) => step.text)).toEqual([
    'Cache.entries: Arc<Shard>',
    'Shard.map: RefCell<HashMap<u64, u64>>',
    'RefCell<T> is never Sync',
  ])
  expect(chain.steps.map((step) => step.place)).toEqual([
    { kind: 'item', origin: { file: '/demo/src/lib.rs', itemKey: 'struct Cache', expansion: null }, field: 1 },
    { kind: 'item', origin: { file: '/demo/src/lib.rs', itemKey: 'struct Shard', expansion: null }, field: 0 },
    { kind: 'fact', reference: 'std::cell::RefCell' },
  ])
  const fields = crate.ask((db) => fieldVerdicts(db, def('Cache'), 'Sync'))
  expect(fields.map((found) => [found.field.name, found.verdict])).toEqual([['entries', 'no']])
  expect(crate.ask((db) => derivationOf(db, def('Far'), 'Send')).verdict).toBe('no')
})
