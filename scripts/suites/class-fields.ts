import { afterGroup } from './source-text.ts'

/** The type of one field in a text; offsets in UTF-16 code units. */
export interface FieldType {
  readonly start: number
  readonly end: number
}

/**
 * The types of the fields of the struct that is called `name` at or after `from`, named or not. `text` is a source without literals
 * (`blankLiterals`). Empty for enums and where no body follows the name.
 */
export function fieldTypes(text: string, from: number, name: string): readonly FieldType[] {
  const rest = text.slice(from)
  // `struct Name {`, `struct Name(`, and in calls of macros `Name as "name" {`, whose literal is blank.
  const head = new RegExp(`\\b${name}\\b\\s*(?:<[^{(]*>)?\\s*(?:as\\s+)?(?:where[^{]*)?([{(])`).exec(rest)
  if (!head || /^\s*enum\b/.test(rest)) return []
  const open = from + head.index + head[0].length - 1
  const named = head[1] === '{'
  return parts(text, open + 1, afterGroup(text, open) - 1).flatMap(({ start, end }) => {
    const attributes = /^\s*(?:#\s*\[|(?=\S))/
    let at = start
    for (let match = attributes.exec(text.slice(at, end)); match?.[0].endsWith('['); match = attributes.exec(text.slice(at, end)))
      at = afterGroup(text, at + match[0].length - 1)
    // Whether a conditional field exists is not known here.
    if (/\bcfg\s*\(/.test(text.slice(start, at))) return []
    const field = text.slice(at, end)
    const prefix = (
      named ? /^\s*(?:pub\s*(?:\([^)]*\))?\s*)?\w+\s*:(?!:)\s*/ : /^\s*(?:pub\b\s*(?:\((?:crate|super|self|in [^)]*)\))?\s*)?/
    ).exec(field)
    const type = prefix ? field.slice(prefix[0].length).trimEnd() : ''
    if (!prefix || type === '' || type.includes('$')) return []
    return [{ start: at + prefix[0].length, end: at + prefix[0].length + type.length }]
  })
}

/** The stretches between the commas that stand in no group and no angle brackets. */
function parts(text: string, start: number, end: number): FieldType[] {
  const found: FieldType[] = []
  let begin = start
  let angles = 0
  for (let at = start; at < end; at++) {
    const character = text.charAt(at)
    if ('([{'.includes(character)) at = afterGroup(text, at) - 1
    else if (character === '<') angles++
    else if (character === '>' && text.charAt(at - 1) !== '-') angles--
    else if (character === ',' && angles === 0) {
      found.push({ start: begin, end: at })
      begin = at + 1
    }
  }
  return [...found, { start: begin, end }].filter((part) => text.slice(part.start, part.end).trim() !== '')
}
