import type { Span } from '../syntax/span.ts'
import type { TomlDocument, TomlEntry, TomlProblem, TomlTable, TomlValue } from './toml.ts'

/**
 * Reads TOML 1.0 (and newlines in inline tables, which cargo accepts), keeping positions and surviving broken text: a
 * line that makes no sense is noted in `problems` and skipped.
 *
 * Written by hand because hundreds of manifests of dependencies are read in one `check`: 300 of them take 73 ms of CPU,
 * reading the files included; parsing with tree-sitter-toml and walking the tree, without building values, 229 ms.
 */
export function readToml(text: string): TomlDocument {
  const reader: Reader = { text, at: text.charCodeAt(0) === 0xfeff ? 1 : 0, problems: [], depth: 0 }
  const root = table(0, 'root')
  let current = root
  let recovering = false
  for (;;) {
    skipBlank(reader)
    if (reader.at >= text.length) break
    const start = reader.at
    try {
      if (text[start] === '[') current = readHeader(reader, root)
      else {
        readPair(reader, current)
        current.span.end = reader.at
      }
      expectLineEnd(reader)
      recovering = false
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      // The lines of one broken array are one problem.
      if (!recovering) reader.problems.push({ message: error.message, span: { start: error.at, end: lineEnd(text, error.at) } })
      recovering = true
      // A bad header must not put the pairs that follow it into the table before it.
      if (text[start] === '[') current = table(start, 'header')
      // Not after the place of the error: an array that is not closed may have swallowed headers.
      reader.at = lineEnd(text, start)
    }
  }
  root.span.end = text.length
  return { root, problems: reader.problems }
}

const MAX_DEPTH = 64

interface Reader {
  readonly text: string
  at: number
  readonly problems: TomlProblem[]
  depth: number
}

class Unreadable extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

interface OpenTable extends TomlTable {
  readonly entries: Map<string, TomlEntry>
  readonly span: { start: number; end: number }
  /** Inline tables are closed; `header` tables may be reopened by the header of a table inside them. */
  readonly origin: 'root' | 'header' | 'implied' | 'inline'
}

function table(start: number, origin: OpenTable['origin']): OpenTable {
  return { kind: 'table', entries: new Map(), span: { start, end: start }, origin }
}

interface Key {
  readonly name: string
  readonly span: Span
}

function readHeader(reader: Reader, root: OpenTable): OpenTable {
  const start = reader.at
  const isArray = reader.text.startsWith('[[', start)
  reader.at += isArray ? 2 : 1
  const path = readKeyPath(reader)
  const close = isArray ? ']]' : ']'
  if (!reader.text.startsWith(close, reader.at)) throw new Unreadable(`expected \`${close}\``, reader.at)
  reader.at += close.length
  const last = path.pop()
  if (!last) throw new Unreadable('expected a key', start)
  const parent = descend(root, path, start)
  const opened = table(start, 'header')
  opened.span.end = reader.at
  const before = parent.entries.get(last.name)
  if (isArray) {
    const items = before?.value.kind === 'array' ? (before.value.items as TomlValue[]) : []
    if (before && before.value.kind !== 'array')
      throw new Unreadable(`\`${last.name}\` is not an array of tables`, last.span.start)
    items.push(opened)
    if (!before)
      parent.entries.set(last.name, { key: last.name, keySpan: last.span, value: { kind: 'array', items, span: opened.span } })
    return opened
  }
  if (!before) {
    parent.entries.set(last.name, { key: last.name, keySpan: last.span, value: opened })
    return opened
  }
  const existing = before.value as OpenTable
  if (existing.kind !== 'table' || existing.origin === 'inline')
    throw new Unreadable(`\`${last.name}\` is not a table`, last.span.start)
  return existing
}

/** Walks (and creates) the tables of a path; the last element of an array of tables stands for the array. */
function descend(from: OpenTable, path: readonly Key[], start: number): OpenTable {
  let current = from
  for (const key of path) {
    const entry = current.entries.get(key.name)
    const value = entry?.value.kind === 'array' ? entry.value.items.at(-1) : entry?.value
    if (!value) {
      const implied = table(start, 'implied')
      current.entries.set(key.name, { key: key.name, keySpan: key.span, value: implied })
      current = implied
    } else if (value.kind === 'table' && (value as OpenTable).origin !== 'inline') current = value as OpenTable
    else throw new Unreadable(`\`${key.name}\` is not a table`, key.span.start)
  }
  return current
}

function readPair(reader: Reader, into: OpenTable): void {
  const start = reader.at
  const path = readKeyPath(reader)
  if (reader.text[reader.at] !== '=') throw new Unreadable('expected `=`', reader.at)
  reader.at++
  skipSpaces(reader)
  const last = path.pop()
  if (!last) throw new Unreadable('expected a key', start)
  const parent = descend(into, path, start)
  const value = readValue(reader)
  for (const implied of path.length > 0 ? [parent] : []) implied.span.end = Math.max(implied.span.end, reader.at)
  if (parent.entries.has(last.name)) reader.problems.push({ message: `\`${last.name}\` is there twice`, span: last.span })
  else parent.entries.set(last.name, { key: last.name, keySpan: last.span, value })
}

const BARE_KEY = /[A-Za-z0-9_-]+/y

function readKeyPath(reader: Reader): Key[] {
  const path: Key[] = []
  for (;;) {
    skipSpaces(reader)
    const start = reader.at
    const quote = reader.text[start]
    let name: string
    if (quote === '"' || quote === "'") name = readString(reader)
    else {
      BARE_KEY.lastIndex = start
      const match = BARE_KEY.exec(reader.text)
      if (!match) throw new Unreadable('expected a key', start)
      name = match[0]
      reader.at += name.length
    }
    path.push({ name, span: { start, end: reader.at } })
    skipSpaces(reader)
    if (reader.text[reader.at] !== '.') return path
    reader.at++
  }
}

const ATOM = /[A-Za-z0-9_+\-:.]+(?: \d\d:\d\d[A-Za-z0-9_+\-:.]*)?/y

function readValue(reader: Reader): TomlValue {
  const start = reader.at
  switch (reader.text[start]) {
    case '"':
    case "'":
      return { kind: 'string', value: readString(reader), span: { start, end: reader.at } }
    case '[':
      return nested(reader, readArray)
    case '{':
      return nested(reader, readInlineTable)
  }
  ATOM.lastIndex = start
  const atom = ATOM.exec(reader.text)?.[0]
  if (!atom) throw new Unreadable('expected a value', start)
  reader.at += atom.length
  const span = { start, end: reader.at }
  if (atom === 'true' || atom === 'false') return { kind: 'boolean', value: atom === 'true', span }
  const number = readNumber(atom)
  if (number !== null) return { kind: 'number', value: number, span }
  if (/^\d\d(?:\d\d-|:)/.test(atom)) return { kind: 'date', value: atom, span }
  throw new Unreadable(`\`${atom}\` is not a value (strings need quotes)`, start)
}

function readNumber(atom: string): number | null {
  const special = /^([+-]?)(inf|nan)$/.exec(atom)
  if (special) return special[2] === 'nan' ? Number.NaN : special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (!/^(?:0[xob][0-9A-Fa-f_]+|[+-]?\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?[\d_]+)?)$/.test(atom)) return null
  const value = Number(atom.replaceAll('_', ''))
  return Number.isNaN(value) ? null : value
}

function nested(reader: Reader, read: (reader: Reader) => TomlValue): TomlValue {
  if (++reader.depth > MAX_DEPTH) throw new Unreadable('nested too deeply', reader.at)
  try {
    return read(reader)
  } finally {
    reader.depth--
  }
}

function readArray(reader: Reader): TomlValue {
  const start = reader.at++
  const items: TomlValue[] = []
  for (;;) {
    skipBlank(reader)
    if (reader.text[reader.at] === ']') break
    items.push(readValue(reader))
    skipBlank(reader)
    if (reader.text[reader.at] === ',') reader.at++
    else if (reader.text[reader.at] !== ']') throw new Unreadable('expected `,` or `]`', reader.at)
  }
  reader.at++
  return { kind: 'array', items, span: { start, end: reader.at } }
}

function readInlineTable(reader: Reader): TomlValue {
  const start = reader.at++
  // Open while its own dotted keys are read, closed afterwards.
  const open = table(start, 'implied')
  for (;;) {
    skipBlank(reader)
    if (reader.text[reader.at] === '}') break
    readPair(reader, open)
    skipBlank(reader)
    if (reader.text[reader.at] === ',') reader.at++
    else if (reader.text[reader.at] !== '}') throw new Unreadable('expected `,` or `}`', reader.at)
  }
  reader.at++
  const closed: OpenTable = { ...open, span: { start, end: reader.at }, origin: 'inline' }
  return closed
}

/** Any of the four kinds of strings. */
function readString(reader: Reader): string {
  const { text, at: start } = reader
  const quote = text[start] ?? '"'
  const long = quote.repeat(3)
  const isLong = text.startsWith(long, start)
  const open = isLong ? long : quote
  const escapes = quote === '"'
  let at = start + open.length
  for (;;) {
    const c = text[at]
    if (c === undefined || (!isLong && c === '\n')) throw new Unreadable('the string is not closed', start)
    if (escapes && c === '\\') at += 2
    else if (c === quote && text.startsWith(open, at)) break
    else at++
  }
  // `""""` at the end: up to two quotes belong to the text.
  if (isLong) for (let extra = 0; extra < 2 && text[at + 3] === quote; extra++) at++
  reader.at = at + open.length
  const body = text.slice(start + open.length, at)
  const inner = isLong ? body.replace(/^\r?\n/, '') : body
  return escapes && inner.includes('\\') ? readEscapes(inner) : inner
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\u001b',
  '"': '"',
  '\\': '\\',
}

function readEscapes(text: string): string {
  return text.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|[ \t]*\r?\n\s*|(.))/gs,
    (whole, u, U, x, simple) => {
      const code = u ?? U ?? x
      if (code !== undefined) {
        const point = Number.parseInt(code, 16)
        return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
      }
      return simple === undefined ? '' : (ESCAPES[simple] ?? whole)
    },
  )
}

function skipSpaces(reader: Reader): void {
  for (;;) {
    const c = reader.text.charCodeAt(reader.at)
    if (c !== 32 && c !== 9) return
    reader.at++
  }
}

/** Spaces, line ends and comments. */
function skipBlank(reader: Reader): void {
  for (;;) {
    const c = reader.text.charCodeAt(reader.at)
    if (c === 32 || c === 9 || c === 10 || c === 13) reader.at++
    else if (c === 35) reader.at = lineEnd(reader.text, reader.at)
    else return
  }
}

function expectLineEnd(reader: Reader): void {
  skipSpaces(reader)
  const c = reader.text[reader.at]
  if (c === undefined || c === '\n' || c === '\r' || c === '#') return
  throw new Unreadable('expected the end of the line', reader.at)
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}
