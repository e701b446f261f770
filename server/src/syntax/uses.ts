import { IDENT } from './lexer.ts'
import {
  COMMA,
  eat,
  eatWord,
  fail,
  inGroup,
  isPathSeparator,
  kind,
  kindAt,
  LBRACE,
  MAX_DEPTH,
  plainName,
  type Reader,
  STAR,
  skipToken,
  spanFrom,
  startsItemOnNewLine,
  textAt,
} from './reader.ts'
import type { UseImport } from './summary.ts'

interface Prefix {
  readonly global: boolean
  readonly path: readonly string[]
}

/** Reads the tree of a `use` declaration, one import a leaf. The `;` stays. */
export function parseUseTree(r: Reader): UseImport[] {
  const imports: UseImport[] = []
  readTree(r, { global: false, path: [] }, imports)
  return imports
}

function readTree(r: Reader, prefix: Prefix, into: UseImport[]): void {
  const first = r.at
  const global = isPathSeparator(r, r.at) ? true : prefix.global
  if (isPathSeparator(r, r.at)) r.at += 2
  const path = [...prefix.path]
  while (kind(r) === IDENT && !(r.at > first && startsItemOnNewLine(r, r.at))) {
    path.push(plainName(textAt(r, r.at++)))
    if (!isPathSeparator(r, r.at)) {
      into.push(leaf(r, first, { global, path }, prefix))
      return
    }
    r.at += 2
  }
  if (kind(r) === STAR) {
    r.at++
    into.push({ global, path, glob: true, alias: null, span: spanFrom(r, first) })
  } else if (kind(r) === LBRACE && r.depth < MAX_DEPTH) inGroup(r, () => readList(r, { global, path }, into))
  else fail(r, first)
}

function leaf(r: Reader, first: number, { global, path }: Prefix, prefix: Prefix): UseImport {
  const alias = eatWord(r, 'as') && kind(r) === IDENT ? plainName(textAt(r, r.at++)) : null
  const self = path.length === prefix.path.length + 1 && path.length > 1 && path.at(-1) === 'self'
  return { global, path: self ? path.slice(0, -1) : path, glob: false, alias, span: spanFrom(r, first) }
}

function readList(r: Reader, prefix: Prefix, into: UseImport[]): void {
  while (r.at < r.limit) {
    const before = r.at
    readTree(r, prefix, into)
    if (eat(r, COMMA) || r.at >= r.limit) continue
    while (r.at < r.limit && kind(r) !== COMMA && kindAt(r, r.at) !== 0) skipToken(r)
    fail(r, before)
    eat(r, COMMA)
  }
}
