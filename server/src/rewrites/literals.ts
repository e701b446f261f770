import { type BodyFacts, factsOf, type StructFact } from '../syntax/body.ts'
import { insert, type TextEdit } from '../syntax/edits.ts'
import { tokensIn } from './tokens.ts'

/** How struct literals of the class have to change. */
export interface LiteralShape {
  readonly moved: ReadonlySet<string>
  readonly lockField: string
  readonly inner: string
  /** Path of the lock's type, as it can be written where the literals stand. */
  readonly lock: string
  /** The same in full. */
  readonly lockPath: string
}

/**
 * Edits that wrap the moved fields of a struct literal into `inner: Mutex::new(CounterInner { … })`.
 * @param at span of the literal in `text`, absolute
 * @returns null where that is not possible by closed forms (`..base`, comments or moved and kept fields in no order)
 */
export function literalEdits(
  text: string,
  fact: StructFact,
  body: BodyFacts,
  index: number,
  offset: number,
  shape: LiteralShape,
): TextEdit[] | null {
  if (fact.hasBase) return null
  const start = offset + fact.span.start
  const end = offset + fact.span.end
  const tokens = tokensIn(text, { start, end })
  const open = tokens.findIndex((it) => it.text === '{')
  const brace = tokens[open]
  if (!brace) return null
  const parts = fieldTexts(text, fact, body, index, offset)
  if (parts === null) return null
  const between = text.slice(brace.end, end - 1)
  if (tokens.some((it) => it.text.includes('\n'))) return null
  if (between.includes('\n') && parts.every((it) => shape.moved.has(it.name)))
    return [{ span: { start: brace.end, end: end - 1 }, newText: wrapped(between, shape) }]
  if (parts.some((it) => it.text.includes('//') || it.text.includes('#['))) return null
  if (/\/\/|\/\*|#\[/.test(withoutParts(between, parts, brace.end))) return null
  const multiline = between.includes('\n')
  const kept = parts.filter((it) => !shape.moved.has(it.name))
  const moved = parts.filter((it) => shape.moved.has(it.name))
  const newText = multiline ? manyLines(text, brace.end, kept, moved, shape) : oneLine(text, start, kept, moved, shape)
  return [{ span: { start: brace.end, end: end - 1 }, newText }]
}

/** All fields move, so what stands between the braces only goes one level deeper, comments and all. */
function wrapped(between: string, { lockField, lock, inner }: LiteralShape): string {
  const newline = between.includes('\r\n') ? '\r\n' : '\n'
  const indent = /\n([ \t]*)\S/.exec(between)?.[1] ?? ''
  const unit = indent.includes('\t') ? '\t' : '    '
  const outer = /[ \t]*$/.exec(between)?.[0] ?? ''
  const lines = deeperText(between.trimEnd(), unit)
  return `${newline}${indent}${lockField}: ${lock}::new(${inner} {${lines}${newline}${indent}}),${newline}${outer}`
}

interface Part {
  readonly name: string
  readonly text: string
  readonly start: number
  readonly end: number
}

function fieldTexts(text: string, fact: StructFact, body: BodyFacts, index: number, offset: number): Part[] | null {
  const values: number[] = []
  for (let child = index + 1; child < fact.after; child = body.facts[child]?.after ?? fact.after) values.push(child)
  if (values.length !== fact.fields.length) return null
  return fact.fields.map((field, i) => {
    const start = offset + field.nameSpan.start
    const value = body.facts[values[i] ?? -1]
    const end = field.shorthand ? offset + field.nameSpan.end : offset + (value?.span.end ?? field.nameSpan.end)
    return { name: field.name, text: text.slice(start, end), start, end }
  })
}

function withoutParts(between: string, parts: readonly Part[], offset: number): string {
  let rest = ''
  let at = 0
  for (const part of parts) {
    rest += between.slice(at, part.start - offset)
    at = part.end - offset
  }
  return rest + between.slice(at)
}

function manyLines(text: string, from: number, kept: readonly Part[], moved: readonly Part[], shape: LiteralShape): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const first = [...kept, ...moved].sort((a, b) => a.start - b.start)[0]
  const indent = /[ \t]*$/.exec(text.slice(from, first?.start ?? from))?.[0] ?? ''
  const unit = indent.includes('\t') ? '\t' : '    '
  const outer = indent.slice(0, Math.max(0, indent.length - unit.length))
  const short = shortInner(moved, shape)
  const lock = short
    ? [`${indent}${short}`]
    : [
        `${indent}${shape.lockField}: ${shape.lock}::new(${shape.inner} {`,
        ...moved.map((it) => `${indent}${unit}${deeperText(it.text, unit)},`),
        `${indent}}),`,
      ]
  const lines = [...kept.map((it) => `${indent}${it.text},`), ...lock]
  return `${newline}${lines.join(newline)}${newline}${outer}`
}

/** Later lines of a value go one level deeper; not those of a string that spans lines, which the caller keeps out. */
function deeperText(text: string, unit: string): string {
  return text.replaceAll(/\n(?=[^\r\n])/g, `\n${unit}`)
}

function oneLine(text: string, start: number, kept: readonly Part[], moved: readonly Part[], shape: LiteralShape): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const base = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? ''
  const unit = base.includes('\t') ? '\t' : '    '
  const short = shortInner(moved, shape)
  const body = short
    ? [`${base}${unit}${short}`]
    : [
        `${base}${unit}${shape.lockField}: ${shape.lock}::new(${shape.inner} {`,
        ...moved.map((it) => `${base}${unit}${unit}${it.text},`),
        `${base}${unit}}),`,
      ]
  return `${newline}${[...kept.map((it) => `${base}${unit}${it.text},`), ...body].join(newline)}${newline}${base}`
}

/** Struct literals of the class in a body: those that name it by one of `names`. */
export function literalsIn(body: BodyFacts, names: ReadonlySet<string>): { readonly index: number; readonly fact: StructFact }[] {
  return factsOf(body, 'struct')
    .filter(({ fact }) => names.has(fact.path))
    .map(({ index, fact }) => ({ index, fact: fact as StructFact }))
}

/** rustfmt's `struct_lit_width`: a literal whose fields take more goes over several lines. */
const STRUCT_WIDTH = 18

function shortInner(moved: readonly Part[], shape: LiteralShape): string | null {
  const list = moved.map((it) => it.text).join(', ')
  return list.length <= STRUCT_WIDTH && !list.includes('\n')
    ? `${shape.lockField}: ${shape.lock}::new(${shape.inner} { ${list} }),`
    : null
}

/** Calls of a tuple struct's name: where its values are wrapped too. null where the name is used as a function. */
export function tupleEdits(
  body: BodyFacts,
  text: string,
  names: ReadonlySet<string>,
  offset: number,
  shape: LiteralShape,
): { readonly edits: readonly TextEdit[]; readonly heads: readonly number[] } | null {
  const edits: TextEdit[] = []
  const heads: number[] = []
  for (const { fact } of factsOf(body, 'path')) {
    if (!names.has(fact.text)) continue
    const call = body.facts[fact.parent]
    if (call?.kind !== 'call' || fact.role !== 'callee') return null
    const open = text.indexOf('(', offset + fact.span.end)
    const close = offset + call.span.end - 1
    if (text[close] !== ')' || open < 0 || open > close) return null
    edits.push(insert(open + 1, `${shape.lock}::new(${shape.inner}(`), insert(close, '))'))
    heads.push(offset + fact.span.start)
  }
  return { edits, heads }
}
