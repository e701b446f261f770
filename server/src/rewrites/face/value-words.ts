import { type BodyFacts, childFacts, type Fact, factsOf } from '../../syntax/body.ts'
import type { Span } from '../../syntax/span.ts'
import type { FunctionSource } from '../functions.ts'
import { isName, tokensIn, type Word } from '../tokens.ts'

/** What gives a type that only its surroundings tell. */
const INFERRED = new Set(
  'into try_into default parse extract collect sum product from_str from_slice from_reader from_bytes deserialize transmute take replace downcast_ref downcast_mut downcast'.split(
    ' ',
  ),
)

/**
 * The words of everything that the value of an expression comes from: its own, and those of the bindings of its local names. The
 * type of the value is made of what they name. null where it may come from elsewhere.
 * @param span of the expression in the body
 */
export function wordsOfValue(
  text: string,
  fn: FunctionSource,
  body: BodyFacts,
  span: Span,
  variants: ReadonlySet<string>,
): ReadonlySet<string> | null {
  const words = new Set<string>()
  const pending: Span[] = [span]
  const seen = new Set<string>()
  const named = new Set<string>()
  for (let fuel = 500; pending.length > 0 && fuel > 0; fuel--) {
    const at = pending.pop() ?? span
    const key = `${at.start}:${at.end}`
    if (seen.has(key)) continue
    seen.add(key)
    const tokens = tokensIn(text, { start: fn.body.start + at.start, end: fn.body.start + at.end })
    for (const [i, { text: word }] of tokens.entries()) {
      words.add(word)
      if (INFERRED.has(word) && isInferred(tokens, i)) return null
      if (!isName(word) || tokens[i - 1]?.text === '.' || named.has(word)) continue
      named.add(word)
      const sources = sourcesOf(text, fn, body, word, variants)
      if (sources === null) return null
      for (const each of sources.words) words.add(each)
      pending.push(...sources.spans)
    }
    if (tokens.some((it) => it.text === '!')) if (hasOpaqueMacro(body, at)) return null
  }
  return pending.length > 0 ? null : words
}

/** `it.into()`, `Default::default()`; not `Rates::default()` or `<A as Into<B>>::into(it)`, which say what they give. */
function isInferred(tokens: readonly Word[], i: number): boolean {
  if (tokens[i - 1]?.text === '.') return true
  if (tokens[i - 1]?.text !== ':' || tokens[i - 2]?.text !== ':') return false
  const of = tokens[i - 3]?.text ?? ''
  return (
    of !== '>' &&
    (!/^[A-Z]\w+$/.test(of) || /^(?:Default|Into|TryInto|From|TryFrom|FromStr|Deserialize|Iterator|Serde\w*)$/.test(of))
  )
}

/** Whether a pattern takes apart a variant of which the declaration tells all types: what it is matched with says no more. */
function isDeclared(pattern: string, variants: ReadonlySet<string>): boolean {
  const path = /^\s*(?:\w+\s*::\s*)+(\w+)\s*[({]/.exec(pattern)
  return path !== null && !pattern.includes('|') && variants.has(path[1] ?? '')
}

interface Sources {
  readonly spans: readonly Span[]
  readonly words: readonly string[]
}

/** What a name is bound to, wherever in the body; null where that is not told. */
function sourcesOf(
  text: string,
  fn: FunctionSource,
  body: BodyFacts,
  name: string,
  variants: ReadonlySet<string>,
): Sources | null {
  const spans: Span[] = []
  const words: string[] = []
  for (const param of fn.fn.params) {
    if (!new RegExp(`\\b${name}\\b`).test(param.pattern)) continue
    const at = { start: fn.start + param.span.start, end: fn.start + param.span.end }
    words.push(...tokensIn(text, at).map((it) => it.text))
  }
  for (const { index, fact } of factsOf(body, 'let', 'let-condition', 'for', 'arm', 'closure')) {
    if (!fact.bindings.some((it) => it.name === name)) continue
    const parent = body.facts[fact.parent]
    if ((fact.kind === 'arm' || fact.kind === 'let-condition') && isDeclared(fact.pattern, variants))
      words.push(...tokensIn(fact.pattern).map((it) => it.text))
    else if (fact.kind === 'arm') {
      const scrutinee = childFacts(body, fact.parent, 'value')[0]
      const value = body.facts[scrutinee ?? -1]
      if (!value) return null
      spans.push(value.span)
      words.push(...tokensIn(fact.pattern).map((it) => it.text))
    } else if (fact.kind === 'for') {
      const value = body.facts[childFacts(body, index, 'value')[0] ?? -1]
      if (!value) return null
      spans.push(value.span)
      words.push(...tokensIn(fact.pattern).map((it) => it.text))
    } else if (fact.kind === 'closure') {
      // What a closure gets, its call decides: only where that is around it is it told.
      if (parent?.kind !== 'method' && parent?.kind !== 'call') return null
      spans.push(...outside(parent, fact.span))
    } else spans.push(...withoutBlocks(body, index, fact))
  }
  for (const { index, fact } of factsOf(body, 'assign')) {
    const target = body.facts[childFacts(body, index, 'target')[0] ?? -1]
    if (target?.kind === 'path' && target.text === name) spans.push(fact.span)
  }
  return { spans, words }
}

function outside(parent: Fact, inner: Span): Span[] {
  return [
    { start: parent.span.start, end: inner.start },
    { start: inner.end, end: parent.span.end },
  ]
}

/** A `let` without the block after `else`; a condition. */
function withoutBlocks(body: BodyFacts, index: number, fact: Fact): Span[] {
  const otherwise = body.facts[childFacts(body, index, 'else')[0] ?? -1]
  return otherwise ? outside(fact, otherwise.span) : [fact.span]
}

function hasOpaqueMacro(body: BodyFacts, at: Span): boolean {
  return factsOf(body, 'macro').some(({ fact }) => !fact.expressions && at.start <= fact.span.start && fact.span.end <= at.end)
}

/** The words of a function, its head included. */
export function wordsOfFunction(text: string, fn: FunctionSource): ReadonlySet<string> {
  return new Set(tokensIn(text, fn).map((it) => it.text))
}
