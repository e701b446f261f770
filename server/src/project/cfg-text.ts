import { tokenize } from '../syntax/lexer.ts'
import { stringValue } from '../syntax/literals.ts'
import { type CfgEnv, type CfgExpr, evaluate, type Truth } from './cfg.ts'

/** Nesting of a predicate past which it counts as opaque. */
const DEPTH = 64

interface Reader {
  readonly words: readonly { readonly kind: string; readonly text: string }[]
  at: number
}

/** The predicate of a key of Cargo's `[target.'…']` tables, `cfg(all(unix, not(target_os = "macos")))`; null if it is a triple. */
export function parseCfgText(text: string): CfgExpr | null {
  const reader: Reader = {
    words: tokenize(text).map((token) => ({ kind: token.kind, text: text.slice(token.start, token.end) })),
    at: 0,
  }
  if (!eat(reader, 'cfg') || !eat(reader, '(')) return null
  const expr = predicate(reader, 0)
  eat(reader, ',')
  return expr !== null && eat(reader, ')') && reader.at === reader.words.length ? expr : { kind: 'opaque', text: text.trim() }
}

/** Whether a `[target.'…']` table with this key applies: a `cfg(…)` that holds, or the triple itself. */
export function targetKeyApplies(key: string, env: CfgEnv): Truth {
  const expr = parseCfgText(key)
  return expr === null ? key.trim() === env.target : evaluate(expr, env)
}

function predicate(reader: Reader, depth: number): CfgExpr | null {
  const word = reader.words[reader.at]
  if (word?.kind !== 'ident' || depth > DEPTH) return null
  reader.at++
  if (eat(reader, '(')) return list(reader, word.text, depth)
  const name = word.text.replace(/^r#/, '')
  if (eat(reader, '=')) {
    const value = stringValue(reader.words[reader.at++]?.text ?? '')
    return value === null ? null : { kind: 'value', key: name, value }
  }
  return word.text === 'true' || word.text === 'false' ? { kind: 'const', value: word.text === 'true' } : { kind: 'flag', name }
}

/** After the `(` of `all(…)`, `any(…)` or `not(…)`. */
function list(reader: Reader, name: string, depth: number): CfgExpr | null {
  const of: CfgExpr[] = []
  while (!eat(reader, ')')) {
    const part = predicate(reader, depth + 1)
    if (part === null) return null
    of.push(part)
    if (!eat(reader, ',') && reader.words[reader.at]?.text !== ')') return null
  }
  if (name === 'all' || name === 'any') return { kind: name, of }
  const [only] = of
  return name === 'not' && only !== undefined && of.length === 1 ? { kind: 'not', of: only } : null
}

function eat(reader: Reader, text: string): boolean {
  if (reader.words[reader.at]?.text !== text) return false
  reader.at++
  return true
}
