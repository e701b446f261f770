import { IDENT, LIFETIME } from './lexer.ts'
import { parsePath } from './paths.ts'
import {
  BANG,
  eat,
  eatWord,
  GREATER,
  inGroup,
  isWord,
  kind,
  kindAt,
  LBRACKET,
  LESS,
  LPAREN,
  PLUS,
  QUESTION,
  type Reader,
  skipToken,
  TILDE,
} from './reader.ts'
import type { Bound } from './summary.ts'
import { skipForLifetimes } from './types.ts'

/** Reads `A + ?B + 'a`; without `plus` only the first bound. Empty if none stands here. */
export function parseBounds(r: Reader, plus: boolean): Bound[] {
  const bounds: Bound[] = []
  do {
    if (!readBound(r, bounds)) break
  } while (plus && eat(r, PLUS))
  return bounds
}

function readBound(r: Reader, into: Bound[]): boolean {
  if (kind(r) === LIFETIME) {
    r.at++
    into.push({ maybe: false, path: null })
    return true
  }
  if (kind(r) === LPAREN) {
    inGroup(r, () => readBound(r, into))
    return true
  }
  if (isWord(r, r.at, 'use') && kindAt(r, r.at + 1) === LESS) return skipCaptures(r)
  const maybe = readModifiers(r)
  const path = parsePath(r)
  if (path) into.push({ maybe, path })
  return path !== null
}

/** `for<'a>`, `?`, `~const`, `[const]`, `const`, `async`, `!`; whether the bound takes a promise away instead of giving one. */
function readModifiers(r: Reader): boolean {
  skipForLifetimes(r)
  let maybe = false
  for (let again = true; again; ) {
    again = false
    if (eat(r, QUESTION) || eat(r, BANG)) again = maybe = true
    else if (eat(r, TILDE)) again = true
    else if (kind(r) === LBRACKET && isWord(r, r.at + 1, 'const')) {
      skipToken(r)
      again = true
    } else if (kindAt(r, r.at + 1) === IDENT && (eatWord(r, 'const') || eatWord(r, 'async'))) again = true
  }
  skipForLifetimes(r)
  return maybe
}

/** `use<'a, T>`: says what an `impl Trait` captures, promises nothing. */
function skipCaptures(r: Reader): boolean {
  r.at += 2
  while (r.at < r.limit && kind(r) !== GREATER) skipToken(r)
  return eat(r, GREATER)
}
