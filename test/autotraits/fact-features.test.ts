import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { definitionVerdict } from '../../server/src/autotraits/queries.ts'
import { verdictText } from '../../server/src/autotraits/verdicts.ts'
import { createFactsDb } from '../../server/src/facts/db.ts'
import { crateItems } from '../../server/src/resolve/items.ts'
import { world } from '../resolve/world.ts'

const facts = createFactsDb([
  readFileSync(new URL('../../server/data/facts/std.txt', import.meta.url), 'utf8'),
  [
    '#dep\t1.0.0|1.4.0',
    'b base',
    'i dep::Arr\tT\t[T; 1]\t\tItem = T',
    'i dep::Arr\tT\t[T; 2]\t\tItem = T',
    'i dep::Arr\tT\t[T; 3]\t\tItem = T\t@0',
    'm ',
    'a Callback\tstd::boxed::Box<dyn std::ops::Fn()>',
    'a Plain\tstd::vec::Vec<u8>',
    's Doc\t-\t-',
    's Ok\t+\t+',
    'i dep::Raw\t\tdep::RawLock\t\tMarker = u8\t@0',
    'i dep::Raw\t\tdep::RawLock\t\tMarker = u16\t@1',
    'i dep::Raw\t\tdep::NewRaw\t\t\t@1',
    's RawLock\t+\t+',
    's NewRaw\t+\t+',
    's Lock<R>\t+R: dep::Raw\t+R: dep::Raw',
    't Raw\t\t\tMarker',
    's Small<A>\t+<A as dep::Arr>::Item\t+<A as dep::Arr>::Item',
    't Hook',
    't Arr\t\t\tItem',
    'm open\t?',
    'm open::inner',
    's Known\t+\t+',
    '',
  ].join('\n'),
])

const OWN = `pub struct A(dep::Doc); pub struct B(Box<dyn dep::Hook>); pub struct C(dep::Callback); pub struct D(dep::Ok);
pub struct E(dep::Plain); pub struct F(dep::Small<[u8; 2]>);`
const SOURCE = `pub struct Doc(u8); pub struct Ok(u8); pub trait Hook: Send + Sync {} pub type Plain = Vec<u8>;
pub type Callback = Box<dyn Fn() + Send + Sync>;`

function verdicts(dependency: string, own = OWN): string {
  const w = world(`//- /demo/src/lib.rs crate:demo deps:dep\n${own}\n//- /dep/lib.rs crate:dep registry ${dependency}`, facts)
  const types = crateItems(w.db, 'demo').filter(({ item }) => item.kind === 'struct')
  return types.map((each) => `${each.item.name} ${verdictText(definitionVerdict(w.db, each.id, 'Sync'))}`).join(', ')
}

test('what facts deny is believed with the features that they were made with', () => {
  const denied = 'A no, B no, C no, D yes, E yes, F yes'
  expect(verdicts(`absent version:1.4.0`)).toBe(denied)
  expect(verdicts(`absent version:1.4.0 features:default,base,sync=off`)).toBe(denied)
})

test('with another feature the sources tell, and without them it is not known', () => {
  expect(verdicts(`absent version:1.4.0 features:default,sync`)).toBe('A unknown, B unknown, C unknown, D yes, E yes, F yes')
  expect(verdicts(`absent version:1.4.0 features:sync=unknown`)).toBe('A unknown, B unknown, C unknown, D yes, E yes, F yes')
  expect(verdicts(`version:1.4.0 features:sync\n${SOURCE}`)).toBe('A yes, B yes, C yes, D yes, E yes, F yes')
  expect(verdicts(`version:1.4.0 features:sync\n${SOURCE.replaceAll(': Send + Sync', '')}`)).toBe(
    'A yes, B no, C yes, D yes, E yes, F yes',
  )
})

test('between two versions facts speak before sources', () => {
  const source = 'pub struct Ok(*const u8); pub struct Late(*const u8);'
  const own = 'pub struct A(dep::Ok); pub struct B(dep::Late); use dep::*; pub struct C(Late);'
  expect(verdicts(`version:1.2.0\n${source}`, own)).toBe('A yes, B no, C no')
  expect(verdicts(`version:1.5.0\n${source}`, own)).toBe('A no, B no, C no')
})

test('a name that neither facts nor sources hold is in no doubt', () => {
  const source = '#[macro_export] macro_rules! dep { () => {} }\npub struct Ok(u8); pub struct Doc(u8);'
  // The import is of the macro alone: `dep::` is still the crate.
  const own = 'use dep::dep; pub struct A(dep::Ok); pub struct B(dep::Doc);'
  expect(verdicts(`version:1.2.0\n${source}`, own)).toBe('A yes, B no')
  expect(verdicts(`absent version:1.2.0`, own)).toBe('A yes, B no')
})

test('a name below a module of which not all names are known may exist', () => {
  const own = `pub struct A(dep::open::Hidden); pub struct B(dep::open::hidden::Deep); pub struct C(dep::open::inner::Known);
    pub struct D(dep::open::inner::Missing); pub struct E(dep::Missing);`
  const w = world(
    `//- /demo/src/lib.rs crate:demo deps:dep\n${own}\n//- /dep/lib.rs crate:dep registry absent version:1.4.0`,
    facts,
  )
  expect(w.resolve('demo', 'dep::open::Hidden')).toBe('opaque: not-in-facts')
  expect(w.resolve('demo', 'dep::open::hidden::Deep')).toBe('opaque: not-in-facts')
  expect(w.resolve('demo', 'dep::open::inner::Missing')).toBe('opaque: not-in-facts')
  expect(w.resolve('demo', 'dep::open::inner::Known')).toBe('dep::open::inner::Known')
  expect(w.resolve('demo', 'dep::Missing')).toBe('not-found')
})

test('between two versions an impl holds that both have', () => {
  const own = 'pub struct A(dep::Lock<dep::RawLock>); pub struct B(dep::Lock<dep::NewRaw>);'
  expect(verdicts('absent version:1.2.0', own)).toBe('A yes, B unknown')
  expect(verdicts('absent version:1.4.0', own)).toBe('A yes, B yes')
  expect(verdicts('absent version:1.6.0', own)).toBe('A unknown, B unknown')
})
