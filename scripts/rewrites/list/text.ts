import { afterGroup } from '../../suites/source-text.ts'

/** An attribute as its text shows it. */
export interface TextAttribute {
  /** Last segment of its path. */
  readonly name: string
  /** What stands between its parentheses. */
  readonly args: string
  /** Whether a `cfg_attr` decides if it is there. */
  readonly conditional: boolean
}

/** Something between braces, or up to a semicolon: attributes and signature, and the braces' inside. */
export interface TextItem {
  readonly head: string
  /** Empty for an item that ends in a semicolon. */
  readonly body: string
  /** Offset of the head in the text that was split. */
  readonly start: number
}

/** Parts between the commas that are in no group; angle brackets count as a group. */
export function commaParts(text: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let kept = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if ('([{'.includes(character)) {
      const end = afterGroup(text, at)
      kept += text.slice(at, end)
      at = end - 1
      continue
    }
    if (character === '<') depth++
    if (character === '>' && text.charAt(at - 1) !== '-' && text.charAt(at - 1) !== '=') depth--
    if (character === ',' && depth <= 0) {
      parts.push(kept.trim())
      kept = ''
    } else kept += character
  }
  return kept.trim() === '' ? parts : [...parts, kept.trim()]
}

/** Attributes at the start of a text, those that `cfg_attr` adds included; and what follows them. */
export function leadingAttributes(text: string): { readonly attributes: readonly TextAttribute[]; readonly rest: string } {
  const attributes: TextAttribute[] = []
  let at = 0
  for (;;) {
    const open = /^[\s)*+?,]*(?:\$\()?\s*#\s*\[/.exec(text.slice(at))
    if (!open) return { attributes, rest: text.slice(at) }
    const end = afterGroup(text, at + open[0].length - 1)
    attributes.push(...attributesOf(text.slice(at + open[0].length, end - 1), false))
    at = end
  }
}

function attributesOf(content: string, conditional: boolean): readonly TextAttribute[] {
  const [, path = '', args = ''] = /^\s*([\w:\s$]+?)\s*(?:\(([\s\S]*)\)|=[\s\S]*)?\s*$/.exec(content) ?? []
  const name = path.split('::').at(-1)?.trim() ?? ''
  if (name !== 'cfg_attr') return [{ name, args, conditional }]
  return commaParts(args)
    .slice(1)
    .flatMap((it) => attributesOf(it, true))
}

/** Items of the inside of an `impl` or `mod` block, or of a file. */
export function itemsIn(text: string): readonly TextItem[] {
  const items: TextItem[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === ';') {
      items.push({ head: text.slice(start, at), body: '', start })
      start = at + 1
    } else if (character === '{') {
      const end = afterGroup(text, at)
      items.push({ head: text.slice(start, at), body: text.slice(at + 1, end - 1), start })
      at = end - 1
      start = end
    } else if (character === '(' || character === '[') at = afterGroup(text, at) - 1
  }
  return items
}

/** Name and range of each `macro_rules!` of a text. */
export interface MacroRange {
  readonly name: string
  readonly start: number
  readonly end: number
}

export function macroRanges(text: string): readonly MacroRange[] {
  return [...text.matchAll(/\bmacro_rules\s*!\s*(\w+)\s*([{([])/g)].map((match) => ({
    name: match[1] ?? '',
    start: match.index,
    end: afterGroup(text, match.index + match[0].length - 1),
  }))
}

/** Calls of macros, with what stands between their brackets; definitions left out. */
export function macroCalls(text: string): readonly { readonly name: string; readonly content: string; readonly at: number }[] {
  return [...text.matchAll(/\b(\w+)!\s*([({[])/g)]
    .filter((it) => it[1] !== 'macro_rules')
    .map((match) => {
      const open = match.index + match[0].length
      return { name: match[1] ?? '', content: text.slice(open, afterGroup(text, open - 1) - 1), at: match.index }
    })
}
