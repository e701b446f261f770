import { childFacts, type Use } from '../syntax/body.ts'
import { type Closed, isClosed, isOperand } from './atomic-closed.ts'
import { updateName } from './atomic-loops.ts'
import type { AtomicField } from './atomic-plan.ts'
import { type AtomicWords, orderingOf, storeText, swapText } from './atomic-words.ts'

/** A use of an atomic's field in a body. */
export interface OwnUse {
  readonly name: string
  readonly index: number
  readonly use: Use
}

/** Text with holes where the atomic's value stands. */
export type Template = readonly string[]

/** What is done to an atomic in one step. */
export type Change =
  | { readonly kind: 'store'; readonly value: string; readonly declared: boolean }
  | { readonly kind: 'fetch'; readonly operation: Fetch; readonly value: string }
  /** Computed from the old value. */
  | { readonly kind: 'update'; readonly value: Template }

export type Fetch = 'add' | 'sub' | 'or' | 'and' | 'xor' | 'max' | 'min'

const OPERATIONS: Readonly<Record<string, Fetch>> = { '+': 'add', '-': 'sub', '|': 'or', '&': 'and', '^': 'xor' }
const METHODS: Readonly<Record<string, Fetch>> = { max: 'max', min: 'min', wrapping_add: 'add', wrapping_sub: 'sub' }

export function fill(template: Template, name: string): string {
  return template.join(name)
}

/** The text of an expression with holes for the uses in `own`. */
export function templateOf({ method, own }: Closed, index: number): Template {
  const { facts, body, impl } = method
  const span = facts.facts[index]?.span ?? { start: 0, end: 0 }
  const parts: string[] = []
  let at = span.start
  for (const each of [...own].sort((a, b) => a - b)) {
    const use = facts.facts[each]?.span
    if (!use || use.start < span.start || use.end > span.end) continue
    parts.push(impl.text.slice(body.start + at, body.start + use.start))
    at = use.end
  }
  return [...parts, impl.text.slice(body.start + at, body.start + span.end)]
}

/** What an assignment does, and whether it would have panicked on overflow in debug builds where the atomic wraps; null for no closed form. */
export function changeOf(
  closed: Closed,
  assign: number,
  field: AtomicField,
): { readonly change: Change; readonly wraps: boolean } | null {
  const { method, own } = closed
  const fact = method.facts.facts[assign]
  const value = childFacts(method.facts, assign, 'value')[0]
  if (fact?.kind !== 'assign' || value === undefined) return null
  const [text = ''] = templateOf({ ...closed, own: new Set() }, value)
  const reads = [...own].some((it) => it >= value && it < (method.facts.facts[value]?.after ?? 0))
  if (fact.operator !== '=') {
    const operator = fact.operator.slice(0, -1)
    const operation = OPERATIONS[operator]
    if (reads || (field.primitive === 'bool' && (operation === 'add' || operation === 'sub'))) return null
    if (operation && !field.float && !isOperand(closed, value, field.primitive)) return null
    if (operation && !field.float)
      return { change: { kind: 'fetch', operation, value: text }, wraps: operation === 'add' || operation === 'sub' }
    const right = /^[\w.:]+(?:\(\))?$/.test(text) ? text : `(${text})`
    return isClosed(closed, value) ? { change: { kind: 'update', value: ['', ` ${operator} ${right}`] }, wraps: false } : null
  }
  if (!reads) {
    const declared = method.fn.params.some((it) => it.pattern.replace(/^mut\s+/, '') === text) && !shadowed(closed, text)
    return { change: { kind: 'store', value: text, declared }, wraps: false }
  }
  const fetch = field.float ? null : fetchOf(closed, value, field)
  if (fetch) return fetch
  return isClosed(closed, value) ? { change: { kind: 'update', value: templateOf(closed, value) }, wraps: false } : null
}

function shadowed({ method }: Closed, name: string): boolean {
  return method.facts.facts.some((it) => 'bindings' in it && it.bindings.some((each) => each.name === name))
}

/** `self.n + k`, `self.n.max(k)`, `max(self.n, k)`, `!self.on`: what atomics do themselves. */
function fetchOf(closed: Closed, index: number, field: AtomicField): { readonly change: Change; readonly wraps: boolean } | null {
  const { method, own } = closed
  const fact = method.facts.facts[index]
  if (!fact) return null
  const children = childFacts(method.facts, index)
  const [first, second] = fact.kind === 'call' ? children.slice(1) : children
  if (fact.kind === 'unary' && fact.operator === '!' && field.primitive === 'bool' && own.has(first ?? -1))
    return { change: { kind: 'fetch', operation: 'xor', value: 'true' }, wraps: false }
  const operation =
    fact.kind === 'binary'
      ? OPERATIONS[fact.operator]
      : fact.kind === 'method'
        ? METHODS[fact.name]
        : fact.kind === 'call' && isClosed(closed, index)
          ? METHODS[/::(max|min)$/.exec(fact.path ?? '')?.[1] ?? '']
          : undefined
  if (!operation || first === undefined || second === undefined || children.length > 3) return null
  if (field.primitive === 'bool' && !/^(?:or|and|xor)$/.test(operation)) return null
  if (!own.has(first) || !isOperand(closed, second, field.primitive)) return null
  const span = method.facts.facts[second]
  if ([...own].some((it) => it >= second && it < (span?.after ?? 0))) return null
  const wraps = fact.kind === 'binary' && (operation === 'add' || operation === 'sub')
  return { change: { kind: 'fetch', operation, value: templateOf({ ...closed, own: new Set() }, second).join('') }, wraps }
}

/** The step as an expression; what it gives is not looked at. */
export function stepText(words: AtomicWords, name: string, field: AtomicField, change: Change, local: string): string {
  if (change.kind === 'store') return storeText(words, name, field, change.value, change.declared)
  return change.kind === 'update' ? newText(words, name, field, change, local) : fetchText(words, name, field, change)
}

function fetchText(words: AtomicWords, name: string, field: AtomicField, change: Change & { kind: 'fetch' }): string {
  return `${field.place}.fetch_${change.operation}(${change.value}, ${orderingOf(words, name, 'change')})`
}

/** The step as an expression that gives the value before it; null where nothing does both. */
export function oldText(words: AtomicWords, name: string, field: AtomicField, change: Change): string | null {
  if (change.kind === 'store') return swapText(words, name, field, change.value)
  return change.kind === 'fetch' ? fetchText(words, name, field, change) : null
}

/** The step as an expression that gives the value after it. Of a store it is the stored value, which the caller has. */
export function newText(words: AtomicWords, name: string, field: AtomicField, change: Change, local: string): string {
  if (change.kind === 'store') return storeText(words, name, field, change.value, change.declared)
  if (change.kind === 'update') return `self.${updateName(name)}(|${local}| ${fill(change.value, local)})`
  const fetch = fetchText(words, name, field, change)
  const { operation, value } = change
  if (operation === 'xor' && value === 'true') return `!${fetch}`
  if (/^(?:add|sub)$/.test(operation)) return `${fetch}.wrapping_${operation}(${value})`
  if (operation === 'max' || operation === 'min') return `${fetch}.${operation}(${value})`
  return `${fetch} ${{ or: '|', and: '&', xor: '^' }[operation as 'or' | 'and' | 'xor']} ${value}`
}
