import { childFacts } from '../syntax/body.ts'
import { replace, type TextEdit } from '../syntax/edits.ts'
import { changeOf, newText, type OwnUse, oldText, stepText } from './atomic-changes.ts'
import { isClosed, readsNumber } from './atomic-closed.ts'
import { conditionalStep } from './atomic-conditions.ts'
import type { AtomicField } from './atomic-plan.ts'
import {
  type AtomicStep,
  absolute,
  blankBetween,
  indentOf,
  localName,
  previous,
  type StepContext,
  type StepProblem,
  usesInside,
  type Write,
} from './atomic-step.ts'
import { type AtomicWords, bits, loadText, orderingOf, swapText } from './atomic-words.ts'
import type { MethodSource } from './class-source.ts'
import { broken } from './rust-format.ts'

/** The steps that a body is made of: at most one of them on each way through it, or a problem. */
export function stepsOf(context: StepContext): readonly AtomicStep[] | StepProblem {
  const { method, uses } = context
  const steps: AtomicStep[] = []
  const done = new Set<number>()
  for (const use of uses) {
    if (done.has(use.index) || use.use === 'read' || use.use === 'receiver') continue
    const found = writeStep(withOwn(context, use.name), use)
    if ('reason' in found) return found
    if (isRepeated(method, use.index))
      return { reason: 'joint-update', clause: `changes \`${use.name}\` step by step in a loop or closure` }
    steps.push(found)
    for (const it of found.covers) done.add(it)
  }
  const rest = uses.filter((it) => !done.has(it.index))
  const impure = rest.find((it) => it.use === 'receiver' && !readsNumber(calledOn(method, it.index)))
  if (impure) return { reason: 'not-atomic', clause: `calls \`${calledOn(method, impure.index)}\` on \`${impure.name}\`` }
  for (const name of new Set(rest.map((it) => it.name))) {
    const reads = rest.filter((it) => it.name === name)
    if (steps.length > 0 && reads.some((it) => isRepeated(method, it.index)))
      return { reason: 'joint-update', clause: `reads \`${name}\` again and again, and changes something` }
    steps.push(...readSteps(withOwn(context, name), name, reads, steps))
  }
  return jointProblem(method, steps) ?? steps
}

function withOwn(context: StepContext, name: string): StepContext {
  return { ...context, own: new Set(context.uses.filter((it) => it.name === name).map((it) => it.index)) }
}

function calledOn({ facts }: MethodSource, index: number): string {
  const parent = facts.facts[facts.facts[index]?.parent ?? -1]
  return parent?.kind === 'method' ? parent.name : ''
}

/** Two steps of which one can follow the other, or that are of two fields. */
function jointProblem(method: MethodSource, steps: readonly AtomicStep[]): StepProblem | null {
  for (const [i, one] of steps.entries())
    for (const other of steps.slice(i + 1)) {
      if (one.covers.every((a) => other.covers.every((b) => areExclusive(method, a, b)))) continue
      return one.field === other.field
        ? { reason: 'joint-update', clause: `uses \`${one.field}\` in two steps, between which it may change` }
        : { reason: 'joint-update', clause: `uses \`${one.field}\` and \`${other.field}\` together` }
    }
  return null
}

/** Whether two facts stand in different branches of an `if`, or different arms of a `match`. */
function areExclusive({ facts }: MethodSource, a: number, b: number): boolean {
  const ways = new Map<number, number>()
  for (let at = a, fuel = 512; at > 0 && fuel > 0; fuel--) {
    const parent = facts.facts[at]?.parent ?? -1
    ways.set(parent, at)
    at = parent
  }
  for (let at = b, fuel = 512; at > 0 && fuel > 0; fuel--) {
    const parent = facts.facts[at]?.parent ?? -1
    const other = ways.get(parent)
    if (other !== undefined) {
      const roles = [facts.facts[at]?.role, facts.facts[other]?.role]
      return other !== at && (roles.every((it) => it === 'then' || it === 'else') || roles.every((it) => it === 'arm'))
    }
    at = parent
  }
  return false
}

/** Whether a fact may be evaluated more than once, or later than it stands. */
function isRepeated({ facts }: MethodSource, index: number): boolean {
  for (let at = index, fuel = 512; at > 0 && fuel > 0; fuel--) {
    const fact = facts.facts[at]
    const parent = facts.facts[fact?.parent ?? -1]
    if (parent?.kind === 'closure' || parent?.kind === 'while' || parent?.kind === 'loop') return true
    if (parent?.kind === 'for' && fact?.role === 'body') return true
    if (parent?.kind === 'block' && parent.flavor === 'async') return true
    at = fact?.parent ?? -1
  }
  return false
}

function writeStep(context: StepContext, use: OwnUse): AtomicStep | StepProblem {
  const { method, fields } = context
  const { facts } = method.facts
  const field = fields.get(use.name)
  if (!field) return { reason: 'not-atomic', clause: `changes \`${use.name}\`` }
  if (use.use === 'borrow-mut' || use.use === 'borrow' || use.use === 'deref') {
    const swap = swapStep(context, use, field)
    return swap ?? { reason: 'not-atomic', clause: `borrows \`${use.name}\`` }
  }
  const at = facts[use.index]?.parent ?? -1
  if (facts[at]?.kind !== 'assign' || facts[use.index]?.role !== 'target')
    return { reason: 'not-atomic', clause: `changes a part of \`${use.name}\`` }
  const found = changeOf({ ...context, own: without(context.own, use.index) }, at, field)
  if (!found) return { reason: 'not-atomic', clause: `changes \`${use.name}\` in a way that is no atomic step` }
  const step = { ...found, use, field, assign: at }
  return conditionalStep(context, step) ?? oldStep(context, step) ?? plainStep(context, step)
}

function without(own: ReadonlySet<number>, index: number): ReadonlySet<number> {
  return new Set([...own].filter((it) => it !== index))
}

/** `self.n += 1;`, with `self.n` read afterwards or not. */
function plainStep(context: StepContext, write: Write): AtomicStep | StepProblem {
  const { method, own } = context
  const { use, field, change, assign, wraps } = write
  const { facts } = method.facts
  const statement = facts[assign]?.parent ?? -1
  const block = facts[statement]?.kind === 'statement' ? (facts[statement]?.parent ?? -1) : statement
  const isTail = statement === block
  const inside = usesInside(context, assign)
  const later = [...own].filter((it) => it >= (facts[assign]?.after ?? 0) && it < (facts[block]?.after ?? 0))
  if (facts[block]?.kind !== 'block')
    return { reason: 'joint-update', clause: `changes \`${use.name}\` in the middle of something` }
  const base = {
    field: use.name,
    covers: [...inside, ...later],
    wraps,
    kind: change.kind === 'store' ? ('store' as const) : ('change' as const),
    loop: change.kind === 'update' ? ('update' as const) : null,
  }
  const span = absolute(method, facts[assign])
  const local = localName(method, use.name)
  const line = (text: string, before = '', end = ''): TextEdit =>
    replace(span, before + broken(method.impl.text, span.start, text) + end)
  if (later.length === 0)
    return { ...base, write: (words) => [line(stepText(words, use.name, field, change, local), '', isTail ? ';' : '')] }
  if (later.some((it) => isRepeated(method, it) || facts[it]?.role === 'target'))
    return { reason: 'joint-update', clause: `uses \`${use.name}\` again after it has changed it` }
  const value = childFacts(method.facts, assign, 'value')[0] ?? -1
  if (
    change.kind === 'fetch' &&
    !(change.value === 'true' || isClosed({ ...context, own: new Set() }, lastOperand(context, value)))
  )
    return { reason: 'joint-update', clause: `reads \`${use.name}\` back after changing it by an expression` }
  const reads = later.map((it) => replace(absolute(method, facts[it]), local))
  if (change.kind === 'store') {
    const stored = { ...change, value: local, declared: true }
    return {
      ...base,
      write: (words) => {
        const typed = `let ${local}: ${field.primitive} = ${change.value};\n${indentOf(method, span.start)}`
        return [line(stepText(words, use.name, field, stored, local), typed), ...reads]
      },
    }
  }
  const tail = tailAfter(method, statement, later)
  if (tail)
    return {
      ...base,
      write: (words) => [
        replace(
          { start: span.start, end: absolute(method, facts[tail]).end },
          broken(method.impl.text, span.start, newText(words, use.name, field, change, local)),
        ),
      ],
    }
  return { ...base, write: (words) => [line(newText(words, use.name, field, change, local), `let ${local} = `), ...reads] }
}

/** The operand of what is assigned: `k` of `k`, of `self.n + k`, of `self.n.max(k)`. */
function lastOperand({ method, own }: StepContext, value: number): number {
  const reads = usesInside({ method, own }, value).length > 0
  return reads ? (childFacts(method.facts, value).at(-1) ?? value) : value
}

/** The block's value, where it is the field and stands right after the statement. */
function tailAfter(method: MethodSource, statement: number, later: readonly number[]): number | null {
  const { facts } = method.facts
  const [only] = later
  if (later.length !== 1 || only === undefined || facts[only]?.role !== 'tail') return null
  if (facts[only]?.parent !== facts[statement]?.parent || only !== facts[statement]?.after) return null
  return blankBetween(method, statement, only) ? only : null
}

/** `let old = self.n; self.n += 1;`: one step that gives the value before it. */
function oldStep(context: StepContext, write: Write): AtomicStep | null {
  const { method, own } = context
  const { use, field, change, assign, wraps } = write
  const { facts } = method.facts
  const statement = facts[assign]?.parent ?? -1
  const before = previous(method, statement)
  const taken = facts[before]
  const read = childFacts(method.facts, before, 'value')[0] ?? -1
  if (
    change.kind === 'update' ||
    taken?.kind !== 'let' ||
    taken.type !== null ||
    !/^[a-z_]\w*$/.test(taken.pattern) ||
    !own.has(read)
  )
    return null
  if (!blankBetween(method, before, statement) || usesInside(context, assign).length > 1) return null
  const covers = [read, use.index]
  const block = facts[statement]?.parent ?? -1
  if ([...own].some((it) => !covers.includes(it) && it < (facts[block]?.after ?? 0) && it >= (facts[assign]?.after ?? 0)))
    return null
  // The value must not be computed from the old one by its name: `self.n = old + 1`.
  const name = taken.pattern
  const value = childFacts(method.facts, assign, 'value')[0] ?? -1
  if (facts.some((it, i) => it.kind === 'path' && it.text === name && i >= value && i < (facts[value]?.after ?? 0))) return null
  const end = absolute(method, facts[statement]).end
  const span = absolute(method, facts[read])
  return {
    field: use.name,
    covers,
    kind: 'change',
    loop: null,
    wraps,
    write: (words) => {
      const text = oldText(words, use.name, field, change) ?? ''
      return [replace({ start: span.start, end }, `${broken(method.impl.text, span.start, text)};`)]
    },
  }
}

/** `mem::replace(&mut self.n, v)`, `mem::take(&mut self.n)`. */
function swapStep(context: StepContext, use: OwnUse, field: AtomicField): AtomicStep | null {
  const { method } = context
  const { facts } = method.facts
  const borrow = facts[use.index]?.parent ?? -1
  const call = facts[facts[borrow]?.parent ?? -1]
  const [first, second] = childFacts(method.facts, facts[borrow]?.parent ?? -1, 'argument')
  const name = /^(?:(?:std|core)::)?mem::(replace|take)$/.exec(call?.kind === 'call' ? (call.path ?? '') : '')?.[1]
  if (!name || first !== borrow || !call) return null
  const given = facts[second ?? -1]
  const { body, impl } = method
  const value =
    name === 'take' ? zeroOf(field) : impl.text.slice(body.start + (given?.span.start ?? 0), body.start + (given?.span.end ?? 0))
  const span = absolute(method, call)
  // What stands alone is not looked at: the bits do.
  const alone = facts[call.parent]?.kind === 'statement'
  const text = (words: AtomicWords): string =>
    alone
      ? `${field.place}.swap(${bits(field, value)}, ${orderingOf(words, use.name, 'change')})`
      : swapText(words, use.name, field, value)
  return {
    field: use.name,
    covers: [use.index],
    kind: 'change',
    loop: null,
    wraps: false,
    write: (words) => [replace(span, alone ? broken(impl.text, span.start, text(words)) : text(words))],
  }
}

function zeroOf(field: AtomicField): string {
  return field.primitive === 'bool' ? 'false' : field.float ? '0.0' : '0'
}

/** Reads: where there is but one, it is a load; else the first line loads for all of them, if nothing is changed. */
function readSteps(context: StepContext, name: string, reads: readonly OwnUse[], writes: readonly AtomicStep[]): AtomicStep[] {
  const { method, fields } = context
  const field = fields.get(name)
  const { facts } = method.facts
  if (!field) return []
  const load = { field: name, kind: 'load' as const, loop: null, wraps: false }
  const alone = reads.length === 1 && !reads.some((it) => isRepeated(method, it.index))
  const apart = reads.every((a) => reads.every((b) => a === b || areExclusive(method, a.index, b.index)))
  const each = reads.map((it) => ({
    ...load,
    covers: [it.index],
    write: (words: AtomicWords) => [replace(absolute(method, facts[it.index]), loadText(words, name, field))],
  }))
  if (alone || (apart && !reads.some((it) => isRepeated(method, it.index))) || writes.length > 0) return each
  const local = localName(method, name)
  const at = method.body.start + 1
  const indent = `${indentOf(method, method.body.start)}${indentOf(method, method.body.start).includes('\t') ? '\t' : '    '}`
  return [
    {
      ...load,
      covers: reads.map((it) => it.index),
      write: (words) => [
        replace(
          { start: at, end: at },
          `\n${indent}let ${local} = ${broken(`${indent}let`, indent.length, loadText(words, name, field))};`,
        ),
        ...reads.map((it) => replace(absolute(method, facts[it.index]), local)),
      ],
    },
  ]
}
