import type { CrateView } from '../model/crate-view.ts'
import type { PyModule } from '../model/pymodule.ts'
import { insert } from '../syntax/edits.ts'
import { lex } from '../syntax/lexer.ts'
import { NOTHING, type Offer } from './fix.ts'

/**
 * `gil_used = false` on a module. It asserts that all unsafe code was audited for threads, so it is on offer only where the
 * crate has no `static mut`, no `unsafe impl`, no use of `ffi::` and no `unsendable` class.
 */
export function gilUsedFix(cx: CrateView, module: PyModule): Offer {
  const title = `Declare \`gil_used = false\` for module \`${module.pythonName}\``
  const text = cx.db.text(module.attributeAt.file)
  if (module.macroMade || text === null) {
    return { fixes: [], refused: [{ fix: title, reason: 'macro-made', detail: 'a macro writes the module' }] }
  }
  const [blocker] = cx.auditBlockers()
  if (blocker) return { fixes: [], refused: [{ fix: title, reason: blocker.reason, detail: blocker.detail }] }
  const edit = addOption(text, module.attributeAt.span.start, module.attributeAt.span.end)
  if (!edit) return NOTHING
  return { fixes: [{ title, grade: 'risky', changes: [{ file: module.attributeAt.file, edits: [edit] }] }], refused: [] }
}

/** An edit that adds the option to the `pymodule`, `pymodule()` or `pymodule(…)` inside an attribute's span; strings are not looked into. */
function addOption(text: string, start: number, end: number) {
  const source = text.slice(start, end)
  const { count, starts, ends } = lex(source)
  const word = (i: number) => (i < count ? source.slice(starts[i], ends[i]) : '')
  for (let i = 0; i < count; i++) {
    if (word(i) !== 'pymodule') continue
    if (word(i + 1) !== '(') return insert(start + (ends[i] ?? 0), '(gil_used = false)')
    return insert(start + (ends[i + 1] ?? 0), word(i + 2) === ')' ? 'gil_used = false' : 'gil_used = false, ')
  }
  return null
}
