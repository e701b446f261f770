import type { Directive, Positions } from '../syntax/summary.ts'

/** `allow(rule-id)` or `allow-file(rule-id)` comments of one file. */
export interface Suppression {
  readonly directive: Directive
  readonly scope: 'line' | 'file'
  readonly rules: readonly string[]
  /** Text after the closing parenthesis and a colon; '' if there is none. */
  readonly reason: string
}

const DIRECTIVE = /^(allow|allow-file)\(\s*([\w-]+(?:\s*,\s*[\w-]+)*)\s*\)\s*(?::\s*(.*))?$/

/** Reads a file's directives; those that are not understood are left out and returned as `malformed`. */
export function suppressions(positions: Positions): { valid: Suppression[]; malformed: Directive[] } {
  const valid: Suppression[] = []
  const malformed: Directive[] = []
  for (const directive of positions.directives) {
    const match = DIRECTIVE.exec(directive.text)
    if (!match) {
      malformed.push(directive)
      continue
    }
    const rules = (match[2] ?? '').split(',').map((it) => it.trim())
    valid.push({ directive, scope: match[1] === 'allow-file' ? 'file' : 'line', rules, reason: match[3] ?? '' })
  }
  return { valid, malformed }
}

/**
 * Whether a suppression speaks about a finding at `offset`: on the finding's line, alone on a line above it (with only other
 * comments and attributes between), or above the item that holds the finding (its attributes included).
 */
export function covers(suppression: Suppression, offset: number, text: string, positions: Positions): boolean {
  if (suppression.scope === 'file') return true
  const { start, end } = suppression.directive.span
  if (lineStart(text, start) === lineStart(text, offset)) return true
  if (text.slice(lineStart(text, start), start).trim() !== '') return false
  const next = skipTrivia(text, end)
  if (next <= offset && lineStart(text, next) === lineStart(text, offset)) return true
  for (const item of positions.items.values()) {
    const above = item.start <= start && end <= item.headStart
    const directly = next === item.start || next === item.headStart
    if ((above || directly) && item.start <= offset && offset < item.end) return true
  }
  return false
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Offset of the first token after `offset` that is neither white space, comment nor attribute. */
function skipTrivia(text: string, offset: number): number {
  const trivia = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y
  trivia.lastIndex = offset
  return trivia.test(text) ? trivia.lastIndex : offset
}
