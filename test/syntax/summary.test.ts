import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { typeText } from '../../scripts/check-skeleton/normalized.ts'
import { parseSummary } from '../../server/src/syntax/summarize.ts'
import type { Item, ItemKind, Meta } from '../../server/src/syntax/summary.ts'

type OfKind<I extends Item, K> = I extends Item ? (I['kind'] & K extends never ? never : I) : never

function items(text: string): readonly Item[] {
  const { summary, positions } = parseSummary(text)
  expect(positions.errors).toEqual([])
  return summary.items
}

function only<K extends ItemKind>(text: string, kind: K): OfKind<Item, K> {
  const [item] = items(text)
  expect(item?.kind).toBe(kind)
  return item as OfKind<Item, K>
}

function allKeys(text: string): string[] {
  return [...parseSummary(text).positions.items.keys()].sort()
}

describe('types', () => {
  it.each<[string, string]>([
    ['Vec<Vec<u8>>', 'path Vec<Vec<u8>>'],
    ["std::sync::Arc<dyn Fn(u8) -> u8 + Send + 'static>", 'path std::sync::Arc<Fnu8->u8+Send>'],
    ['Box<Trait + Send>', 'path Box<Trait+Send>'],
    ["&'a mut T", 'ref &mutT'],
    ['*const [u8; 3]', 'ptr *const[u8;3]'],
    ['<T as Iterator>::Item', 'qpath <TasIterator>::Item'],
    ['<Vec<T>>::Item', 'qpath <Vec<T>>::Item'],
    ['(A, B)', 'tuple A,B'],
    ['(A)', 'path A'],
    ['(A,)', 'tuple A'],
    ['()', 'tuple '],
    ['!', 'never !'],
    ['[u8]', 'slice [u8]'],
    ["for<'a> fn(&'a u8) -> u8", 'fnPtr fn'],
    ['unsafe extern "C" fn(u8)', 'fnPtr fn'],
    ["dyn for<'a> Fn(&'a T) -> &'a U", 'dyn Fn&T->&U'],
    ['Foo<3, { N + 1 }, -1, true>', 'path Foo<3,{N+1},-1,true>'],
    ['Box<dyn Iterator<Item = u8>>', 'path Box<Iterator<Item=u8>>'],
    ['impl Iterator<Item: Send> + Clone', 'impl implIterator<Item=implSend>+Clone'],
    ['m!(u8)', 'macro m!u8'],
    ['::a::b<r#type>', 'path ::a::b<type>'],
    ['dyn (Fn() -> u8) + Send', 'dyn Fn->u8+Send'],
    ['Vec<u8>>', 'error Vec<u8>>'],
  ])('%s', (source, expected) => {
    const { summary } = parseSummary(`struct S { f: ${source}, g: u8 }`)
    const [item] = summary.items
    if (item?.kind !== 'struct') throw new Error('no struct')
    const [type, next] = item.fields
    expect(`${type?.type.kind} ${type ? typeText(type.type) : ''}`).toBe(expected)
    expect(next?.name).toBe('g')
  })

  it('gives a span relative to the item', () => {
    const text = '\n\n#[x]\nstruct S { f: /* c */ Vec<u8> }'
    const { summary, positions } = parseSummary(text)
    const [item] = summary.items
    const start = positions.items.get('struct S')?.start ?? -1
    if (item?.kind !== 'struct') throw new Error('no struct')
    const span = item.fields[0]?.type.span
    expect(text.slice(start + (span?.start ?? 0), start + (span?.end ?? 0))).toBe('Vec<u8>')
    expect(text.slice(start)).toMatch(/^#\[x\]/)
  })
})

describe('items', () => {
  it('reads every kind', () => {
    const text = `#![feature(x)]
use a::{b as c, d::*};
extern crate core as k;
mod m;
pub(in crate::x) mod n { #![allow(y)] struct A; }
const fn f<const N: usize>(self: Box<Self>, mut a: u8) -> impl Fn() + Send where u8: Sized { 1 }
pub(crate) async unsafe extern "C" fn g() {}
union U { a: u8 }
enum E { A, B(u8, u16), C { x: u8 } = 3 }
unsafe auto trait T: Send + ?Sized { type X: Send = u8; const C: u8; fn h(&self); }
trait Alias = Send + Sync;
unsafe impl<T: ?Sized> Send for S<T> where T: Send {}
impl !Sync for S {}
impl<T> <T as X>::Y {}
type Z<T> = Vec<T>;
static mut G: u8 = 1;
unsafe extern "C" { pub safe fn e(x: *const u8, ...); static V: u8; }
macro_rules! mr { ($a:expr) => { $a }; }
macro m2($x:ident) { $x }
thread_local! { static K: u8 = 1; }
lazy_static::lazy_static!(a);
foo![];
`
    const kinds = items(text).map((item) => item.kind)
    expect(kinds.join(' ')).toBe(
      'use extern_crate mod mod fn fn union enum trait trait impl impl impl type static extern_block macro_rules macro_rules macro_call macro_call macro_call',
    )
    expect(allKeys(text)).toContain('mod n/struct A')
    expect(parseSummary(text).summary.attrs.map(({ meta }) => meta.path)).toEqual(['feature'])
  })

  it('reads functions', () => {
    const fn = only(
      'pub async unsafe extern "C" fn f<\'a, T: Send>(&\'a mut self, (a, b): (u8, u8), #[x] mut c: impl Fn(u8) -> u8 + Send) -> Result<T, ()> where T: Sync {}',
      'fn',
    )
    expect(fn).toMatchObject({
      name: 'f',
      vis: 'pub',
      async: true,
      unsafe: true,
      extern: true,
      const: false,
      receiver: { kind: 'mut' },
      hasBody: true,
    })
    expect(fn.params.map(({ pattern, type }) => `${pattern}: ${type.kind}`)).toEqual(['(a, b): tuple', 'mut c: impl'])
    expect(fn.generics.params.map(({ name, kind }) => `${kind} ${name}`)).toEqual(["lifetime 'a", 'type T'])
    expect(fn.generics.where.map(({ type, bounds }) => `${typeText(type)} ${bounds[0]?.path?.segments[0]?.name}`)).toEqual([
      'T Send',
      'T Sync',
    ])
  })

  it.each([
    ['fn f(self) {}', 'value'],
    ['fn f(mut self) {}', 'value'],
    ['fn f(&self) {}', 'ref'],
    ["fn f(&'a self) {}", 'ref'],
    ['fn f(&mut self) {}', 'mut'],
    ['fn f(self: &Self) {}', 'typed'],
    ['fn f(slf: PyRef<Self>) {}', undefined],
    ['fn f(self::A: u8) {}', undefined],
  ])('%s', (text, kind) => {
    expect(only(text, 'fn').receiver?.kind).toBe(kind)
  })

  it('flattens use trees', () => {
    const use = only('pub use ::a::{self, b::{self as c, *}, r#type, super::x as _,};', 'use')
    expect(use.imports.map(({ path, glob, alias, global }) => [global, path.join('::'), glob, alias])).toEqual([
      [true, 'a', false, null],
      [true, 'a::b', false, 'c'],
      [true, 'a::b', true, null],
      [true, 'a::type', false, null],
      [true, 'a::super::x', false, '_'],
    ])
  })

  it('reads tuple structs, visibilities and default generics', () => {
    const item = only(
      'pub struct S<T = u8, const N: usize = 3>(pub(crate) T, pub (u8, u8), #[a] pub(in a::b) [T; N]) where T: Copy;',
      'struct',
    )
    expect(item.fields.map(({ name, vis, type }) => [name, vis, type.kind])).toEqual([
      ['0', 'crate', 'path'],
      ['1', 'pub', 'tuple'],
      ['2', { in: 'a::b' }, 'array'],
    ])
    expect(item.generics.params.map((param) => param.default?.kind)).toEqual(['path', 'const'])
  })

  it('knows the commas of generic arguments from those of the list', () => {
    const item = only('#[a(b = c::<D, E>(), f)] enum X { A = f::<u8, fn(u8) -> u8>(), B = 1 < 2, C }', 'enum')
    expect(item.variants.map(({ name }) => name)).toEqual(['A', 'B', 'C'])
    expect(item.attrs[0]?.meta.args?.map(({ path, value }) => [path, value])).toEqual([
      ['b', 'c::<D, E>()'],
      ['f', null],
    ])
  })

  it('reads types that begin on a new line with a word of items', () => {
    expect(
      items('type A =\n  fn(u8) -> u8;\ntype B =\n  impl Send;\nfn f<T>()\nwhere\n  fn(T) -> T: Copy,\n  T: Send,\n{}').map(
        ({ kind }) => kind,
      ),
    ).toEqual(['type', 'type', 'fn'])
  })

  it('finds items in bodies and in block initializers, but not in macro arguments', () => {
    const text = `fn f() { if x { struct A; } vec![struct B;]; let c = || { unsafe impl Send for A {} }; }
const _: () = { impl X for Y { fn z() {} } };
fn plain() { use a::b; g(); }`
    expect(allKeys(text)).toEqual([
      'const _',
      'const _/impl X for Y',
      'const _/impl X for Y/fn z',
      'fn f',
      'fn f/impl Send for A',
      'fn f/struct A',
      'fn plain',
    ])
  })

  it('keeps comments and docs', () => {
    const text = `struct Before; // trailing
// far

// SAFETY: near
/// doc
#[a] // between
/* more */ unsafe impl Send for X {}`
    const impl = items(text)[1]
    expect(impl?.comments).toBe('// SAFETY: near\n/// doc\n// between\n/* more */')
    const position = parseSummary(text).positions.items.get('impl Send for X')
    expect(text.slice(position?.start, position?.end)).toMatch(/^\/\/\/ doc[\s\S]*\{\}$/)
    expect(text.slice(position?.headStart)).toMatch(/^unsafe impl/)
  })

  it('finds directives anywhere', () => {
    const text = 'fn f() {\n  // pyo3-thread-safety: allow(not-sync): why\n  "// pyo3-thread-safety: no";\n}'
    expect(parseSummary(text).positions.directives.map((directive) => directive.text)).toEqual(['allow(not-sync): why'])
  })
})

describe('attributes', () => {
  function metaOf(attribute: string): Meta | undefined {
    return items(`${attribute} struct S;`)[0]?.attrs[0]?.meta
  }

  it('reads nested lists over several lines', () => {
    const meta = metaOf(
      '#[cfg_attr(\n  all(feature = "python", not(windows)), // why\n  pyo3::pyclass(frozen, name = "A\\"B", extends = PyDict,),\n)]',
    )
    expect(meta?.path).toBe('cfg_attr')
    const [condition, pyclass] = meta?.args ?? []
    expect(condition?.args?.map(({ path, value, quoted }) => [path, value, quoted])).toEqual([
      ['feature', 'python', true],
      ['not', null, false],
    ])
    expect(pyclass?.path).toBe('pyo3::pyclass')
    expect(pyclass?.args?.map(({ path, value, quoted }) => [path, value, quoted])).toEqual([
      ['frozen', null, false],
      ['name', 'A"B', true],
      ['extends', 'PyDict', false],
    ])
  })

  it.each<[string, unknown]>([
    ['#[pyo3(signature = (a, b = None, **kw))]', ['signature', '(a, b = None, **kw)', false]],
    ['#[pyo3("text")]', ['', 'text', true]],
    ['#[pyo3(1 + 2)]', ['', '1 + 2', false]],
    ['#[pyo3(Vec<u8>)]', ['', 'Vec<u8>', false]],
    ['#[pyo3(a == b)]', ['', 'a == b', false]],
    ['#[unsafe(no_mangle)]', ['no_mangle', null, false]],
  ])('%s', (attribute, expected) => {
    const [arg] = metaOf(attribute)?.args ?? []
    expect([arg?.path, arg?.value, arg?.quoted]).toEqual(expected)
  })

  it('reads a value', () => {
    expect(metaOf('#[doc = include_str!("x.md")]')).toMatchObject({
      path: 'doc',
      value: 'include_str!("x.md")',
      quoted: false,
      args: null,
    })
  })
})

describe('positions and hashes', () => {
  const text = '/// d\nstruct A { x: u8 }\nimpl A { fn f(&self) { one() } fn g(&self) {} }\nimpl A { fn f() {} }\n'

  it('names items, with an ordinal among equals', () => {
    expect(allKeys(text)).toEqual(['impl A', 'impl A#1', 'impl A#1/fn f', 'impl A/fn f', 'impl A/fn g', 'struct A'])
  })

  it('an edit in a body changes that body only', () => {
    const before = parseSummary(text)
    const after = parseSummary(text.replace('one()', 'two();\n\n three()'))
    expect(after.summary).toEqual(before.summary)
    const hashes = (file: typeof before): string[] => [...file.positions.items].map(([key, { bodyHash }]) => `${key} ${bodyHash}`)
    const changed = hashes(after).filter((entry) => !hashes(before).includes(entry))
    expect(changed.map((entry) => entry.replace(/ \S+$/, ''))).toEqual(['impl A/fn f'])
  })

  it('white space and comments between items change nothing', () => {
    expect(parseSummary(`// c\n\n${text.replaceAll('\nimpl', '\n\n// x\n\n\nimpl')}`).summary).toEqual(parseSummary(text).summary)
  })

  it.each([
    ['x: u8', 'x: u9'],
    ['/// d', '/// e'],
    ['fn g(&self)', 'fn g(&mut self)'],
    ['struct A {', 'struct A  {'],
  ])('%s to %s changes the hash', (from, to) => {
    expect(parseSummary(text.replace(from, to)).summary.hash).not.toBe(parseSummary(text).summary.hash)
  })

  it('equal hashes mean equal summaries, for random edits', () => {
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.nat(6),
        fc.constantFrom('', 'x', ' ', '\n', '{', '}', '"', 'struct B;', '#[a]'),
        (at, length, insert) => {
          const edited = parseSummary(text.slice(0, at) + insert + text.slice(at + length)).summary
          const original = parseSummary(text).summary
          if (edited.hash === original.hash) expect(edited).toEqual(original)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
