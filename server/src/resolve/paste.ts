import type { Segment } from './macros/expand.ts'

/** `[< a b:camel >]`: identifiers, literals and case changes between the brackets. */
const PASTED = /\[\s*<\s*([\w\s:"']+?)\s*>\s*\]/g
const PART = /"([\w ]*)"|(:)\s*(\w+)|'?(\w+)/g

/**
 * What `paste! { … }` stands for: its arguments with each `[< … >]` replaced by the identifier it spells.
 * @returns null where a case change is not known
 */
export function pasteIdentifiers(args: string): { readonly text: string; readonly map: readonly Segment[] } | null {
  const map: Segment[] = []
  let text = ''
  let at = 0
  const keep = (end: number): void => {
    if (end > at) map.push({ start: text.length, end: text.length + end - at, from: 'args', source: { start: at, end } })
    text += args.slice(at, end)
    at = end
  }
  for (const match of args.matchAll(PASTED)) {
    const name = spell(match[1] ?? '')
    if (name === null) return null
    keep(match.index)
    at = match.index + match[0].length
    map.push({ start: text.length, end: text.length + name.length, from: 'args', source: { start: match.index, end: at } })
    text += name
  }
  keep(args.length)
  return { text, map }
}

function spell(parts: string): string | null {
  const done: string[] = []
  for (const [, quoted, colon, change = '', word] of parts.matchAll(PART)) {
    if (!colon) done.push(quoted ?? word ?? '')
    else {
      const changed = changeCase(done.pop() ?? '', change)
      if (changed === null) return null
      done.push(changed)
    }
  }
  const name = done.join('')
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : null
}

function changeCase(word: string, change: string): string | null {
  switch (change) {
    case 'lower':
      return word.toLowerCase()
    case 'upper':
      return word.toUpperCase()
    case 'snake':
      return word.replace(/(?<=[^_])(?=\p{Lu})/gu, '_').toLowerCase()
    case 'camel':
      return camel(word)
    default:
      return null
  }
}

/** Upper case after `_`, lower case after upper case, as the macro does it. */
function camel(word: string): string {
  let result = ''
  let before = '_'
  for (const char of word) {
    if (char !== '_') result += before === '_' ? char.toUpperCase() : /\p{Lu}/u.test(before) ? char.toLowerCase() : char
    before = char
  }
  return result
}
