/** Cuts Rust text of types and generics at brackets: just enough for text that rustdoc wrote. */

const opening = '<([{'
const closing = '>)]}'

/** +1 at an opening bracket, -1 at a closing one, else 0. The `>` of `->` and `=>` is no bracket. */
function step(text: string, at: number): number {
  const c = text.charAt(at)
  if (opening.includes(c)) return 1
  if (!closing.includes(c)) return 0
  return c === '>' && at > 0 && '-='.includes(text.charAt(at - 1)) ? 0 : -1
}

/**
 * The parts of a text between separators that stand outside all brackets, trimmed, empty ones left out.
 * @param separator not empty and no bracket
 */
export function splitTop(text: string, separator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const change = step(text, i)
    depth += change
    if (change === 0 && depth === 0 && text.startsWith(separator, i)) {
      parts.push(text.slice(start, i))
      start = i + separator.length
      i = start - 1
    }
  }
  parts.push(text.slice(start))
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

/** The position after the bracket that closes the one at `start`; the text's length when none does. */
export function skipGroup(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    depth += step(text, i)
    if (depth === 0) return i + 1
  }
  return text.length
}
