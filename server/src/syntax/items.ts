import { readMetaPath } from './attributes.ts'
import { startsItem } from './brackets.ts'
import { readImpl, readMod, readTrait } from './containers.ts'
import { type Build, finish, type Head, type Identity, identify, readHead, readIdentity, type Scope } from './draft.ts'
import { parseFields, parseVariants } from './fields.ts'
import { type FnQualifiers, readFn } from './functions.ts'
import { finishGenerics, parseGenericParams, parseWhere } from './generics.ts'
import { IDENT, LITERAL } from './lexer.ts'
import {
  BANG,
  eat,
  fail,
  groupContents,
  groupEnd,
  isOpen,
  isPathSeparator,
  isWord,
  kind,
  kindAt,
  LBRACE,
  LPAREN,
  MAX_DEPTH,
  plainName,
  type Reader,
  SEMICOLON,
  skipTo,
  skipToken,
  textAt,
  wordAt,
} from './reader.ts'
import type { EnumItem, ExternCrateItem, Item, MacroCallItem, MacroDefItem, StructItem, UseItem } from './summary.ts'
import { parseUseTree } from './uses.ts'
import { isQualifier, readExternBlock, readType, readValue } from './values.ts'

/** Reads items up to the limit; what is none becomes an error, and the next thing that looks like an item goes on. */
export function readItems(build: Build, scope: Scope): Item[] {
  const { r } = build
  const items: Item[] = []
  while (r.at < r.limit) {
    if (eat(r, SEMICOLON)) continue
    const item = readItem(build, scope, true)
    if (item) items.push(item)
    else skipGarbage(r)
  }
  return items
}

/** Moves over at least one token, to the next that looks like the start of an item. */
function skipGarbage(r: Reader): void {
  const first = r.at
  do {
    skipToken(r)
  } while (r.at < r.limit && !startsItem(r.lexed, r.at) && kind(r) !== SEMICOLON)
  fail(r, first)
}

/**
 * Reads one item, attributes included; null (and nothing read) if there is none. `calls` says whether a macro call is
 * an item here (between statements it is not).
 */
export function readItem(build: Build, scope: Scope, calls: boolean): Item | null {
  const { r } = build
  const { at, base } = r
  if (r.depth >= MAX_DEPTH) return null
  r.depth++
  const errors = r.errors.length
  const head = readHead(build, scope)
  const item = readByKeyword(build, head, calls)
  r.depth--
  r.base = base
  if (!item) {
    r.at = at
    r.errors.length = errors
  }
  return item
}

function readByKeyword(build: Build, head: Head, calls: boolean): Item | null {
  const { r } = build
  const { qualifiers, next } = scanQualifiers(r)
  const word = wordAt(r, next)
  const isNamed = kindAt(r, next + 1) === IDENT
  switch (word) {
    case 'fn':
      return isNamed ? at(r, next + 1, () => readFn(build, head, qualifiers)) : null
    case 'struct':
      return isNamed ? at(r, next + 1, () => readStruct(build, head, 'struct')) : null
    case 'union':
      return isNamed ? at(r, next + 1, () => readStruct(build, head, 'union')) : tryCall(build, head, calls)
    case 'enum':
      return isNamed ? at(r, next + 1, () => readEnum(build, head)) : null
    case 'impl':
      return at(r, next + 1, () => readImpl(build, head, qualifiers.unsafe))
    case 'trait':
      return isNamed ? at(r, next + 1, () => readTrait(build, head, qualifiers.unsafe, wordAt(r, next - 1) === 'auto')) : null
    case 'mod':
      return isNamed ? at(r, next + 1, () => readMod(build, head)) : null
    case 'type':
      return isNamed ? at(r, next + 1, () => readType(build, head)) : null
    case 'use':
      return at(r, next + 1, () => readUse(build, head))
    case 'const':
    case 'static':
      return readValue(build, head, next, word)
    case 'extern':
      return readExtern(build, head, next)
    case 'macro_rules':
      return readMacroRules(build, head, next) ?? tryCall(build, head, calls)
    case 'macro':
      return isNamed ? at(r, next + 1, () => readMacroDef(build, head)) : tryCall(build, head, calls)
  }
  return tryCall(build, head, calls)
}

function at<T>(r: Reader, index: number, read: () => T): T {
  r.at = index
  return read()
}

/** Looks over `default const async unsafe safe extern "C"` and the like, without moving. */
function scanQualifiers(r: Reader): { qualifiers: FnQualifiers; next: number } {
  let next = r.at
  const seen = { async: false, unsafe: false, const: false, extern: false }
  for (; isQualifier(r, next); next++) {
    const word = wordAt(r, next)
    if (word === 'async' || word === 'unsafe' || word === 'const' || word === 'extern') seen[word] = true
    if (word === 'extern' && kindAt(r, next + 1) === LITERAL) next++
  }
  return { qualifiers: seen, next }
}

function readStruct(build: Build, head: Head, kindName: 'struct' | 'union'): StructItem {
  const { r } = build
  const identity = readIdentity(build, head, kindName)
  const generics = parseGenericParams(r)
  parseWhere(r, generics)
  const { shape, fields } = parseFields(r, null)
  if (shape === 'tuple') parseWhere(r, generics)
  if (shape !== 'named' && !eat(r, SEMICOLON)) fail(r, r.at)
  return { kind: kindName, ...finish(build, head, identity), generics: finishGenerics(generics), shape, fields }
}

function readEnum(build: Build, head: Head): EnumItem {
  const { r } = build
  const identity = readIdentity(build, head, 'enum')
  const generics = parseGenericParams(r)
  parseWhere(r, generics)
  const body = kind(r) === LBRACE ? parseVariants(r) : { variants: [], fields: [] }
  if (kindAt(r, r.at - 1) !== 0x7d) fail(r, r.at)
  return { kind: 'enum', ...finish(build, head, identity), generics: finishGenerics(generics), ...body }
}

function readUse(build: Build, head: Head): UseItem {
  const { r } = build
  const first = r.at
  const imports = parseUseTree(r)
  if (kind(r) !== SEMICOLON) {
    skipTo(r, SEMICOLON, SEMICOLON)
    fail(r, r.at)
  }
  const text = r.text.slice(r.starts[first], r.ends[r.at - 1]).replaceAll(/\s+/g, '')
  eat(r, SEMICOLON)
  return { kind: 'use', ...finish(build, head, identify(head, `use ${text.slice(0, 80)}`)), imports }
}

function readExtern(build: Build, head: Head, index: number): Item | null {
  const { r } = build
  if (isWord(r, index + 1, 'crate')) return at(r, index + 2, () => readExternCrate(build, head))
  const brace = kindAt(r, index + 1) === LITERAL ? index + 2 : index + 1
  if (kindAt(r, brace) !== LBRACE) return null
  return at(r, brace, () => readExternBlock(build, head, brace > index + 1 ? textAt(r, index + 1) : ''))
}

function readExternCrate(build: Build, head: Head): ExternCrateItem {
  const { r } = build
  const identity = readIdentity(build, head, 'extern_crate')
  let alias: string | null = null
  if (isWord(r, r.at, 'as')) {
    alias = plainName(textAt(r, r.at + 1))
    r.at = Math.min(r.at + 2, r.limit)
  }
  if (!eat(r, SEMICOLON)) fail(r, r.at)
  return { kind: 'extern_crate', ...finish(build, head, identity), alias }
}

function readMacroRules(build: Build, head: Head, index: number): MacroDefItem | null {
  const { r } = build
  if (kindAt(r, index + 1) !== BANG || kindAt(r, index + 2) !== IDENT || !isOpen(r, index + 3)) return null
  r.at = index + 2
  const identity = readIdentity(build, head, 'macro_rules')
  const bodySpan = readGroupContents(r)
  return finishMacro(build, head, identity, bodySpan)
}

/** `macro name { … }`, or `macro name(args) { … }`: then the body is all from the arguments to the end of the braces. */
function readMacroDef(build: Build, head: Head): MacroDefItem {
  const { r } = build
  const identity = readIdentity(build, head, 'macro_rules')
  const open = r.at
  if (!isOpen(r, open)) {
    fail(r, open)
    return finishMacro(build, head, identity, { start: 0, end: 0 })
  }
  const contents = readGroupContents(r)
  if (kindAt(r, open) !== LPAREN || kind(r) !== LBRACE) return finishMacro(build, head, identity, contents)
  skipToken(r)
  return finishMacro(build, head, identity, { start: r.starts[open] ?? 0, end: r.ends[r.at - 1] ?? 0 })
}

function finishMacro(build: Build, head: Head, identity: Identity, span: { start: number; end: number }): MacroDefItem {
  const body = build.r.text.slice(span.start, span.end)
  const bodySpan = { start: span.start - head.start, end: span.end - head.start }
  return { kind: 'macro_rules', ...finish(build, head, identity), body, bodySpan }
}

function readGroupContents(r: Reader): { start: number; end: number } {
  const open = r.at
  r.at = Math.min(groupEnd(r, open), r.limit)
  if (kindAt(r, open) !== LBRACE) eat(r, SEMICOLON)
  return groupContents(r, open)
}

function tryCall(build: Build, head: Head, calls: boolean): MacroCallItem | null {
  const { r } = build
  if (!calls || head.vis !== 'private' || (kind(r) !== IDENT && !isPathSeparator(r, r.at))) return null
  const path = readMetaPath(r)
  if (path === '' || kind(r) !== BANG) return null
  r.at++
  // `name! ident { … }`, an old form that only `macro_rules!` kept.
  if (kind(r) === IDENT && isOpen(r, r.at + 1)) r.at++
  if (!isOpen(r, r.at)) return null
  const braces = kind(r) === LBRACE
  const span = readGroupContents(r)
  if (braces) eat(r, SEMICOLON)
  const argsSpan = { start: span.start - head.start, end: span.end - head.start }
  const base = finish(build, head, identify(head, `macro_call ${path}`))
  return { kind: 'macro_call', ...base, path, args: r.text.slice(span.start, span.end), argsSpan }
}
