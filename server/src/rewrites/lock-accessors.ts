import { indentationAt, replace } from '../syntax/edits.ts'
import { accessorTexts } from './accessors.ts'
import type { ClassSource } from './class-source.ts'
import { type PlacedEdit, placed } from './file-edits.ts'
import type { Places } from './lock-places.ts'
import type { MovePlan } from './plan.ts'
import type { Problem } from './problems.ts'
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
  const close = block.end - 1
  let at = close
  while (/\s/.test(text[at - 1] ?? '')) at--
  const lines = texts.map((it) => it.replaceAll(/^(?=.)/gm, indent)).join('\n\n')
  return { edits: placed(block.file, [replace({ start: at, end: close }, `\n\n${lines}\n${indentOfBlock}`)]) }
}
