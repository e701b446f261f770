import { lex } from '../../syntax/lexer.ts'

/** Tells whether a text holds the name of a field as a word; positions of tuple fields as `.0`. */
export function wordOf(name: string): RegExp {
  return isTuple(name) ? new RegExp(`\\.\\s*${name}\\b`) : new RegExp(`(?<![\\w$])(?:r#)?${name}(?!\\w)`)
}

/** Whether a field has a position instead of a name. */
export function isTuple(name: string): boolean {
  return /^\d+$/.test(name)
}

/** Tells whether a text names the type, or `Self`. */
export function mentionsOwner(name: string): RegExp {
  return new RegExp(`(?<!\\w)${name}(?!\\w)|\\bSelf\\b`)
}

/** How often an identifier stands in a text, comments and strings aside. */
export function countWord(text: string, name: string): number {
  const { count, starts, ends } = lex(text)
  let found = 0
  for (let i = 0; i < count; i++) if (text.slice(starts[i], ends[i]) === name) found++
  return found
}
