import { bump, type Cursor, eat, eatGroup, isGroup, isSegment, peek, word } from './cursor.ts'
import { canBeginExpr, parseBlock, parseExpr, parseOperand } from './parse-expressions.ts'
import { parsePattern } from './parse-patterns.ts'
import { parsePath, parseType, skipAngles } from './parse-types.ts'

/** `pub`, `pub(crate)`, `pub(in a::b)`; nothing at all is a visibility too. */
export function parseVisibility(c: Cursor): boolean {
  if (peek(c)?.fragment === 'vis') return bump(c)
  if (!eat(c, 'pub')) return true
  if (!isGroup(peek(c), '(')) return true
  const [first, second] = [c.toks[c.at + 1], c.toks[c.at + 2]]
  const restricted =
    first?.text === 'in' || (['crate', 'self', 'super', '$crate'].includes(first?.text ?? '') && second?.kind === 'close')
  return restricted ? bump(c) : true
}

/** What stands between `#[` and `]`. */
export function parseMeta(c: Cursor): boolean {
  if (peek(c)?.fragment === 'meta') return bump(c)
  if (word(c) === 'unsafe' && isGroup(peek(c, 1), '(')) return bump(c) && bump(c)
  if (!parsePath(c, 'mod')) return false
  const tok = peek(c)
  if (tok?.kind === 'open' && tok.fragment === null) return bump(c)
  return eat(c, '=') ? parseExpr(c, true) : true
}

/** `-1`, `"a"`, `true`. */
export function parseLiteral(c: Cursor): boolean {
  if (['literal', 'expr', 'expr_2021'].includes(peek(c)?.fragment ?? '')) return bump(c)
  eat(c, '-')
  return peek(c)?.kind === 'literal' ? bump(c) : eat(c, 'true') || eat(c, 'false')
}

function skipAttributes(c: Cursor): boolean {
  while (word(c) === '#' && isGroup(peek(c, 1), '[')) {
    bump(c)
    bump(c)
  }
  return true
}

/** Keywords that may stand before `fn`, `trait`, `impl`, `mod` or `extern`. */
const MODIFIERS = ['default', 'const', 'async', 'unsafe', 'safe', 'auto', 'gen']

const UNTIL_SEMICOLON = new Set(['use', 'type', 'const', 'static'])
const UNTIL_BODY = new Set(['fn', 'mod', 'trait', 'impl', 'struct', 'enum', 'union'])

/** One item with its attributes and visibility; false if none stands here. */
export function parseItem(c: Cursor): boolean {
  skipAttributes(c)
  if (peek(c)?.fragment === 'item') return bump(c)
  if (!parseVisibility(c)) return false
  const keyword = itemKeyword(c)
  if (keyword === null) return parseMacroItem(c)
  if (keyword === 'extern') return parseExtern(c)
  if (keyword === 'macro') return bump(c) && bump(c) && (eatGroup(c, '(') || true) && eatGroup(c, '{')
  return UNTIL_SEMICOLON.has(keyword) ? skipPast(c, false) : skipPast(c, true)
}

/** Moves over modifiers to the keyword that says what the item is, and returns it; null (unmoved) if there is none. */
function itemKeyword(c: Cursor): string | null {
  const probe: Cursor = { ...c }
  for (;;) {
    const text = peek(probe)?.kind === 'ident' ? word(probe) : ''
    const next = word(probe, 1)
    const named = peek(probe, 1)?.kind === 'ident'
    if (text === 'union' || text === 'macro' ? named : UNTIL_BODY.has(text) || text === 'use' || text === 'type')
      return settle(c, probe, text)
    if (text === 'static') return next === '||' || next === '|' || next === 'move' ? null : settle(c, probe, text)
    if (text === 'const' && !isConstModifier(probe)) return isGroup(peek(probe, 1), '{') ? null : settle(c, probe, text)
    if (text === 'extern') {
      if (!isExternFn(probe)) return settle(c, probe, text)
      bump(probe)
      if (peek(probe)?.kind === 'literal') bump(probe)
    } else if (MODIFIERS.includes(text) && named) bump(probe)
    else return null
  }
}

function settle(c: Cursor, probe: Cursor, keyword: string): string {
  c.at = probe.at
  c.sub = 0
  return keyword
}

/** `const fn`, `const unsafe fn`, `const trait`, … as opposed to `const NAME`. */
function isConstModifier(c: Cursor): boolean {
  return ['fn', 'unsafe', 'async', 'extern', 'trait', 'impl', 'safe', 'auto'].includes(word(c, 1))
}

function isExternFn(c: Cursor): boolean {
  return word(c, peek(c, 1)?.kind === 'literal' ? 2 : 1) === 'fn'
}

/** `extern crate a;`, `extern "C" { … }`. */
function parseExtern(c: Cursor): boolean {
  if (word(c, 1) === 'crate') return skipPast(c, false)
  bump(c)
  if (peek(c)?.kind === 'literal') bump(c)
  return eatGroup(c, '{')
}

/** Up to the `;`, or, if `body`, to the first `{ … }` outside of generics, whichever comes first. */
function skipPast(c: Cursor, body: boolean): boolean {
  for (;;) {
    const tok = peek(c)
    if (tok === undefined) return false
    if (eat(c, ';')) return true
    if (body && parseBlock(c)) return true
    if (body && word(c).startsWith('<') && tok.kind === 'punct' ? !skipAngles(c) : !bump(c)) return false
  }
}

/** `path! { … }`, `path!(…);`, `macro_rules! name { … }`. */
function parseMacroItem(c: Cursor): boolean {
  return isMacroCall(c) && parseMacroCall(c)
}

function parseMacroCall(c: Cursor): boolean {
  if (!(parsePath(c, 'mod') && eat(c, '!'))) return false
  if (peek(c)?.kind === 'ident') bump(c)
  const braces = isGroup(peek(c), '{')
  return bump(c) && (braces || eat(c, ';'))
}

function isMacroCall(c: Cursor): boolean {
  const probe: Cursor = { ...c }
  if (!(isSegment(probe) || word(probe) === '::' || peek(probe)?.fragment === 'path')) return false
  return parsePath(probe, 'mod') && word(probe) === '!' && (peek(probe, 1)?.kind === 'open' || peek(probe, 1)?.kind === 'ident')
}

/** A statement without its `;`, as the `stmt` fragment takes it. */
export function parseStatement(c: Cursor): boolean {
  if (['stmt', 'item'].includes(peek(c)?.fragment ?? '')) return bump(c)
  const probe: Cursor = { ...c }
  skipAttributes(probe)
  if (word(probe) === 'let') return skipAttributes(c) && parseLet(c)
  const item: Cursor = { ...probe }
  if (parseVisibility(item) && (item.at !== probe.at || itemKeyword({ ...item }) !== null)) return parseItem(c)
  skipAttributes(c)
  return parseStatementExpression(c)
}

function parseLet(c: Cursor): boolean {
  if (!(eat(c, 'let') && parsePattern(c, true))) return false
  if (eat(c, ':') && !parseType(c, true)) return false
  if (!eat(c, '=')) return true
  return parseExpr(c, true) && (eat(c, 'else') ? parseBlock(c) : true)
}

const BLOCK_LIKE = new Set(['if', 'match', 'while', 'for', 'loop', 'unsafe'])

/** A block-like expression ends the statement, unless a method call or `?` follows; a macro call with braces does, too. */
function parseStatementExpression(c: Cursor): boolean {
  const macro = isMacroCall(c)
  const start = c.at
  const blockLike = BLOCK_LIKE.has(word(c)) || isGroup(peek(c), '{')
  if (!blockLike && !macro) return canBeginExpr(c) && parseExpr(c, true)
  if (macro) {
    if (!(parsePath(c, 'mod') && eat(c, '!'))) return false
    const braces = isGroup(peek(c), '{')
    bump(c)
    if (braces && !['.', '?'].includes(word(c))) return true
    c.at = start
    return parseExpr(c, true)
  }
  if (!parseBlockLike(c)) return false
  if (!['.', '?'].includes(word(c))) return true
  c.at = start
  return parseExpr(c, true)
}

function parseBlockLike(c: Cursor): boolean {
  if (isGroup(peek(c), '{')) return bump(c)
  // Stop before calls and indexing: `if a {} (b)` are two statements.
  const probe: Cursor = { ...c, toks: c.toks }
  if (!parseOperand(probe, true)) return false
  const block = lastBlockBefore(c, probe.at)
  c.at = block
  return true
}

/** End of the last `{ … }` at this level in `c.at..end`. */
function lastBlockBefore(c: Cursor, end: number): number {
  let last = end
  for (const probe: Cursor = { ...c }; probe.at < end; ) {
    const braces = isGroup(peek(probe), '{')
    if (!bump(probe)) break
    if (braces) last = probe.at
  }
  return last
}
