import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSummary } from '../../server/src/syntax/summarize.ts'

function keys(text: string): string[] {
  return [...parseSummary(text).positions.items.keys()]
}

const AFTER = '\n#[pyclass]\npub struct After {\n    x: u8,\n}\n'

describe('broken code under the cursor', () => {
  it.each([
    ['an open fn body', 'fn f() {\n    if x {\n        y(\n'],
    ['an open impl', 'impl A {\n    fn f(&self) {\n    }\n'],
    ['an open parameter list', 'fn f(a: u8,\n'],
    ['an open attribute', '#[pyclass(frozen\nstruct Before { x: u8 }\n'],
    ['a name without body', 'struct Before\n'],
    ['an open generic list', 'struct Before<T\n'],
    ['an open field list', 'struct Before {\n    a: u8,\n    b:\n'],
    ['one brace too many', 'fn f() {\n    }\n}\n'],
    ['an extra brace in an impl', 'impl A {\n    fn f(&self) {\n        }\n    }\n    fn g() {}\n}\n'],
    ['an open string', 'fn f() {\n    let s = "abc;\n}\n'],
    ['an open raw string', 'fn f() {\n    let s = r#"abc;\n}\n'],
    ['an open comment', 'fn f() {\n    /* abc\n}\n'],
    ['words', 'some words here\n'],
    ['a word and braces', 'strct X { a: u8 }\n'],
    ['an initializer', 'const A: u8 = \n'],
    ['a use', 'use a::b::\n'],
    ['a use list', 'use a::{b, \n'],
    ['a let at the top', 'let x = 1;\n'],
    ['an open where', 'fn f<T>() where T:\n'],
    ['an open macro call', 'foo!(\n'],
    ['a half attribute', '#[\n'],
    ['a type alias', 'type A =\n'],
    ['an impl head', 'impl Foo for\n'],
  ])('%s does not hide what follows', (_name, broken) => {
    const { summary, positions } = parseSummary(broken + AFTER)
    const after = summary.items.find((item) => item.key === 'struct After')
    expect(after?.kind).toBe('struct')
    expect(after?.attrs.map(({ meta }) => meta.path)).toContain('pyclass')
    expect(positions.errors.length).toBeGreaterThan(0)
    // The same in a module, and with CRLF.
    const nested = `mod m {\n${(broken + AFTER).replaceAll(/^(?=.)/gm, '    ')}}\n`
    expect(keys(nested)).toContain('mod m/struct After')
    expect(keys((broken + AFTER).replaceAll('\n', '\r\n'))).toContain('struct After')
  })

  it('keeps the fields around a broken one', () => {
    const [item] = parseSummary(
      'struct A {\n    a: u8\n    b: ,\n    c: Vec<\n    d: u8,\n    #[x]\n    e u8,\n    f: RefCell<u8>,\n}',
    ).summary.items
    if (item?.kind !== 'struct') throw new Error('no struct')
    const types = item.fields.map(({ name, type }) => `${name} ${type.kind}`)
    expect(types).toContain('a path')
    expect(types).toContain('b error')
    expect(types).toContain('f path')
    expect(types).not.toContain('e path')
  })

  it('a generic type in the making does not eat the next field', () => {
    const [item] = parseSummary('struct A {\n    a: Vec<,\n    b: u8,\n}\nstruct B;').summary.items
    expect(item).toMatchObject({ kind: 'struct', name: 'A' })
    expect(keys('struct A {\n    a: Vec<,\n    b: u8,\n}\nstruct B;')).toEqual(['struct A', 'struct B'])
  })

  it('never throws, and stays inside the text, for any text', () => {
    const words = [
      'struct S',
      'impl',
      ' for ',
      'fn f',
      '(',
      ')',
      '{',
      '}',
      '<',
      '>',
      '[',
      ']',
      '#[',
      '#![',
      "'a",
      '"',
      '::',
      ':',
      ',',
      ';',
      '=',
      '->',
      '&',
      'mut ',
      'dyn ',
      'where ',
      'use ',
      '*',
      '!',
      '\n',
      '    ',
      'pub ',
      'const ',
      'enum E',
      'macro_rules! m',
      'r#"',
      '/*',
      '//',
      'T',
      '+',
      '?',
      'self',
      'x: ',
      'as ',
      'extern ',
      '1',
      'mod m',
      'for<',
    ]
    const text = fc.oneof(
      { weight: 4, arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join('')) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    )
    fc.assert(
      fc.property(text, (source) => {
        const { positions } = parseSummary(source)
        for (const { start, end, headStart } of positions.items.values()) {
          if (start > headStart || headStart > end || end > source.length)
            throw new Error(`${start} ${headStart} ${end} of ${source.length}`)
        }
        for (const { start, end } of positions.errors)
          if (start > end || end > source.length) throw new Error(`error ${start}..${end}`)
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    '(',
    '{',
    '[',
    '<',
    '&',
    'Vec<',
    'fn f(x: fn(',
    'mod m{',
    '#[a(',
    'use a::{',
    'fn f(){struct A;',
    '*const ',
    '<T as ',
    'impl ',
  ])('survives 20,000 times %s', (part) => {
    parseSummary(`struct A { x: ${part.repeat(20_000)} }`)
    parseSummary(part.repeat(20_000))
  })

  it('reads more than a megabyte on one line', () => {
    const unit = 'struct A{x:Vec<u8>}fn f(&self)->u8{1+1}'
    const { positions } = parseSummary(unit.repeat(30_000))
    expect(positions.items.size).toBe(60_000)
  })
})
