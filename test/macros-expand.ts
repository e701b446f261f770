import { expandMacro, isRefusal, parseMacroRules } from '../server/src/resolve/macros/expand.ts'
import { readTokens } from '../server/src/resolve/macros/tokens.ts'
import type { ForwardCase, MacroCase } from './macros-cases.ts'

export type Outcome = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'refused'; readonly reason: string }

const source = (rules: MacroCase['rules']): string => rules.map(([matcher, body]) => `(${matcher}) => { ${body}\n}`).join(';\n')

/** What the expander makes of a case. */
export function expansionOf(c: MacroCase): Outcome {
  const rules = parseMacroRules(source(c.rules), c.edition ?? '2021')
  if (isRefusal(rules)) return { kind: 'refused', reason: rules.reason }
  const expansion = expandMacro(rules, c.args, { crateName: 'krate' })
  return isRefusal(expansion) ? { kind: 'refused', reason: expansion.reason } : { kind: 'text', text: expansion.text }
}

/** What the inner macro answers, or why one of the two was refused. */
export function forwardedRule(c: ForwardCase): string {
  const outer = parseMacroRules(source([c.outer]), '2021')
  const inner = parseMacroRules(source(c.inner), '2021')
  if (isRefusal(outer) || isRefusal(inner)) return 'definition refused'
  const first = expandMacro(outer, c.args, { crateName: 'krate' })
  if (isRefusal(first)) return first.reason
  const second = expandMacro(inner, first.text, { crateName: 'krate', opaque: first.opaque, depth: 1 })
  return isRefusal(second) ? second.reason : second.text.trim()
}

/** Whether two texts are the same Rust tokens, white space and the spelling of doc comments aside. */
export function sameTokens(a: string, b: string): boolean {
  return words(a) === words(b)
}

function words(text: string): string {
  const toks = readTokens(text, 'args', [])
  return toks === null ? `unbalanced: ${text}` : toks.map((tok) => tok.text).join(' ')
}
