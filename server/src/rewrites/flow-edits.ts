import { childFacts } from '../syntax/body.ts'
import { applyEdits, deeper, indentationAt, insert, replace, type TextEdit } from '../syntax/edits.ts'
import type { Span } from '../syntax/span.ts'
import type { MethodSource } from './class-source.ts'
import type { Flow, FlowStep } from './flow-types.ts'
import { isAnswered, replacedEdits, sharedReceiver, shifted, spanOf } from './narrow-edits.ts'
import type { LockNames } from './wrapper.ts'

/** The edits that put the sections of a flow under the lock. Absolute. */
export function flowEdits(method: MethodSource, flow: Flow, names: LockNames): TextEdit[] {
  const lock = `${method.selfName}.${names.write}()`
  const inline = new Set(flow.steps.flatMap((it) => (it.kind === 'inline' ? [it.use] : [])))
  for (const it of flow.steps)
    if (it.kind === 'value' && it.inline) for (const use of flow.uses) if (isIn(method, use, it.index)) inline.add(use)
  const receivers = flow.uses.map((it) => ({
    use: it,
    ...replace(
      spanOf(method, childFacts(method.facts, it)[0] ?? -1),
      inline.has(it) ? (isAnswered(method, it) ? `(*${lock})` : lock) : 'this',
    ),
  }))
  // What gets a name first is written there, and replaced by the name as a whole.
  const moved = flow.steps.flatMap((it) =>
    it.kind === 'value' ? [it.index] : it.kind === 'old' && it.value ? [newValue(method, it.at)] : [],
  )
  const own = receivers.filter(({ use }) => !moved.some((it) => isIn(method, use, it)))
  const text = (index: number): string => textOf(method, spanOf(method, index), receivers)
  return [...sharedReceiver(method), ...flow.steps.flatMap((it) => stepEdits(method, it, lock, text)), ...own]
}

function isIn({ facts }: MethodSource, index: number, outer: number): boolean {
  return index >= outer && index < (facts.facts[outer]?.after ?? 0)
}

/** The right side of an assignment that is a statement. */
function newValue({ facts }: MethodSource, at: number): number {
  const index = facts.facts[at]?.kind === 'statement' ? at + 1 : at
  return childFacts(facts, index)[1] ?? -1
}

function textOf({ impl }: MethodSource, span: Span, edits: readonly TextEdit[]): string {
  const inside = edits
    .filter((it) => it.span.start >= span.start && it.span.end <= span.end)
    .map((it) => ({ ...it, span: { start: it.span.start - span.start, end: it.span.end - span.start } }))
  return applyEdits(impl.text.slice(span.start, span.end), inside) ?? ''
}

function stepEdits(method: MethodSource, step: FlowStep, lock: string, text: (index: number) => string): TextEdit[] {
  const { start, end } = spanOf(method, step.at)
  const indent = indentationAt(method.impl.text, start)
  const line = (code: string): TextEdit => insert(start, `${code}\n${indent}`)
  switch (step.kind) {
    case 'lock':
      return [line(`let mut guard = ${lock};`), line('let this = &mut *guard;')]
    case 'drop':
      return [line('drop(guard);')]
    case 'drop-after':
      return [insert(end, `\n${indent}drop(guard);`)]
    case 'value':
    case 'before': {
      const drop = step.kind === 'value' && !step.inline ? [line('drop(guard);')] : []
      return [line(`let ${step.name} = ${text(step.index)};`), ...drop, replace(spanOf(method, step.index), step.name)]
    }
    case 'old': {
      const right = newValue(method, step.at)
      const named =
        step.value === null ? [] : [line(`let ${step.value} = ${text(right)};`), replace(spanOf(method, right), step.value)]
      return [...named, ...replacedEdits(method, [{ index: step.at, name: step.name }])]
    }
    case 'result':
      return step.valued ? [insert(start, 'let result = '), insert(end, `;\n${indent}result`)] : [insert(end, ';')]
    case 'arm':
      return armEdits(method, step.at, step.valued, step.drop)
    case 'inline':
      return []
  }
}

/** The expression of an arm in a block; its comma goes. */
function armEdits(method: MethodSource, index: number, valued: boolean, drop: boolean): TextEdit[] {
  const { text } = method.impl
  const { start, end } = spanOf(method, index)
  const indent = indentationAt(text, start)
  const inner = deeper(indent)
  const head = drop ? `drop(guard);\n${inner}` : valued ? 'let result = ' : ''
  const tail = drop ? '' : valued ? `;\n${inner}result` : ';'
  const comma = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0
  return [
    insert(start, `{\n${inner}${head}`),
    ...shifted(text, start, end, inner.slice(indent.length)),
    insert(end, `${tail}\n${indent}}`),
    ...(comma > 0 ? [replace({ start: end, end: end + comma }, '')] : []),
  ]
}
