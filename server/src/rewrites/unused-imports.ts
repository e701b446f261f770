import { matesOf, tokensIn } from './tokens.ts'

const DECLARES = /^(?:struct|enum|type|trait|fn|mod)$/

/** A text without the imports of some names that nothing in it uses any more. Only plain `use`s of one level are looked at. */
export function withoutUnused(text: string, names: readonly string[]): string {
  let found = text
  for (const name of names) {
    const uses = [...found.matchAll(/^[ \t]*use (?:\w+::)+(?:\w+|\{[\w\s,]*\});[ \t]*\r?\n/gm)].filter((it) =>
      new RegExp(`\\b${name}\\b`).test(it[0]),
    )
    const [use] = uses
    if (!use || uses.length > 1) continue
    const [before, after] = [found.slice(0, use.index), found.slice(use.index + use[0].length)]
    if (!isNeeded(before + after, name)) found = before + lineWithout(use[0], name) + after
  }
  return found
}

/**
 * Whether a name is looked up in a text: a longer path does without the import, as does what declares the name, and a module with
 * a name of its own (an import is not in scope in modules inside, Rust reference, "Use declarations").
 */
function isNeeded(text: string, name: string): boolean {
  const tokens = tokensIn(text)
  const mates = matesOf(tokens)
  for (let i = 0; i < tokens.length; i++) {
    const mate = mates[i] ?? -1
    if (tokens[i]?.text === '{' && tokens[i - 2]?.text === 'mod' && mate > i) {
      const inside = tokens.slice(i, mate).map((it) => it.text)
      if (!inside.includes('super') && !inside.includes('crate')) i = mate
    } else if (tokens[i]?.text === name && !DECLARES.test(tokens[i - 1]?.text ?? '')) {
      const isTail = tokens[i - 1]?.text === ':' && tokens[i - 2]?.text === ':'
      if (!isTail) return true
    }
  }
  return false
}

function lineWithout(line: string, name: string): string {
  const [, head = '', list, tail = ''] = /^(\s*use (?:\w+::)+)\{([\w\s,]*)\}(;\s*)$/.exec(line) ?? []
  if (list === undefined) return ''
  const kept = list
    .split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '' && it !== name)
  if (kept.length === 0) return ''
  return `${head}${kept.length === 1 ? kept[0] : `{${kept.join(', ')}}`}${tail}`
}
