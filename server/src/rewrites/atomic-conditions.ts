import { childFacts } from '../syntax/body.ts'
import { remove, replace, type TextEdit, wholeLines } from '../syntax/edits.ts'
import { fill, type Template, templateOf } from './atomic-changes.ts'
import { isClosed } from './atomic-closed.ts'
import { attemptName } from './atomic-loops.ts'
import {
  type AtomicStep,
  absolute,
  blankBetween,
  indentOf,
  localName,
  previous,
  type StepContext,
  usesInside,
  type Write,
} from './atomic-step.ts'
import { orderingOf, storeText, swapText } from './atomic-words.ts'
import { broken } from './rust-format.ts'

/** A write that happens if a condition on the same field holds: `if C { [let v = self.n;] self.n = …; … }`, or after `if C { return …; }`. */
interface Guarded {
  /** Index of the `if`. */
  readonly branch: number
  readonly condition: number
  /** The write happens if the condition is false. */
  readonly early: boolean
  /** Index of `let v = self.n;` in front of the write; -1 without. */
  readonly taken: number
  readonly statement: number
  readonly block: number
}

/** Looking and writing as one step; null where that is not what the body does, or in no closed form. */
export function conditionalStep(context: StepContext, write: Write): AtomicStep | null {
  const guarded = guardOf(context, write)
  if (!guarded) return null
  return flagStep(context, write, guarded) ?? extremeStep(context, write, guarded) ?? attemptStep(context, write, guarded)
}

function guardOf(context: StepContext, { assign }: Write): Guarded | null {
  const { method, own } = context
  const { facts } = method.facts
  const outer = facts[assign]?.parent ?? -1
  const statement = facts[assign]?.role === 'tail' ? assign : outer
  if (statement === outer && facts[outer]?.kind !== 'statement') return null
  const block = facts[statement]?.parent ?? -1
  const before = previous(method, statement)
  const let_ = facts[before]
  const isTaken =
    let_?.kind === 'let' &&
    let_.type === null &&
    /^[a-z_]\w*$/.test(let_.pattern) &&
    own.has(childFacts(method.facts, before, 'value')[0] ?? -1)
  const taken = isTaken ? before : -1
  if (isTaken && !blankBetween(method, before, statement)) return null
  const first = isTaken ? before : statement
  const ahead = previous(method, first)
  const branch = ahead >= 0 ? (childFacts(method.facts, ahead, 'expression')[0] ?? -1) : (facts[block]?.parent ?? -1)
  if (facts[branch]?.kind !== 'if' || (ahead < 0 && facts[block]?.role !== 'then')) return null
  const condition = childFacts(method.facts, branch, 'condition')[0] ?? -1
  if (usesInside(context, condition).length === 0) return null
  const guarded = { branch, condition, early: ahead >= 0, taken, statement, block }
  return ahead < 0 || (isDiverging(context, guarded) && blankBetween(method, ahead, first)) ? guarded : null
}

/** Whether an `if` without `else` ends in `return`, and uses nothing of the field but in its condition. */
function isDiverging(context: StepContext, { branch, condition }: Guarded): boolean {
  const { facts } = context.method.facts
  const then = childFacts(context.method.facts, branch, 'then')[0] ?? -1
  if (childFacts(context.method.facts, branch, 'else').length > 0) return false
  const last = childFacts(context.method.facts, then).at(-1) ?? -1
  const inner = facts[last]?.kind === 'statement' ? (childFacts(context.method.facts, last)[0] ?? -1) : last
  return facts[inner]?.kind === 'return' && usesInside(context, branch).length === usesInside(context, condition).length
}

/** Uses after the write on the same way, and those on the other way. */
function others(
  context: StepContext,
  { branch, block, statement, early }: Guarded,
): { readonly later: readonly number[]; readonly otherwise: number } {
  const { facts } = context.method.facts
  const after = facts[statement]?.after ?? 0
  const later = usesInside(context, block).filter((it) => it >= after)
  const otherwise = early ? 0 : childFacts(context.method.facts, branch, 'else').flatMap((it) => usesInside(context, it)).length
  return { later, otherwise }
}

/** Whether the write is all that is done under the condition. */
function isAlone(context: StepContext, { branch, block, early, taken }: Guarded): boolean {
  const children = childFacts(context.method.facts, block)
  return !early && taken < 0 && children.length === 1 && childFacts(context.method.facts, branch, 'else').length === 0
}

/** `if !self.on { self.on = true; … }`: who sets it is told by what was there before. */
function flagStep(context: StepContext, { use, field, change }: Write, guarded: Guarded): AtomicStep | null {
  const { method, own } = context
  const { facts } = method.facts
  const fact = facts[guarded.condition]
  const negated = fact?.kind === 'unary' && fact.operator === '!'
  const read = negated ? (childFacts(method.facts, guarded.condition)[0] ?? -1) : guarded.condition
  const { later, otherwise } = others(context, guarded)
  if (
    field.primitive !== 'bool' ||
    change.kind !== 'store' ||
    !own.has(read) ||
    guarded.taken >= 0 ||
    later.length + otherwise > 0
  )
    return null
  // Where the condition says that nothing is to be done, the flag has the value already that is put in.
  if (change.value !== String(negated !== guarded.early)) return null
  const base = { field: use.name, covers: [read, use.index], loop: null, wraps: false }
  const whole = absolute(method, facts[guarded.branch])
  if (isAlone(context, guarded))
    return { ...base, kind: 'store', write: (words) => [replace(whole, `${storeText(words, use.name, field, change.value)};`)] }
  const lines = wholeLines(method.impl.text, absolute(method, facts[guarded.statement]))
  return {
    ...base,
    kind: 'change',
    write: (words) => [replace(absolute(method, facts[read]), swapText(words, use.name, field, change.value)), remove(lines)],
  }
}

/** `if x > self.most { self.most = x; }` */
function extremeStep(context: StepContext, { use, field, change }: Write, guarded: Guarded): AtomicStep | null {
  const { method, own } = context
  const { facts } = method.facts
  const fact = facts[guarded.condition]
  if (
    field.float ||
    field.primitive === 'bool' ||
    change.kind !== 'store' ||
    !isAlone(context, guarded) ||
    fact?.kind !== 'binary'
  )
    return null
  const [left = -1, right = -1] = childFacts(method.facts, guarded.condition)
  const [value, mine] = own.has(left) ? [right, left] : [left, right]
  if (!own.has(mine) || !/^[<>]=?$/.test(fact.operator) || !isClosed({ ...context, own: new Set() }, value)) return null
  if (templateOf({ ...context, own: new Set() }, value).join('') !== change.value) return null
  const operation = fact.operator.startsWith('>') === (mine === right) ? 'max' : 'min'
  const span = absolute(method, facts[guarded.branch])
  return {
    field: use.name,
    covers: [mine, use.index],
    kind: 'change',
    loop: null,
    wraps: false,
    write: (words) => {
      const text = `${field.place}.fetch_${operation}(${change.value}, ${orderingOf(words, use.name, 'change')})`
      return [replace(span, `${broken(method.impl.text, span.start, text)};`)]
    },
  }
}

/** Everything else that is closed: tried until no other thread comes in between. */
function attemptStep(context: StepContext, { use, field, assign }: Write, guarded: Guarded): AtomicStep | null {
  const { method } = context
  const { facts } = method.facts
  const value = valueTemplate(context, assign, use.index)
  const { later, otherwise } = others(context, guarded)
  if (!value || otherwise > 0 || !isClosed(context, guarded.condition)) return null
  const local = localName(method, use.name)
  const condition = conditionText(context, guarded, field.float !== null, local)
  const step = `self.${attemptName(use.name)}(|${local}| ${condition}.then(|| ${fill(value, local)}))`
  const covers = [
    ...usesInside(context, guarded.condition),
    ...(guarded.taken >= 0 ? usesInside(context, guarded.taken) : []),
    ...usesInside(context, assign),
    ...later,
  ]
  const base = { field: use.name, covers: [...new Set(covers)], kind: 'change' as const, loop: 'attempt' as const, wraps: false }
  const branch = absolute(method, facts[guarded.branch])
  if (isAlone(context, guarded)) return { ...base, write: () => [replace(branch, `${step};`)] }
  const let_ = facts[guarded.taken]
  const old = let_?.kind === 'let' ? let_.pattern : later.length > 0 ? `old_${use.name}` : null
  if (old?.startsWith('old_') && method.impl.text.slice(method.start, method.end).includes(old)) return null
  if (later.some((it) => facts[it]?.role === 'target')) return null
  const written = absolute(method, facts[guarded.statement])
  const from = guarded.taken >= 0 ? absolute(method, let_).start : written.start
  const body: TextEdit[] =
    later.length > 0
      ? [
          replace({ start: from, end: written.end }, `let ${local} = ${fill(value, old ?? local)};`),
          ...later.map((it) => replace(absolute(method, facts[it]), local)),
        ]
      : [remove(wholeLines(method.impl.text, { start: from, end: written.end }))]
  return { ...base, write: () => [...headEdits(context, guarded, step, old), ...body] }
}

/** `if let Some(old) = … {`, `let Some(old) = … else {`, or without a name for it. */
function headEdits({ method }: StepContext, { branch, condition, early }: Guarded, step: string, old: string | null): TextEdit[] {
  const { facts } = method.facts
  const span = absolute(method, facts[condition])
  const whole = absolute(method, facts[branch])
  if (old === null)
    return [chainHead(method.impl.text, span, indentOf(method, whole.start), step, early ? '.is_none()' : '.is_some()')]
  const text = method.impl.text
  const indent = indentOf(method, whole.start)
  const unit = indent.includes('\t') ? '\t' : '    '
  const word = early ? 'let' : 'if let'
  const start = whole.start - (text.lastIndexOf('\n', whole.start) + 1)
  const long = start + `${word} Some(${old}) = ${step}${early ? ' else' : ''} {`.length > MAX_WIDTH
  const gap = long ? `\n${indent}${unit}` : ' '
  const end = text.indexOf('{', span.end)
  const head = `${word} Some(${old}) =${gap}${step}${long ? `\n${indent}` : ' '}${early ? 'else ' : ''}`
  const open = replace({ start: whole.start, end }, head)
  return early ? [open, replace({ start: whole.end, end: whole.end }, ';')] : [open]
}

/** rustfmt's `max_width`. */
const MAX_WIDTH = 100

/** A condition of two calls, over several lines where rustfmt has it so. */
function chainHead(text: string, span: { start: number; end: number }, indent: string, step: string, question: string): TextEdit {
  if (`${step}${question}`.length <= 60) return replace(span, step + question)
  const unit = indent.includes('\t') ? '\t' : '    '
  const brace = text.indexOf('{', span.end)
  const rest = step.slice('self'.length)
  return replace({ start: span.start, end: brace }, `self\n${indent}${unit}${rest}\n${indent}${unit}${question}\n${indent}`)
}

const FLIPPED: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' }

/** The condition under which something is written, in parentheses where a method is called on it. */
function conditionText(context: StepContext, { condition, early }: Guarded, float: boolean, local: string): string {
  const text = fill(templateOf(context, condition), local)
  if (!early) return `(${text})`
  const fact = context.method.facts.facts[condition]
  const [left = -1, right = -1] = childFacts(context.method.facts, condition)
  const flipped = fact?.kind === 'binary' && !float ? FLIPPED[fact.operator] : undefined
  if (flipped === undefined) return `(!(${text}))`
  return `(${fill(templateOf(context, left), local)} ${flipped} ${fill(templateOf(context, right), local)})`
}

/** The new value as computed from the old one; null if it is not closed. */
function valueTemplate(context: StepContext, assign: number, target: number): Template | null {
  const closed = { ...context, own: new Set([...context.own].filter((it) => it !== target)) }
  const fact = context.method.facts.facts[assign]
  const value = childFacts(context.method.facts, assign, 'value')[0] ?? -1
  if (fact?.kind !== 'assign' || !isClosed(closed, value)) return null
  if (fact.operator === '=') return templateOf(closed, value)
  const text = templateOf({ ...closed, own: new Set() }, value).join('')
  const right = /^[\w.:]+(?:\(\))?$/.test(text) ? text : `(${text})`
  return usesInside(closed, value).length > 0 ? null : ['', ` ${fact.operator.slice(0, -1)} ${right}`]
}
