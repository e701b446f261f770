import { parseOuterAttributes } from './attributes.ts'
import { type Build, createScope, finish, type Head, readIdentity } from './draft.ts'
import { finishGenerics, parseGenericParams, parseWhere } from './generics.ts'
import { LIFETIME } from './lexer.ts'
import { collectNested, holdsItemWords } from './nested.ts'
import {
  AMPERSAND,
  COLON,
  COMMA,
  DOT,
  EQUALS,
  eat,
  fail,
  groupEnd,
  groupSpan,
  inGroup,
  isArrow,
  isJoint,
  isPathSeparator,
  isWord,
  kind,
  kindAt,
  LBRACE,
  LPAREN,
  type Reader,
  SEMICOLON,
  skipToken,
  spanFrom,
  textFrom,
} from './reader.ts'
import type { FnItem, Param, Receiver, TypeExpr } from './summary.ts'
import { parseType } from './types.ts'

/** Words in front of `fn`. */
export interface FnQualifiers {
  readonly async: boolean
  readonly unsafe: boolean
  readonly const: boolean
  readonly extern: boolean
}

/** Reads a function; the reader stands behind the word `fn`. */
export function readFn(build: Build, head: Head, qualifiers: FnQualifiers): FnItem {
  const { r } = build
  const identity = readIdentity(build, head, 'fn')
  const generics = parseGenericParams(r)
  let receiver: Receiver | null = null
  const params: Param[] = []
  if (kind(r) === LPAREN) {
    inGroup(r, () => {
      receiver = parseReceiver(r)
      if (receiver && !eat(r, COMMA) && r.at < r.limit) skipParam(r, r.at)
      readParams(r, params)
    })
  } else fail(r, r.at)
  const ret = parseReturn(r)
  parseWhere(r, generics)
  const { hasBody, body, children } = readBody(build, identity.key)
  const base = finish(build, head, identity, { span: body, body })
  return { kind: 'fn', ...base, generics: finishGenerics(generics), ...qualifiers, receiver, params, ret, children, hasBody }
}

function parseReturn(r: Reader): TypeExpr | null {
  if (!isArrow(r, r.at)) return null
  r.at += 2
  return parseType(r)
}

function readBody(
  build: Build,
  key: string,
): Pick<FnItem, 'hasBody' | 'children'> & { body: { start: number; end: number } | null } {
  const { r } = build
  if (kind(r) !== LBRACE) {
    if (!eat(r, SEMICOLON)) fail(r, r.at)
    return { hasBody: false, body: null, children: [] }
  }
  const open = r.at
  const body = groupSpan(r, open)
  const children = holdsItemWords(build, body) ? collectNested(build, open, groupEnd(r, open), createScope(key)) : []
  r.at = Math.min(groupEnd(r, open), r.limit)
  return { hasBody: true, body, children }
}

/** Reads `self` in any of its forms, if it is the first parameter. */
function parseReceiver(r: Reader): Receiver | null {
  const first = r.at
  parseOuterAttributes(r)
  const reference = eat(r, AMPERSAND)
  if (reference && kind(r) === LIFETIME) r.at++
  const mut = isWord(r, r.at, 'mut')
  if (mut) r.at++
  if (!isWord(r, r.at, 'self') || isPathSeparator(r, r.at + 1)) {
    r.at = first
    return null
  }
  r.at++
  if (!reference && kind(r) === COLON) {
    r.at++
    return { kind: 'typed', type: parseType(r), span: spanFrom(r, first) }
  }
  return { kind: reference ? (mut ? 'mut' : 'ref') : 'value', type: null, span: spanFrom(r, first) }
}

function readParams(r: Reader, into: Param[]): void {
  while (r.at < r.limit) {
    const first = r.at
    const attrs = parseOuterAttributes(r)
    const pattern = readPattern(r)
    // `...` and `args: ...` of C functions are no parameters that have a type.
    if (kind(r) === DOT) skipParam(r, -1)
    else {
      into.push({ pattern, type: parseType(r), attrs, span: spanFrom(r, first) })
      if (r.at < r.limit && kind(r) !== COMMA) skipParam(r, first)
    }
    eat(r, COMMA)
  }
}

/** The pattern up to its `:`, which is read too; '' for an anonymous parameter (edition 2015). */
function readPattern(r: Reader): string {
  const first = r.at
  while (r.at < r.limit && kind(r) !== COMMA) {
    if (isPathSeparator(r, r.at)) r.at += 2
    else if (kind(r) === COLON) {
      const pattern = textFrom(r, first)
      r.at++
      return pattern
    } else skipToken(r)
  }
  r.at = first
  return ''
}

function skipParam(r: Reader, first: number): void {
  while (r.at < r.limit && kind(r) !== COMMA) skipToken(r)
  if (first >= 0) fail(r, first)
}

/** Whether a lone `=` stands here (not `==` or `=>`). */
export function isAssign(r: Reader): boolean {
  if (kind(r) !== EQUALS) return false
  const next = kindAt(r, r.at + 1)
  return !((next === EQUALS || next === 0x3e) && isJoint(r, r.at))
}
