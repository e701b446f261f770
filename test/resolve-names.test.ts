import { describe, expect, test } from 'vitest'
import { crateItems } from '../server/src/resolve/items.ts'
import { moduleTree } from '../server/src/resolve/module-tree.ts'
import { placeOf } from '../server/src/resolve/positions.ts'
import { STD_LINES, smallFacts } from './resolve/small-facts.ts'
import { shortId, world } from './resolve/world.ts'

describe('names', () => {
  test('items, imports, aliases, globs and preludes, inner ones first', () => {
    const w = world(`
      mod a { pub struct X; pub struct Y; struct Hidden; pub mod deep { pub struct D; } }
      use a::X as Renamed;
      use a::*;
      struct Vec;
      mod inner { use super::*; use self::below::B; mod below { pub struct B; } }
    `)
    expect(w.resolve('demo', 'Renamed')).toBe('demo::a::X')
    expect(w.resolve('demo', 'Y')).toBe('demo::a::Y')
    expect(w.resolve('demo', 'Hidden')).toBe('not-found')
    expect(w.resolve('demo', 'deep::D')).toBe('demo::a::deep::D')
    expect(w.resolve('demo', 'Vec')).toBe('demo::Vec')
    expect(w.resolve('demo::a', 'Vec')).toBe('std::vec::Vec')
    expect(w.resolve('demo::inner', 'Vec')).toBe('demo::Vec')
    expect(w.resolve('demo::inner', 'Y')).toBe('demo::a::Y')
    expect(w.resolve('demo::inner', 'B')).toBe('demo::inner::below::B')
    expect(w.resolve('demo', 'u8')).toBe('primitive u8')
    expect(w.resolve('demo::a', 'super::a::X')).toBe('demo::a::X')
    expect(w.resolve('demo::a', '::std::collections::HashMap')).toBe('std::collections::hash_map::HashMap')
    expect(w.resolve('demo', 'Nowhere')).toBe('not-found')
  })

  test('circles of globs and of imports come to an end', () => {
    const w = world(`
      mod a { pub use super::b::*; pub struct A; }
      mod b { pub use super::a::*; pub use super::c::C; pub struct B; }
      mod c { pub use super::c::C as C; pub use super::d::D; }
      mod d { pub use super::c::D; }
    `)
    expect(w.resolve('demo::a', 'B')).toBe('demo::b::B')
    expect(w.resolve('demo::b', 'A')).toBe('demo::a::A')
    expect(w.resolve('demo::a', 'C')).toBe('not-found')
    expect(w.resolve('demo::c', 'D')).toBe('not-found')
  })

  test('types, values and macros have names of their own', () => {
    const w = world(`
      struct Tuple(u8); struct Named { a: u8 } fn Named() {} enum E { V(u8), W }
      use E::*;
      macro_rules! Tuple { () => {} }
    `)
    expect(w.resolve('demo', 'Tuple', 'value')).toBe('demo::Tuple')
    expect(w.resolve('demo', 'Named')).toBe('demo::Named')
    expect(w.resolve('demo', 'V', 'value')).toBe('demo::E::V')
    expect(w.resolve('demo', 'E::W')).toBe('demo::E::W')
  })

  test('alternatives under cfg: decided, exclusive, and open towards the prelude', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo features:on,off=off,open=unknown
      #[cfg(feature = "on")] struct A; #[cfg(not(feature = "on"))] type A = u8;
      #[cfg(feature = "open")] mod imp { pub struct B; }
      #[cfg(not(feature = "open"))] mod imp { pub struct B; }
      #[cfg(feature = "open")] struct Vec;
      #[cfg(feature = "open")] mod only { pub type T = super::imp::B; }
      mod off { #![allow(x)] }
    `)
    expect(w.resolve('demo', 'A')).toBe('demo::A')
    expect(w.resolve('demo', 'imp::B')).toBe('ambiguous: demo::imp::B, demo::imp#1::B')
    expect(w.resolve('demo::only', 'super::imp::B')).toBe('demo::imp::B')
    expect(w.resolve('demo', 'Vec')).toBe('ambiguous: demo::Vec, std::vec::Vec')
  })

  test('crates: dependencies, renames, two versions, extern crate, edition 2015', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo deps:dep=dep2,old=dep1
      extern crate dep as other;
      pub use dep::T;
      pub mod m { use other::T as U; use crate::T as V; pub struct dep; }
      //- /dep1/lib.rs crate:dep1 name:dep
      pub struct T;
      //- /dep2/lib.rs crate:dep2 name:dep
      pub struct T; mod private { pub struct P; struct Q; } pub use private::*;
      //- /y15/lib.rs crate:y15 edition:2015 deps:dep1
      extern crate dep1; mod a { use b::B; use dep1::T; pub struct A(::b::B); } mod b { pub struct B; }
    `)
    expect(w.resolve('demo', 'T')).toBe('dep2::T')
    expect(w.resolve('demo', 'old::T')).toBe('dep1::T')
    expect(w.resolve('demo::m', 'U')).toBe('dep2::T')
    expect(w.resolve('demo::m', 'V')).toBe('dep2::T')
    expect(w.resolve('demo::m', 'dep')).toBe('demo::m::dep')
    expect(w.resolve('demo::m', '::dep::T')).toBe('dep2::T')
    expect(w.resolve('demo', 'dep::P')).toBe('dep2::private::P')
    expect(w.resolve('demo', 'dep::Q')).toBe('not-found')
    expect(w.resolve('y15::a', 'B')).toBe('y15::b::B')
    expect(w.resolve('y15::a', 'T')).toBe('dep1::T')
    expect(w.resolve('y15::a', '::b::B')).toBe('y15::b::B')
  })

  test('what cannot be looked into is never "not found"', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo deps:gone
      mod a { use gone::prelude::*; struct Own; }
      mod b { make_things!(Thing, Vec); struct Own; }
      mod c { include!(concat!(env!("OUT_DIR"), "/x.rs")); }
      mod d { #[rewrite] struct S; #[derive(Builder)] struct T; }
      mod e { lazy_static! { static ref X: u8 = 1; } }
      mod missing;
      //- /gone/lib.rs crate:gone absent
    `)
    expect(w.resolve('demo::a', 'Own')).toBe('demo::a::Own')
    expect(w.resolve('demo::a', 'Anything')).toBe('opaque: not-downloaded')
    expect(w.resolve('demo::a', 'Vec')).toBe('opaque: not-downloaded')
    expect(w.resolve('demo::b', 'Own')).toBe('demo::b::Own')
    expect(w.resolve('demo::b', 'Thing')).toBe('opaque: macro-item')
    expect(w.resolve('demo::b', 'Vec')).toBe('opaque: macro-item')
    expect(w.resolve('demo::b', 'String')).toBe('std::string::String')
    expect(w.resolve('demo::b', 'Other')).toBe('opaque: macro-item')
    expect(w.resolve('demo::c', 'Thing')).toBe('opaque: generated-file')
    expect(w.resolve('demo::d', 'TBuilder')).toBe('opaque: attribute-macro')
    expect(w.resolve('demo::e', 'X')).toBe('opaque: macro-item')
    expect(w.resolve('demo::e', 'Y')).toBe('not-found')
    expect(w.resolve('demo', 'missing::X')).toBe('opaque: generated-file')
    expect(moduleTree(w.db, 'demo').problems.map((problem) => problem.message)).toEqual(['file not found for module missing'])
  })

  test('re-exports through a path dependency, and what facts lack is looked for in the sources', () => {
    const facts = smallFacts({ std: STD_LINES, known: { version: '1.0.0', lines: 'struct known::Public' } })
    const w = world(
      `
      //- /demo/src/lib.rs crate:demo deps:member,known
      use member::prelude::*; use known::*;
      //- /member/lib.rs crate:member deps:known
      pub mod prelude { pub use crate::deep::{Inner, inner as alias}; pub use known::Public; } mod deep { pub struct Inner; pub mod inner { pub struct X; } }
      //- /known/lib.rs crate:known registry version:1.0.0
      pub struct Public; #[cfg(all())] pub struct BehindFeature; mod private { pub struct P; }
    `,
      facts,
    )
    expect(w.resolve('demo', 'Inner')).toBe('member::deep::Inner')
    expect(w.resolve('demo', 'alias::X')).toBe('member::deep::inner::X')
    expect(w.resolve('demo', 'Public')).toBe('known::Public')
    expect(w.resolve('demo', 'known::BehindFeature')).toBe('known::BehindFeature')
    expect(w.resolve('demo', 'known::private::P')).toBe('known::private::P')
    expect(w.resolve('demo', 'known::Absent')).toBe('not-found')
  })

  test('included files are part of the module, a file without a manifest may name any crate', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo
      mod a { include!("parts/a.in"); pub struct Own; }
      //- /demo/src/parts/a.in
      pub struct Included; mod below { pub struct B; }
      //- /lone.rs crate:lone open
      use anything::Thing; struct S;
    `)
    expect(w.resolve('demo::a', 'Included')).toBe('demo::a::Included')
    expect(w.resolve('demo::a', 'below::B')).toBe('demo::a::below::B')
    const item = crateItems(w.db, 'demo').find((each) => each.item.name === 'Included')
    expect(item && placeOf(w.db, item.origin, item.item.key)).toMatchObject({ file: '/demo/src/parts/a.in', written: true })
    expect(w.resolve('lone', 'Thing')).toBe('opaque: not-downloaded')
    expect(w.resolve('lone', 'S')).toBe('lone::S')
  })

  test('without facts about std its names are unknown, not absent', () => {
    const w = world('struct A;', { crate: () => null })
    expect(w.resolve('demo', 'Vec')).toBe('opaque: not-in-facts')
    expect(w.resolve('demo', 'std::vec::Vec')).toBe('opaque: not-in-facts')
    expect(w.resolve('demo', 'u8')).toBe('primitive u8')
  })
})

describe('module tree', () => {
  test('files by name, mod.rs, #[path], inline folders', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo
      mod a; mod b; #[path = "odd/file.rs"] mod c; mod inline { mod x; #[path = "y.rs"] mod z; } #[cfg_attr(unix, path = "u.rs")] mod u;
      //- /demo/src/a.rs
      mod sub; mod inner { mod leaf; } #[path = "p.rs"] mod p;
      //- /demo/src/a/sub.rs
      //- /demo/src/a/inner/leaf.rs
      //- /demo/src/p.rs
      //- /demo/src/b/mod.rs
      mod sub;
      //- /demo/src/b/sub.rs
      //- /demo/src/odd/file.rs
      mod beside;
      //- /demo/src/odd/beside.rs
      //- /demo/src/inline/x.rs
      //- /demo/src/inline/y.rs
      //- /demo/src/u.rs
    `)
    const tree = moduleTree(w.db, 'demo')
    expect(tree.problems).toEqual([])
    expect(tree.files).toHaveLength(12)
    expect(tree.modules.map((module) => `${shortId(module.id)} ${module.file.slice('/demo/src/'.length)}`)).toEqual([
      'demo lib.rs',
      'demo::a a.rs',
      'demo::a::sub a/sub.rs',
      'demo::a::inner a.rs',
      'demo::a::inner::leaf a/inner/leaf.rs',
      'demo::a::p p.rs',
      'demo::b b/mod.rs',
      'demo::b::sub b/sub.rs',
      'demo::c odd/file.rs',
      'demo::c::beside odd/beside.rs',
      'demo::inline lib.rs',
      'demo::inline::x inline/x.rs',
      'demo::inline::z inline/y.rs',
      'demo::u u.rs',
    ])
  })

  test('a module that includes itself', () => {
    const w = world(`
      //- /demo/src/lib.rs crate:demo
      #[path = "lib.rs"] mod again; mod a;
      //- /demo/src/a.rs
      #[path = "a.rs"] mod b;
    `)
    expect(moduleTree(w.db, 'demo').problems.map((problem) => problem.message)).toEqual([
      'module again includes itself: /demo/src/lib.rs',
      'module b includes itself: /demo/src/a.rs',
    ])
  })

  test('items in blocks are found, and see the block first', () => {
    const w = world(`
      struct S; trait Tr {}
      fn f() { struct S; struct Local(S); impl Tr for S {} }
      impl S { fn g() { struct InMethod; } }
      const _: () = { struct InConst; unsafe impl Send for S {} };
    `)
    const items = crateItems(w.db, 'demo').map((each) => shortId(each.id))
    expect(items).toEqual([
      'demo::S',
      'demo::Tr',
      'demo::f',
      'demo::impl S',
      'demo::_',
      'demo::{fn f}::S',
      'demo::{fn f}::Local',
      'demo::{fn f}::impl Tr for S',
      'demo::{impl S/fn g}::InMethod',
      'demo::{const _}::InConst',
      'demo::{const _}::impl Send for S',
    ])
    expect(w.resolve('demo::{fn f}', 'S')).toBe('demo::{fn f}::S')
    expect(w.resolve('demo::{fn f}', 'Tr')).toBe('demo::Tr')
    expect(w.resolve('demo::{const _}', 'S')).toBe('demo::S')
    expect(w.resolve('demo', 'Local')).toBe('not-found')
  })
})
