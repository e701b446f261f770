import { lineStart } from '../syntax/edits.ts'
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
 * Whether a suppression speaks about a finding at `offset`: on the finding's line, on a line of its own above it, or above
 * the item or field that holds it. Comments and attributes may stand in between.
 */
export function covers(suppression: Suppression, offset: number, text: string, positions: Positions): boolean {
  if (suppression.scope === 'file') return true
  if (lineStart(text, suppression.directive.span.start) === lineStart(text, offset)) return true
  const target = targetOf(suppression, text)
  if (target === null) return false
  if (lineStart(text, target) === lineStart(text, offset)) return true
  return [...positions.items.values()].some((item) => item.headStart === target && item.start <= offset && offset < item.end)
}

/** Offset of what a comment on a line of its own stands above; null for one behind code, or for a whole file. */
export function targetOf({ directive, scope }: Suppression, text: string): number | null {
  const { start, end } = directive.span
  const alone = text.slice(lineStart(text, start), start).trim() === ''
  return scope === 'line' && alone ? skipTrivia(text, end) : null
}

const SPACE_OR_COMMENT = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y

/** Offset of the first token after `offset` that belongs to no white space, comment or attribute. */
function skipTrivia(text: string, offset: number): number {
  let at = offset
  for (;;) {
    SPACE_OR_COMMENT.lastIndex = at
    if (SPACE_OR_COMMENT.test(text)) at = SPACE_OR_COMMENT.lastIndex
    if (text[at] !== '#' || text[at + 1] !== '[') return at
    let depth = 0
    do {
      if (text[at] === '[') depth++
      else if (text[at] === ']') depth--
      at++
    } while (at < text.length && (depth > 0 || text[at - 1] !== ']'))
  }
}
