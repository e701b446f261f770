import { describe, expect, it } from 'vitest'
import { createSolver } from '../../server/src/autotraits/solver.ts'
import type { Cond } from '../../server/src/autotraits/verdict.ts'
import type { Ty } from '../../server/src/resolve/ty.ts'
import { STD, world } from './world.ts'

/** `struct` declarations, then `Type: send sync` lines, as `yes`, `no`, `unknown(code)` or `T: Send`. */
function check(source: string, expected: Record<string, readonly [string, string]>): void {
  const { oracle, type } = world(STD + source)
  const solver = createSolver(oracle)
  const found: Record<string, readonly [string, string]> = {}
  for (const text of Object.keys(expected)) {
    const bare = /^def (\w+)$/.exec(text)?.[1]
    const answer = (trait: 'Send' | 'Sync') => (bare ? solver.cond(bare, trait) : solver.type({ ty: type(text), trait }))
    found[text] = [show(answer('Send')), show(answer('Sync'))]
  }
  expect(found).toEqual(expected)
}

function show(cond: Cond): string {
  if (cond.verdict === 'no') return 'no'
  if (cond.verdict === 'unknown') return `unknown(${cond.reason?.code})`
  const needs = [
    ...cond.atoms.map((atom) => `${name(atom.ty)}: ${atom.trait}`),
    ...cond.other.map((bound) => `${name(bound.ty)}: ${bound.name}`),
  ]
  return needs.length === 0 ? 'yes' : needs.sort().join(', ')
}

function name(ty: Ty): string {
  if (ty.kind === 'param') return ty.name
  if (ty.kind === 'proj') return `<${name(ty.self)}>::${ty.name}`
  if (ty.kind === 'adt') return ty.args.length ? `${ty.def}<${ty.args.map(name).join(', ')}>` : ty.def
  return ty.kind === 'prim' ? ty.name : ty.kind
}

describe('rules of the language', () => {
  it('decides every primitive constructor', () => {
    check('', {
      u8: ['yes', 'yes'],
      str: ['yes', 'yes'],
      '!': ['yes', 'yes'],
      'fn(Rc<u8>)': ['yes', 'yes'],
      '*const u8': ['no', 'no'],
      '*mut u8': ['no', 'no'],
      '&u8': ['yes', 'yes'],
      '&Cell<u8>': ['no', 'no'],
      '&mut Cell<u8>': ['yes', 'no'],
      '&MutexGuard<u8>': ['yes', 'yes'],
      '&mut MutexGuard<u8>': ['no', 'yes'],
      '(u8, Cell<u8>)': ['yes', 'no'],
      '()': ['yes', 'yes'],
      '[Rc<u8>]': ['no', 'no'],
      '[Cell<u8>; 3]': ['yes', 'no'],
      'Missing<u8>': ['unknown(unresolved-name)', 'unknown(unresolved-name)'],
    })
  })

  it('lets a certain no win over what is unknown', () => {
    check('struct S(Missing, Rc<u8>)\nstruct U(Missing, Cell<u8>)', {
      'def S': ['no', 'no'],
      'def U': ['unknown(unresolved-name)', 'no'],
      '(Opaque<Rc<u8>>, u8)': ['unknown(not-in-facts)', 'unknown(not-in-facts)'],
    })
  })

  it('reads trait objects through supertraits', () => {
    const traits =
      'trait Plain\ntrait Safe: Send + Sync\ntrait Deep: Plain + Mid\ntrait Mid: Safe\ntrait Loop: Loop2\ntrait Loop2: Loop\ntrait Vague: ?Gone'
    check(traits, {
      'dyn Plain': ['no', 'no'],
      'dyn Plain + Send': ['yes', 'no'],
      'dyn Plain + Send + Sync': ['yes', 'yes'],
      'dyn Safe': ['yes', 'yes'],
      'dyn Deep': ['yes', 'yes'],
      'dyn Loop': ['no', 'no'],
      'dyn Vague': ['unknown(unresolved-name)', 'unknown(unresolved-name)'],
      'dyn Vague + Sync': ['unknown(unresolved-name)', 'yes'],
      'dyn ?Gone': ['unknown(unresolved-name)', 'unknown(unresolved-name)'],
      'dyn Undeclared': ['unknown(not-in-facts)', 'unknown(not-in-facts)'],
      'impl Safe': ['yes', 'yes'],
      'impl Plain': ['unknown(opaque-type)', 'unknown(opaque-type)'],
      'Arc<dyn Plain + Send>': ['no', 'no'],
      'Mutex<dyn Plain + Send>': ['yes', 'yes'],
    })
  })
})

describe('generics', () => {
  it('sums up what a definition needs', () => {
    check('struct A<T>(Arc<T>)\nstruct B<T, U>(Mutex<T>, &U)\nstruct C<T>(Vec<A<T>>, Cell<T>)\nstruct P<T>(PhantomData<fn(T)>)', {
      'def A': ['T: Send, T: Sync', 'T: Send, T: Sync'],
      'def B': ['T: Send, U: Sync', 'T: Send, U: Sync'],
      'def C': ['T: Send, T: Sync', 'no'],
      'def P': ['yes', 'yes'],
      'A<Cell<u8>>': ['no', 'no'],
      'B<Cell<u8>, u8>': ['yes', 'yes'],
      'B<u8, Cell<u8>>': ['no', 'no'],
      'C<u8>': ['yes', 'no'],
    })
  })

  it('takes declared bounds for granted, supertraits included', () => {
    check('trait Safe: Deep\ntrait Deep: Send\nstruct A<T: Send>(Mutex<T>)\nstruct B<T: Safe>(T)\nstruct V<T: ?Gone>(T)', {
      'def A': ['yes', 'yes'],
      'def B': ['yes', 'T: Sync'],
      'def V': ['T: Send', 'T: Sync'],
    })
  })

  it('follows projections', () => {
    check(
      `trait Tr { Out: ; Safe: Send }
      type <u8 as Tr>::Out = Rc<u8>
      type <u16 as Tr>::Out = u8
      type<T> <Vec<T> as Tr>::Out = Cell<T>
      struct A<T>(<T as Tr>::Out)
      struct B<T>(<T as Tr>::Safe)
      struct C<T>(<T as Tr>::Out) where <T as Tr>::Out: Send
      struct D<T>(A<Vec<T>>)
      struct E<T>(<<T as Tr>::Out as Tr>::Out)`,
      {
        'def A': ['<T>::Out: Send', '<T>::Out: Sync'],
        'def B': ['yes', '<T>::Safe: Sync'],
        'def C': ['yes', '<T>::Out: Sync'],
        'def D': ['T: Send', 'no'],
        'def E': ['<<T>::Out>::Out: Send', '<<T>::Out>::Out: Sync'],
        'A<u8>': ['no', 'no'],
        'A<u16>': ['yes', 'yes'],
        'A<u32>': ['unknown(projection)', 'unknown(projection)'],
        'A<Vec<u8>>': ['yes', 'no'],
        'E<u16>': ['no', 'no'],
      },
    )
  })

  it('ends on recursion of every form', () => {
    check(
      `struct List<T>(T, Option<Box<List<T>>>)
      struct Grow<T>(Box<Grow<Vec<T>>>)
      struct GrowT<T>(Box<GrowT<Vec<T>>>, T)
      struct X<T>(Option<Box<Y<T>>>, Cell<u8>)
      struct Y<T>(Option<Box<X<T>>>, T)
      trait Tr { Out: }
      struct Deep<T>(<T as Tr>::Out, Box<Deep<<T as Tr>::Out>>)
      struct Wide<T>(<T as Tr>::Out, Box<Wide<Vec<T>>>)`,
      {
        'def List': ['T: Send', 'T: Sync'],
        'def Grow': ['yes', 'yes'],
        'def GrowT': ['T: Send', 'T: Sync'],
        'def X': ['T: Send', 'no'],
        'def Y': ['T: Send', 'no'],
        'List<Rc<u8>>': ['no', 'no'],
        'def Deep': ['unknown(limit)', 'unknown(limit)'],
        'def Wide': ['unknown(limit)', 'unknown(limit)'],
      },
    )
  })
})

describe('explicit impls', () => {
  it('replace structure, conditions and all', () => {
    check(
      `struct A(Rc<u8>)
      unsafe impl Send for A
      struct B<T>(*mut T)
      unsafe impl<U: Send> Send for B<U>
      struct C<T>(T)
      unsafe impl<T: Marker> Send for C<T>
      trait Marker
      impl Marker for A
      struct N(u8)
      impl !Send for N
      struct W<T>(*mut T)
      unsafe impl<T> Send for W<T> where Vec<T>: Send, Mutex<T>: Sync`,
      {
        A: ['yes', 'no'],
        'def B': ['T: Send', 'no'],
        'B<Cell<u8>>': ['yes', 'no'],
        'B<Rc<u8>>': ['no', 'no'],
        'def C': ['T: Marker', 'T: Sync'],
        'C<A>': ['yes', 'no'],
        'C<u8>': ['unknown(foreign-trait-bound)', 'yes'],
        'C<Rc<u8>>': ['unknown(foreign-trait-bound)', 'no'],
        N: ['no', 'yes'],
        'def W': ['T: Send', 'no'],
      },
    )
  })

  it('match particular arguments', () => {
    check(
      `struct Two<T>(T)
      unsafe impl Send for Two<u8>
      unsafe impl<T: Send> Send for Two<Vec<T>>
      struct Holder<T>(Two<T>)
      struct Pair<A, B>(A, B)
      unsafe impl<T> Send for Pair<T, T>`,
      {
        'Two<u8>': ['yes', 'yes'],
        'Two<u16>': ['no', 'yes'],
        'Two<Vec<u8>>': ['yes', 'yes'],
        'Two<Vec<Rc<u8>>>': ['no', 'no'],
        'def Holder': ['Two<T>: Send', 'T: Sync'],
        'Holder<u8>': ['yes', 'yes'],
        'Holder<u16>': ['no', 'yes'],
        'Pair<u8, u8>': ['yes', 'yes'],
        'Pair<u8, u16>': ['no', 'yes'],
        'Two<fn()>': ['no', 'yes'],
        'Pair<fn(), fn()>': ['unknown(impl-head)', 'yes'],
        'Two<Missing>': ['unknown(impl-head)', 'unknown(unresolved-name)'],
      },
    )
  })

  it('want Sized arguments', () => {
    check('trait Any\nstruct S<T>(*mut T)\nunsafe impl<T: Sized> Send for S<T>', {
      'S<u8>': ['yes', 'no'],
      'S<dyn Any>': ['no', 'no'],
      'S<str>': ['no', 'no'],
      'S<Box<dyn Any>>': ['yes', 'no'],
    })
  })

  it('prove bounds by impls that surely apply', () => {
    check(
      `trait Data
      trait Elem
      trait Other
      struct Owned<A>(A)
      struct View<A>(A)
      impl<A> Data for Owned<A>
      impl<A: Elem> Data for View<A>
      impl<T> Elem for Vec<T>
      impl<A: Send> Other for Owned<A>
      cfg(x) impl Other for u8
      struct Array<S>(*mut S)
      unsafe impl<S: Data + Send> Send for Array<S>
      struct Needs<S>(*mut S)
      unsafe impl<S: Other> Send for Needs<S>`,
      {
        'Array<Owned<u8>>': ['yes', 'no'],
        'Array<Owned<Rc<u8>>>': ['no', 'no'],
        'Array<View<Vec<u8>>>': ['yes', 'no'],
        'Array<View<u8>>': ['unknown(foreign-trait-bound)', 'no'],
        'Array<u8>': ['unknown(foreign-trait-bound)', 'no'],
        'Needs<Owned<u8>>': ['unknown(foreign-trait-bound)', 'no'],
        'Needs<u8>': ['unknown(foreign-trait-bound)', 'no'],
      },
    )
  })

  it('prove Clone and Copy of primitives only', () => {
    check('trait Copy\nstruct S<T>(*mut T)\nunsafe impl<T: Copy> Send for S<T>', {
      'S<u8>': ['yes', 'no'],
      'S<&Rc<u8>>': ['yes', 'no'],
      'S<(u8, char)>': ['yes', 'no'],
      'S<&mut u8>': ['unknown(foreign-trait-bound)', 'no'],
      'S<Vec<u8>>': ['unknown(foreign-trait-bound)', 'no'],
    })
  })
})

describe('undecided cfg', () => {
  it('joins what all alternatives say', () => {
    check(
      `struct Same(cfg(x) Rc<u8>, cfg(!x) *mut u8)
      struct Differ(cfg(x) Rc<u8>)
      struct Never(cfg(x) Rc<u8>, Cell<u8>)
      struct Harmless<T>(cfg(x) u8, T)
      struct Gen<T>(cfg(x) T)
      struct Some2<T>(cfg(x) (T, Cell<u8>), cfg(!x) Box<T>, cfg(y) MutexGuard<u8>, cfg(y) Cell<u8>)
      struct Impl(*mut u8)
      cfg(x) unsafe impl Send for Impl
      struct Both(*mut u8)
      cfg(x) unsafe impl Send for Both
      cfg(!x) unsafe impl Send for Both
      struct Out(Differ, Rc<u8>)
      struct Os(cfg(windows) Rc<u8>, cfg(unix) Rc<u8>, cfg(!unix) Rc<u8>)`,
      {
        Same: ['no', 'no'],
        Differ: ['unknown(cfg)', 'unknown(cfg)'],
        Never: ['unknown(cfg)', 'no'],
        'Harmless<u8>': ['yes', 'yes'],
        'Gen<u8>': ['unknown(cfg)', 'unknown(cfg)'],
        // Without x there is no T in it.
        'Gen<Rc<u8>>': ['unknown(cfg)', 'unknown(cfg)'],
        'Some2<Rc<u8>>': ['no', 'no'],
        Impl: ['unknown(cfg)', 'no'],
        Both: ['yes', 'no'],
        Out: ['no', 'no'],
        Os: ['no', 'no'],
      },
    )
  })
})

describe('bounds of the work', () => {
  it('is quick on 10,000 variants and on long chains', () => {
    const wide = Array.from({ length: 10_000 }, (_, i) => `struct V${i}(Vec<u8>)`).join('\n')
    const all = `struct All(${Array.from({ length: 10_000 }, (_, i) => `V${i}`).join(', ')})`
    const chain = Array.from({ length: 5_000 }, (_, i) => `struct C${i}<T>(Box<C${i + 1}<T>>)`).join('\n')
    check(`${wide}\n${all}\n${chain}\nstruct C5000<T>(Mutex<T>)`, {
      All: ['yes', 'yes'],
      'C0<Cell<u8>>': ['yes', 'yes'],
      'C0<Rc<u8>>': ['no', 'no'],
    })
  })
})
