import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lookup, plain, type TomlValue } from '../server/src/project/toml.ts'
import { readToml } from '../server/src/project/toml-reader.ts'

function data(text: string): unknown {
  const { root, problems } = readToml(text)
  expect(problems).toEqual([])
  return plain(root)
}

function written(text: string, value: TomlValue | null): string {
  return value ? text.slice(value.span.start, value.span.end) : ''
}

describe('values', () => {
  test('strings of all four kinds', () => {
    expect(data(`a = "x\\ty\\u00e9\\U0001F980\\\\"`)).toEqual({ a: 'x\tyé🦀\\' })
    expect(data(`a = 'C:\\path'`)).toEqual({ a: 'C:\\path' })
    expect(data('a = """\none\\\n   two\n"three"""""')).toEqual({ a: 'onetwo\n"three""' })
    expect(data("a = '''\r\nit's\r\n'''")).toEqual({ a: "it's\r\n" })
  })

  test('numbers, booleans, dates', () => {
    expect(data('a = [1_000, -2, 0xff, 0b11, 1.5e3, +inf, true, false]')).toEqual({
      a: [1000, -2, 255, 3, 1500, Infinity, true, false],
    })
    expect(data('a = 1979-05-27 07:32:00Z\nb = 07:32:00')).toEqual({ a: '1979-05-27 07:32:00Z', b: '07:32:00' })
  })

  test('dotted keys, quoted keys, inline tables, arrays over lines with comments', () => {
    expect(data('a.b.c = 1\na."x.y" = 2')).toEqual({ a: { b: { c: 1 }, 'x.y': 2 } })
    expect(data('a = { b = 1, c.d = { e = [] }, }')).toEqual({ a: { b: 1, c: { d: { e: [] } } } })
    expect(data('a = [ # one\n  1,\n\n  # two\n  2,\n]\nb = 3')).toEqual({ a: [1, 2], b: 3 })
  })

  test('tables, tables in tables, arrays of tables', () => {
    expect(data("[a]\nx = 1\n[a.b]\ny = 2\n[target.'cfg(unix)'.dependencies]\nz = '3'")).toEqual({
      a: { x: 1, b: { y: 2 } },
      target: { 'cfg(unix)': { dependencies: { z: '3' } } },
    })
    expect(data('[[p]]\nn = 1\n[p.q]\nm = 1\n[[p]]\nn = 2\n[p.q]\nm = 2')).toEqual({
      p: [
        { n: 1, q: { m: 1 } },
        { n: 2, q: { m: 2 } },
      ],
    })
    expect(data('[a.b]\nx = 1\n[a]\ny = 2')).toEqual({ a: { b: { x: 1 }, y: 2 } })
  })

  test('byte order mark and CRLF', () => {
    expect(data('\ufeff[a]\r\nx = 1\r\n')).toEqual({ a: { x: 1 } })
  })
})

describe('positions', () => {
  const text = '# 🦀\n[dependencies]\npyo3 = { version = "0.29", features = ["abi3"] }\n[dependencies.serde]\nversion = "1"\n'
  const { root } = readToml(text)
  test('are UTF-16 offsets of what was written', () => {
    expect(written(text, lookup(root, 'dependencies', 'pyo3'))).toBe('{ version = "0.29", features = ["abi3"] }')
    expect(written(text, lookup(root, 'dependencies', 'pyo3', 'version'))).toBe('"0.29"')
    expect(written(text, lookup(root, 'dependencies', 'serde'))).toBe('[dependencies.serde]\nversion = "1"')
  })
})

describe('broken text', () => {
  test.each([
    ['a line without a value', 'a = \nb = 1', { b: 1 }, 4],
    ['a string that is not closed', 'a = "x\nb = 1', { b: 1 }, 4],
    ['rubbish', 'a = 1\n%%%\nb = 2', { a: 1, b: 2 }, 6],
    ['a word without quotes', 'a = hello\nb = 1', { b: 1 }, 4],
    ['something after the value', 'a = 1 2\nb = 1', { a: 1, b: 1 }, 6],
    ['a key that is there twice', 'a = 1\na = 2', { a: 1 }, 6],
    ['an array that is not closed', 'b = 1\na = [1, 2\n', { b: 1 }, 16],
    ['an array that swallows a header', 'a = [1,\n  2,\n[b]\nc = 1', { b: { c: 1 } }, 14],
    ['a table over a value', 'a = 1\n[a]\nb = 1\n[c]\nd = 1', { a: 1, c: { d: 1 } }, 7],
  ])('%s is noted and skipped', (_, text, expected, at) => {
    const { root, problems } = readToml(text)
    expect(plain(root)).toEqual(expected)
    expect(problems).toHaveLength(1)
    expect(problems[0]?.span.start).toBe(at)
  })

  test('pairs after a broken header do not land in the table before', () => {
    expect(plain(readToml('[a]\nx = 1\n[b\ny = 2\n[c]\nz = 3').root)).toEqual({ a: { x: 1 }, c: { z: 3 } })
  })

  test('nesting without end is refused', () => {
    expect(readToml(`a = ${'['.repeat(100_000)}`).problems).toHaveLength(1)
  })

  test('any text is read to the end, with spans inside of it', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '[[',
      '{',
      '}',
      '"',
      "'",
      '"""',
      '=',
      '.',
      ',',
      '\n',
      '\r\n',
      '#',
      '\\',
      ' ',
      'a',
      '1',
      '🦀',
      'true',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('')
        const { root, problems } = readToml(text)
        expect(root.span.end).toBe(text.length)
        for (const { span } of problems) expect(0 <= span.start && span.start <= span.end && span.end <= text.length).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('what JSON can say comes back', () => {
    const key = fc.string({ minLength: 1, maxLength: 8 })
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 4 }))
    fc.assert(
      fc.property(fc.dictionary(key, value), (object) => {
        const quote = (x: unknown): string => JSON.stringify(x).replaceAll('\u007f', '\\u007f')
        const text = Object.entries(object).map(([name, x]) => `${quote(name)} = ${quote(x)}\n`)
        expect(data(text.join(''))).toEqual(Object.fromEntries(Object.entries(object)))
      }),
    )
  })
})
