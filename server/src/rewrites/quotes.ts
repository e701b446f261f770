import type { TextEdit } from '../syntax/edits.ts'
import type { Span } from '../syntax/span.ts'

const QUOTE = /\uE000(\d+):(\d+)\uE001/g

/**
 * Stands in a new text for the text at a span of the old one. In a macro's definition that is `$name` where the expansion has
 * what a call gave, so an edit with quotes says the same in both.
 */
export function quote({ start, end }: Span): string {
  return `\uE000${start}:${end}\uE001`
}

/** An edit with its quotes filled in; null if one of them cannot be. */
export function filled(edit: TextEdit, textAt: (span: Span) => string | null): TextEdit | null {
  let whole = true
  const newText = edit.newText.replaceAll(QUOTE, (_, start: string, end: string) => {
    const text = textAt({ start: Number(start), end: Number(end) })
    whole &&= text !== null
    return text ?? ''
  })
  return whole ? { ...edit, newText } : null
}
