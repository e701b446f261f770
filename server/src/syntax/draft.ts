import { parseInnerAttributes, parseOuterAttributes } from './attributes.ts'
import { commentsOf } from './comments.ts'
import { parseVisibility, startWithDocs } from './fields.ts'
import { feed, type Hash, hashText } from './hash.ts'
import { IDENT } from './lexer.ts'
import { endOf, fail, kind, plainName, type Reader, startOf, textAt } from './reader.ts'
import type { Span } from './span.ts'
import type { Attr, Item, ItemPosition, Visibility } from './summary.ts'

/** Everything that grows while a file is read. */
export interface Build {
  readonly r: Reader
  readonly positions: Map<string, ItemPosition>
  readonly hash: Hash
  /** Offsets of the words that may start a type, an impl or a macro in a body; ascending. */
  readonly words: readonly number[]
}

/** The items around the one being read: gives keys. */
export interface Scope {
  /** Key of the parent and `/`, '' at the root. */
  readonly prefix: string
  readonly ordinals: Map<string, number>
}

export function createScope(parentKey: string): Scope {
  return { prefix: parentKey === '' ? '' : `${parentKey}/`, ordinals: new Map() }
}

/** What is known of an item before its keyword. */
export interface Head {
  readonly scope: Scope
  /** First token, attributes included. */
  readonly first: number
  /** Offset of the first doc comment or attribute. */
  readonly start: number
  /** Token after the attributes. */
  readonly head: number
  readonly attrs: readonly Attr[]
  readonly vis: Visibility
}

/** Reads attributes and visibility; from here on spans are relative to the item. */
export function readHead(build: Build, scope: Scope): Head {
  const { r } = build
  const first = r.at
  const start = startWithDocs(r, first)
  r.base = start
  const attrs = parseOuterAttributes(r)
  const head = r.at
  return { scope, first, start, head, attrs, vis: parseVisibility(r) }
}

/** What an item is called. */
export interface Identity {
  readonly key: string
  readonly name: string
  /** Absolute. */
  readonly nameSpan: Span | null
}

/** Names an item `label` (`struct Cache`) among its siblings. */
export function identify(head: Head, label: string, name = '', nameSpan: Span | null = null): Identity {
  const { ordinals, prefix } = head.scope
  const ordinal = ordinals.get(label) ?? 0
  ordinals.set(label, ordinal + 1)
  return { key: `${prefix}${label}${ordinal === 0 ? '' : `#${ordinal}`}`, name, nameSpan }
}

/** Reads the item's name and names it `word name`; the name is '' if there is none. */
export function readIdentity(build: Build, head: Head, word: string): Identity {
  const { r } = build
  if (kind(r) !== IDENT) {
    fail(r, r.at)
    return identify(head, word)
  }
  const name = plainName(textAt(r, r.at))
  const nameSpan = { start: startOf(r, r.at), end: endOf(r, r.at) }
  r.at++
  return identify(head, `${word} ${name}`, name, nameSpan)
}

/** Parts of an item's text that are not part of its summary. Absolute. */
export interface Hole {
  /** What to leave out of the hash, as children, which add themselves. */
  readonly span: Span | null
  /** Braces of a `fn` body. */
  readonly body: Span | null
}

const NO_HOLE: Hole = { span: null, body: null }

type Base = Pick<Item, 'key' | 'name' | 'vis' | 'attrs' | 'comments'>

/** Records where the item ended (with the last token read) and gives what all items have in common. */
export function finish(build: Build, head: Head, identity: Identity, hole: Hole = NO_HOLE, inner: readonly Attr[] = []): Base {
  const { r, hash, positions } = build
  const { key, name, nameSpan } = identity
  const end = Math.max(endOf(r, r.at - 1), startOf(r, head.first))
  const comments = commentsOf(r, head.first, head.head)
  feed(hash, key)
  feed(hash, comments)
  if (hole.span) {
    feed(hash, r.text, head.start, hole.span.start)
    feed(hash, r.text, hole.span.end, end)
  } else feed(hash, r.text, head.start, end)
  const bodyHash = hole.body ? hashText(r.text, hole.body.start, hole.body.end) : ''
  positions.set(key, { start: head.start, end, headStart: startOf(r, head.head), name: nameSpan, body: hole.body, bodyHash })
  const attrs = inner.length > 0 ? [...head.attrs, ...inner] : head.attrs
  return { key, name, vis: head.vis, attrs, comments }
}

/** Reads `#![…]` at the start of an item's braces (the reader stands behind the `{`). */
export function readInnerAttributes(build: Build, head: Head): readonly Attr[] {
  const { base } = build.r
  build.r.base = head.start
  const attrs = parseInnerAttributes(build.r)
  build.r.base = base
  return attrs
}
