/** Reads the generics, where clauses and impl headers of plain Rust declarations whose paths are absolute already. */

import { skipGroup, splitTop } from '../../server/src/facts/rust-text.ts'

export interface Predicate {
  readonly type: string
  readonly bound: string
}

export interface Generics {
  /** `T`, `'a`, `const N`, `A = std::alloc::Global`: without bounds. */
  readonly params: readonly string[]
  readonly predicates: readonly Predicate[]
  readonly rest: string
}

const opening = '<([{'
const closing = '>)]}'

/** Position of a single `:` (not `::`) outside brackets, or -1. */
function colon(text: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string
    if (opening.includes(c)) depth++
    else if (closing.includes(c) && text[i - 1] !== '-') depth--
    else if (c === ':' && depth === 0) {
      if (text[i + 1] === ':') i++
      else return i
    }
  }
  return -1
}

/** Reads `<T: A, 'a, const N: usize = 1>…` at the start of the text. */
export function generics(text: string): Generics {
  const from = text.trimStart()
  if (!from.startsWith('<')) return { params: [], predicates: [], rest: from }
  const end = skipGroup(from, 0)
  const params: string[] = []
  const predicates: Predicate[] = []
  for (const part of splitTop(from.slice(1, end - 1), ',')) {
    const [left = '', fallback] = splitTop(part, '=').length > 1 ? splitDefault(part) : [part]
    const at = colon(left)
    const name = at < 0 ? left : left.slice(0, at).trim()
    params.push(fallback === undefined ? name : `${name} = ${fallback}`)
    if (at >= 0 && !name.startsWith("'") && !name.startsWith('const ')) predicates.push(...bounds(name, left.slice(at + 1)))
  }
  return { params, predicates, rest: from.slice(end).trimStart() }
}

function splitDefault(part: string): [string, string] {
  const [left = ''] = splitTop(part, '=')
  return [left, part.slice(part.indexOf('=', left.length) + 1).trim()]
}

/** Predicates of a where clause without the word `where`. */
export function wherePredicates(text: string): Predicate[] {
  return splitTop(text, ',').flatMap((part) => {
    const at = colon(part)
    return at < 0 || part.startsWith("'") ? [] : bounds(part.slice(0, at).trim(), part.slice(at + 1))
  })
}

/** Each bound of `A + 'a + ?Sized`; lifetimes and (relaxed) Sized left out. */
export function bounds(type: string, text: string): Predicate[] {
  return splitTop(text, '+')
    .filter(
      (bound) => !bound.startsWith("'") && !bound.startsWith('?') && !/^(std|core)::marker::(Meta|Pointee)?Sized$/.test(bound),
    )
    .map((bound) => ({ type, bound: bound.replace(/^(std|core)::marker::(Send|Sync)$/, '$2') }))
}

/** An `impl<…> [!]Trait for Type<…> where …`. */
export interface ImplHeader {
  readonly params: readonly string[]
  readonly negative: boolean
  readonly head: string
  readonly args: readonly string[]
  readonly predicates: readonly Predicate[]
}

/** Reads an impl header; null when it is none of a path type. */
export function implHeader(text: string): ImplHeader | null {
  const start = text.replace(/^unsafe /, '')
  if (!start.startsWith('impl')) return null
  const own = generics(start.slice(4))
  const [before = '', after = ''] = cut(own.rest, ' for ')
  const [target = '', where = ''] = cut(after, ' where ')
  const open = target.indexOf('<')
  const head = (open < 0 ? target : target.slice(0, open)).trim()
  if (!/^[\w:]+$/.test(head)) return null
  const args = open < 0 ? [] : splitTop(target.slice(open + 1, skipGroup(target, open) - 1), ',')
  const predicates = [...own.predicates, ...wherePredicates(where)]
  return { params: own.params, negative: before.startsWith('!'), head, args, predicates }
}

/** Cuts at the first separator outside brackets. */
export function cut(text: string, separator: string): [string, string] {
  let depth = 0
  let at = -1
  for (let i = 0; i < text.length && at < 0; i++) {
    const c = text[i] as string
    if (depth === 0 && text.startsWith(separator, i)) at = i
    else if (opening.includes(c)) depth++
    else if (closing.includes(c) && !(c === '>' && '-='.includes(text[i - 1] ?? ''))) depth--
  }
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + separator.length).trim()]
}
