import { bump, type Cursor, eat, eatChar, eatGroup, isGroup, isSegment, nested, peek, word } from './cursor.ts'

/** Whether generic arguments follow a path segment without `::` (types) or only after it (expressions, patterns). */
export type PathStyle = 'type' | 'expr' | 'mod'

/** A type. `plus`: bounds after a `+` belong to it, as in `dyn A + B`; not behind `&`, `*`, `as` and `->` of fn pointers. */
export function parseType(c: Cursor, plus: boolean): boolean {
  return nested(c, () => parseTypeInner(c, plus))
}

function parseTypeInner(c: Cursor, plus: boolean): boolean {
  const tok = peek(c)
  if (tok === undefined) return false
  if (tok.kind === 'open') return parseGroupType(c, plus)
  if (tok.kind === 'lifetime') return parseBounds(c)
  const text = word(c)
  if (text.startsWith('&')) return parseReference(c)
  if (text.startsWith('<')) return parseQualified(c, 'type') && macroOrBounds(c, false)
  if (eat(c, '!') || eat(c, '_')) return true
  if (eat(c, '*')) return (eat(c, 'const') || eat(c, 'mut')) && parseType(c, false)
  if (text === '?' || text === '~') return parseBounds(c)
  if (text === 'typeof') return bump(c) && eatGroup(c, '(')
  if (text === 'impl' || isDyn(c)) return bump(c) && parseBounds(c)
  if (isFnPointer(c)) return parseFnPointer(c)
  if (text === 'for') return parseBounds(c)
  return parsePath(c, 'type') && macroOrBounds(c, plus)
}

function parseGroupType(c: Cursor, plus: boolean): boolean {
  const tok = peek(c)
  if (tok?.fragment != null && tok.fragment !== 'ty' && tok.fragment !== 'path') return false
  if (isGroup(tok, '{') || !bump(c)) return false
  return isGroup(tok, '(') && plus && word(c) === '+' ? parseMoreBounds(c) : true
}

function parseReference(c: Cursor): boolean {
  if (!eatChar(c, '&')) return false
  if (word(c) === '&') return parseReference(c)
  if (peek(c)?.kind === 'lifetime') bump(c)
  eat(c, 'mut')
  return parseType(c, false)
}

function isDyn(c: Cursor): boolean {
  if (word(c) !== 'dyn') return false
  if (c.edition !== '2015') return true
  // In 2015 `dyn` is a name unless a bound follows.
  return isSegment(c, 1) || peek(c, 1)?.kind === 'lifetime' || ['?', 'for'].includes(word(c, 1)) || isGroup(peek(c, 1), '(')
}

/** `fn`, `unsafe extern "C" fn`, `for<'a> fn`: looked for without moving. */
function isFnPointer(c: Cursor): boolean {
  const probe: Cursor = { ...c }
  if (eat(probe, 'for') && !skipAngles(probe)) return false
  for (const modifier of ['const', 'async', 'unsafe', 'safe']) eat(probe, modifier)
  if (eat(probe, 'extern') && peek(probe)?.kind === 'literal') bump(probe)
  return word(probe) === 'fn'
}

function parseFnPointer(c: Cursor): boolean {
  while (word(c) !== 'fn') if (!(word(c) === '<' ? skipAngles(c) : bump(c))) return false
  return bump(c) && eatGroup(c, '(') && parseReturn(c, false)
}

/** An optional `-> T`. */
export function parseReturn(c: Cursor, plus: boolean): boolean {
  return eat(c, '->') ? parseType(c, plus) : true
}

/** After a path in type position: the `!(…)` of a macro, or the bounds of a trait object without `dyn`. */
function macroOrBounds(c: Cursor, plus: boolean): boolean {
  if (word(c) === '!' && peek(c, 1)?.kind === 'open') return bump(c) && bump(c)
  return plus && word(c) === '+' ? parseMoreBounds(c) : true
}

function parseMoreBounds(c: Cursor): boolean {
  return eatChar(c, '+') && (canBeginBound(c) ? parseBounds(c) : true)
}

/** `A + 'a + ?Sized`, at least one, with an optional `+` at the end. */
export function parseBounds(c: Cursor): boolean {
  do {
    if (!parseBound(c)) return false
    if (word(c) !== '+' || !eatChar(c, '+')) return true
  } while (canBeginBound(c))
  return true
}

function canBeginBound(c: Cursor): boolean {
  const tok = peek(c)
  return (
    isSegment(c) ||
    tok?.kind === 'lifetime' ||
    isGroup(tok, '(') ||
    ['?', '~', 'for', 'use', '::', 'async', 'const', '!', '<'].includes(word(c)) ||
    tok?.fragment === 'path' ||
    tok?.fragment === 'ty'
  )
}

function parseBound(c: Cursor): boolean {
  const tok = peek(c)
  if (tok?.kind === 'lifetime' || isGroup(tok, '(') || tok?.fragment === 'path' || tok?.fragment === 'ty') return bump(c)
  if (eat(c, 'use')) return skipAngles(c)
  if (eat(c, 'for') && !skipAngles(c)) return false
  while (['~', '?', '!', 'const', 'async'].includes(word(c))) bump(c)
  if (eat(c, 'for') && !skipAngles(c)) return false
  return parsePath(c, 'type')
}

/** A path; for `<T as Trait>::Name` see `parseQualified`. */
export function parsePath(c: Cursor, style: PathStyle): boolean {
  const fragment = peek(c)?.fragment
  if (fragment === 'path' || fragment === 'ty') return bump(c)
  eat(c, '::')
  return parseSegments(c, style)
}

/** `<T as Trait>::a::b`. */
export function parseQualified(c: Cursor, style: PathStyle): boolean {
  return skipAngles(c) && eat(c, '::') && parseSegments(c, style)
}

function parseSegments(c: Cursor, style: PathStyle): boolean {
  for (;;) {
    if (!isSegment(c)) return false
    bump(c)
    if (!parseSegmentArguments(c, style)) return false
    // `a::{b}` and `a::*` of use trees: the path ends before the `::`.
    if (word(c) !== '::' || isGroup(peek(c, 1), '{') || word(c, 1) === '*') return true
    bump(c)
  }
}

function parseSegmentArguments(c: Cursor, style: PathStyle): boolean {
  if (style === 'mod') return true
  const colons = word(c) === '::'
  const next = colons ? peek(c, 1) : peek(c)
  const angle = colons ? word(c, 1) : word(c)
  const starts = next?.kind === 'punct' && (angle === '<' || angle === '<<' || angle === '<-')
  if ((style === 'expr' && !colons) || !(starts || (isGroup(next, '(') && style === 'type'))) return true
  if (colons) bump(c)
  return starts ? skipAngles(c) : bump(c) && parseReturn(c, false)
}

/**
 * Moves over `<…>`. Only types, lifetimes, bounds and braced constants stand there, so every `<` and `>` outside of
 * groups is a bracket, save in the arrows.
 */
export function skipAngles(c: Cursor): boolean {
  let depth = 0
  for (;;) {
    const tok = peek(c)
    if (tok === undefined) return false
    const text = word(c)
    if (tok.kind !== 'punct' || text === '->' || text === '=>') {
      if (depth === 0) return false
      bump(c)
      continue
    }
    const char = text[0] ?? ''
    if (char === '<') depth++
    else if (char === '>') depth--
    else if (depth === 0) return false
    eatChar(c, char)
    if (depth === 0) return true
  }
}
