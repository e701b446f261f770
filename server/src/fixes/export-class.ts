import type { CrateView } from '../model/crate-view.ts'
import type { ExportGap } from '../model/exports.ts'
import type { PyClass } from '../model/pyclass.ts'
import type { PyModule } from '../model/pymodule.ts'
import { itemPosition } from '../resolve/positions.ts'
import { itemOf, moduleItems, moduleScope } from '../resolve/scopes.ts'
import { bodyFacts } from '../syntax/bodies.ts'
import { childFacts, factsOf } from '../syntax/body.ts'
import type { TextEdit } from '../syntax/edits.ts'
import { deeper, fitted, indentationAt, insert } from '../syntax/edits.ts'
import type { TypeExpr } from '../syntax/summary.ts'
import type { Fix } from './fix.ts'

/** `m.add_class::<T>()?` in a function module, `#[pymodule_export] use …` in a declarative one. Empty where neither can be written. */
export function exportClassFixes(cx: CrateView, cls: PyClass, gap: ExportGap): Fix[] {
  const { module } = gap
  if (!module || module.macroMade || !gap.path) return []
  const text = cx.db.text(module.itemAt.file)
  // A class that only exists under the condition of a `cfg_attr` is a plain struct otherwise, which no module can add.
  if (text === null || (cls.condition !== null && !cls.literalAttribute)) return []
  const edit = module.form === 'fn' ? addClassCall(cx, text, cls, module, gap.path) : exportUse(cx, text, cls, module, gap.path)
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

/** Before the value of the module's function, or before the `return` it ends with. */
function addClassCall(cx: CrateView, text: string, cls: PyClass, module: PyModule, path: string): TextEdit | null {
  const item = itemOf(cx.db, module.id)?.item
  if (!module.bodyAt || !module.parameter || item?.kind !== 'fn' || !isResult(item.ret)) return null
  const facts = bodyFacts(text, module.bodyAt.span)
  const last = childFacts(facts, 0).at(-1)
  const fact = facts.facts[last ?? -1]
  if (facts.errors.length > 0 || last === undefined || !fact || isRebound(facts, module.parameter)) return null
  const leaves = facts.facts[last + 1]?.kind === 'return' && fact.kind === 'statement'
  if (fact.role !== 'tail' && !leaves) return null
  const at = fact.span.start
  const indentation = indentationAt(text, at)
  const call = [...cls.cfgText, `${module.parameter}.add_class::<${path}>()?;\n`].join('\n')
  return insert(at, fitted(text, call, indentation) + indentation)
}

function isResult(type: TypeExpr | null): boolean {
  return type?.kind === 'path' && /Result$/.test(type.path.segments.at(-1)?.name ?? '')
}

function isRebound(facts: ReturnType<typeof bodyFacts>, name: string): boolean {
  return factsOf(facts, 'let').some(({ fact }) => fact.bindings.some((it) => it.name === name))
}

/** As the first item of a declarative module; where the module has the class's name by a plain `use`, the attribute on that. */
function exportUse(cx: CrateView, text: string, cls: PyClass, module: PyModule, path: string): TextEdit | null {
  if (!module.bodyAt) return null
  const scope = moduleScope(cx.db, module.module)
  if (!scope || scope.names.has(cls.name)) return null
  if (scope.imports.has(cls.name)) return markUse(cx, text, cls, module)
  const at = module.bodyAt.span.start + 1
  const indentation = deeper(indentationAt(text, module.itemAt.span.start))
  const use = `use ${path.includes('::') ? path : `super::${path}`};`
  return insert(at, fitted(text, ['', ...cls.cfgText, '#[pymodule_export]', use].join('\n'), indentation))
}

function markUse(cx: CrateView, text: string, cls: PyClass, module: PyModule): TextEdit | null {
  for (const { item, origin } of moduleItems(cx.db, module.module)) {
    if (item.kind !== 'use' || origin.expansion !== null || origin.file !== module.itemAt.file) continue
    const [only, ...more] = item.imports
    if (only?.glob || only?.path.at(-1) !== cls.name || only.alias || more.length > 0) continue
    const at = itemPosition(cx.db, origin, item.key)?.headStart
    return at === undefined ? null : insert(at, fitted(text, '#[pymodule_export]\n', '') + indentationAt(text, at))
  }
  return null
}
