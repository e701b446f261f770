import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { readSummary } from '../../scripts/check-skeleton/from-summary.ts'
import { readTree } from '../../scripts/check-skeleton/from-tree.ts'
import { generate } from '../../scripts/gen-nodes.ts'
import { loadGrammar } from '../../scripts/load-grammar.ts'
import { parseTree } from '../../server/src/syntax/parser.ts'
import { parseSummary } from '../../server/src/syntax/summarize.ts'

beforeAll(loadGrammar)

// What `scripts/check-skeleton.ts` does with the whole corpus, on the constructs that are hard to read.
const HARD = `#![allow(a)]
use std::{self, sync::{Arc, Mutex as M}, cell::*};
use r#type::x;
extern crate core as k;
/// doc 🦀
#[cfg_attr(feature = "python", // why
  pyclass(frozen, name = "X"))]
pub struct r#struct<'a, T: Send + ?Sized + 'a, const N: usize>(pub(crate) &'a T, #[x] pub [u8; N]) where T: for<'b> Fn(&'b u8) -> Vec<Vec<u8>>, Vec<T>: Clone;
pub(in crate::a) enum E<T> where T: Copy { A, #[y] B(u8, Box<dyn Fn(u8) + Send + 'static>), C { x: <T as I>::Item, r#y: ::a::B }, D = 3 }
union U { a: u8, b: (u8, (), (u16,)) }
unsafe impl<T: ?Sized + Send> Send for S<'_, T> where T: Sync {}
impl !Sync for S {}
impl<'a> Iterator for It<'a> { type Item = &'a mut (dyn X + 'a); fn next(&mut self) -> Option<Self::Item> { struct Q(u8); impl Q { fn z() {} } None } }
trait T: Send { type A: Clone; const C: u8; fn f(self: Box<Self>, _: u8, (a, b): (u8, u8)) -> impl Iterator<Item = u8> + '_; fn g() where Self: Sized {} }
const _: () = { unsafe impl Send for X {} };
static mut S: [Option<&'static str>; 2] = [None; 2];
mod m { mod n; fn f() { vec![struct Z;]; if a { enum I { A } } } type A<T> = Vec<T>; foo! { struct H; } }
extern "C" { fn c(a: *const u8) -> !; static V: u8; }
macro_rules! mr { ($a:ident) => { struct $a; }; }
a::b!(x, y);
`

describe('two readings of the same text', () => {
  it.each([
    ['\n', HARD],
    ['\r\n', HARD.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${HARD}`],
  ])('agree (%j)', (_name, text) => {
    const tree = parseTree(text, null)
    if (typeof tree === 'string') throw new Error(tree)
    expect(tree.hasError).toBe(false)
    const parsed = parseSummary(text)
    expect(parsed.positions.errors).toEqual([])
    const theirs = readTree(tree, text)
    expect(Object.fromEntries(readSummary(parsed, text))).toEqual(Object.fromEntries(theirs))
    expect(theirs.size).toBe(32)
  })
})

describe('nodes.generated.ts', () => {
  it('is up to date', () => {
    const types = JSON.parse(
      readFileSync(new URL('../../node_modules/tree-sitter-rust/src/node-types.json', import.meta.url), 'utf8'),
    )
    expect(readFileSync(new URL('../../server/src/syntax/nodes.generated.ts', import.meta.url), 'utf8')).toBe(generate(types))
  })
})
