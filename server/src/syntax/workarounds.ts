import { type Brackets, matchBrackets } from './brackets.ts'
import { lex } from './lexer.ts'

/**
 * `text` rewritten, at equal length, so that tree-sitter-rust 0.24 can read what it has no rule for. Offsets and kinds
 * of a tree over the result hold for the original, from which all text is taken. Null if there was nothing to do.
 *
 * - `&raw.field`, `&raw[0]`: `raw` after `&` is always taken for the keyword of `&raw const`.
 * - `Path::<T> { … }` and `Path::<T>(…)` as patterns: a path in a pattern may not have generic arguments before braces.
 */
export function withoutGrammarGaps(text: string): string | null {
  const lexed = lex(text)
  const { mates } = matchBrackets(lexed)
  const holes: [number, number, string][] = []
  for (let i = 0; i < lexed.count; i++) {
    const code = lexed.kinds[i]
    if (code === 0x26 && wordAt(lexed, i + 1) === 'raw' && !isRawPointer(wordAt(lexed, i + 2))) {
      holes.push([lexed.starts[i + 1] ?? 0, lexed.ends[i + 1] ?? 0, 'r_w'])
    } else if (code === 0x3a && lexed.kinds[i + 1] === 0x3a && lexed.kinds[i + 2] === 0x3c) {
      const end = turbofishEnd(lexed, mates, i + 2)
      const start = lexed.starts[i] ?? 0
      if (end > 0 && isPattern(lexed, mates, end)) holes.push([start, lexed.ends[end - 1] ?? start, ''])
    }
  }
  return holes.length === 0 ? null : fill(text, holes)
}

type Lexed = ReturnType<typeof lex>

function wordAt(lexed: Lexed, index: number): string {
  return lexed.kinds[index] === 1 && index < lexed.count ? lexed.text.slice(lexed.starts[index], lexed.ends[index]) : ''
}

function isRawPointer(word: string): boolean {
  return word === 'const' || word === 'mut'
}

/** Token after the `>` that closes the `<` at `open`; 0 if none does soon. */
function turbofishEnd(lexed: Lexed, mates: Brackets['mates'], open: number): number {
  let depth = 0
  for (let i = open; i < Math.min(lexed.count, open + 256); i++) {
    const code = lexed.kinds[i]
    if (code === 0x3c) depth++
    else if (code === 0x3e && lexed.kinds[i - 1] !== 0x2d && --depth === 0) return i + 1
    else if (code === 0x28 || code === 0x5b) i = Math.max(i, mates[i] ?? i)
    else if (code === 0x3b || code === 0x7b || code === 0x7d) return 0
  }
  return 0
}

/** Whether the group at `index` is followed by what follows a pattern: `=>`, `|`, `=`, or `if`. Braces always count. */
function isPattern(lexed: Lexed, mates: Brackets['mates'], index: number): boolean {
  const code = lexed.kinds[index]
  if (code !== 0x28 && code !== 0x7b) return false
  const next = (mates[index] ?? 0) + 1
  const after = lexed.kinds[next]
  if (after === 0x3d) return lexed.kinds[next + 1] !== 0x3d
  return code === 0x7b || after === 0x7c || wordAt(lexed, next) === 'if'
}

function fill(text: string, holes: readonly [number, number, string][]): string {
  let result = ''
  let at = 0
  for (const [start, end, word] of holes) {
    if (start < at) continue
    result += text.slice(at, start) + word.padEnd(end - start, ' ')
    at = end
  }
  return result + text.slice(at)
}
