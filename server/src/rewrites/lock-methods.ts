import { indentationAt, insert, remove, replace, type TextEdit } from '../syntax/edits.ts'
import type { ClassSource, ImplSource, MethodSource } from './class-source.ts'
import { type PlacedEdit, placed } from './file-edits.ts'
import type { LiteralShape } from './literals.ts'
import { innerIn, type Places } from './lock-places.ts'
import { type MovedMethod, movedMethod } from './method-text.ts'
import { isCopied, type MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { needsWrapper } from './rust-callers.ts'
import type { LockNames } from './wrapper.ts'

/** Moves bodies to the inner struct: each to an impl beside the one in which it stood, so that what it names is in scope. */
export function methodEdits(
  source: ClassSource,
  plan: MovePlan,
  names: LockNames,
  shape: LiteralShape,
  places: Places,
): { readonly edits: readonly PlacedEdit[] } | Problem {
  const edits: PlacedEdit[] = []
  for (const impl of source.impls) {
    const moved = plan.moved.filter((it) => it.impl === impl)
    if (moved.length === 0) continue
    const { file, text, headStart } = impl
    const { module } = impl.module
    const inner = innerIn(source, places, names.inner, { module, file, text })
    if (inner === null)
      return {
        reason: 'several-files',
        detail: `${placeText(source.view.db, file, headStart)}: the module of the class cannot be named from there`,
      }
    const poison = module === source.cls.module ? names.poison : 'std::sync::PoisonError'
    const here = { ...shape, inner, lock: module === source.cls.module ? shape.lock : shape.lockPath }
    const found = implEdits(source, plan, impl, moved, { ...names, inner, poison }, here)
    if ('reason' in found) return found
    edits.push(...placed(impl.file, found.edits))
  }
  return { edits }
}

function implEdits(
  source: ClassSource,
  plan: MovePlan,
  impl: ImplSource,
  moved: readonly MethodSource[],
  names: LockNames,
  shape: LiteralShape,
): { readonly edits: readonly TextEdit[] } | Problem {
  const edits: TextEdit[] = []
  const texts: MovedMethod[] = []
  for (const method of moved) {
    const text = movedMethod(source, method, names, shape, needsWrapper(source, plan, method), isCopied(plan, method))
    if ('reason' in text) return text
    texts.push(text)
    if (text.outer === null) removeItem(edits, method)
    else edits.push(replace({ start: method.headStart, end: method.end }, text.outer))
  }
  const indent = indentationAt(impl.text, impl.headStart)
  const head = `impl ${names.inner} {\n${texts.map((it) => it.inner).join('\n\n')}\n${indent}}`
  // Nothing stays: the block changes hands, attributes and all.
  if (texts.length === impl.item.children.length && texts.every((it) => it.outer === null))
    return { edits: [replace({ start: impl.headStart, end: impl.end }, head)] }
  const attributes = impl.item.attrs
    .filter((it) => /^(?:cfg|allow)$/.test(it.meta.path))
    .map((it) => `${indent}${impl.text.slice(impl.start + it.span.start, impl.start + it.span.end)}\n`)
  return { edits: [...edits, insert(impl.end, `\n\n${attributes.join('')}${indent}${head}`)] }
}

/** Removes a method with its lines and the blank line after it, or before it if it is the last; together with one removed right before it. */
export function removeItem(
  edits: TextEdit[],
  method: Pick<MethodSource, 'start' | 'end'> & { readonly impl: Pick<ImplSource, 'text'> },
): void {
  const { text } = method.impl
  let start = method.start
  while (/[ \t]/.test(text[start - 1] ?? '')) start--
  const before = edits.at(-1)
  if (before?.newText === '' && before.span.end === start) {
    edits.pop()
    start = before.span.start
  }
  let end = method.end
  const after = /^[ \t]*\r?\n(?:[ \t]*\r?\n)?/.exec(text.slice(end))
  end += after?.[0].length ?? 0
  if (text.slice(end).trimStart().startsWith('}')) {
    const blank = /\n([ \t]*\r?\n)$/.exec(text.slice(0, start))
    start -= blank?.[1]?.length ?? 0
  }
  edits.push(remove({ start, end }))
}
