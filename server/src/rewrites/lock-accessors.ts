import { resolvePath } from '../resolve/lookup.ts'
import { indentationAt, replace } from '../syntax/edits.ts'
import { accessorTexts } from './accessors.ts'
import { conditionText } from './class-attributes.ts'
import type { ClassSource, ImplSource } from './class-source.ts'
import { type PlacedEdit, placed } from './file-edits.ts'
import type { Places } from './lock-places.ts'
import type { MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import type { LockNames } from './wrapper.ts'

/** Explicit getters and setters at the end of the class's first `#[pymethods]` block. */
export function accessorEdits(
  source: ClassSource,
  plan: MovePlan,
  names: LockNames,
  places: Places,
): { readonly edits: readonly PlacedEdit[] } | Problem {
  const block = source.impls.find((it) => it.kind === 'pymethods')
  const text = block?.text ?? source.text
  const indentOfBlock = block ? indentationAt(text, block.headStart) : ''
  const child = source.methods.find((it) => it.impl === block)
  const indent = child ? indentationAt(text, child.headStart) : `${indentOfBlock}    `
  const unit = indent.includes('\t') ? '\t' : '    '
  const { texts, problem } = accessorTexts(source, plan.fields, names.read, names.write, unit)
  if (problem) return problem
  if (texts.length === 0) return { edits: [] }
  if (!block) return { reason: 'macro-made', detail: 'there is no `#[pymethods]` block that could take the getters' }
  places.users.add(block.module.module)
  const strange = strangeType(source, plan, block)
  if (strange !== null)
    return {
      reason: 'several-files',
      detail: `${placeText(source.view.db, block.file, block.headStart)}: \`${strange}\` means something else there`,
    }
  const close = block.end - 1
  let at = close
  while (/\s/.test(text[at - 1] ?? '')) at--
  const condition = conditionText(block.item.attrs, /(?:^|::)pymethods$/, text, block.start)
  const whole = condition === null ? texts : texts.map((it) => `#[cfg(${condition})]\n${it}`)
  const lines = whole.map((it) => it.replaceAll(/^(?=.)/gm, indent)).join('\n\n')
  return { edits: placed(block.file, [replace({ start: at, end: close }, `\n\n${lines}\n${indentOfBlock}`)]) }
}

/** A path in the type of an attribute that means something else where the getters stand; null if all is the same. */
export function strangeType(source: ClassSource, plan: Pick<MovePlan, 'fields'>, block: ImplSource): string | null {
  const { cls, view } = source
  const home = cls.module
  const { module } = block.module
  if (module === home) return null
  const open = cls.fields.filter(
    (it) => plan.fields.has(it.name) && (it.get || it.set || cls.options.getAll || cls.options.setAll),
  )
  for (const field of open) {
    for (const [path] of field.type.replaceAll(/\s+/g, '').matchAll(/(?:::)?[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*/g)) {
      const [here, there] = [home, module].map((it) => JSON.stringify(resolvePath(view.db, it, path, 'type')))
      if (here !== there || here?.includes('opaque') || here?.includes('not-found')) return path
    }
  }
  return null
}
