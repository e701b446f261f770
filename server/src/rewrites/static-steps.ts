import { type BodyFacts, enclosing, factsOf, useOf } from '../syntax/body.ts'
import { applyEdits, minimalEdit, replace, type TextEdit } from '../syntax/edits.ts'
import { closedScope, readsNumber } from './atomic-closed.ts'
import type { AtomicField } from './atomic-plan.ts'
import type { AtomicStep } from './atomic-step.ts'
import { stepsOf } from './atomic-steps.ts'
import type { AtomicWords } from './atomic-words.ts'
import type { MethodSource } from './class-source.ts'
import { type Problem, placeText } from './problems.ts'
import { FORMAT_MACROS, PLAIN_MACROS } from './python-words.ts'
import type { StaticUse } from './static-uses.ts'
import type { StaticSource } from './statics.ts'
import { safeCall, unwrapped } from './unsafe-blocks.ts'

/** The steps of a function that uses a static. */
export interface StaticBody {
  readonly use: StaticUse
  readonly method: MethodSource
  readonly steps: readonly AtomicStep[]
  /** Starts of `unsafe` blocks that have nothing else in them that needs it; relative to the body. */
  readonly needless: readonly number[]
}

/** What a function does with a static as atomic steps; a problem where it is more than one, or where `unsafe` may still be needed. */
export function staticBody(source: StaticSource, use: StaticUse, field: AtomicField): StaticBody | Problem {
  const { view, item } = source
  const { db } = view
  const { fn, facts } = use
  const why = (reason: Problem['reason'], clause: string): Problem => ({
    reason,
    detail: `${placeText(db, fn.file, fn.start)}: \`${fn.fn.name}\` ${clause}`,
  })
  const method = asMethod(source, use)
  if (!method) return why('parse-error', 'cannot be read')
  const found = stepsOf({
    source: null,
    method,
    scope: closedScope(db, method),
    changing: new Set([item.name]),
    own: new Set(),
    fields: new Map([[item.name, { ...field, place: use.path }]]),
    uses: use.indices.map((index) => ({ name: item.name, index, use: useOf(facts, index) })),
  })
  if ('reason' in found) return why(found.reason, found.clause)
  if (found.some((it) => it.loop !== null)) return why('not-atomic', `computes \`${item.name}\` from itself, which takes a loop`)
  const needless: number[] = []
  for (const block of new Set(use.indices.map((it) => unsafeAround(facts, it)).filter((it) => it >= 0))) {
    const need = needOf(source, use, block)
    if (need === 'unknown') return why('unsafe-code', 'does something else in the `unsafe` block, which may need it')
    if (need === 'none') needless.push(facts.facts[block]?.span.start ?? 0)
  }
  return { use, method, steps: found, needless }
}

/** A function as the steps know it: there is no object, so nothing is called `self`. */
function asMethod({ view }: StaticSource, { fn, facts }: StaticUse): MethodSource | null {
  const text = view.db.text(fn.file)
  if (text === null || !fn.owner) return null
  const item = fn.owner.item
  const impl = {
    id: fn.owner.id,
    file: fn.file,
    text,
    item,
    self: '',
    kind: 'inherent',
    start: fn.start,
    headStart: fn.start,
    end: fn.end,
    module: fn.owner,
  }
  return {
    impl: impl as unknown as MethodSource['impl'],
    fn: fn.fn,
    name: fn.fn.name,
    self: 'none',
    selfName: '',
    start: fn.start,
    headStart: fn.start,
    end: fn.end,
    nameAt: { start: -1, end: -1 },
    body: fn.body,
    facts,
  }
}

function unsafeAround(facts: BodyFacts, index: number): number {
  let at = enclosing(facts, index, 'block')
  for (let fuel = 256; at > 0 && fuel > 0; fuel--) {
    const fact = facts.facts[at]
    if (fact?.kind === 'block' && fact.flavor === 'unsafe') return at
    at = enclosing(facts, at, 'block')
  }
  return -1
}

/**
 * Whether an `unsafe` block needs to be one without the static. The operations that do are few (Rust reference, "Unsafety"):
 * dereferences of raw pointers, mutable and external statics, calls of unsafe functions, fields of unions, inline assembly.
 */
function needOf(source: StaticSource, use: StaticUse, block: number): 'none' | 'needed' | 'unknown' {
  const { facts } = use
  const after = facts.facts[block]?.after ?? 0
  const inside = (index: number): boolean => index > block && index < after
  const { item, view } = source
  const others = new Set(view.staticMuts().map((it) => it.name))
  others.delete(item.name)
  const isOther = factsOf(facts, 'path').some(
    ({ index, fact }) => inside(index) && others.has(fact.text.split('::').at(-1) ?? ''),
  )
  if (isOther) return 'needed'
  const odd = facts.facts.some((fact, index) => {
    if (!inside(index)) return false
    if (fact.kind === 'call') return !safeCall(view.db, use.module, fact.path)
    if (fact.kind === 'method') return !readsNumber(fact.name)
    if (fact.kind === 'macro') return !fact.expressions || !(FORMAT_MACROS.has(fact.path) || PLAIN_MACROS.has(fact.path))
    if (fact.kind === 'path') return !use.indices.includes(index) && /^[A-Z][A-Z0-9_]*$/.test(fact.text.split('::').at(-1) ?? '')
    return (
      fact.kind === 'field' || fact.kind === 'item' || fact.kind === 'other' || (fact.kind === 'unary' && fact.operator === '*')
    )
  })
  return odd ? 'unknown' : 'none'
}

/** The edits of a function: its steps, and the `unsafe` blocks that are no more. */
export function bodyEdits({ view }: StaticSource, { use, method, steps, needless }: StaticBody, words: AtomicWords): TextEdit[] {
  const text = view.db.text(use.fn.file) ?? ''
  const first = steps.flatMap((it) => it.write(words))
  if (needless.length === 0) return [...first]
  const { body } = method
  const marks = needless.map((it) => replace({ start: body.start + it, end: body.start + it + 'unsafe'.length }, MARK))
  const between = applyEdits(text, [...first, ...marks])
  if (between === null) return []
  let done = between
  for (let at = done.lastIndexOf(MARK), fuel = 256; at >= 0 && fuel > 0; at = done.lastIndexOf(MARK), fuel--) {
    const edit = unwrapped(done, at, MARK)
    done = applyEdits(done, [edit]) ?? done.replaceAll(MARK, 'unsafe')
  }
  const edit = minimalEdit(text, done)
  return edit ? [edit] : []
}

/** As long as `unsafe`, and nothing that stands in a program. */
const MARK = 'unsaf\u0001'
