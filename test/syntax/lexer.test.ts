import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Token, tokenize } from '../../server/src/syntax/lexer.ts'
import { stringValue } from '../../server/src/syntax/literals.ts'

function kinds(text: string): string[] {
  return tokenize(text).map((token) => `${token.kind} ${text.slice(token.start, token.end)}`)
}

describe('tokenize', () => {
  it.each<[string, string[]]>([
    [
      "'a 'b' '\\'' '\\u{1F600}' '🦀' 'static",
      ["lifetime 'a", "literal 'b'", "literal '\\''", "literal '\\u{1F600}'", "literal '🦀'", "lifetime 'static"],
    ],
    ['"a\\"b" b"x" c"y" b\'z\'', ['literal "a\\"b"', 'literal b"x"', 'literal c"y"', "literal b'z'"]],
    ['r"\\" r#"a"b"# br##"x"#y"##', ['literal r"\\"', 'literal r#"a"b"#', 'literal br##"x"#y"##']],
    ['r#type r#struct', ['ident r#type', 'ident r#struct']],
    [
      '1..2 1.5e-3 0xff_u8 1.max(2) x.0.1',
      [
        'literal 1',
        'punct .',
        'punct .',
        'literal 2',
        'literal 1.5e-3',
        'literal 0xff_u8',
        'literal 1',
        'punct .',
        'ident max',
        'open (',
        'literal 2',
        'close )',
        'ident x',
        'punct .',
        'literal 0.1',
      ],
    ],
    ['/* a /* b */ c */ x', ['comment /* a /* b */ c */', 'ident x']],
    [
      '/// d\n//! i\n//// no\n/** b */ /**/ /***/',
      ['doc /// d', 'doc //! i', 'comment //// no', 'doc /** b */', 'comment /**/', 'comment /***/'],
    ],
    ['#!/usr/bin/env run\nfn', ['comment #!/usr/bin/env run', 'ident fn']],
    ['#![allow(x)]', ['punct #', 'punct !', 'open [', 'ident allow', 'open (', 'ident x', 'close )', 'close ]']],
    ['\ufeffuse größe;', ['ident use', 'ident größe', 'punct ;']],
    ['// a\r\nb', ['comment // a', 'ident b']],
    ["x as u8'a", ['ident x', 'ident as', 'ident u8', "lifetime 'a"]],
  ])('%s', (text, expected) => {
    expect(kinds(text)).toEqual(expected)
  })

  it('marks punctuation that another touches', () => {
    expect(tokenize('a::b : : ->(').map((token) => token.joint)).toEqual([
      false,
      true,
      false,
      false,
      false,
      false,
      true,
      false,
      false,
    ])
  })

  it('keeps an unfinished string to its line when code follows', () => {
    const text = 'fn a() { let s = "oops; }\npub struct B { x: u8 }\nfn c() { "ok" }\n'
    expect(kinds(text)).toContain('ident struct')
    expect(kinds(text)).toContain('literal "ok"')
  })

  it('covers the text with tokens and white space, for any text', () => {
    const rusty = fc
      .array(
        fc.constantFrom(
          '"',
          "'",
          "'a",
          'r#',
          '#"',
          '/*',
          '*/',
          '//',
          '\n',
          '\\',
          'b',
          '{',
          '}',
          '1.',
          'e+',
          ' ',
          '🦀',
          '\u0301',
          'fn',
        ),
      )
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(rusty, fc.string({ unit: 'binary' })), (text) => {
        expect(gaps(text, tokenize(text)).replaceAll(/[\s\u0085\u200e\u200f\ufeff]/g, '')).toBe('')
      }),
      { numRuns: 1000 },
    )
  })
})

/** What stands between the tokens; fails if they overlap or are empty. */
function gaps(text: string, tokens: readonly Token[]): string {
  let at = 0
  let result = ''
  for (const { start, end } of tokens) {
    if (start < at || end <= start) throw new Error(`token ${start}..${end} after ${at}`)
    result += text.slice(at, start)
    at = end
  }
  return result + text.slice(at)
}

describe('stringValue', () => {
  it.each([
    ['"a\\n\\"\\u{1F980}\\x41"', 'a\n"🦀A'],
    ['r#"a\\n"b"#', 'a\\n"b'],
    ['"a \\\n   b"', 'a b'],
    ['b"x\\0"', 'x\0'],
    ['"\\u{FFFFFFFF}"', '\\u{FFFFFFFF}'],
  ])('%s', (literal, value) => {
    expect(stringValue(literal)).toBe(value)
  })

  it('is null for what is no string', () => {
    expect(stringValue("'a'")).toBeNull()
    expect(stringValue('12')).toBeNull()
  })
})
