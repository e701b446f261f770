/** A place in LSP terms: both 0-based, the character in UTF-16 code units. */
export interface LinePosition {
  readonly line: number
  readonly character: number
}

/**
 * Where the lines of a text begin. Lines end at `\n`, `\r\n` or a lone `\r`, as in LSP. Nothing is left out of the
 * count: a byte order mark is the first character of the first line, as it is the first code unit of the text (editors
 * strip it before we see the text; whoever reads files from disk and wants an editor's columns must strip it too).
 */
export interface LineIndex {
  /** Length of the text. */
  readonly length: number
  /** Offset of the first code unit of each line, ascending, beginning with 0. */
  readonly starts: readonly number[]
  /** Offset of each line's end, its line ending excluded. */
  readonly ends: readonly number[]
}

/** Finds the lines of `text`. */
export function indexLines(text: string): LineIndex {
  const starts = [0]
  const ends: number[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== 0x0a && code !== 0x0d) continue
    ends.push(at)
    if (code === 0x0d && text.charCodeAt(at + 1) === 0x0a) at++
    starts.push(at + 1)
  }
  ends.push(text.length)
  return { length: text.length, starts, ends }
}

/** The place of an offset; offsets outside the text are moved to its nearest end, those inside a line ending before it. */
export function positionAt(lines: LineIndex, offset: number): LinePosition {
  const clamped = Math.max(0, Math.min(offset, lines.length))
  let low = 0
  let high = lines.starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lines.starts[middle] ?? 0) <= clamped) low = middle
    else high = middle - 1
  }
  return { line: low, character: Math.min(clamped, lines.ends[low] ?? 0) - (lines.starts[low] ?? 0) }
}

/** The offset of a place; characters past the end of a line mean its end, lines past the last the end of the text. */
export function offsetAt(lines: LineIndex, { line, character }: LinePosition): number {
  if (line < 0) return 0
  const start = lines.starts[line]
  if (start === undefined) return lines.length
  return Math.min(start + Math.max(0, character), lines.ends[line] ?? start)
}
