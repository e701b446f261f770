import type { Span } from './span.ts'

/** Replaces the text at an absolute span. An empty span inserts, an empty `newText` deletes. */
export interface TextEdit {
  readonly span: Span
  readonly newText: string
}

/** An edit that puts `newText` in front of the code unit at `at`. */
export function insert(at: number, newText: string): TextEdit {
  return { span: { start: at, end: at }, newText }
}

export function replace(span: Span, newText: string): TextEdit {
  return { span, newText }
}

export function remove(span: Span): TextEdit {
  return { span, newText: '' }
}

/** Edits by position; insertions at one place stay in the order given and stand before a replacement that starts there. */
export function sortEdits(edits: readonly TextEdit[]): TextEdit[] {
  return [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)
}

/** Whether two of the edits touch the same code units. Insertions at one place, or at the edge of a replacement, do not. */
export function overlaps(edits: readonly TextEdit[]): boolean {
  let end = -1
  for (const { span } of sortEdits(edits)) {
    if (span.start < end) return true
    end = Math.max(end, span.end)
  }
  return false
}

/** `text` with all edits done at once, or null if they overlap or leave the text. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string | null {
  let result = ''
  let at = 0
  for (const { span, newText } of sortEdits(edits)) {
    if (span.start < at || span.end < span.start || span.end > text.length) return null
    result += text.slice(at, span.start) + newText
    at = span.end
  }
  return result + text.slice(at)
}

/** One set of edits that does what `first` and then `second` (on the result of `first`) do; null if one of them is invalid. */
export function composeEdits(text: string, first: readonly TextEdit[], second: readonly TextEdit[]): TextEdit[] | null {
  const between = applyEdits(text, first)
  const after = between === null ? null : applyEdits(between, second)
  if (after === null) return null
  const minimal = minimalEdit(text, after)
  return minimal ? [minimal] : []
}

/** The smallest single edit that turns `before` into `after`; null if they are equal. Never splits a surrogate pair or CRLF. */
export function minimalEdit(before: string, after: string): TextEdit | null {
  if (before === after) return null
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before.charCodeAt(head) === after.charCodeAt(head)) head++
  while (head > 0 && isInsidePair(before, head)) head--
  while (head > 0 && isInsidePair(after, head)) head--
  let tail = 0
  while (tail < most - head && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail++
  while (tail > 0 && (isInsidePair(before, before.length - tail) || isInsidePair(after, after.length - tail))) tail--
  return { span: { start: head, end: before.length - tail }, newText: after.slice(head, after.length - tail) }
}

function isInsidePair(text: string, at: number): boolean {
  const previous = text.charCodeAt(at - 1)
  const next = text.charCodeAt(at)
  return (previous === 0x0d && next === 0x0a) || (previous >= 0xd800 && previous < 0xdc00 && next >= 0xdc00 && next < 0xe000)
}

/** The line ending that `text` uses first; `\n` if it has none. */
export function lineEnding(text: string): '\n' | '\r\n' {
  const at = text.indexOf('\n')
  return at > 0 && text.charCodeAt(at - 1) === 0x0d ? '\r\n' : '\n'
}

/** White space at the start of the line that holds `offset`. */
export function indentationAt(text: string, offset: number): string {
  let start = lineStart(text, offset)
  const from = start
  while (start < text.length && (text[start] === ' ' || text[start] === '\t')) start++
  return text.slice(from, start)
}

/** Offset of the first code unit of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

/** One more level than `indentation`: a tab where tabs are used, else four spaces. */
export function deeper(indentation: string): string {
  return indentation + (indentation.includes('\t') ? '\t' : '    ')
}

/** A new multi-line text (written with `\n`) as it should stand in `text`: every line after the first indented, line endings as there. */
export function fitted(text: string, newText: string, indentation: string): string {
  const ending = lineEnding(text)
  return newText
    .split('\n')
    .map((line, i) => (i === 0 || line === '' ? line : indentation + line))
    .join(ending)
}

/** The span of whole lines that holds `span`, with the last line's ending: what to remove so that no blank line stays. */
export function wholeLines(text: string, span: Span): Span {
  const start = lineStart(text, span.start)
  const newline = text.indexOf('\n', span.end)
  const end = newline < 0 ? text.length : newline + 1
  const alone = text.slice(start, span.start).trim() === '' && text.slice(span.end, end).trim() === ''
  return alone ? { start, end } : span
}
