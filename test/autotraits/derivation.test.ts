import { describe, expect, it } from 'vitest'
import { because, becauseOfType, type DerivationNode, derivationTree } from '../../server/src/autotraits/derivation.ts'
import type { AutoTrait } from '../../server/src/autotraits/oracle.ts'
import { renderType } from '../../server/src/autotraits/render.ts'
import { createSolver } from '../../server/src/autotraits/solver.ts'
import { STD, world } from './world.ts'

function chain(source: string, def: string, trait: AutoTrait): readonly string[] {
  return because(createSolver(world(STD + source).oracle), def, trait).steps.map((step) => step.text)
}

describe('because', () => {
  it('is the chain of fields in the words of the type, then the rule', () => {
    const source = `struct Shard(map: RefCell<HashMap<u64, u64>>)
      struct Cache(name: String, entries: Arc<Shard>)`
    expect(chain(source, 'Cache', 'Sync')).toEqual([
      'Cache.entries: Arc<Shard>',
      'Shard.map: RefCell<HashMap<u64, u64>>',
      'RefCell<T> is never Sync',
    ])
    expect(chain(source, 'Cache', 'Send')).toEqual([
      'Cache.entries: Arc<Shard>',
      'Arc<Shard> is Send only if Shard is Sync',
      'Shard.map: RefCell<HashMap<u64, u64>>',
      'RefCell<T> is never Sync',
    ])
  })

  it('prefers the shortest chain, then the first field', () => {
    const source = `struct Inner(a: Rc<u8>)
      struct Far(i: Inner, n: Rc<u8>, m: Rc<u16>)`
    expect(chain(source, 'Far', 'Send')).toEqual(['Far.n: Rc<u8>', 'Rc<T> is never Send'])
  })

  it('names the rule of the language that decides', () => {
    expect(chain('struct P(p: *const u8)', 'P', 'Sync')).toEqual(['P.p: *const u8', '*const T is never Sync'])
    expect(chain('trait Call\nstruct D(f: Box<dyn Call>)', 'D', 'Send')).toEqual(['D.f: Box<dyn Call>', 'dyn Call is not Send'])
    expect(chain('struct R(r: &Cell<u8>)', 'R', 'Send')).toEqual([
      'R.r: &Cell<u8>',
      '&Cell<u8> is Send only if Cell<u8> is Sync',
      'Cell<T> is never Sync',
    ])
  })

  it('goes through impls', () => {
    const source = `struct W<T>(p: *mut T)
      unsafe impl<T: Send> Send for W<T>
      impl !Sync for W<u8>
      struct A(w: W<Rc<u8>>)
      struct B(w: W<u8>)`
    expect(chain(source, 'A', 'Send')).toEqual([
      'A.w: W<Rc<u8>>',
      'the impl of Send for W<Rc<u8>> needs Rc<u8>: Send',
      'Rc<T> is never Send',
    ])
    expect(chain(source, 'A', 'Sync')).toEqual(['A.w: W<Rc<u8>>', 'no impl of Sync applies to W<Rc<u8>>'])
    expect(chain(source, 'B', 'Sync')).toEqual(['B.w: W<u8>', 'impl !Sync for W<u8>'])
  })

  it('explains the unknown', () => {
    const source = `struct A(x: Missing)
      struct B(cfg(x) c: Cell<u8>)
      struct C(o: Option<Opaque<u8>>)
      struct D<T>(T)
      unsafe impl<T: Marker> Send for D<T>
      trait Marker
      struct E(d: D<u8>)
      struct Heads<T>(T)
      unsafe impl Send for Heads<u8>
      struct F<T>(v: Vec<Heads<T>>)
      struct G<T: ?Gone>(m: Mutex<T>)`
    const particular = 'whether an impl for particular arguments applies depends on a type parameter'
    expect(chain(source, 'F', 'Send')).toEqual(['F.v: Vec<Heads<T>>', particular])
    expect(chain(source, 'G', 'Sync')).toEqual(['G.m: Mutex<T>', 'Mutex<T> is Sync only if T is Send', 'cannot find Gone'])
    expect(chain(source, 'A', 'Send')).toEqual(['A.x: Missing', 'cannot find Missing'])
    expect(chain(source, 'B', 'Sync')).toEqual(['depends on cfg x'])
    expect(chain(source, 'C', 'Sync')).toEqual(['C.o: Option<Opaque<u8>>', 'Opaque is not known'])
    expect(chain(source, 'E', 'Send')).toEqual(['E.d: D<u8>', 'needs u8: Marker'])
  })

  it('follows recursion without going round', () => {
    const source = `struct X<T>(y: Option<Box<Y<T>>>)
      struct Y<T>(x: Option<Box<X<T>>>, c: Cell<T>)`
    expect(chain(source, 'X', 'Sync')).toEqual(['X.y: Option<Box<Y<T>>>', 'Y.c: Cell<T>', 'Cell<T> is never Sync'])
    expect(chain(source, 'X', 'Send')).toEqual([])
  })

  it('finds the innermost part to blame', () => {
    const { oracle, type } = world(`${STD}struct Shard(map: RefCell<u8>)`)
    const solver = createSolver(oracle)
    const culprit = (text: string) => {
      const ty = becauseOfType(solver, { ty: type(text), trait: 'Sync' }).culprit
      return ty && renderType(oracle, ty)
    }
    expect(culprit('HashMap<String, Arc<RefCell<u8>>>')).toBe('RefCell<u8>')
    expect(culprit('Option<Arc<Shard>>')).toBe('Shard')
    expect(culprit('(u8, &*mut u8)')).toBe('*mut u8')
    expect(culprit('Vec<u8>')).toBeNull()
  })
})

describe('derivationTree', () => {
  it('shows everything, yes too, and cuts what repeats', () => {
    const source = `struct List<T>(head: Mutex<T>, tail: Option<Box<List<T>>>)`
    const solver = createSolver(world(STD + source).oracle)
    const lines = (node: DerivationNode, indent = ''): string[] => [
      `${indent}${node.text} [${node.verdict}]${node.cut ? ` (${node.cut})` : ''}`,
      ...node.children.flatMap((child) => lines(child, `${indent}  `)),
    ]
    expect(lines(derivationTree(solver, 'List', 'Sync'))).toEqual([
      'List<T>: Sync [yes]',
      '  List.head: Mutex<T> [yes]',
      '    Mutex<T> is Sync only if T is Send [yes]',
      '      if T: Send [yes]',
      '  List.tail: Option<Box<List<T>>> [yes]',
      '    Box<List<T>>: Sync [yes]',
      '      List<T>: Sync [yes] (shown above)',
    ])
  })
})
