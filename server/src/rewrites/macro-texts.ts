import { type Database, query } from '../query/database.ts'
import { type Expansion, expansionById } from '../resolve/expansion-store.ts'
import { crateItems } from '../resolve/items.ts'
import type { MacroDef } from '../resolve/macro-scope.ts'
import { indentationAt } from '../syntax/edits.ts'
import { filePositions } from '../syntax/queries.ts'
import type { Span } from '../syntax/span.ts'

/** Where a `macro_rules!` is written. */
export interface MacroText {
  readonly file: string
  /** Of the text between its outer delimiters, in the file. */
  readonly start: number
}

/** Name and body of a macro → where it is written; null for one that is written twice. */
const macroTexts = query<string, ReadonlyMap<string, MacroText | null>>('rewriteMacroTexts', (db, crate) => {
  const found = new Map<string, MacroText | null>()
  for (const { item, origin } of crateItems(db, crate)) {
    if (item.kind !== 'macro_rules' || origin.expansion !== null) continue
    const position = filePositions(db, origin.file)?.items.get(item.key)
    const key = `${item.name}\n${item.body}`
    if (position) found.set(key, found.has(key) ? null : { file: origin.file, start: position.start + item.bodySpan.start })
  }
  return found
})

/** Where a macro's definition is written; null if that is not in its crate's own files, or in several places. */
export function macroText(db: Database, macro: MacroDef): MacroText | null {
  return macroTexts(db, macro.crate).get(`${macro.name}\n${macro.body}`) ?? null
}

/**
 * Where the text at an offset of an expansion stands in the macro's definition: the start of what begins there, or the end of
 * what ends there. What came from the call's arguments stands there as `$name`; null where that cannot be told for sure.
 */
export function inDefinition({ map, macro, text }: Expansion, offset: number, edge: 'start' | 'end'): number | null {
  if (!macro) return null
  const probe = edge === 'start' ? offset : offset - 1
  const at = map.findIndex((it) => it.start <= probe && probe < it.end)
  const segment = map[at]
  if (!segment) return null
  const exact = segment.end - segment.start === segment.source.end - segment.source.start
  if (segment.from === 'definition') return exact ? segment.source.start + (offset - segment.start) : null
  // One variable stands between two stretches of the definition, and the offset is at its edge.
  let first = at
  let last = at
  while (map[first - 1]?.from === 'args') first--
  while (map[last + 1]?.from === 'args') last++
  const before = map[first - 1]
  const after = map[last + 1]
  if (!before || !after || offset !== (edge === 'start' ? map[first]?.start : map[last]?.end)) return null
  if (text.slice(before.end, map[first]?.start).trim() !== '') return null
  const gap = macro.body.slice(before.source.end, after.source.start)
  const variable = /^\s*(\$\s*\w+)\s*$/.exec(gap)?.[1]
  if (variable === undefined) return null
  return before.source.end + gap.indexOf('$') + (edge === 'start' ? 0 : variable.length)
}

/** How often an expansion repeats the text of its macro at an offset of the definition, as a repetition `$(…)*` does. */
export function timesWritten({ map, macro }: Expansion, offset: number): number {
  const body = macro?.body ?? ''
  const reaches = (end: number): boolean => offset <= end || body.slice(end, offset).trim() === ''
  return map.filter((it) => it.from === 'definition' && it.source.start <= offset && reaches(it.source.end)).length
}

/** Definition offsets of a span of an expansion. */
export function spanInDefinition(expansion: Expansion, { start, end }: Span): Span | null {
  if (start === end) {
    const at = inDefinition(expansion, start, 'end') ?? inDefinition(expansion, start, 'start')
    return at === null ? null : { start: at, end: at }
  }
  const from = inDefinition(expansion, start, 'start')
  const to = inDefinition(expansion, end, 'end')
  return from === null || to === null || to < from ? null : { start: from, end: to }
}

/**
 * The blanks that start the line of a token: of a macro's own token the line in the definition, as an expansion keeps line breaks
 * only where nothing was filled in.
 * @param code file or expansion
 */
export function lineIndent(db: Database, code: string, offset: number): string {
  const expansion = expansionById(db, code)
  const written = expansion?.macro ? macroText(db, expansion.macro) : null
  const at = expansion && written ? inDefinition(expansion, offset, 'start') : null
  return written && at !== null
    ? indentationAt(db.text(written.file) ?? '', written.start + at)
    : indentationAt(expansion?.text ?? db.text(code) ?? '', offset)
}

/** Whether a line break stands between two tokens, as `lineIndent` sees lines. */
export function breaksLine(db: Database, code: string, { start, end }: Span): boolean {
  const expansion = expansionById(db, code)
  const from = expansion ? inDefinition(expansion, start, 'end') : start
  const to = expansion ? inDefinition(expansion, end, 'start') : end
  const text = expansion ? (expansion.macro?.body ?? '') : (db.text(code) ?? '')
  return from !== null && to !== null && text.slice(from, to).includes('\n')
}
