import { stringValue } from '../../syntax/literals.ts'
import { rawString, type Tok } from './tokens.ts'
import type { Out } from './transcribe.ts'

/**
 * Evaluates `concat!(…)` and `stringify!(…)` that are the value of an attribute (`#[doc = concat!("a", stringify!(X))]`),
 * as rustc does there and nowhere deeper in an attribute. What is not made of plain literals and words is left alone.
 */
export function evaluateAttributeValues(out: readonly Out[]): readonly Out[] {
  const result: Out[] = []
  for (let at = 0; at < out.length; at++) {
    const found = attributeValue(out, at)
    if (found === null) {
      const piece = out[at]
      if (piece !== undefined) result.push(piece)
    } else {
      result.push(...out.slice(at, found.from), { kind: 'token', tok: found.literal })
      at = found.to - 1
    }
  }
  return result
}

/** If an attribute with a macro as its value starts at `at`: the pieces `from..to` to replace, and by what. */
function attributeValue(
  out: readonly Out[],
  at: number,
): { readonly from: number; readonly to: number; readonly literal: Tok } | null {
  let i = at
  if (text(out, i) !== '#') return null
  i++
  if (text(out, i) === '!') i++
  if (text(out, i) !== '[') return null
  i++
  while (token(out, i)?.kind === 'ident' || text(out, i) === '::') i++
  if (text(out, i) !== '=') return null
  const from = i + 1
  const value = macroValue(out, from)
  if (value === null || text(out, value.to) !== ']') return null
  const first = token(out, from)
  if (first === null) return null
  return { from, to: value.to, literal: { ...first, kind: 'literal', text: quoted(value.text), doc: true } }
}

/** A Rust literal: JSON's escapes are Rust's, but for control characters. */
function quoted(value: string): string {
  return /[^\n\r\t\P{Cc}]/u.test(value) ? rawString(value) : JSON.stringify(value)
}

interface Value {
  readonly text: string
  readonly to: number
}

/** `concat!(…)` or `stringify!(…)` at `at`; edges of fragments around it are part of it. */
function macroValue(out: readonly Out[], at: number): Value | null {
  const inner = skipEdges(out, at, 'begin')
  const name = text(out, inner)
  if ((name !== 'concat' && name !== 'stringify') || text(out, inner + 1) !== '!' || token(out, inner + 2)?.kind !== 'open')
    return null
  const value = name === 'concat' ? concatArguments(out, inner + 3) : stringifyArguments(out, inner + 3)
  return value === null ? null : { text: value.text, to: skipEdges(out, value.to, 'end') }
}

function concatArguments(out: readonly Out[], start: number): Value | null {
  let joined = ''
  for (let at = start; ; ) {
    if (token(out, at)?.kind === 'close') return { text: joined, to: at + 1 }
    const part = macroValue(out, at) ?? literalValue(out, at)
    if (part === null) return null
    joined += part.text
    at = text(out, part.to) === ',' ? part.to + 1 : part.to
    if (at === part.to && token(out, at)?.kind !== 'close') return null
  }
}

/** A string, `true`, or a decimal integer: what `concat!` prints without further thought. */
function literalValue(out: readonly Out[], start: number): Value | null {
  const at = skipEdges(out, start, 'begin')
  const tok = token(out, at)
  if (tok === null) return null
  const plain = tok.text === 'true' || tok.text === 'false' || /^(?:0|[1-9]\d*)$/.test(tok.text)
  const value = plain ? tok.text : tok.kind === 'literal' && /^(?:r#*)?"/.test(tok.text) ? stringValue(tok.text) : null
  return value === null ? null : { text: value, to: skipEdges(out, at + 1, 'end') }
}

/** One name, or a path that was written without spaces: rustc's spacing of longer token lists is not imitated. */
function stringifyArguments(out: readonly Out[], start: number): Value | null {
  let joined = ''
  let end: Tok | null = null
  for (let at = skipEdges(out, start, 'begin'); ; at++) {
    const closed = skipEdges(out, at, 'end')
    if (token(out, closed)?.kind === 'close') return joined === '' ? null : { text: joined, to: closed + 1 }
    const tok = token(out, at)
    const fits = tok !== null && (tok.kind === 'ident' || tok.text === '::' || (tok.kind === 'literal' && joined === ''))
    if (!fits || (end !== null && (end.end !== tok.start || end.source !== tok.source))) return null
    joined += tok.text
    end = tok
  }
}

function token(out: readonly Out[], at: number): Tok | null {
  const piece = out[at]
  return piece?.kind === 'token' ? piece.tok : null
}

function text(out: readonly Out[], at: number): string {
  return token(out, at)?.text ?? ''
}

function skipEdges(out: readonly Out[], at: number, kind: 'begin' | 'end'): number {
  let i = at
  while (out[i]?.kind === kind) i++
  return i
}
