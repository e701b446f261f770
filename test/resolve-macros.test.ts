import { describe, expect, test } from 'vitest'
import { createFactsDb } from '../server/src/facts/db.ts'
import { expandedModule } from '../server/src/resolve/expansions.ts'
import { crateItems } from '../server/src/resolve/items.ts'
import { moduleTree } from '../server/src/resolve/module-tree.ts'
import { placeOf } from '../server/src/resolve/positions.ts'
import { fieldTypes } from './resolve/render.ts'
import { shortId, world } from './resolve/world.ts'

describe('macros of the crate', () => {
  test('textual order, #[macro_use], shadowing', () => {
    const w = world(`
      #[macro_use] mod macros { macro_rules! make { ($n:ident) => { pub struct $n; } } }
      make!(A);
      mod inside { make!(B); macro_rules! make { ($n:ident) => { pub enum $n {} pub struct Second; } } make!(C); }
      mod private { macro_rules! hidden { () => { pub struct H; } } }
      hidden!();
      later!(); macro_rules! later { () => { pub struct L; } }
    `)
    expect(w.resolve('demo', 'A')).toBe('demo::A')
    expect(w.resolve('demo', 'inside::B')).toBe('demo::inside::B')
    expect(w.resolve('demo', 'inside::Second')).toBe('demo::inside::Second')
    expect(w.resolve('demo', 'H')).toBe('opaque: macro-item')
    expect(w.resolve('demo', 'L')).toBe('opaque: macro-item')
  })

  test('by path: #[macro_export], pub(crate) use, use, globs, other crates', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo deps:dep
      mod a {
        mod deep { #[macro_export] macro_rules! exported { ($n:ident) => { pub struct $n; } } }
        macro_rules! local { ($n:ident) => { pub struct $n($crate::a::Base); } }
        pub(crate) use local; pub(crate) use local as renamed; pub struct Base;
      }
      mod b { crate::exported!(B1); crate::a::local!(B2); use crate::a::renamed; renamed!(B3); }
      mod c { use super::a::*; local!(C1); dep::foreign!(C2); exported!(C3); }
      mod d { #[macro_use(foreign)] extern crate dep; use dep::foreign as f; f!(D1); }
      //- /dep/lib.rs crate:dep registry
      #[macro_export] macro_rules! foreign { ($n:ident) => { pub struct $n($crate::Own); } } pub struct Own;
    `)
    for (const name of ['b::B1', 'b::B2', 'b::B3', 'c::C1', 'c::C2', 'd::D1'])
      expect(w.resolve('demo', name)).toBe(`demo::${name}`)
    expect(w.resolve('demo', 'c::C3')).toBe('opaque: macro-item')
    const field = expandedModule(w.db, w.module('demo::c'))?.items.find(({ item }) => item.name === 'C2')?.item
    const type = field?.kind === 'struct' ? field.fields[0]?.type : null
    const path = type?.kind === 'path' ? type.path.segments.map((segment) => segment.name).join('::') : ''
    expect(w.resolve('demo::c', path)).toBe('dep::Own')
  })

  test('macros that make modules, macros and calls', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo features:rt
      macro_rules! cfg_rt { ($($item:item)*) => { $( #[cfg(feature = "rt")] $item )* } }
      macro_rules! cfg_off { ($($item:item)*) => { $( #[cfg(feature = "off")] $item )* } }
      cfg_rt! { mod file; pub mod inline { pub struct I; } }
      cfg_off! { mod nowhere; struct Off; }
      macro_rules! outer { ($n:ident) => { macro_rules! inner { ($m:ident) => { pub struct $m; } } inner!($n); } }
      outer!(N); inner!(M);
      //- /demo/src/file.rs
      pub struct F;
    `)
    expect(w.resolve('demo', 'file::F')).toBe('demo::file::F')
    expect(w.resolve('demo', 'inline::I')).toBe('demo::inline::I')
    expect(w.resolve('demo', 'N')).toBe('demo::N')
    expect(w.resolve('demo', 'M')).toBe('demo::M')
    expect(w.resolve('demo', 'Off')).toBe('not-found')
    expect(moduleTree(w.db, 'demo').problems).toEqual([])
  })

  test('endless macros end', () => {
    const w = world(
      'macro_rules! again { ($($t:tt)*) => { again!($($t)* $($t)*); } } again!(a); struct S; macro_rules! m { () => { mod m { m!(); } } } m!();',
    )
    expect(w.resolve('demo', 'S')).toBe('demo::S')
    expect(w.resolve('demo', 'T')).toBe('opaque: macro-item')
    expect(moduleTree(w.db, 'demo').modules.length).toBeLessThan(300)
  })

  test('positions: arguments map to themselves, the rest to the call', () => {
    const text = 'macro_rules! class { ($n:ident, $t:ty) => { struct $n { map: $t, own: u8 } } }\nclass!(Cache, Vec<u8>);\n'
    const w = world(text)
    const item = crateItems(w.db, 'demo').find((each) => each.item.name === 'Cache')
    const fields = item?.item.kind === 'struct' ? item.item.fields : []
    const at = (span?: { start: number; end: number }) => {
      const place = item && placeOf(w.db, item.origin, item.item.key, span)
      return place && `${text.slice(place.span.start, place.span.end)} ${place.written}`
    }
    expect(at(fields[0]?.type.span)).toBe('Vec<u8> true')
    expect(at(fields[1]?.type.span)).toBe('class!(Cache, Vec<u8>); false')
    expect(at()).toBe('class!(Cache, Vec<u8>); false')
  })

  test('an edit inside one item leaves the scope and other items as they are', () => {
    const w = world('struct A { x: u8 }\nmod m { pub struct B; }\nuse m::B as C;\n')
    expect(w.resolve('demo', 'C')).toBe('demo::m::B')
    crateItems(w.db, 'demo')
    w.db.resetCounters()
    w.db.setText('/demo/src/lib.rs', 'struct A { x: u16, y: u8 }\nmod m { pub struct B; }\nuse m::B as C;\n')
    expect(w.resolve('demo', 'C')).toBe('demo::m::B')
    expect(w.db.counters()['query:resolvePath']).toBeUndefined()
    expect(shortId(crateItems(w.db, 'demo')[0]?.id ?? '')).toBe('demo::A')
  })
})

describe('macros elsewhere', () => {
  test('members of impls and traits', () => {
    const text = `macro_rules! methods { ($n:ident) => { fn $n(&self) {} more!(); } } macro_rules! more { () => { fn own(&self) {} type Out = u8; } }
struct S; impl S { methods!(first); fn plain(&self) {} unknown!(); } trait T { methods!(x); }`
    const w = world(text)
    const impl = crateItems(w.db, 'demo').find((each) => each.item.kind === 'impl')
    const members = impl?.item.kind === 'impl' ? impl.item.children : []
    expect(members.map((member) => `${member.kind} ${member.name}`)).toEqual([
      'fn first',
      'fn own',
      'type Out',
      'fn plain',
      'macro_call ',
    ])
    const at = (i: number) => {
      const place = impl && members[i] && placeOf(w.db, impl.origin, members[i].key)
      return place && `${text.slice(place.span.start, place.span.end)} ${place.written}`
    }
    expect(at(0)).toBe('methods!(first); false')
    expect(at(1)).toBe('methods!(first); false')
    expect(at(3)).toBe('fn plain(&self) {} true')
  })

  test('paste spells identifiers', () => {
    const text = `macro_rules! both { ($n:ident, $t:ty) => { paste::paste! { pub struct [<$n Inner>]($t); pub type [< $n:snake:upper _ALIAS >] = [u8; 3]; } } }
      both!(FooBar, Vec<u8>); paste! { struct [<get_ "x" 1 foo_bar:camel>]; struct Plain; struct [<A:unheard>]; }
      paste! { struct [<Last One>]; }`
    const w = world(text)
    const names = crateItems(w.db, 'demo').map((each) => each.item.name)
    expect(names).toEqual(['both', 'FooBarInner', 'FOO_BAR_ALIAS', 'LastOne'])
    expect(w.resolve('demo', 'Plain')).toBe('opaque: macro-item')
    const inner = crateItems(w.db, 'demo').find((each) => each.item.name === 'FooBarInner')
    const type = inner?.item.kind === 'struct' ? inner.item.fields[0]?.type : undefined
    const place = inner && placeOf(w.db, inner.origin, inner.item.key, type?.span)
    expect(text.slice(place?.span.start, place?.span.end)).toBe('Vec<u8>')
  })

  test("local_inner_macros: calls in the output are looked up in the macro's crate", () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo deps:dep
      use dep::outer; outer!(A); dep::plain!(B);
      //- /dep/lib.rs crate:dep registry
      #[macro_export(local_inner_macros)] macro_rules! outer { ($n:ident) => { hidden!($n); } }
      #[macro_export] macro_rules! plain { ($n:ident) => { hidden!($n); } }
      #[macro_export] macro_rules! hidden { ($n:ident) => { pub struct $n; } }
    `)
    expect(w.resolve('demo', 'A')).toBe('demo::A')
    expect(w.resolve('demo', 'B')).toBe('opaque: macro-item')
  })

  test('cfg_if and pin_project pass their items on', () => {
    const text = `
      cfg_if::cfg_if! { if #[cfg(windows)] { struct Win; } else if #[cfg(feature = "open")] { struct A; mod inner { pub struct B; } } else { struct A; struct C(u8 /* } */, &'static str); } }
      cfg_if! { if #[cfg(unix)] { struct Unix; } else { struct Never; } }
      pin_project! { #[project = Proj] struct P { #[pin] a: u8 } }
    `
    const w = world(`//- /demo/src/lib.rs crate:demo features:open=unknown\n${text}`)
    expect(crateItems(w.db, 'demo').map((each) => `${shortId(each.id)} ${each.when.kind}`)).toEqual([
      'demo::A value',
      'demo::inner value',
      'demo::A#1 not',
      'demo::C not',
      'demo::Unix const',
      'demo::P const',
      'demo::inner::B value',
    ])
    const fields = crateItems(w.db, 'demo').find((each) => each.item.name === 'P')
    const place = fields && placeOf(w.db, fields.origin, fields.item.key)
    expect(place?.written).toBe(true)
    expect(w.db.text('/demo/src/lib.rs')?.slice(place?.span.start, place?.span.end)).toBe(
      '#[project = Proj] struct P { #[pin] a: u8 }',
    )
  })

  test('macro_rules_attribute applies a macro to an item', () => {
    const text = `use names::over; use macro_rules_attribute::apply; mod names { pub use ::macro_rules_attribute::macro_rules_attribute as macro_rules_over; pub use macro_rules_over as over; }
      macro_rules! twice { ($(#[$m:meta])* $v:vis struct $n:ident { $($f:ident: $t:ty),* }) => { $v struct $n { $($f: Option<$t>),* } pub enum Other {} } }
      /// doc
      #[apply(twice!)] #[doc = "x"] pub struct A { x: u8 }
      #[apply(unheard!)] struct B { x: u8 }
      #[local::apply(twice!)] struct C { x: u8 }`
    const w = world(text)
    expect(fieldTypes(w.db)).toEqual({ 'A.x': 'std::option::Option<u8>', 'B.x': 'u8', 'C.x': 'u8' })
    expect(crateItems(w.db, 'demo').flatMap((each) => (each.untrusted ? [each.item.name] : []))).toEqual(['B', 'C'])
    expect(w.resolve('demo', 'Other')).toBe('demo::Other')
    const a = crateItems(w.db, 'demo').find((each) => each.item.name === 'A')
    const place = a?.item.kind === 'struct' && placeOf(w.db, a.origin, a.item.key, a.item.fields[0]?.type.span)
    expect(place && [text.slice(place.span.start, place.span.end), place.written]).toEqual([
      expect.stringContaining('u8'),
      expect.anything(),
    ])
  })

  test('bitflags makes structs around the type of their bits', () => {
    const text = `bitflags! { /// doc
      #[derive(Clone)] pub(crate) struct A: u32 { const X = 1 << 0; const Y = { 2 }; }
      struct B: Bits { } impl Other: u8 { const Z = 1; } }
      bitflags::bitflags! { struct C { } } type Bits = u64;`
    const w = world(text)
    expect(fieldTypes(w.db)).toEqual({ 'A.0': 'u32', 'B.0': 'u64' })
    expect(w.resolve('demo', 'C')).toBe('opaque: macro-item')
    expect(w.resolve('demo', 'Other')).toBe('not-found')
    const a = crateItems(w.db, 'demo').find((each) => each.item.name === 'A')
    const place = a?.item.kind === 'struct' && placeOf(w.db, a.origin, a.item.key, a.item.fields[0]?.type.span)
    expect(place && text.slice(place.span.start, place.span.end)).toBe('u32')
  })

  test('cfg_select takes the first arm that holds', () => {
    const w = world(`//- /demo/src/lib.rs crate:demo features:open=unknown
      cfg_select! { windows => { struct Win; } all(unix, feature = "open") => { struct A; } , unix => { struct B; } _ => { struct C; } }
      std::cfg_select! { _ => { struct D; } }`)
    const found = crateItems(w.db, 'demo').map((each) => `${shortId(each.id)} ${each.when.kind}`)
    expect(found).toEqual(['demo::A value', 'demo::B not', 'demo::D const'])
  })

  test("PyO3's exceptions wrap PyAny", () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo deps:pyo3=py
      mod pyo3 {} create_exception!(demo, Own, PyException, "doc"); ::pyo3::import_exception!(a.b, Foreign);
      //- /py/lib.rs crate:py name:pyo3 registry
      pub struct PyAny;
    `)
    expect(fieldTypes(w.db)).toEqual({ 'Own.0': 'py::PyAny', 'Foreign.0': 'py::PyAny' })
  })

  test('attributes and derives mean what their aliases stand for', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo deps:dep
      use dep::pyclass as pc; use crate::names::*; use self::names::{other, show};
      #[pc] struct A; #[other] struct B; #[show] struct C; #[inline] struct D; #[names::deep::again] struct E;
      #[derive(Copies)] struct F; #[error] struct G;
      mod names { pub use dep::pyclass as other; pub use dep::rewriter as inline; pub use dep::rewriter as show;
        pub mod deep { pub use super::other as again; } }
      use dep::Clone as Copies; use names as error; use names::inline;
      //- /dep/lib.rs crate:dep registry
    `)
    const doubtful = crateItems(w.db, 'demo').filter((each) => each.untrusted !== null)
    expect(doubtful.map((each) => each.item.name)).toEqual(['C', 'D'])
    expect(w.resolve('demo', 'FBuilder')).toBe('opaque: attribute-macro')
    expect(w.resolve('demo', 'AType')).toBe('opaque: attribute-macro')
  })

  test('helper attributes of derives are no attribute macros, imported ones are', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo deps:macros
      mod a { #[derive(Odd)] #[helper(x)] pub struct Helped(u8); #[helper] pub struct Bare(u8); }
      mod b { use macros::rewrite; #[derive(Clone)] #[rewrite] pub struct Rewritten(u8); }
      mod c { #[macros::helper] pub struct ByPath(u8); }
      //- /macros/lib.rs crate:macros absent
    `)
    const untrusted = crateItems(w.db, 'demo')
      .filter((each) => each.untrusted !== null)
      .map((each) => each.item.name)
    expect(untrusted).toEqual(['Bare', 'Rewritten', 'ByPath'])
  })

  test.each([
    ['1.0.0', []],
    ['1.2.0', []],
    ['1.5.0', ['Helped']],
  ])('facts tell that a crate brings no attribute of the name: at %s', (version, expected) => {
    const facts = createFactsDb(['#dep\t1.0.0|1.4.0\nm \nm prelude\nx other\n'])
    const w = world(
      `
      //- /demo/src/lib.rs crate:demo deps:dep
      #[macro_use] extern crate dep; use dep::prelude::*; #[derive(Odd)] #[helper(x)] pub struct Helped(u8);
      #[derive(Odd)] #[other] pub struct Other(u8);
      //- /dep/lib.rs crate:dep registry absent version:${version}
    `,
      facts,
    )
    const untrusted = crateItems(w.db, 'demo').filter((each) => each.untrusted !== null)
    expect(untrusted.map((each) => each.item.name)).toEqual([...expected, 'Other'])
  })
})
