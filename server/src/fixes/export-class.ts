import type { CrateView } from '../model/crate-view.ts'
import type { ExportGap } from '../model/exports.ts'
import type { PyClass } from '../model/pyclass.ts'
import type { PyModule } from '../model/pymodule.ts'
import type { TextEdit } from '../syntax/edits.ts'
import { deeper, fitted, indentationAt, insert } from '../syntax/edits.ts'
import type { Fix } from './fix.ts'

/** `m.add_class::<T>()?` in a function module, `#[pymodule_export] use …` in a declarative one. Empty where neither can be written. */
export function exportClassFixes(cx: CrateView, cls: PyClass, gap: ExportGap): Fix[] {
  const { module } = gap
  if (!module || module.macroMade || !gap.path) return []
  const text = cx.db.text(module.itemAt.file)
  if (text === null) return []
  const edit = module.form === 'fn' ? addClassCall(text, module, gap.path) : exportUse(text, module, gap.path)
  if (!edit) return []
  return [
    {
      title: `Add \`${cls.name}\` to module \`${module.pythonName}\``,
      grade: 'suggested',
      preferred: true,
      changes: [{ file: module.itemAt.file, edits: [edit] }],
    },
  ]
}

/** Before the `Ok(())` at the end of the module's function. */
function addClassCall(text: string, module: PyModule, path: string): TextEdit | null {
  if (!module.bodyAt || !module.parameter) return null
  const { start, end } = module.bodyAt.span
  const tail = /Ok\s*\(\s*\(\s*\)\s*\)\s*\}$/.exec(text.slice(start, end))
  if (!tail) return null
  const at = start + tail.index
  const call = `${module.parameter}.add_class::<${path}>()?;\n`
  return insert(at, fitted(text, call, '') + indentationAt(text, at))
}

/** As the first item of a declarative module. */
function exportUse(text: string, module: PyModule, path: string): TextEdit | null {
  if (!module.bodyAt) return null
  const at = module.bodyAt.span.start + 1
  const indentation = deeper(indentationAt(text, module.itemAt.span.start))
  const item = `\n#[pymodule_export]\nuse ${path.includes('::') ? path : `super::${path}`};`
  return insert(at, fitted(text, item, indentation))
}
