import { expect, it } from 'vitest'
import { classVerdicts } from '../../server/src/autotraits/queries.ts'
import { verdictText } from '../../server/src/autotraits/verdicts.ts'
import { loadCrate } from './load.ts'

/** What rustc would not compile, or not end with, still gets an answer. */
function answers(source: string): Record<string, string> {
  const crate = loadCrate(new Map([['lib.rs', source]]))
  const found: Record<string, string> = {}
  for (const { id, item } of crate.items()) {
    if (item.kind !== 'struct' && item.kind !== 'enum') continue
    const { send, sync } = crate.ask((db) => classVerdicts(db, id))
    found[item.name] = [send, sync].map((it) => it.reason?.code ?? verdictText(it)).join(' | ')
  }
  return found
}

it('ends on circles and on types that grow', () => {
  expect(
    answers(`
      type X = Y; type Y = Option<X>;
      struct Alias(X);
      struct Grow<T>(Box<Grow<Vec<T>>>);
      struct GrowOut<T: Iterator>(Option<Box<GrowOut<std::iter::Peekable<T>>>>, T::Item);
      struct Itself(Itself);
      struct Left(Right); struct Right(Left, std::rc::Rc<u8>);
      mod a { pub use super::b::*; } mod b { pub use super::a::*; }
      struct Nowhere(a::Thing);
    `),
  ).toEqual({
    Alias: 'cyclic-alias | cyclic-alias',
    Grow: 'yes | yes',
    GrowOut: 'yes if <T>::Item: Send | yes if <T>::Item: Sync',
    Itself: 'yes | yes',
    Left: 'no | no',
    Right: 'no | no',
    Nowhere: 'unresolved-name | unresolved-name',
  })
})

it('says unknown where a macro or an attribute may say otherwise', () => {
  expect(
    answers(`
      gone::make!(Made);
      struct Named(Made);
      struct Forced(*mut u8);
      gone::promise!(Forced);
      #[gone::rewrite] struct Rewritten { a: u8 }
      struct Fine(u8);
    `),
  ).toMatchObject({ Named: 'macro-item | macro-item', Forced: 'macro-item | macro-item', Fine: 'yes | yes' })
})

it('answers for an enum of 10,000 variants in a type nested 40 deep', () => {
  const deep = `${'Option<'.repeat(40)}std::cell::Cell<u8>${'>'.repeat(40)}`
  const variants = Array.from({ length: 10_000 }, (_, i) => `V${i}(Vec<u${[8, 16, 32, 64][i % 4]}>)`)
  expect(answers(`enum Wide { ${variants.join(', ')} }\nstruct Deep(${deep});\nstruct Both(Wide, Deep);`)).toEqual({
    Wide: 'yes | yes',
    Deep: 'yes | no',
    Both: 'yes | no',
  })
})
