import { idParts } from '../../resolve/ids.ts'
import { resolveTargets } from '../../resolve/lookup.ts'
import { type BodyFacts, childFacts, type Fact, factsOf } from '../../syntax/body.ts'
import type { Span } from '../../syntax/span.ts'
import { at } from './accesses.ts'
import { type Job, refuse } from './job.ts'
import { typeOfFact } from './receivers.ts'
import type { Use } from './scope.ts'

/** A place that takes the lock. */
export interface Locking {
  /** Fact of the expression whose value is the guard, or that takes and gives back the lock by itself. */
  readonly index: number
  /** Fact of the access inside it. */
  readonly access: number
  readonly exclusive: boolean
}

/** Temporaries of these parts are dropped at their end (Rust reference, "Temporary scopes"). */
function endsHere(parent: Fact, child: Fact): boolean {
  if (parent.kind === 'arm' || parent.kind === 'loop') return true
  if (parent.kind === 'if' || parent.kind === 'while') return true
  return parent.kind === 'for' && child.role === 'body'
}

/**
 * Where the guard taken at `index` may be alive. A guard that a `let` names lives to the end of the block or to a `drop` of it;
 * one that is a temporary to the end of the statement, or of the block where a `let` extends it.
 */
export function liveSpans(facts: BodyFacts, index: number): Span[] {
  let child = index
  let extended = true
  let condition = false
  let start: number | null = null
  for (let fuel = 512; fuel > 0; fuel--) {
    const fact = facts.facts[child]
    const parent = fact && facts.facts[fact.parent]
    if (!fact) break
    if (!parent) return [{ start: start ?? fact.span.start, end: fact.span.end }]
    if (fact.role === 'tail') start ??= fact.span.start
    if (fact.kind === 'let-condition') condition = true
    if (parent.kind === 'statement') return [parent.span]
    if (parent.kind === 'let') return extended ? [parent.span, untilDrop(facts, fact.parent, child === index)] : [parent.span]
    if (parent.kind === 'closure') return [parent.span, ...whereClosureLives(facts, fact.parent)]
    const scrutinee = condition && (parent.kind === 'if' || parent.kind === 'while') && fact.role === 'condition'
    if (!scrutinee && endsHere(parent, fact)) return [fact.span]
    if (scrutinee) condition = false
    if (parent.kind === 'block') extended = false
    extended &&= keepsExtending(facts, parent, fact)
    child = fact.parent
  }
  return [{ start: 0, end: Number.MAX_SAFE_INTEGER }]
}

/** Whether a `let` around `parent` would still extend the life of a temporary inside `child`. */
function keepsExtending(facts: BodyFacts, parent: Fact, child: Fact): boolean {
  if (parent.kind === 'method' || parent.kind === 'macro' || parent.kind === 'binary') return false
  if (parent.kind === 'call') return /(?:^|::)[A-Z]\w*$/.test(parent.path ?? '')
  if (parent.kind === 'unary' || parent.kind === 'field' || parent.kind === 'index') return isBorrowed(facts, child.parent)
  return true
}

/** A closure may be called as long as the value that holds it lives. */
function whereClosureLives(facts: BodyFacts, index: number): Span[] {
  let child = index
  for (let fuel = 512; fuel > 0; fuel--) {
    const fact = facts.facts[child]
    const parent = fact && facts.facts[fact.parent]
    if (!parent) return fact ? [fact.span] : []
    if (parent.kind === 'let') return [parent.span, parent.scope]
    if (parent.kind === 'statement') return [parent.span]
    child = fact.parent
  }
  return []
}

/** Whether a place expression ends up behind `&`. */
function isBorrowed(facts: BodyFacts, index: number): boolean {
  let child = index
  for (let fuel = 64; fuel > 0; fuel--) {
    const parent = facts.facts[facts.facts[child]?.parent ?? -1]
    if (!parent) return false
    if (parent.kind === 'borrow') return true
    if (parent.kind !== 'field' && parent.kind !== 'index' && parent.kind !== 'paren' && parent.kind !== 'unary') return false
    child = facts.facts[child]?.parent ?? -1
  }
  return true
}

function untilDrop(facts: BodyFacts, index: number, named: boolean): Span {
  const fact = facts.facts[index]
  if (fact?.kind !== 'let') return { start: 0, end: 0 }
  const name = named && fact.bindings.length === 1 ? fact.bindings[0]?.name : undefined
  for (const { index: call, fact: dropped } of name === undefined ? [] : factsOf(facts, 'call')) {
    if (!/^(?:std::mem::|mem::|core::mem::)?drop$/.test(dropped.path ?? '') || dropped.span.start < fact.scope.start) continue
    const [argument] = childFacts(facts, call, 'argument')
    const value = facts.facts[argument ?? -1]
    const statement = facts.facts[dropped.parent]
    if (value?.kind === 'path' && value.text === name && statement?.kind === 'statement' && statement.parent === fact.parent)
      return { start: fact.scope.start, end: dropped.span.start }
  }
  return fact.scope
}

/** What else happens in a crate that bears on a lock. */
export interface Surroundings {
  /** Names of functions that take the lock or run Python, themselves or through others. */
  readonly touching: ReadonlySet<string>
  /** Whether values inside may run Python code when they are dropped. */
  readonly holdsPython: boolean
  /** Whether what the lock guards is made of types from outside the workspace, so that its methods cannot come back here. */
  readonly plain: boolean
}

/** Refuses where a guard may be alive while its lock is taken again, Python runs, another lock is taken, or at an `.await`. */
export function checkRegions(job: Job, use: Use, lockings: readonly Locking[], around: Surroundings): undefined {
  for (const locking of lockings) {
    const spans = liveSpans(use.facts, locking.index)
    const from = use.facts.facts[locking.index]?.span.start ?? 0
    // What ends before the guard is taken is over by then.
    const inside = (fact: Fact) =>
      fact.span.end > from && spans.some((it) => it.start <= fact.span.start && fact.span.end <= it.end)
    for (const other of lockings) {
      const fact = use.facts.facts[other.access]
      if (other !== locking && fact && inside(fact))
        refuse(job, 'overlapping-borrows', 'the guard may still be alive where the field is locked again', at(use, fact))
    }
    const guards = guardNames(use, locking)
    for (const [index, fact] of use.facts.facts.entries()) {
      if (index !== locking.index && inside(fact)) checkFact(job, use, index, fact, locking, guards, around)
    }
  }
}

function guardNames(use: Use, { index }: Locking): ReadonlySet<string> {
  const parent = use.facts.facts[use.facts.facts[index]?.parent ?? -1]
  return new Set(parent?.kind === 'let' ? parent.bindings.map((it) => it.name) : [])
}

const PYTHON = /(?<!\w)(?:py|Python)(?!\w)/
const PYTHON_TYPE = /\b(?:Bound|Borrowed|Py|Python|PyObject|PyRef|PyRefMut|Py[A-Z]\w*)\b/

function checkFact(
  job: Job,
  use: Use,
  index: number,
  fact: Fact,
  locking: Locking,
  guards: ReadonlySet<string>,
  around: Surroundings,
): undefined {
  const { facts } = use
  const python = () => refuse(job, 'runs-python', 'Python code may run while the lock is held', at(use, fact))
  if (fact.kind === 'await') refuse(job, 'overlapping-borrows', 'the guard may be alive at an `.await`', at(use, fact))
  if (fact.kind === 'path') {
    if (PYTHON.test(fact.text)) python()
    const isReceiver = facts.facts[fact.parent]?.kind === 'field' || facts.facts[fact.parent]?.kind === 'method'
    if (fact.text === 'self' && !isReceiver)
      refuse(job, 'overlapping-borrows', '`self` is handed on while the guard is alive', at(use, fact))
    const param = use.body.fn.params.find((it) => it.pattern.replace(/^mut\s+/, '') === fact.text)
    if (param && !isFieldReceiver(facts, index) && PYTHON_TYPE.test(typeText(use, param.span)) && !mayHold(facts, index)) python()
    if (fact.role === 'callee') checkCall(job, use, fact, fact.text.split('::').at(-1) ?? '', around)
  }
  if (fact.kind === 'macro' && !fact.expressions && (PYTHON.test(fact.args) || /\bself\b/.test(fact.args)))
    refuse(job, 'overlapping-borrows', `\`${fact.path}!\` may do anything while the guard is alive`, at(use, fact))
  if (fact.kind === 'macro' && around.touching.has('fmt'))
    refuse(job, 'overlapping-borrows', 'formatting may take the lock again', at(use, fact))
  if (fact.kind === 'assign' && around.holdsPython && locking.exclusive) python()
  if (fact.kind !== 'method') return
  if (index < locking.index && isAround(facts, index, locking.index) && around.plain)
    return checkDropped(job, use, fact, locking, around)
  if (rootIsGuard(facts, index, guards) && around.plain) return checkDropped(job, use, fact, locking, around)
  if (/^(lock|read|write|try_lock)$/.test(fact.name))
    refuse(job, 'overlapping-borrows', 'another lock is taken while the guard is alive', at(use, fact))
  if (!isOutsider(job, use, index)) checkCall(job, use, fact, fact.name, around)
  checkDropped(job, use, fact, locking, around)
}

function isFieldReceiver(facts: BodyFacts, index: number): boolean {
  const fact = facts.facts[index]
  return fact?.role === 'receiver' && facts.facts[fact.parent]?.kind === 'field'
}

/** A Python object that is only put into what the lock guards, or compared with nothing: `push(value)`. */
function mayHold(facts: BodyFacts, index: number): boolean {
  const fact = facts.facts[index]
  const parent = facts.facts[fact?.parent ?? -1]
  return fact?.role === 'argument' && parent?.kind === 'method' && KEEPS.has(parent.name)
}

/** Methods that take a value and drop nothing. */
const KEEPS = new Set([
  'push',
  'push_back',
  'push_front',
  'reserve',
  'len',
  'is_empty',
  'iter',
  'first',
  'last',
  'get',
  'contains',
  'contains_key',
  'map',
  'cloned',
  'copied',
  'is_some',
  'is_none',
  'as_ref',
  'unwrap_or_else',
  'lock',
  'read',
  'write',
  'borrow',
  'borrow_mut',
  'collect',
  'keys',
  'values',
  'unwrap',
  'expect',
])

function checkDropped(
  job: Job,
  use: Use,
  fact: Fact & { readonly kind: 'method' },
  locking: Locking,
  around: Surroundings,
): undefined {
  if (around.holdsPython && locking.exclusive && !KEEPS.has(fact.name))
    refuse(job, 'runs-python', `\`${fact.name}\` may drop Python objects while the lock is held`, at(use, fact))
}

function checkCall(job: Job, use: Use, fact: Fact, name: string, around: Surroundings): undefined {
  if (around.touching.has(name))
    refuse(job, 'overlapping-borrows', `\`${name}\` may lock the field again while the guard is alive`, at(use, fact))
}

/** Whether method call `index` has the guard expression at `guard` at the bottom of its receivers. */
function isAround(facts: BodyFacts, index: number, guard: number): boolean {
  let child = guard
  while (child > index) {
    const fact = facts.facts[child]
    if (
      !fact ||
      (fact.role !== 'receiver' &&
        fact.role !== 'base' &&
        facts.facts[fact.parent]?.kind !== 'try' &&
        facts.facts[fact.parent]?.kind !== 'unary' &&
        facts.facts[fact.parent]?.kind !== 'paren')
    )
      return false
    child = fact.parent
  }
  return child === index
}

/** Whether a method is called on a value of a type without parameters that is not the workspace's, such as a `String`. */
function isOutsider(job: Job, use: Use, index: number): boolean {
  const [receiver] = childFacts(use.facts, index, 'receiver')
  const known = receiver === undefined ? null : typeOfFact(job.cx.db, use, receiver)
  if (!known || !('type' in known) || known.type.kind !== 'path') return false
  const { segments, global } = known.type.path
  if (segments.some((it) => it.args !== null)) return false
  const names = segments.map((it) => it.name)
  const { targets, opaque } = resolveTargets(job.cx.db, known.module, names, global, 'type')
  const [target] = targets
  if (opaque || targets.length !== 1 || target?.rest !== 0) return false
  return target.def === null || idParts(target.def).kind === 'fact'
}

function rootIsGuard(facts: BodyFacts, index: number, guards: ReadonlySet<string>): boolean {
  let at: number | undefined = index
  for (let fuel = 64; fuel > 0 && at !== undefined; fuel--) {
    const fact: Fact | undefined = facts.facts[at]
    if (fact?.kind === 'path') return guards.has(fact.text)
    if (!fact || !['method', 'field', 'index', 'paren', 'unary', 'try', 'borrow'].includes(fact.kind)) return false
    at = childFacts(facts, at)[0]
  }
  return false
}

function typeText(use: Use, relative: Span): string {
  const { start } = use.body.item
  return use.text.slice(start + relative.start, start + relative.end)
}
