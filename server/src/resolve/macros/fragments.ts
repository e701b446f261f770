import { bump, type Cursor, type Edition, eatGroup, isGroup, isPathKeyword, isReserved, peek, word } from './cursor.ts'
import { canBeginExpr, parseBlock, parseExpr } from './parse-expressions.ts'
import { parseItem, parseLiteral, parseMeta, parseStatement, parseVisibility } from './parse-items.ts'
import { parsePattern } from './parse-patterns.ts'
import { parsePath, parseType } from './parse-types.ts'
import type { Fragment, Tok } from './tokens.ts'

/** What a fragment specifier means in the edition of the macro; null for one that does not exist. */
export function fragmentNamed(name: string, edition: Edition): Fragment | null {
  if (name === 'expr' && edition !== '2024') return 'expr_2021'
  if (name === 'pat' && (edition === '2015' || edition === '2018')) return 'pat_param'
  return NAMES.has(name) ? (name as Fragment) : null
}

const NAMES: ReadonlySet<string> = new Set<Fragment>([
  'block',
  'expr',
  'expr_2021',
  'ident',
  'item',
  'lifetime',
  'literal',
  'meta',
  'pat',
  'pat_param',
  'path',
  'stmt',
  'tt',
  'ty',
  'vis',
])

/**
 * Whether rustc tries the fragment at this token (`Parser::nonterminal_may_begin_with`, 1.95). If it tries and the
 * parse fails, the whole call is an error, so this decides between arms.
 */
export function mayBegin(fragment: Fragment, c: Cursor): boolean {
  const tok = peek(c)
  if (tok === undefined) return false
  const text = word(c)
  switch (fragment) {
    case 'expr_2021':
      return canBeginExpr(c) && text !== 'let' && text !== 'const'
    case 'expr':
      return (canBeginExpr(c) || text === '_') && text !== 'let'
    case 'ty':
      return canBeginType(c, tok)
    case 'ident':
      return tok.kind === 'ident' && text !== '_'
    case 'lifetime':
      return tok.kind === 'lifetime'
    case 'literal':
      return canBeginLiteral(c, tok)
    case 'vis':
      return text === ',' || tok.kind === 'ident' || tok.fragment !== null || canBeginType(c, tok)
    case 'block':
      return (
        isGroup(tok, '{') ||
        tok.kind === 'lifetime' ||
        ['block', 'stmt', 'expr', 'expr_2021', 'literal'].includes(tok.fragment ?? '')
      )
    case 'path':
    case 'meta':
      return text === '::' || tok.kind === 'ident' || (tok.fragment !== null && !['item', 'block', 'vis'].includes(tok.fragment))
    case 'pat':
    case 'pat_param':
      return canBeginPattern(tok, text, fragment)
    default:
      return true
  }
}

const TYPE_KEYWORDS = new Set(['_', 'for', 'impl', 'fn', 'unsafe', 'extern', 'typeof', 'dyn'])
const TYPE_PUNCT = new Set(['!', '*', '&', '&&', '?', '<', '<<', '::'])

function canBeginType(c: Cursor, tok: Tok): boolean {
  if (tok.kind === 'ident') return !isReserved(tok.text, c.edition) || isPathKeyword(tok.text) || TYPE_KEYWORDS.has(tok.text)
  if (tok.kind === 'open') return tok.fragment === null ? tok.text !== '{' : tok.fragment === 'ty' || tok.fragment === 'path'
  return tok.kind === 'lifetime' || (tok.kind === 'punct' && TYPE_PUNCT.has(word(c)))
}

function canBeginLiteral(c: Cursor, tok: Tok): boolean {
  if (tok.kind === 'literal' || ['-', 'true', 'false'].includes(word(c)) || tok.fragment === 'literal') return true
  if (tok.fragment !== 'expr' && tok.fragment !== 'expr_2021') return false
  // A captured expression counts if it is a literal.
  const inside: Cursor = { ...c, at: c.at + 1, sub: 0 }
  return parseLiteral(inside) && inside.at === tok.partner
}

const PATTERN_PUNCT = new Set(['&', '-', '&&', '..', '...', '::', '<', '<<'])
const PATTERN_FRAGMENTS: ReadonlySet<string> = new Set(['expr', 'expr_2021', 'literal', 'meta', 'pat', 'pat_param', 'path', 'ty'])

function canBeginPattern(tok: Tok, text: string, fragment: Fragment): boolean {
  if (tok.kind === 'ident' || tok.kind === 'literal') return true
  if (tok.kind === 'open') return tok.fragment === null ? tok.text !== '{' : PATTERN_FRAGMENTS.has(tok.fragment)
  return PATTERN_PUNCT.has(text) || (text === '|' && fragment === 'pat')
}

/** Moves the cursor over one fragment; false if rustc would report a syntax error. */
export function parseFragment(fragment: Fragment, c: Cursor): boolean {
  switch (fragment) {
    case 'expr':
    case 'expr_2021':
      return parseExpr(c, true)
    case 'ty':
      return parseType(c, true)
    case 'literal':
      return parseLiteral(c)
    case 'vis':
      return parseVisibility(c)
    case 'block':
      return ['expr', 'expr_2021', 'literal', 'stmt'].includes(peek(c)?.fragment ?? '') ? false : parseBlock(c)
    case 'path':
      return parsePath(c, 'type')
    case 'meta':
      return parseMeta(c)
    case 'pat':
    case 'pat_param':
      return parsePattern(c, fragment === 'pat')
    case 'item':
      return parseItem(c)
    case 'stmt':
      return parseStatement(c)
    case 'ident':
    case 'lifetime':
    case 'tt':
      return eatGroup(c, '{') || bump(c)
  }
}
