import { bump, type Cursor, eat, eatChar, eatGroup, isGroup, isSegment, nested, peek, word } from './cursor.ts'
import { parsePath, parseQualified } from './parse-types.ts'

/** A pattern; with `alternatives` also `a | b` and a leading `|`. */
export function parsePattern(c: Cursor, alternatives: boolean): boolean {
  return nested(c, () => {
    if (alternatives) eat(c, '|')
    if (!parseOne(c)) return false
    while (alternatives && eat(c, '|')) if (!parseOne(c)) return false
    return true
  })
}

function parseOne(c: Cursor): boolean {
  const tok = peek(c)
  if (tok === undefined) return false
  if (word(c).startsWith('&')) {
    while (word(c).startsWith('&')) eatChar(c, '&')
    eat(c, 'mut')
    return nested(c, () => parseOne(c))
  }
  if (eat(c, '_')) return true
  if (eat(c, 'box')) return nested(c, () => parseOne(c))
  if (isGroup(tok, '(') || isGroup(tok, '[')) return bump(c)
  if (word(c) === 'const' && isGroup(peek(c, 1), '{')) return bump(c) && bump(c) && parseRangeEnd(c)
  if (isRange(word(c))) return bump(c) && (canBeginEnd(c) ? parseEnd(c) : true)
  if (word(c) === 'ref' || word(c) === 'mut') return parseBinding(c)
  return parseEnd(c) && parseTail(c)
}

function parseBinding(c: Cursor): boolean {
  eat(c, 'ref')
  eat(c, 'mut')
  return peek(c)?.kind === 'ident' && bump(c) && parseSubpattern(c)
}

function parseSubpattern(c: Cursor): boolean {
  return eat(c, '@') ? nested(c, () => parseOne(c)) : true
}

/** What may follow a path or literal: fields, the arguments of a macro, `@ pattern`, the rest of a range. */
function parseTail(c: Cursor): boolean {
  if (word(c) === '!' && peek(c, 1)?.kind === 'open') return bump(c) && bump(c)
  if (eatGroup(c, '(') || eatGroup(c, '{')) return true
  return word(c) === '@' ? parseSubpattern(c) : parseRangeEnd(c)
}

const isRange = (text: string): boolean => text === '..' || text === '..=' || text === '...'

function parseRangeEnd(c: Cursor): boolean {
  if (!isRange(word(c))) return true
  bump(c)
  return canBeginEnd(c) ? parseEnd(c) : true
}

function canBeginEnd(c: Cursor): boolean {
  const tok = peek(c)
  if (tok?.kind === 'literal' || tok?.fragment != null) return true
  return isSegment(c) || ['-', '::', '<', '<<', 'true', 'false', 'const'].includes(word(c))
}

/** A literal, a path or a captured fragment. */
function parseEnd(c: Cursor): boolean {
  if (eat(c, '-')) return peek(c)?.kind === 'literal' && bump(c)
  const tok = peek(c)
  if (tok?.kind === 'literal') return bump(c)
  if (tok?.fragment != null)
    return ['pat', 'pat_param', 'expr', 'expr_2021', 'literal', 'path', 'ty', 'meta'].includes(tok.fragment) && bump(c)
  if (eat(c, 'true') || eat(c, 'false')) return true
  if (eat(c, 'const')) return eatGroup(c, '{')
  return word(c).startsWith('<') ? parseQualified(c, 'expr') : parsePath(c, 'expr')
}
