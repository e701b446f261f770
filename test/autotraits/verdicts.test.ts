import { describe, expect, it } from 'vitest'
import type { AutoTrait } from '../../server/src/autotraits/oracle.ts'
import { renderType } from '../../server/src/autotraits/render.ts'
import { createSolver, type Solver } from '../../server/src/autotraits/solver.ts'
import { judgeDefinition, judgeFields, verdictText } from '../../server/src/autotraits/verdicts.ts'
import { STD, world } from './world.ts'

function solver(source: string): Solver {
  return createSolver(world(STD + source).oracle)
}

function text(source: string, def: string): string {
  const made = solver(source)
  return (['Send', 'Sync'] as const).map((trait) => verdictText(judgeDefinition(made, def, trait))).join(' | ')
}

describe('verdictText', () => {
  it('prints bounds beyond the declared ones, merged and sorted', () => {
    expect(text('struct A<U, T>(Arc<U>, Mutex<T>)', 'A')).toBe('yes if T: Send, U: Send + Sync | yes if T: Send, U: Send + Sync')
    expect(text('trait Safe: Sync\nstruct A<T: Send, U: Safe>(Arc<T>, Arc<U>)', 'A')).toBe(
      'yes if T: Sync, U: Send | yes if T: Sync, U: Send',
    )
    expect(text('trait Tr { Id: }\nstruct G<G1>(G1, <G1 as Tr>::Id)', 'G')).toBe(
      'yes if <G1>::Id: Send, G1: Send | yes if <G1>::Id: Sync, G1: Sync',
    )
  })

  it('prints the where clauses of an impl as they stand there', () => {
    const impls = `trait Marker
      struct A<T: Marker>(*mut T)
      unsafe impl<U: Marker + Send> Send for A<U>
      unsafe impl<T: Marker> Sync for A<T> where Vec<T>: Sync`
    expect(text(impls, 'A')).toBe('yes if U: Marker + Send | yes if Vec: Sync')
  })

  it('does not print what is not about a parameter', () => {
    expect(text('struct Two<T>(T)\nunsafe impl Send for Two<u8>\nstruct H<T>(Two<T>)', 'H')).toBe('unknown | yes if T: Sync')
    expect(text('struct Two<T>(T)\nunsafe impl Send for Two<u8>', 'Two')).toBe('unknown | yes if T: Sync')
    expect(text('struct A<T: ?Gone>(T, Rc<u8>)\nstruct B<T: ?Gone>(T)', 'B')).toBe('unknown | unknown')
    expect(text('struct S<T>(*mut T)\nunsafe impl<T: Sized> Send for S<T>', 'S')).toBe('yes | no')
  })
})

describe('judgeDefinition', () => {
  it('keeps what structure says beside explicit impls', () => {
    const made = solver('struct A(Rc<u8>)\nunsafe impl Send for A\nstruct B<T>(Mutex<T>)\nunsafe impl<T> Send for B<T>')
    const a = judgeDefinition(made, 'A', 'Send')
    expect(a).toMatchObject({ verdict: 'yes', structural: { verdict: 'no', needs: '' } })
    expect(a.viaImpl).toHaveLength(1)
    expect(judgeDefinition(made, 'A', 'Sync')).toMatchObject({ verdict: 'no', structural: null, viaImpl: [] })
    expect(judgeDefinition(made, 'B', 'Send')).toMatchObject({
      verdict: 'yes',
      needs: '',
      structural: { verdict: 'yes', needs: 'T: Send' },
    })
  })

  it('gives the first reason in source order', () => {
    const made = solver('struct A(Missing, Opaque<u8>)')
    expect(judgeDefinition(made, 'A', 'Send').reason?.text).toBe('cannot find Missing')
  })
})

describe('judgeFields', () => {
  function fields(source: string, def: string, trait: AutoTrait): readonly (readonly [string, string, string])[] {
    const made = solver(source)
    const show = (ty: Parameters<typeof renderType>[1] | null) => (ty ? renderType(made.oracle, ty) : '')
    return judgeFields(made, def, trait).map((found) => [
      `${found.field.name} ${found.verdict}`,
      show(found.chain.culprit),
      found.grounds.map(show).join(', '),
    ])
  }

  it('names every culprit, whatever the impls say', () => {
    const source = `struct Inner(c: Cell<u8>, p: *mut u8)
      struct A(name: String, r: Option<RefCell<u8>>, i: Arc<Inner>, m: Missing)
      unsafe impl Sync for A`
    expect(fields(source, 'A', 'Sync')).toEqual([
      ['r no', 'RefCell<u8>', 'RefCell<u8>'],
      ['i no', 'Inner', '*mut u8, Cell<u8>'],
      ['m unknown', '?', ''],
    ])
    expect(fields('struct Ok<T>(t: Mutex<T>)', 'Ok', 'Sync')).toEqual([])
  })
})
