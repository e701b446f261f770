import { tokensIn } from './tokens.ts'

/** A text without the imports of some names that nothing in it uses any more. Only plain `use`s of one level are looked at. */
export function withoutUnused(text: string, names: readonly string[]): string {
  let found = text
  for (const name of names) {
    const uses = [...found.matchAll(/^[ \t]*use (?:\w+::)+(?:\w+|\{[\w\s,]*\});[ \t]*\r?\n/gm)].filter((it) =>
      new RegExp(`\\b${name}\\b`).test(it[0]),
    )
    const [use] = uses
    const count = tokensIn(found).filter((it) => it.text === name).length
    if (!use || uses.length > 1 || count > 1) continue
    found = found.slice(0, use.index) + lineWithout(use[0], name) + found.slice(use.index + use[0].length)
  }
  return found
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
