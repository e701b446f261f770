import {
  bump,
  type Cursor,
  eat,
  eatChar,
  eatGroup,
  isGroup,
  isPathKeyword,
  isReserved,
  isSegment,
  nested,
  peek,
  word,
} from './cursor.ts'
import { parsePattern } from './parse-patterns.ts'
import { parsePath, parseQualified, parseReturn, parseType, skipAngles } from './parse-types.ts'

const BINARY = new Set('+ - * / % ^ & | && || << >> == != < > <= >= <- = += -= *= /= %= ^= &= |= <<= >>='.split(' '))
const RANGES = new Set(['..', '..=', '...'])

/**
 * An expression. Precedence does not matter for where it ends, so it is read as operands with operators between.
 * `structs`: whether `Path { … }` is a struct; it is not in the head of `if`, `while`, `match` and `for`.
 */
export function parseExpr(c: Cursor, structs: boolean): boolean {
  return nested(c, () => {
    if (!parseRangeOrOperand(c, structs)) return false
    return parseOperators(c, structs)
  })
}

function parseOperators(c: Cursor, structs: boolean): boolean {
  for (;;) {
    const text = peek(c)?.kind === 'punct' || word(c) === 'as' ? word(c) : ''
    if (text === 'as') {
      if (!(bump(c) && parseType(c, false))) return false
    } else if (RANGES.has(text)) {
      bump(c)
      if (canBeginExpr(c) && (structs || !isGroup(peek(c), '{')) && !parseRangeOrOperand(c, structs)) return false
    } else if (BINARY.has(text)) {
      if (!(bump(c) && parseRangeOrOperand(c, structs))) return false
    } else return true
  }
}

function parseRangeOrOperand(c: Cursor, structs: boolean): boolean {
  if (!RANGES.has(word(c))) return parseOperand(c, structs)
  bump(c)
  return canBeginExpr(c) && (structs || !isGroup(peek(c), '{')) ? parseOperand(c, structs) : true
}

/** Prefix operators, one primary expression, and what is written behind it. */
export function parseOperand(c: Cursor, structs: boolean): boolean {
  for (;;) {
    if (eat(c, '#')) {
      if (!eatGroup(c, '[')) return false
    } else if (word(c).startsWith('&') && word(c) !== '&=' && peek(c)?.kind === 'punct') {
      eatChar(c, '&')
      if (word(c) === 'raw' && ['const', 'mut'].includes(word(c, 1))) bump(c)
      if (!eat(c, 'mut') && word(c) === 'const' && word(c, -1) === 'raw') bump(c)
    } else if (!eat(c, '!') && !eat(c, '-') && !eat(c, '*')) break
  }
  return parsePrimary(c, structs) && parsePostfix(c)
}

/** `?`, `.name::<T>`, `.0`, `(…)`, `[…]`, any number of them. */
export function parsePostfix(c: Cursor): boolean {
  for (;;) {
    if (eatChar(c, '?') || eatGroup(c, '(') || eatGroup(c, '[')) continue
    if (!eat(c, '.')) return true
    const tok = peek(c)
    if (tok?.kind !== 'ident' && tok?.kind !== 'literal') return false
    bump(c)
    if (word(c) === '::' && !(bump(c) && skipAngles(c))) return false
  }
}

function parsePrimary(c: Cursor, structs: boolean): boolean {
  const tok = peek(c)
  if (tok === undefined) return false
  if (tok.kind === 'literal') return bump(c)
  if (tok.kind === 'open') return parseGroupPrimary(c, structs)
  if (tok.kind === 'lifetime') return bump(c) && eat(c, ':') && nested(c, () => parsePrimary(c, structs))
  const text = word(c)
  if (text.startsWith('|') || isClosureHead(c)) return parseClosure(c, structs)
  // `try!(…)` is a macro call in edition 2015.
  const keyword = text === 'try' && !isGroup(peek(c, 1), '{') ? undefined : KEYWORDS.get(text)
  if (tok.kind === 'ident' && keyword !== undefined) return nested(c, () => keyword(c, structs))
  if (text === '_') return bump(c)
  if (!(text.startsWith('<') ? parseQualified(c, 'expr') : parsePath(c, 'expr'))) return false
  return parseAfterPath(c, structs)
}

function parseGroupPrimary(c: Cursor, structs: boolean): boolean {
  const fragment = peek(c)?.fragment
  if (fragment === 'path' || fragment === 'ty') return parsePathFragment(c, structs)
  if (fragment != null && !['expr', 'expr_2021', 'literal', 'block', 'stmt'].includes(fragment)) return false
  return bump(c)
}

/** A captured type or path used as one: `$t::new`, `$p { … }`. */
function parsePathFragment(c: Cursor, structs: boolean): boolean {
  bump(c)
  while (word(c) === '::' && (isSegment(c, 1) || word(c, 1).startsWith('<'))) {
    bump(c)
    if (!(word(c).startsWith('<') ? skipAngles(c) : bump(c))) return false
  }
  return parseAfterPath(c, structs)
}

function parseAfterPath(c: Cursor, structs: boolean): boolean {
  if (word(c) === '!' && peek(c, 1)?.kind === 'open') return bump(c) && bump(c)
  return structs && isGroup(peek(c), '{') ? bump(c) : true
}

/** `move |…|`, `async move |…|`, `static ||`, `for<'a> |…|`: looked for without moving. */
function isClosureHead(c: Cursor): boolean {
  if (!['move', 'async', 'static', 'const', 'for'].includes(word(c))) return false
  const probe: Cursor = { ...c }
  if (eat(probe, 'for') && !skipAngles(probe)) return false
  for (const modifier of ['const', 'static', 'async', 'move']) eat(probe, modifier)
  return peek(probe)?.kind === 'punct' && word(probe).startsWith('|')
}

function parseClosure(c: Cursor, structs: boolean): boolean {
  if (eat(c, 'for') && !skipAngles(c)) return false
  while (peek(c)?.kind === 'ident') bump(c)
  if (!eatChar(c, '|')) return false
  while (!(peek(c)?.kind === 'punct' && word(c).startsWith('|'))) if (!bump(c)) return false
  eatChar(c, '|')
  if (word(c) === '->') return parseReturn(c, false) && eatGroup(c, '{')
  return parseExpr(c, structs)
}

type Keyword = (c: Cursor, structs: boolean) => boolean

const withBlock: Keyword = (c) => bump(c) && parseBlock(c)

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  Object.entries<Keyword>({
    true: bump,
    false: bump,
    if: parseIf,
    match: (c) => bump(c) && parseExpr(c, false) && eatGroup(c, '{'),
    while: (c) => bump(c) && parseExpr(c, false) && parseBlock(c),
    for: (c) => bump(c) && parsePattern(c, true) && eat(c, 'in') && parseExpr(c, false) && parseBlock(c),
    loop: withBlock,
    unsafe: withBlock,
    const: withBlock,
    try: withBlock,
    async: (c) => bump(c) && (eat(c, 'move') || true) && parseBlock(c),
    let: (c) => bump(c) && parsePattern(c, true) && eat(c, '=') && parseOperand(c, false),
    return: parseJump,
    yield: parseJump,
    become: parseJump,
    break: parseJump,
    continue: (c) => bump(c) && (peek(c)?.kind === 'lifetime' ? bump(c) : true),
  }),
)

/** `{ … }` or a captured block. */
export function parseBlock(c: Cursor): boolean {
  return peek(c)?.fragment === 'block' ? bump(c) : eatGroup(c, '{')
}

function parseIf(c: Cursor): boolean {
  do {
    if (!(eat(c, 'if') && parseExpr(c, false) && parseBlock(c))) return false
    if (!eat(c, 'else')) return true
  } while (word(c) === 'if')
  return parseBlock(c)
}

/** `return`, `break 'a`, … with an optional value. */
function parseJump(c: Cursor, structs: boolean): boolean {
  const isBreak = word(c) === 'break'
  bump(c)
  if (isBreak && peek(c)?.kind === 'lifetime' && word(c, 1) !== ':') bump(c)
  return canBeginExpr(c) && (structs || !isGroup(peek(c), '{')) ? parseExpr(c, structs) : true
}

const EXPR_KEYWORDS = new Set(
  'async do box break const continue false for gen if let loop match move return true try unsafe while yield safe static'.split(
    ' ',
  ),
)
const EXPR_PUNCT = new Set('! - * | || & && .. ... ..= < << :: #'.split(' '))

/** rustc's `Token::can_begin_expr`: it also decides whether an `expr` fragment is tried at all. */
export function canBeginExpr(c: Cursor): boolean {
  const tok = peek(c)
  if (tok === undefined) return false
  if (tok.kind === 'ident') return !isReserved(tok.text, c.edition) || isPathKeyword(tok.text) || EXPR_KEYWORDS.has(tok.text)
  if (tok.kind === 'open')
    return tok.fragment === null || ['block', 'expr', 'expr_2021', 'literal', 'path'].includes(tok.fragment)
  return tok.kind !== 'punct' || EXPR_PUNCT.has(word(c))
}
