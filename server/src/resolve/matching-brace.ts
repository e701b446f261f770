import { tokenize } from '../syntax/lexer.ts'

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Index of the delimiter that closes the one at `open`, strings and comments left aside; null if it is never closed. */
export function matchingBrace(text: string, open: number): number | null {
  const closing: string[] = []
  for (const token of tokenize(text.slice(open))) {
    const found = text.slice(open + token.start, open + token.end)
    const expected = CLOSING[found]
    if (expected !== undefined) closing.push(expected)
    else if (found === closing.at(-1)) {
      closing.pop()
      if (closing.length === 0) return open + token.start
    }
  }
  return null
}
