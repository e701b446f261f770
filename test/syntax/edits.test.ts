import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyEdits,
  composeEdits,
  deeper,
  fitted,
  indentationAt,
  insert,
  lineEnding,
  lineStart,
  minimalEdit,
  overlaps,
  remove,
  replace,
  type TextEdit,
  wholeLines,
} from '../../server/src/syntax/edits.ts'
import { indexLines, offsetAt, positionAt } from '../../server/src/syntax/lines.ts'

describe('applyEdits', () => {
  it('does all edits at once, insertions at one place in order', () => {
    const edits = [
      replace({ start: 4, end: 7 }, 'X'),
      insert(4, 'a'),
      insert(4, 'b'),
      remove({ start: 0, end: 1 }),
      insert(7, 'c'),
    ]
    expect(applyEdits('012 456 89', edits)).toBe('12 abXc 89')
  })

  it('is null for overlaps and for spans outside the text', () => {
    const overlapping = [replace({ start: 0, end: 2 }, ''), replace({ start: 1, end: 3 }, '')]
    expect(overlaps(overlapping)).toBe(true)
    expect(applyEdits('0123', overlapping)).toBeNull()
    expect(applyEdits('01', [insert(3, 'x')])).toBeNull()
    expect(applyEdits('01', [{ span: { start: 1, end: 0 }, newText: '' }])).toBeNull()
    expect(overlaps([replace({ start: 0, end: 2 }, ''), replace({ start: 2, end: 3 }, ''), insert(2, 'x')])).toBe(false)
  })
})

describe('composeEdits', () => {
  it('does what both do, one after the other', () => {
    const edit = (length: number): fc.Arbitrary<TextEdit[]> =>
      fc
        .tuple(fc.nat(length), fc.nat(3), fc.string({ maxLength: 4 }))
        .map(([start, size, newText]) => [{ span: { start, end: start + size }, newText }])
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 3, maxLength: 20 }), edit(8), edit(8), (text, first, second) => {
        const between = applyEdits(text, first)
        const after = between === null ? null : applyEdits(between, second)
        const composed = composeEdits(text, first, second)
        expect(composed === null ? null : applyEdits(text, composed)).toBe(after)
      }),
    )
  })
})

describe('minimalEdit', () => {
  it('touches only what differs', () => {
    expect(minimalEdit('abcd', 'abXd')).toEqual({ span: { start: 2, end: 3 }, newText: 'X' })
    expect(minimalEdit('aa', 'aaa')).toEqual({ span: { start: 2, end: 2 }, newText: 'a' })
    expect(minimalEdit('a', 'a')).toBeNull()
    expect(minimalEdit('x🦀', 'x🦂')).toEqual({ span: { start: 1, end: 3 }, newText: '🦂' })
    expect(minimalEdit('a\r\nb', 'a\nb')?.span).toEqual({ start: 1, end: 3 })
  })
})

describe('layout', () => {
  it('keeps line endings and indentation', () => {
    const text = 'impl A {\r\n\tfn f() {}\r\n}\r\n'
    const at = text.indexOf('fn f')
    expect(lineEnding(text)).toBe('\r\n')
    expect(indentationAt(text, at)).toBe('\t')
    expect(deeper('\t')).toBe('\t\t')
    expect(deeper('    ')).toBe('        ')
    expect(fitted(text, 'a\n\nb', '\t')).toBe('a\r\n\r\n\tb')
    expect(lineStart('\na', 0)).toBe(0)
    expect(lineStart('\na', 1)).toBe(1)
  })

  it('takes whole lines only where nothing else stands in them', () => {
    const text = 'a;\n  b; \nc; d;\n'
    expect(wholeLines(text, { start: 5, end: 7 })).toEqual({ start: 3, end: 9 })
    expect(wholeLines(text, { start: 9, end: 11 })).toEqual({ start: 9, end: 11 })
  })
})

describe('lines', () => {
  it('knows the three line endings, and counts a byte order mark', () => {
    const lines = indexLines('\ufeffa\r\nb\rc\n🦀d')
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12].map((offset) => Object.values(positionAt(lines, offset)).join(':'))).toEqual([
      '0:0',
      '0:1',
      '0:2',
      '0:2',
      '1:0',
      '1:1',
      '2:0',
      '2:1',
      '3:0',
      '3:1',
      '3:3',
      '3:3',
    ])
  })

  it('goes back and forth', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('\r', '\n', 'a', '🦀', '\r\n')).map((parts) => parts.join('')),
        fc.nat(30),
        (text, at) => {
          const lines = indexLines(text)
          const offset = offsetAt(lines, positionAt(lines, at))
          const insideEnding = text[at - 1] === '\r' && text[at] === '\n'
          expect(offset).toBe(insideEnding ? at - 1 : Math.min(at, text.length))
        },
      ),
    )
  })

  it('clamps', () => {
    const lines = indexLines('ab\nc')
    expect(offsetAt(lines, { line: 0, character: 99 })).toBe(2)
    expect(offsetAt(lines, { line: 9, character: 0 })).toBe(4)
    expect(offsetAt(lines, { line: -1, character: 0 })).toBe(0)
    expect(positionAt(lines, -1)).toEqual({ line: 0, character: 0 })
  })
})
