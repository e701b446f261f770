import { INNER_DOC, OUTER_DOC } from './lexer.ts'
import { endOf, type Reader, startOf } from './reader.ts'
import type { Directive } from './summary.ts'

/**
 * Comments that belong to the item whose tokens begin at `first` and whose keyword is token `head`: those directly
 * above it (no blank line between, doc comments in any case), and those between its attributes; joined by `\n`.
 */
export function commentsOf(r: Reader, first: number, head: number): string {
  const { commentsBefore } = r.lexed
  const to = commentsBefore[first] ?? 0
  const last = commentsBefore[head] ?? to
  const from = firstAbove(r, first, to)
  if (from >= last) return ''
  const texts: string[] = []
  for (let i = from; i < last; i++) texts.push(commentText(r, i))
  return texts.join('\n')
}

function commentText(r: Reader, index: number): string {
  return r.text.slice(r.lexed.commentStarts[index], r.lexed.commentEnds[index])
}

/** Index of the first comment above token `first` that belongs to it; `to` if there is none. */
function firstAbove(r: Reader, first: number, to: number): number {
  const { commentKinds, commentStarts, commentEnds } = r.lexed
  const previousEnd = endOf(r, first - 1)
  let from = to
  let contiguous = true
  let below = startOf(r, first)
  for (let i = to - 1; i >= 0; i--) {
    const start = commentStarts[i] ?? 0
    if (start < previousEnd || commentKinds[i] === INNER_DOC) break
    if (newlines(r.text, commentEnds[i] ?? 0, below) > 1) contiguous = false
    const trailing = first > 0 && newlines(r.text, previousEnd, start) === 0
    if (commentKinds[i] === OUTER_DOC || (contiguous && !trailing)) from = i
    below = start
  }
  return from
}

function newlines(text: string, start: number, end: number): number {
  let count = 0
  for (let i = start; i < end; i++) if (text.charCodeAt(i) === 0x0a) count++
  return count
}

const MARKER = 'pyo3-thread-safety:'

/** All `// pyo3-thread-safety: …` comments. */
export function findDirectives(r: Reader): Directive[] {
  if (!r.text.includes(MARKER)) return []
  const directives: Directive[] = []
  const { commentStarts, commentEnds } = r.lexed
  for (let i = 0; i < commentStarts.length; i++) {
    const match = /^\/\/\s*pyo3-thread-safety:([\s\S]*)$/.exec(commentText(r, i))
    if (match)
      directives.push({ span: { start: commentStarts[i] ?? 0, end: commentEnds[i] ?? 0 }, text: (match[1] ?? '').trim() })
  }
  return directives
}
