import { parseBounds } from './bounds.ts'
import { readBraced } from './containers.ts'
import { type Build, createScope, finish, type Head, identify, readIdentity } from './draft.ts'
import { isAssign } from './functions.ts'
import { finishGenerics, parseGenericParams, parseWhere } from './generics.ts'
import { IDENT, LITERAL } from './lexer.ts'
import { collectNested, holdsItemWords } from './nested.ts'
import { COLON, eat, endOf, fail, isWord, kindAt, type Reader, SEMICOLON, skipTo, startOf, wordAt } from './reader.ts'
import type { ExternBlockItem, Item, TypeItem, ValueItem } from './summary.ts'
import { parseType } from './types.ts'

const QUALIFIERS = new Set(['default', 'const', 'async', 'unsafe', 'safe', 'extern', 'gen', 'auto'])
const QUALIFIED = new Set(['fn', 'impl', 'trait', 'mod', 'extern', 'type', 'static', 'const', ...QUALIFIERS])

/** Whether token `index` is a word in front of an item's keyword, such as the `unsafe` of `unsafe impl`. */
export function isQualifier(r: Reader, index: number): boolean {
  const word = wordAt(r, index)
  if (!QUALIFIERS.has(word)) return false
  if (word === 'extern') {
    const next = kindAt(r, index + 1) === LITERAL ? index + 2 : index + 1
    return isWord(r, next, 'fn')
  }
  const next = wordAt(r, index + 1)
  if (word === 'auto') return next === 'trait'
  if (word === 'const')
    return next === 'fn' || next === 'async' || next === 'unsafe' || next === 'extern' || next === 'impl' || next === 'trait'
  if (word === 'default' && (next === 'const' || next === 'type')) return kindAt(r, index + 2) === IDENT
  return QUALIFIED.has(next)
}

/** Reads a type alias or associated type; the reader stands behind the word `type`. */
export function readType(build: Build, head: Head): TypeItem {
  const { r } = build
  const identity = readIdentity(build, head, 'type')
  const generics = parseGenericParams(r)
  const bounds = eat(r, COLON) ? parseBounds(r, true) : []
  parseWhere(r, generics)
  const type = isAssign(r) ? readAssigned(r) : null
  parseWhere(r, generics)
  endWithSemicolon(r)
  return { kind: 'type', ...finish(build, head, identity), generics: finishGenerics(generics), type, bounds }
}

function readAssigned(r: Reader): ReturnType<typeof parseType> {
  r.at++
  return parseType(r)
}

function endWithSemicolon(r: Reader): void {
  const first = r.at
  skipTo(r, SEMICOLON, SEMICOLON)
  if (r.at > first) fail(r, first)
  if (!eat(r, SEMICOLON)) fail(r, r.at)
}

/** Reads `const NAME: T = …;` or `static mut NAME: T = …;`; the keyword is token `index`. Null if it is neither. */
export function readValue(build: Build, head: Head, index: number, word: 'const' | 'static'): ValueItem | null {
  const { r } = build
  const mutable = isWord(r, index + 1, 'mut')
  const name = index + (mutable ? 2 : 1)
  if (kindAt(r, name) !== IDENT || (kindAt(r, name + 1) !== COLON && kindAt(r, name + 1) !== 0x3d)) return null
  r.at = name
  const identity = readIdentity(build, head, word)
  const type = eat(r, COLON) ? parseType(r) : null
  const { span, children } = readInitializer(build, identity.key)
  if (!eat(r, SEMICOLON)) fail(r, r.at)
  return { kind: word, ...finish(build, head, identity, { span, body: null }), mutable, type, children }
}

function readInitializer(build: Build, key: string): { span: { start: number; end: number } | null; children: readonly Item[] } {
  const { r } = build
  if (!isAssign(r)) {
    const first = r.at
    skipTo(r, SEMICOLON, SEMICOLON)
    if (r.at > first) fail(r, first)
    return { span: null, children: [] }
  }
  const first = ++r.at
  skipTo(r, SEMICOLON, SEMICOLON)
  const span = { start: startOf(r, first), end: Math.max(startOf(r, first), endOf(r, r.at - 1)) }
  return { span, children: holdsItemWords(build, span) ? collectNested(build, first, r.at, createScope(key)) : [] }
}

/** Reads `extern "C" { … }`; the reader stands at the `{`. */
export function readExternBlock(build: Build, head: Head, abi: string): ExternBlockItem {
  const identity = identify(head, `extern_block${abi === '' ? '' : ` ${abi.replaceAll('"', '')}`}`)
  const { children, hole, inner } = readBraced(build, head, identity.key)
  return { kind: 'extern_block', ...finish(build, head, identity, { span: hole, body: null }, inner), children }
}
