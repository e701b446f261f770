import { describe, expect, test } from 'vitest'
import { itemId, moduleId } from '../server/src/resolve/ids.ts'
import { autoImplsOf, implHead } from '../server/src/resolve/impl-index.ts'
import { declaredBounds } from '../server/src/resolve/predicates.ts'
import { signature } from '../server/src/resolve/signature.ts'
import { traitInfo } from '../server/src/resolve/traits.ts'
import { fieldTypes, show } from './resolve/render.ts'
import { STD_LINES, smallFacts } from './resolve/small-facts.ts'
import { shortId, world } from './resolve/world.ts'

const types = (text: string) => fieldTypes(world(text).db)
const id = (name: string, path = '') => itemId(moduleId('demo', path), 'type', name, 0)

describe('types', () => {
  test('constructors, defaults, prelude', () => {
    expect(
      types(`
      use std::collections::HashMap as Map;
      struct A<'a, T, const N: usize> { a: &'a mut [T], b: *const [T; N], c: (u8, !), d: Map<String, Option<Box<Self>>>, e: fn(u8) -> T, f: Fixed<N, T> }
      struct Fixed<const N: usize, T, D = Vec<T>>(T, D);
      union U { a: u8 }
      enum E { V(u8), W { x: E } , Unit }
    `),
    ).toEqual({
      'A.a': '&mut [T]',
      'A.b': '*const [T; _]',
      'A.c': '(u8, never)',
      'A.d':
        'std::collections::hash_map::HashMap<std::string::String, std::option::Option<std::boxed::Box<demo::A<T>, std::alloc::Global>>, std::hash::RandomState>',
      'A.e': 'fn-ptr',
      'A.f': 'demo::Fixed<T, std::vec::Vec<T, std::alloc::Global>>',
      'Fixed.0': 'T',
      'Fixed.1': 'D',
      'U.a': 'u8',
      'E.V.0': 'u8',
      'E.W.x': 'demo::E',
    })
  })

  test('names, not spellings: shadowing of std types and primitives, parameters that shadow types', () => {
    expect(
      types(`
      struct Mutex<T>(std::rc::Rc<T>);
      mod m { pub enum Cell { A } pub type String = u8; pub struct str; }
      mod n { use super::m::*; struct S { a: Cell, b: String, c: str, d: super::Mutex<u8>, e: std::sync::Mutex<u8> } }
      struct T; struct G<T> { t: T, own: crate::T }
      use std::sync as s; struct Renamed(s::Mutex<u8>);
    `),
    ).toMatchObject({
      'Mutex.0': 'std::rc::Rc<T>',
      'S.a': 'demo::m::Cell',
      'S.b': 'u8',
      'S.c': 'demo::m::str',
      'S.d': 'demo::Mutex<u8>',
      'S.e': 'std::sync::Mutex<u8>',
      'G.t': 'T',
      'G.own': 'demo::T',
      'Renamed.0': 'std::sync::Mutex<u8>',
    })
  })

  test('aliases: generic, with defaults, of facts, cyclic, hiding a prelude type', () => {
    expect(
      types(`
      struct Error; type Result<T, E = Error> = std::result::Result<T, E>;
      type Pair<A, B = A> = (A, B); type Loop = Other; type Other = Vec<Loop>;
      struct S { a: Result<u8>, b: std::io::Result<u8>, c: Pair<u8>, d: Loop, e: core::result::Result<u8, u16> }
    `),
    ).toMatchObject({
      'S.a': 'std::result::Result<u8, demo::Error>',
      'S.b': 'std::result::Result<u8, std::io::Error>',
      'S.c': '(u8, u8)',
      'S.d': 'std::vec::Vec<?cyclic-alias, std::alloc::Global>',
      'S.e': 'std::result::Result<u8, u16>',
    })
  })

  test('trait objects and impl types; Send by another name', () => {
    expect(
      types(`
      use std::marker::Send as Movable; trait Tr<A = u8> {}
      struct S { a: Box<dyn Tr + Movable + Sync + 'static>, b: Box<dyn Fn(u8, u16) -> u8>, c: Box<dyn Tr<u16>>, d: Box<dyn Missing>, e: &'static (dyn Tr + Send) }
    `),
    ).toEqual({
      'S.a': 'std::boxed::Box<dyn demo::Tr<u8> + Send + Sync, std::alloc::Global>',
      'S.b': 'std::boxed::Box<dyn std::ops::Fn<(u8, u16)>, std::alloc::Global>',
      'S.c': 'std::boxed::Box<dyn demo::Tr<u16>, std::alloc::Global>',
      'S.d': 'std::boxed::Box<dyn ?unresolved-name, std::alloc::Global>',
      'S.e': '&dyn demo::Tr<u8> + Send',
    })
    expect(fieldTypes(world('//- /demo/src/lib.rs crate:demo edition:2015\ntrait Tr {} struct S(Box<Tr>);').db)).toEqual({
      'S.0': 'std::boxed::Box<dyn demo::Tr, std::alloc::Global>',
    })
  })

  test('associated types: of parameters, through supertraits, bound by name, of concrete types', () => {
    expect(
      types(`
      trait Base { type Key; } trait Sub: Base { type Item: Base; } trait Gen<A> { type Out; }
      struct K; struct A; struct W<T>(T);
      impl Base for A { type Key = K; } impl Sub for A { type Item = A; } impl<T> Base for W<T> { type Key = (T, Self); }
      impl Gen<u8> for A { type Out = u8; } impl Gen<u16> for A { type Out = u16; }
      struct P<T: Sub, I> where I: Iterator<Item = u8> {
        a: T::Item, b: T::Key, c: <T as Base>::Key, d: <T::Item as Base>::Key, e: I::Item, n: <T::Item>::Key,
        f: <A as Base>::Key, g: <A as Sub>::Item, h: <W<u8> as Base>::Key, i: <A as Gen<u16>>::Out, j: <A as Gen<u32>>::Out, k: <<A as Sub>::Item as Base>::Key,
        l: <Vec<u8> as IntoIterator>::Item, m: T::Missing
      }
    `),
    ).toMatchObject({
      'P.a': '<T as demo::Sub>::Item',
      'P.b': '<T as demo::Base>::Key',
      'P.c': '<T as demo::Base>::Key',
      'P.d': '<<T as demo::Sub>::Item as demo::Base>::Key',
      'P.e': 'u8',
      'P.n': '<<T as demo::Sub>::Item as demo::Base>::Key',
      'P.f': 'demo::K',
      'P.g': 'demo::A',
      'P.h': '(u8, demo::W<u8>)',
      'P.i': 'u16',
      'P.j': '<demo::A as demo::Gen<u32>>::Out',
      'P.k': 'demo::K',
      'P.l': '<std::vec::Vec<u8, std::alloc::Global> as std::iter::IntoIterator>::Item',
      'P.m': '?projection',
    })
  })

  test('a projection is left alone where more than one impl may match; one for the type itself goes before a blanket one', () => {
    expect(
      types(`
      trait Tr { type X; } struct A; struct B<T>(T);
      impl<T: Copy> Tr for T { type X = u8; } impl Tr for A { type X = u16; }
      mod only { pub trait Un { type X; } impl<T> Un for T { type X = u8; } }
      trait Two<X> { type O; } impl Two<u8> for A { type O = u8; } impl<T> Two<Vec<T>> for A { type O = T; } impl<const N: usize> Tr for B<[u8; N]> { type X = u8; }
      impl Tr for B<[u16; 3]> { type X = u16; }
      struct S<P> { a: <A as Tr>::X, b: <u8 as Tr>::X, c: <A as only::Un>::X, d: <A as Two<P>>::O, e: <A as Two<Vec<P>>>::O, f: <B<[u8; 3]> as Tr>::X, g: <B<[u16; 4]> as Tr>::X }
    `),
    ).toMatchObject({
      'S.a': 'u16',
      'S.b': 'u8',
      'S.c': 'u8',
      'S.d': '<demo::A as demo::Two<P>>::O',
      'S.e': 'P',
      'S.f': 'u8',
      'S.g': '<demo::B<[u16; _]> as demo::Tr>::X',
    })
  })

  test('projections through impls that facts tell of', () => {
    const param = (name: string) => ({ name, kind: 'type', default: null }) as const
    const impls = [
      {
        trait: 'std::iter::IntoIterator',
        params: [param('T'), param('A')],
        self: 'std::vec::Vec<T, A>',
        everywhere: true,
        needs: [],
        assoc: [{ name: 'Item', type: 'T' }],
      },
      {
        trait: 'std::iter::IntoIterator',
        params: [param('I')],
        self: 'I',
        everywhere: true,
        needs: [{ type: 'I', bound: 'std::iter::Iterator' }],
        assoc: [{ name: 'Item', type: '<I as std::iter::Iterator>::Item' }],
      },
    ]
    const w = world(
      'struct It; impl Iterator for It { type Item = u16; } struct S<X> { a: <Vec<u8> as IntoIterator>::Item, b: <It as IntoIterator>::Item, c: <Option<u8> as IntoIterator>::Item, d: <X as IntoIterator>::Item, e: X }',
      smallFacts({ std: { ...STD_LINES, impls } }),
    )
    expect(fieldTypes(w.db)).toMatchObject({ 'S.a': 'u8', 'S.b': 'u16', 'S.d': '<X as std::iter::IntoIterator>::Item' })
    expect(fieldTypes(w.db)['S.c']).toBe('<std::option::Option<u8> as std::iter::Iterator>::Item')
  })

  test('macros in type position, fields under cfg, alternatives', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo features:open=unknown
      macro_rules! pair { ($t:ty) => { ($t, $t) } }
      #[cfg(feature = "open")] type Alt = u8; #[cfg(not(feature = "open"))] type Alt = u16;
      struct S { a: pair!(u8), b: elsewhere!(u8), #[cfg(test)] c: u8, #[cfg(feature = "open")] d: u8, e: Alt, f: Outer<u8> } type Outer<T> = (Alt, T); mod bool {} struct Prim(bool);
      #[cfg(feature = "open")] struct Given { e: Alt }
      enum E { #[cfg(test)] Off(u8), #[cfg(feature = "open")] Maybe(u8), On(u16) }
    `)
    expect(fieldTypes(w.db)).toEqual({
      'S.a': '(u8, u8)',
      'S.b': '?macro-type',
      'S.d': 'u8',
      'S.e': 'u8 or u16',
      'Given.e': 'u8',
      'S.f': '(u8, u8) or (u16, u8)',
      'E.Maybe.0': 'u8',
      'E.On.0': 'u16',
      'Prim.0': 'bool',
    })
    expect(signature(w.db, id('S'))?.fields.map((field) => [field.index, field.condition.kind])).toEqual([
      [0, 'const'],
      [1, 'const'],
      [3, 'value'],
      [4, 'value'],
      [4, 'not'],
      [5, 'value'],
      [5, 'not'],
    ])
  })

  test('bounded: a type nested without end, a chain of aliases', () => {
    const deep = `${'Vec<'.repeat(100)}u8${'>'.repeat(100)}`
    const chain = Array.from({ length: 3_000 }, (_, i) => `type A${i} = (A${i + 1}, A${i + 1});`).join('\n')
    const found = types(`struct S(${deep}); ${chain} type A3000 = u8; struct C(A0, A2990, A2995);`)
    expect(found['C.0']).toContain('?limit')
    expect(found['C.0']?.length).toBeLessThan(20_000)
    expect(found['C.1']).toMatch(/^\(\(\(\(\(\(\(\(\(\(u8, u8\)/)
    expect(found['S.0']).toContain('?limit')
    expect(found['S.0']?.length).toBeLessThan(5_000)
  })
})

describe('bounds, traits, impls', () => {
  test('declared bounds of a type', () => {
    const w = world(
      'trait Tr<A> {} struct S<T: Send + ?Sized + Tr<u8>, U> where U: Iterator, U::Item: Sync, Vec<U>: Clone { t: U, s: Box<T> }',
    )
    expect(
      declaredBounds(w.db, id('S')).map(
        (each) => `${show(each.ty)}: ${each.auto ?? (each.trait?.trait ? shortId(each.trait.trait) : '?')}`,
      ),
    ).toEqual([
      'T: Send',
      'T: demo::Tr',
      'U: std::iter::Iterator',
      '<U as std::iter::Iterator>::Item: Sync',
      'std::vec::Vec<U, std::alloc::Global>: std::clone::Clone',
    ])
  })

  test('traits: supertraits, where Self, associated types, facts', () => {
    const w = world('trait A<X>: Send + B<X> where Self: Sync { type I: Send + Iterator; } trait B<Y> {} use std::marker::Copy;')
    const info = traitInfo(w.db, id('A'))
    expect(info).toMatchObject({ name: 'A', send: true, sync: true, params: ['X'], incomplete: null })
    expect(info?.supertraits.map((each) => `${shortId(each.trait ?? '')}<${each.args.map(show).join()}>`)).toEqual(['demo::B<X>'])
    expect(info?.assoc.get('I')).toMatchObject({ send: true, sync: false })
    const copy = world('').db
    expect(traitInfo(copy, 'std\t#fact\ttype\tstd::marker::Copy')?.supertraits.map((each) => shortId(each.trait ?? ''))).toEqual([
      'std::clone::Clone',
    ])
  })

  test('explicit impls of Send and Sync, wherever they stand and whatever the trait is called', () => {
    const w = world(`
      use std::marker::Send as S; pub struct A<T>(*mut T); pub struct B; pub struct C; pub struct Send2;
      mod far { unsafe impl<U: Sync> super::S for crate::A<U> where U: Clone {} }
      fn f() { unsafe impl Sync for B {} struct C; unsafe impl Send for C {} }
      const _: () = { unsafe impl Send for A<[u8; 3]> {} };
      impl !Sync for Send2 {}
      #[cfg(test)] unsafe impl Send for B {}
    `)
    const impls = (name: string, trait: 'Send' | 'Sync') =>
      autoImplsOf(w.db, id(name), trait).impls.map(
        (head) => `${head.negative ? '!' : ''}${show(head.self)}${head.constHead ? ' const' : ''}`,
      )
    expect(impls('A', 'Send')).toEqual(['demo::A<U>', 'demo::A<[u8; _]> const'])
    expect(impls('B', 'Sync')).toEqual(['demo::B'])
    expect(impls('B', 'Send')).toEqual([])
    expect(impls('C', 'Send')).toEqual([])
    expect(impls('Send2', 'Sync')).toEqual(['!demo::Send2'])
    const head = autoImplsOf(w.db, id('A'), 'Send').impls[0]
    expect(declaredBounds(w.db, head?.id ?? '').map((each) => each.auto ?? shortId(each.trait?.trait ?? ''))).toEqual([
      'Sync',
      'std::clone::Clone',
    ])
    expect(implHead(w.db, id('nothing'))).toBeNull()
  })

  test('a macro that is given the type may hold an impl; one that is not may not', () => {
    const w = world('struct A; struct B; mod m { unsafe_send!(A); } #[derive(Odd)] struct D;')
    expect(autoImplsOf(w.db, id('A'), 'Send').incomplete?.code).toBe('macro-item')
    expect(autoImplsOf(w.db, id('B'), 'Send').incomplete).toBeNull()
    expect(autoImplsOf(w.db, id('D'), 'Send').incomplete).toBeNull()
  })

  test('impls that macros of the crate write', () => {
    const w = world('struct A; macro_rules! send { ($($t:ty),*) => { $( unsafe impl Send for $t {} )* } } send!(A, B); struct B;')
    expect(autoImplsOf(w.db, id('B'), 'Send').impls).toHaveLength(1)
    expect(autoImplsOf(w.db, id('B'), 'Send').incomplete).toBeNull()
  })

  test('facts of other crates: re-exports across crates, aliases, unknown versions', () => {
    const facts = smallFacts({
      std: STD_LINES,
      arr: {
        version: '2.0.0',
        lines:
          'reexport arr::Schema = schema::Schema\nalias arr::ArrayRef = std::sync::Arc<dyn arr::Array>\ntrait arr::Array : Send + Sync\nstruct arr::Data<T = u8>\nglob arr::prelude = schema::inner',
      },
      schema: { version: '1.0.0', lines: 'struct schema::Schema\nstruct schema::inner::Deep' },
    })
    const w = world(
      `
      //- /demo/src/lib.rs crate:demo deps:arr,new=newer
      use arr::prelude::*; struct S { a: arr::Schema, b: arr::ArrayRef, c: arr::Data, d: Deep, e: arr::Nope, f: new::Data }
      //- /arr/lib.rs crate:arr deps:schema absent version:2.0.0 registry
      //- /schema/lib.rs crate:schema absent version:1.0.0 registry
      //- /newer/lib.rs crate:newer name:arr absent version:3.0.0 registry
    `,
      facts,
    )
    expect(fieldTypes(w.db)).toEqual({
      'S.a': 'schema::Schema',
      'S.b': 'std::sync::Arc<dyn arr::Array>',
      'S.c': 'arr::Data<u8>',
      'S.d': 'schema::inner::Deep',
      'S.e': '?unresolved-name',
      'S.f': '?not-downloaded',
    })
  })

  test('an attribute macro makes the fields doubtful, a known one does not', () => {
    const w = world('#[rewrite] struct A(u8); #[pyo3::pyclass] #[derive(Clone)] #[doc = "x"] struct B(u8);')
    expect(signature(w.db, id('A'))?.untrusted?.code).toBe('attribute-macro')
    expect(signature(w.db, id('B'))?.untrusted).toBeNull()
  })
})
