import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { rustTokenizer, type Token } from './grammar/tokenize.ts'

const THREADS = 'keyword.other.thread-safety.pyo3.rust'
const OPTION = 'variable.parameter.option.pyo3.rust'
const ATTRIBUTE = 'entity.other.attribute-name.pyo3.rust'
const SAFETY = 'keyword.codetag.safety.rust'

let tokenize: (source: string) => readonly Token[]

beforeAll(async () => {
  // RUST_GRAMMAR names an editor's own grammar, to see that the small one here stands for it.
  tokenize = await rustTokenizer(process.env['RUST_GRAMMAR'] ?? path.join(import.meta.dirname, 'grammar/rust.tmLanguage.json'))
})

/** The pieces of text that carry one of our scopes, in order, as `text → scope`. */
function coloured(source: string): readonly string[] {
  const ours = new Set([THREADS, OPTION, ATTRIBUTE, SAFETY])
  return tokenize(source).flatMap(({ text, scopes }) =>
    scopes.filter((scope) => ours.has(scope)).map((scope) => `${text.trim()} → ${scope}`),
  )
}

/** The innermost scopes of the first token that is exactly `text`. */
function scopesOf(source: string, text: string): readonly string[] {
  return tokenize(source).find((token) => token.text.trim() === text)?.scopes ?? []
}

describe('attribute options', () => {
  it.each<[string, readonly string[]]>([
    ['#[pyclass]', [`pyclass → ${ATTRIBUTE}`]],
    ['#[pyclass(frozen, unsendable)]', [`pyclass → ${ATTRIBUTE}`, `frozen → ${THREADS}`, `unsendable → ${THREADS}`]],
    ['#[pyclass(frozen, name = "frozen")]', [`pyclass → ${ATTRIBUTE}`, `frozen → ${THREADS}`, `name → ${OPTION}`]],
    ['#[pyo3::pyclass(get_all)]', [`pyclass → ${ATTRIBUTE}`, `get_all → ${OPTION}`]],
    ['#[pymodule(gil_used = false)]', [`pymodule → ${ATTRIBUTE}`, `gil_used → ${THREADS}`]],
    ['#[pymethods]', [`pymethods → ${ATTRIBUTE}`]],
    ['#[pyfunction(signature = (name, frozen=1))]', [`pyfunction → ${ATTRIBUTE}`, `signature → ${OPTION}`]],
    ['#[pyo3(get, set)] value: u32,', [`pyo3 → ${ATTRIBUTE}`, `get → ${OPTION}`, `set → ${OPTION}`]],
    ['#[new]', [`new → ${ATTRIBUTE}`]],
    ['#[getter(size)]', [`getter → ${ATTRIBUTE}`]],
    ['#[staticmethod]', [`staticmethod → ${ATTRIBUTE}`]],
  ])('%s', (source, expected) => {
    expect(coloured(source)).toEqual(expected)
  })

  it('are found in a cfg_attr over several lines, with comments between', () => {
    const source = `#[cfg_attr(
    feature = "python",
    pyclass(
        frozen, // pyclass(unsendable)
        /* gil_used */ name = "pyclass(frozen)",
        eq
    )
)]
pub struct Index { frozen: bool }`
    expect(coloured(source)).toEqual([`pyclass → ${ATTRIBUTE}`, `frozen → ${THREADS}`, `name → ${OPTION}`, `eq → ${OPTION}`])
  })

  it('end where the attribute ends, after nested parentheses', () => {
    const source = '#[cfg_attr(x, pyo3(signature = (a=(1, 2), b=None), text_signature = "(a)"), serde(frozen))] fn name() {}'
    expect(coloured(source)).toEqual([`pyo3 → ${ATTRIBUTE}`, `signature → ${OPTION}`, `text_signature → ${OPTION}`])
  })

  it('keep the strings, numbers, booleans and types inside them', () => {
    const source = '#[pyclass(gil_used = false, freelist = 8, extends = PyDict, name = "X")]'
    expect(scopesOf(source, 'false')).toContain('constant.language.bool.rust')
    expect(scopesOf(source, '8')).toContain('constant.numeric.decimal.rust')
    expect(scopesOf(source, 'PyDict')).toContain('entity.name.type.rust')
    expect(scopesOf(source, 'X')).toContain('string.quoted.double.rust')
  })

  it.each([
    '#[serde(frozen, name = "x")]',
    '#[cfg(feature = "pyo3")]',
    '#[doc = "pyclass(frozen)"]',
    'let frozen = pyclass(unsendable);',
    '// #[pyclass(frozen)]',
    '/* #[pyclass(frozen)] */',
    'let text = "#[pyclass(frozen)]";',
    '#[cfg_attr(pyo3, inline)]',
    '#[path = "new"] mod new;',
  ])('leave alone: %s', (source) => {
    expect(coloured(source)).toEqual([])
  })
})

describe('SAFETY comments', () => {
  it.each<[string, string, string]>([
    ['// SAFETY: the lock is held', 'SAFETY', 'comment.line.double-slash.rust'],
    ['    unsafe impl Send for X {} // SAFETY: see above', 'SAFETY', 'comment.line.double-slash.rust'],
    ['//! SAFETY: for the module', 'SAFETY', 'comment.line.double-slash.rust'],
    ['/// SAFETY: callers hold the lock', 'SAFETY', 'comment.line.documentation.rust'],
    ['/// # Safety', '# Safety', 'comment.line.documentation.rust'],
    ['/* SAFETY: never shared */', 'SAFETY', 'comment.block.rust'],
    ['/* one\n * SAFETY: never shared\n */', 'SAFETY', 'comment.block.rust'],
    ['/** SAFETY: documented */', 'SAFETY', 'comment.block.documentation.rust'],
    ['#[pyclass( // SAFETY: in an attribute\n)]', 'SAFETY', 'comment.line.double-slash.rust'],
  ])('%j', (source, tag, comment) => {
    expect(scopesOf(source, tag)).toEqual(expect.arrayContaining([SAFETY, comment]))
  })

  it('stay comments to the end of the line, and no further', () => {
    const source = '// SAFETY: a */ b "c\nlet x = "SAFETY: no";'
    expect(
      tokenize(source)
        .filter(({ line }) => line === 0)
        .every(({ scopes }) => scopes.includes('comment.line.double-slash.rust')),
    ).toBe(true)
    expect(
      tokenize(source)
        .filter(({ line }) => line === 1)
        .some(({ scopes }) => scopes.some((scope) => scope.startsWith('comment'))),
    ).toBe(false)
    expect(coloured(source)).toEqual([`SAFETY → ${SAFETY}`])
  })

  it.each(['// UNSAFETY: no', '// no SAFETY here', 'let SAFETY: u32 = 1;', '"// SAFETY: no"'])('leave alone: %s', (source) => {
    expect(coloured(source)).toEqual([])
  })
})
