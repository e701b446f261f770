import type { Database } from '../query/database.ts'
import { type Expansion, expansionById } from '../resolve/expansion-store.ts'
import { sortEdits, type TextEdit } from '../syntax/edits.ts'
import { codeText, isExpansion } from './code-texts.ts'
import type { PlacedEdit } from './file-edits.ts'
import { macroText, spanInDefinition, timesWritten } from './macro-texts.ts'
import { callText, type Problem } from './problems.ts'
import { filled } from './quotes.ts'

/**
 * Edits of files and expansions → edits of files. What is to change in an expansion changes in the macro's definition, if it is
 * the macro's own text; and a change of the definition is one for everything that is made of it, so every expansion of a macro
 * has to ask for the same.
 * @param expansions all expansions of the crate
 */
export function liftEdits(
  db: Database,
  expansions: readonly Expansion[],
  edits: readonly PlacedEdit[],
): readonly PlacedEdit[] | Problem {
  const byCode = new Map<string, TextEdit[]>()
  for (const { file, edit } of edits) byCode.set(file, [...(byCode.get(file) ?? []), edit])
  const result: PlacedEdit[] = []
  const macros = new Map<string, Expansion[]>()
  for (const [code, own] of byCode) {
    const expansion = isExpansion(code) ? expansionById(db, code) : null
    if (expansion) {
      const key = expansion.macro?.identity ?? ''
      macros.set(key, [...(macros.get(key) ?? []), expansion])
      continue
    }
    const text = codeText(db, code) ?? ''
    for (const edit of own) {
      const whole = filled(edit, ({ start, end }) => text.slice(start, end))
      if (whole) result.push({ file: code, edit: whole })
    }
  }
  for (const [identity, edited] of macros) {
    const lifted = liftMacro(
      db,
      expansions.filter((it) => it.macro?.identity === identity),
      edited,
      byCode,
    )
    if ('reason' in lifted) return lifted
    result.push(...lifted)
  }
  return result
}

function liftMacro(
  db: Database,
  all: readonly Expansion[],
  edited: readonly Expansion[],
  edits: ReadonlyMap<string, readonly TextEdit[]>,
): readonly PlacedEdit[] | Problem {
  const [first] = edited
  const macro = first?.macro
  const written = macro ? macroText(db, macro) : null
  const at = first ? callText(db, first) : ''
  if (!first || !macro || !written) return { reason: 'macro-made', detail: `${at}: the macro is not written in the crate` }
  if (macro.exported) return { reason: 'macro-made', detail: `\`${macro.name}!\` is exported: other crates may call it` }
  const wanted = new Map<string, TextEdit>()
  for (const expansion of edited) {
    const own = liftOne(expansion, macro.body, edits.get(expansion.id) ?? [])
    if (own === null)
      return { reason: 'macro-made', detail: `${callText(db, expansion)}: what has to change is not the macro's own text` }
    for (const [key, edit] of own) wanted.set(key, edit)
  }
  // Whatever else is made of an edited stretch has to want the same.
  for (const expansion of all) {
    const own = liftOne(expansion, macro.body, edits.get(expansion.id) ?? []) ?? new Map<string, TextEdit>()
    const lacking = [...wanted].find(([key, { span }]) => !own.has(key) && timesWritten(expansion, span.start) > 0)
    if (lacking)
      return {
        reason: 'macro-made',
        detail: `${callText(db, expansion)}: \`${macro.name}!\` would have to change in another way for this call`,
      }
  }
  return sortEdits([...wanted.values()]).map((edit) => ({
    file: written.file,
    edit: { ...edit, span: { start: edit.span.start + written.start, end: edit.span.end + written.start } },
  }))
}

/** The edits of one expansion in offsets of the definition, by what they say; null if one of them has no place there. */
function liftOne(expansion: Expansion, body: string, edits: readonly TextEdit[]): Map<string, TextEdit> | null {
  const found = new Map<string, TextEdit>()
  const times = new Map<string, number>()
  for (const edit of edits) {
    const span = spanInDefinition(expansion, edit.span)
    const whole = filled(edit, (quoted) => {
      const at = spanInDefinition(expansion, quoted)
      return at && body.slice(at.start, at.end)
    })
    if (!span || !whole) return null
    const key = `${span.start}:${span.end}:${whole.newText}`
    found.set(key, { span, newText: whole.newText })
    times.set(key, (times.get(key) ?? 0) + 1)
  }
  for (const [key, { span }] of found) if ((times.get(key) ?? 0) < timesWritten(expansion, span.start)) return null
  return found
}
