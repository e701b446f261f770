/** The source with comments and the insides of string and character literals blanked; offsets and lines stay. */
export function blankLiterals(source: string): string {
  const pieces: string[] = []
  let kept = 0
  for (const match of source.matchAll(LITERAL)) {
    const [text] = match
    pieces.push(source.slice(kept, match.index), text.replaceAll(/[^\n]/g, ' '))
    kept = match.index + text.length
  }
  return pieces.join('') + source.slice(kept)
}

/** Line comment, block comment (nested one deep), raw string, string, character; a lifetime is none of them. */
const LITERAL =
  /\/\/[^\n]*|\/\*(?:[^*/]|\*(?!\/)|\/(?!\*)|\/\*[\s\S]*?\*\/)*\*\/|\bb?r(#+)"[\s\S]*?"\1|\bb?r"[^"]*"|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\\n]|\\(?:x[0-9a-fA-F]{2}|u\{[^}]*\}|.))'/g

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Offset after the bracket that closes the one at `open`, in a text without literals; its length if there is none. */
export function afterGroup(text: string, open: number): number {
  const stack: string[] = []
  for (let at = open; at < text.length; at++) {
    const character = text.charAt(at)
    const closing = CLOSING[character]
    if (closing) stack.push(closing)
    else if (character === stack.at(-1)) {
      stack.pop()
      if (stack.length === 0) return at + 1
    }
  }
  return text.length
}

/** Line of an offset, 1-based. */
export function lineOf(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}
