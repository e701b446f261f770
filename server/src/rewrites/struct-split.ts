import { indentationAt, type TextEdit } from '../syntax/edits.ts'
import type { Field } from '../syntax/summary.ts'
import { isPyo3 } from './class-attributes.ts'
import type { ClassSource } from './class-source.ts'
import { tokensIn } from './tokens.ts'

/** The two halves of a class's fields. */
export interface StructSplit {
  readonly edit: TextEdit
  /** Lines of the inner struct's fields, indented, `\n` between them. */
  readonly innerFields: string
}

/**
 * Takes the moved fields out of a struct, with the comments that stand with them, and puts a lock in.
 * @param vis visibility of the lock's field; where it has one, the moved fields keep theirs
 */
export function splitStruct(
  source: ClassSource,
  moved: ReadonlySet<string>,
  lockField: string,
  lockType: string,
  vis: string,
): StructSplit | null {
  const { text, struct, structAt } = source
  if (struct.shape === 'tuple') return splitTuple(source, lockType, vis)
  const open = tokensIn(text, { start: source.cls.nameAt.span.end, end: structAt.end }).find((it) => it.text === '{')
  if (!open) return null
  const close = structAt.end - 1
  const indent = indentationAt(text, structAt.headStart)
  const unit = indentationAt(text, structAt.start + (struct.fields[0]?.nameSpan.start ?? 0)).includes('\t') ? '\t' : '    '
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const chunks = chunksOf(source, open.end, close)
  const lines = (wanted: (name: string) => boolean, clean: boolean): string[] =>
    chunks.list
      .filter((it) => wanted(it.field.name))
      .map((it) => `${indent}${unit}${clean ? innerText(source, it, vis !== '') : it.text}`)
  const kept = lines((name) => !moved.has(name), false)
  const trailing = chunks.rest.trim()
  const body = [...kept, `${indent}${unit}${vis}${lockField}: ${lockType},`, ...(trailing ? [`${indent}${unit}${trailing}`] : [])]
  const newText = `${newline}${body.join(newline)}${newline}${indent}`
  return {
    edit: { span: { start: open.end, end: close }, newText },
    innerFields: lines((name) => moved.has(name), true).join('\n'),
  }
}

/** All fields of a tuple struct move; its inner struct is one too. */
function splitTuple({ text, struct, structAt, cls }: ClassSource, lockType: string, vis: string): StructSplit | null {
  const tokens = tokensIn(text, { start: cls.nameAt.span.end, end: structAt.end })
  const close = tokens.findLast((it) => it.text === ')')
  if (tokens[0]?.text !== '(' || !close) return null
  const span = { start: tokens[0].end, end: close.start }
  if (/\/\/|\/\*/.test(text.slice(span.start, span.end))) return null
  const types = struct.fields.map((it) => text.slice(structAt.start + it.type.span.start, structAt.start + it.type.span.end))
  const written = struct.fields.map((it, i) => `${vis === '' ? '' : visText(it.vis)}${types[i] ?? ''}`)
  return { edit: { span, newText: vis + lockType }, innerFields: written.join(', ') }
}

interface Chunk {
  readonly field: Field
  /** From what follows the field before, to the comma and the comment on its line. Trimmed; ends with a comma or a comment. */
  readonly text: string
  /** Absolute. */
  readonly start: number
}

function chunksOf(source: ClassSource, from: number, to: number): { list: Chunk[]; rest: string } {
  const { text, struct, structAt } = source
  const list: Chunk[] = []
  let at = from
  for (const field of struct.fields) {
    const fieldEnd = structAt.start + field.span.end
    const after = /^\s*,/.exec(text.slice(fieldEnd, to))
    let end = fieldEnd + (after?.[0].length ?? 0)
    const comment = /^[ \t]*\/\/[^\n]*/.exec(text.slice(end, to))
    const lead = /^\s*/.exec(text.slice(at, to))?.[0].length ?? 0
    const declared = after ? text.slice(at + lead, end) : `${text.slice(at + lead, fieldEnd)},`
    list.push({ field, text: declared + (comment?.[0].trimEnd() ?? ''), start: at + lead })
    end += comment?.[0].length ?? 0
    at = end
  }
  return { list, rest: text.slice(at, to) }
}

/** A visibility as it is written. */
function visText(vis: Field['vis']): string {
  if (typeof vis === 'object') return `pub(in ${vis.in}) `
  return { private: '', pub: 'pub ', crate: 'pub(crate) ', super: 'pub(super) ' }[vis]
}

/** A field for the inner struct: without PyO3's attributes, and without visibility unless other modules may use it. */
function innerText({ structAt }: ClassSource, { field, text: chunk, start }: Chunk, open: boolean): string {
  const cuts = field.attrs.filter(isPyo3).map((it) => {
    const from = structAt.start + it.span.start - start
    const to = structAt.start + it.span.end - start
    return { start: from, end: to + (/^\s*/.exec(chunk.slice(to))?.[0].length ?? 0) }
  })
  const name = structAt.start + field.nameSpan.start - start
  const vis = /pub(?:\s*\([^)]*\))?\s+$/.exec(chunk.slice(0, name))
  if (vis && field.vis !== 'private' && !open) cuts.push({ start: vis.index, end: name })
  let result = ''
  let at = 0
  for (const cut of cuts.sort((a, b) => a.start - b.start)) {
    result += chunk.slice(at, cut.start)
    at = Math.max(at, cut.end)
  }
  return result + chunk.slice(at)
}
