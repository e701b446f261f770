import { parseBounds } from './bounds.ts'
import { type Build, createScope, finish, type Head, identify, readIdentity, readInnerAttributes } from './draft.ts'
import { isAssign } from './functions.ts'
import { finishGenerics, type GenericsDraft, parseGenericParams, parseWhere } from './generics.ts'
import { readItems } from './items.ts'
import { IDENT, LIFETIME } from './lexer.ts'
import {
  BANG,
  COLON,
  COMMA,
  EQUALS,
  eat,
  eatWord,
  endOf,
  fail,
  GREATER,
  groupInnerEnd,
  HASH,
  inGroup,
  isPathSeparator,
  isWord,
  kind,
  kindAt,
  LBRACE,
  LESS,
  type Reader,
  SEMICOLON,
  startOf,
  textFrom,
} from './reader.ts'
import type { Span } from './span.ts'
import type { Attr, ImplItem, Item, ModItem, Path, TraitItem, TypeExpr } from './summary.ts'
import { parseType } from './types.ts'

/** Reads the items between the braces that open here; `hole` is where they stand (absolute). */
export function readBraced(build: Build, head: Head, key: string): { children: Item[]; hole: Span; inner: readonly Attr[] } {
  const { r } = build
  const { base } = r
  const innerEnd = groupInnerEnd(r, r.at)
  return inGroup(r, () => {
    const inner = readInnerAttributes(build, head)
    const start = endOf(r, r.at - 1)
    const children = readItems(build, createScope(key))
    r.base = base
    return { children, hole: { start, end: Math.max(start, startOf(r, innerEnd)) }, inner }
  })
}

/** Reads a module; the reader stands behind the word `mod`. */
export function readMod(build: Build, head: Head): ModItem {
  const { r } = build
  const identity = readIdentity(build, head, 'mod')
  if (kind(r) !== LBRACE) {
    if (!eat(r, SEMICOLON)) fail(r, r.at)
    return { kind: 'mod', ...finish(build, head, identity), children: null }
  }
  const { children, hole, inner } = readBraced(build, head, identity.key)
  return { kind: 'mod', ...finish(build, head, identity, { span: hole, body: null }, inner), children }
}

/** Reads a trait or a trait alias; the reader stands behind the word `trait`. */
export function readTrait(build: Build, head: Head, unsafe: boolean, auto: boolean): TraitItem {
  const { r } = build
  const identity = readIdentity(build, head, 'trait')
  const generics = parseGenericParams(r)
  const supertraits = eat(r, COLON) ? parseBounds(r, true) : []
  if (isAssign(r)) {
    r.at++
    supertraits.push(...parseBounds(r, true))
  }
  parseWhere(r, generics)
  const { children, hole, inner } = readOptionalBraces(build, head, identity.key)
  const base = finish(build, head, identity, { span: hole, body: null }, inner)
  return { kind: 'trait', ...base, generics: finishGenerics(generics), auto, unsafe, supertraits, children }
}

function readOptionalBraces(
  build: Build,
  head: Head,
  key: string,
): { children: Item[]; hole: Span | null; inner: readonly Attr[] } {
  if (kind(build.r) === LBRACE) return readBraced(build, head, key)
  if (!eat(build.r, SEMICOLON)) fail(build.r, build.r.at)
  return { children: [], hole: null, inner: [] }
}

/** Reads an impl; the reader stands behind the word `impl`. */
export function readImpl(build: Build, head: Head, unsafe: boolean): ImplItem {
  const { r } = build
  const generics: GenericsDraft = hasImplGenerics(r) ? parseGenericParams(r) : { params: [], where: [] }
  if (isWord(r, r.at, 'const') && kindAt(r, r.at + 1) === IDENT) r.at++
  const first = r.at
  const negative = kind(r) === BANG && kindAt(r, r.at + 1) !== LBRACE ? eat(r, BANG) : false
  const subject = parseType(r)
  const isTrait = eatWord(r, 'for')
  const self = isTrait ? parseType(r) : subject
  const text = textFrom(r, first).replaceAll(/\s+/g, ' ').replaceAll('/', '')
  const identity = identify(head, `impl ${text.slice(0, 120)}`)
  parseWhere(r, generics)
  const { children, hole, inner } = readOptionalBraces(build, head, identity.key)
  const base = finish(build, head, identity, { span: hole, body: null }, inner)
  const trait = isTrait ? { path: pathOf(subject), negative } : null
  return { kind: 'impl', ...base, generics: finishGenerics(generics), unsafe, trait, self, children }
}

function pathOf(type: TypeExpr): Path {
  return type.kind === 'path' ? type.path : { global: false, segments: [], span: type.span }
}

/** Whether the `<` after `impl` opens parameters and not `<T as Trait>::Type` (the grammar's own rule). */
function hasImplGenerics(r: Reader): boolean {
  if (kind(r) !== LESS) return false
  const code = kindAt(r, r.at + 1)
  if (code === GREATER || code === HASH || code === LIFETIME || isWord(r, r.at + 1, 'const')) return true
  const next = kindAt(r, r.at + 2)
  return (
    code === IDENT && (next === GREATER || next === COMMA || next === EQUALS || (next === COLON && !isPathSeparator(r, r.at + 2)))
  )
}
