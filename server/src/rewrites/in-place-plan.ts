import { editionOf } from '../resolve/crates.ts'
import { crateOfId, STD_CRATE } from '../resolve/ids.ts'
import { signature } from '../resolve/signature.ts'
import { childFacts, type Fact, factsOf } from '../syntax/body.ts'
import type { Span } from '../syntax/span.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { changes, needlessExclusive } from './needless-exclusive.ts'
import { handsBack, type MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { pythonProblem } from './python-free.ts'
import { type SelfUses, selfUses } from './self-uses.ts'
import { borrows } from './signature.ts'
import { isName, tokensIn } from './tokens.ts'

/** How a body gets at what is behind the lock. */
export type LockedForm =
  /** `let f = &mut *self.locked();` at its start. */
  | 'whole'
  /** The same for reading. */
  | 'whole-shared'
  /** `__traverse__`: the collector must not wait, and goes without where the lock is taken. */
  | 'traverse'
  /** One assignment, whose old value is dropped after the lock is free again. */
  | 'replace'

/** A class whose bodies stay where they are: the fields that change go behind a lock, and the bodies that use them take it. */
export interface InPlacePlan {
  /** Fields behind the lock, in the struct's order; none for a class that only becomes frozen. */
  readonly fields: readonly string[]
  readonly locking: ReadonlyMap<MethodSource, LockedForm>
  /** Methods that take the exclusive borrow now and a shared one then. */
  readonly relaxed: readonly MethodSource[]
  /** Local name of each field in the bodies that lock, and of the guard where it has to be held by name. */
  readonly locals: ReadonlyMap<string, string>
  readonly guard: string
  readonly lockMethod: string
  readonly moves: MovePlan
}

/** Plans it, or says what stands against it. */
export function inPlacePlan(source: ClassSource): InPlacePlan | Problem {
  const uses = new Map(source.methods.map((it) => [it, selfUses(it.facts, it.selfName)]))
  const needless = needlessOf(source, uses)
  const relaxed = source.methods.filter((it) => needless.has(it) || isExclusive(it))
  const fields = changedFields(source, needless, uses)
  const locking = new Map<MethodSource, LockedForm>()
  for (const method of source.methods) {
    const own = uses.get(method)
    if (own?.fields.some((it) => fields.has(it.name))) locking.set(method, formOf(method, own, fields))
  }
  const names = localNames(source, [...locking.keys()], fields)
  if ('reason' in names) return names
  for (const method of source.methods) {
    const problem = methodProblem(source, method, fields, locking, uses, needless)
    if (problem) return problem
  }
  const order = source.struct.fields.map((it) => it.name).filter((it) => fields.has(it))
  const moves: MovePlan = { fields, moved: [...locking.keys()], uses, narrowed: new Map() }
  return { fields: order, locking, relaxed, ...names, moves }
}

function isExclusive(method: MethodSource): boolean {
  return method.impl.kind !== 'trait' && (method.self === 'mut' || method.self === 'guard-mut')
}

/** Methods that are content with a shared borrow as they are. `slf: PyRefMut<Self>` without `mut` cannot change anything. */
function needlessOf(source: ClassSource, uses: ReadonlyMap<MethodSource, SelfUses>): ReadonlySet<MethodSource> {
  const own = new Set(source.methods.map((it) => it.name))
  const guards = source.methods.filter((method) => {
    if (method.self !== 'guard-mut') return false
    if (handsBack(method)) return true
    const of = uses.get(method)
    const fixed = !/^mut\s/.test(method.fn.params[0]?.pattern ?? '')
    const known = of?.calls.every(({ name }) => /^(?:py|as_ptr)$/.test(name) || own.has(name)) ?? false
    return fixed && known && of?.bare.length === 0 && of.opaque.length === 0
  })
  return new Set([...needlessExclusive(source), ...guards])
}

function changedFields(
  source: ClassSource,
  needless: ReadonlySet<MethodSource>,
  uses: ReadonlyMap<MethodSource, SelfUses>,
): ReadonlySet<string> {
  const known = new Set(source.struct.fields.map((it) => it.name))
  const found = new Set<string>()
  for (const method of source.methods) {
    if (!isExclusive(method) || needless.has(method)) continue
    for (const { name, index } of uses.get(method)?.fields ?? [])
      if (known.has(name) && changes(source, method, name, index)) found.add(name)
  }
  return found
}

function formOf(method: MethodSource, uses: SelfUses, fields: ReadonlySet<string>): LockedForm {
  if (method.name === '__traverse__' && method.impl.kind === 'pymethods') return 'traverse'
  if (isExclusive(method)) return singleAssignment(method, uses, fields) !== null ? 'replace' : 'whole'
  return 'whole-shared'
}

/** Index of the assignment, if a body is `self.f = value;` and the value has nothing to do with the object. */
export function singleAssignment(method: MethodSource, uses: SelfUses, fields: ReadonlySet<string>): number | null {
  const { facts } = method
  const [statement, ...others] = childFacts(facts, 0)
  if (statement === undefined || others.length > 0 || facts.facts[statement]?.kind !== 'statement') return null
  const [assign] = childFacts(facts, statement)
  const fact = assign === undefined ? undefined : facts.facts[assign]
  if (assign === undefined || fact?.kind !== 'assign' || fact.operator !== '=') return null
  const target = childFacts(facts, assign, 'target')[0]
  const [only, ...more] = uses.fields
  const single = only?.index === target && more.length === 0 && uses.calls.length + uses.bare.length + uses.opaque.length === 0
  return single && only && fields.has(only.name) ? assign : null
}

/** Names that no body has for anything else. */
function localNames(
  source: ClassSource,
  locking: readonly MethodSource[],
  fields: ReadonlySet<string>,
): Pick<InPlacePlan, 'locals' | 'guard' | 'lockMethod'> | Problem {
  const taken = new Set<string>()
  for (const method of locking) {
    const tokens = tokensIn(source.text, { start: method.headStart, end: method.end })
    for (const [i, { text }] of tokens.entries()) if (isName(text) && tokens[i - 1]?.text !== '.') taken.add(text)
  }
  const pick = (wanted: readonly string[]): string | undefined => wanted.find((it) => !taken.has(it))
  const locals = new Map<string, string>()
  for (const field of fields) {
    const local = /^\d+$/.test(field) ? pick(['inner', 'value']) : pick([field, `${field}_now`])
    if (local === undefined) return clash(source, field)
    locals.set(field, local)
  }
  const guard = pick(['guard', 'state'])
  const methods = new Set(source.methods.map((it) => it.name))
  const lockMethod = ['locked', 'lock_state'].find((it) => !methods.has(it))
  return guard === undefined || lockMethod === undefined ? clash(source, 'locked') : { locals, guard, lockMethod }
}

function clash(source: ClassSource, name: string): Problem {
  return { reason: 'name-clash', detail: `\`${name}\` means something else in the methods of \`${source.cls.name}\`` }
}

/** What stands against one method. */
function methodProblem(
  source: ClassSource,
  method: MethodSource,
  fields: ReadonlySet<string>,
  locking: ReadonlyMap<MethodSource, LockedForm>,
  uses: ReadonlyMap<MethodSource, SelfUses>,
  needless: ReadonlySet<MethodSource>,
): Problem | null {
  const at = (offset: number): string => placeText(source.view.db, method.impl.file, offset)
  const why = (reason: Problem['reason'], clause: string): Problem => ({
    reason,
    detail: `${at(method.nameAt.start)}: \`${method.name}\` ${clause}`,
  })
  const own = uses.get(method)
  if (!own || method.self === 'none') return null
  const form = locking.get(method)
  const lockers = new Set([...locking.keys()].map((it) => it.name))
  if (form === undefined) {
    if (isExclusive(method) && !needless.has(method)) return why('passes-self', 'hands its exclusive borrow on')
    if (method.self === 'value' && fields.size > 0) return why('signature', 'takes `self` by value')
    const calls = own.calls.filter((it) => lockers.has(it.name))
    return calls.length > 1 ? why('passes-self', 'would lock several times where one borrow was held') : null
  }
  if (method.fn.async) return why('async', 'is async, and a lock must not be held while it waits')
  if (method.impl.kind === 'trait') return why('trait-impl', 'implements a trait with what has to go behind the lock')
  if (method.fn.const || method.fn.extern) return why('signature', 'is `const` or `extern`')
  if (method.self === 'value' || method.self === 'typed')
    return why('signature', 'takes `self` in a form that a lock cannot give')
  const [opaque] = own.opaque
  if (opaque)
    return { reason: 'macro', detail: `${at(method.body.start + opaque.at)}: \`${opaque.macro}!\` gets \`${method.selfName}\`` }
  const [bare] = own.bare
  if (bare !== undefined) return why('passes-self', `uses \`${method.selfName}\` as a whole`)
  // Whatever it calls of its own could lock again.
  const call = own.calls.find(({ name }) => !(method.self.startsWith('guard') && name === 'py'))
  if (call) return why('passes-self', `calls \`${method.selfName}.${call.name}\` while the lock is held`)
  const head = headProblem(source, method)
  if (head || form === 'traverse' || form === 'replace') return head
  return pythonProblem(source, method, new Set()) ?? temporaryProblem(source, method, own, fields)
}

/** A result that may borrow from what is behind the lock, or another object of the class, whose lock may be taken too. */
function headProblem(source: ClassSource, method: MethodSource): Problem | null {
  const { db } = source.view
  const { receiver, ret, params } = method.fn
  const words = ({ start, end }: Span): string[] =>
    tokensIn(method.impl.text, { start: method.start + start, end: method.start + end }).map((it) => it.text)
  const detail = `${placeText(db, method.impl.file, method.nameAt.start)}: \`${method.name}\``
  const own = (
    receiver ? words(receiver.span) : method.self.startsWith('guard') && params[0] ? words(params[0].span) : []
  ).filter((it) => it.startsWith("'") && it !== "'_")
  const result = ret ? words(ret.span) : []
  const named = result.some((it, i) => own.includes(it) && !(result[i - 1] === '<' && result[i - 2] === 'Bound'))
  if (named || (ret && borrows(source, method, ret)))
    return { reason: 'returns-reference', detail: `${detail} may return something that borrows from the object` }
  const others = method.self.startsWith('guard') ? params.slice(1) : params
  if (others.some((it) => words(it.span).some((word) => word === 'Self' || word === source.cls.name)))
    return {
      reason: 'two-instances',
      detail: `${detail} gets another \`${source.cls.name}\`: two locks could be taken in either order`,
    }
  return null
}

/**
 * Before edition 2024 the temporaries of a block's value are dropped after its locals, and so after the lock is free again: a
 * guard or iterator among them that borrows from what is behind the lock does not compile.
 */
function temporaryProblem(
  source: ClassSource,
  method: MethodSource,
  uses: SelfUses,
  fields: ReadonlySet<string>,
): Problem | null {
  if (editionOf(source.view.db, source.cls.crate) === '2024') return null
  const tail = method.facts.facts.findIndex((it: Fact) => it.role === 'tail' && it.parent === 0)
  const end = method.facts.facts[tail]?.after ?? 0
  if (tail < 0) return null
  const inside = uses.fields.filter((it) => it.index >= tail && it.index < end && fields.has(it.name))
  const types = signature(source.view.db, source.cls.id)?.fields ?? []
  const plain = inside.every(({ name }) => {
    const ty = types.find((it) => it.name === name)?.ty
    return ty?.kind === 'prim' || (ty?.kind === 'adt' && crateOfId(ty.def) === STD_CRATE)
  })
  const guards = factsOf(method.facts, 'method').some(
    ({ index, fact }) => index > tail && index < end && /^(?:borrow|borrow_mut|lock|read|write|drain|try_\w+)$/.test(fact.name),
  )
  if (inside.length === 0 || (plain && !guards)) return null
  return {
    reason: 'returns-reference',
    detail: `${placeText(source.view.db, method.impl.file, method.nameAt.start)}: the value of \`${method.name}\` may hold on to what is behind the lock`,
  }
}
