import { signature } from '../resolve/signature.ts'
import { childFacts, type Fact, type Use } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { handsBack } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { selfUses } from './self-uses.ts'

/** A field that becomes an atomic. */
export interface AtomicField {
  /** `AtomicU64`; floats are stored by their bits. */
  readonly atomic: string
  /** `f64` or `f32`; null for integers and `bool`. */
  readonly float: string | null
  readonly primitive: string
}

export interface AtomicPlan {
  readonly fields: ReadonlyMap<string, AtomicField>
  /** Whether some `+=` or `-=` would panic on overflow in debug builds, where atomics wrap. */
  readonly wraps: boolean
}

/** Operators of op-assignments and the methods that do the same in one step. `bool` has the last three. */
export const FETCH: Readonly<Record<string, string>> = { '+=': 'add', '-=': 'sub', '|=': 'or', '&=': 'and', '^=': 'xor' }

/** Which fields become atomics; a problem where one has no atomic, or where a method does more than one step on them. */
export function atomicPlan(source: ClassSource): AtomicPlan | Problem {
  if (source.struct.shape !== 'named') return { reason: 'not-a-struct', detail: 'only structs with named fields get atomics' }
  const mutated = new Set(source.cls.fields.filter((it) => it.set || source.cls.options.setAll).map((it) => it.name))
  for (const method of source.methods) {
    for (const { name, use } of selfUses(method.facts, method.selfName).fields)
      if (use !== 'read' && use !== 'receiver' && use !== 'borrow') mutated.add(name)
  }
  if (mutated.size === 0) return { reason: 'not-atomic', detail: 'no method assigns to a field' }
  const fields = new Map<string, AtomicField>()
  for (const name of mutated) {
    const field = atomicOf(source, name)
    if (!field) return { reason: 'not-atomic', detail: `\`${name}\` is not an integer of up to 64 bits, a float or a \`bool\`` }
    fields.set(name, field)
  }
  let wraps = false
  for (const method of source.methods) {
    const found = methodProblem(source, fields, method)
    if (typeof found === 'object') return found
    wraps ||= found
  }
  if ((source.cls.options.getAll || source.cls.options.setAll) && fields.size !== source.struct.fields.length)
    return { reason: 'attribute', detail: '`get_all` is for other fields too' }
  return { fields, wraps }
}

const INTEGERS = new Set(['u8', 'u16', 'u32', 'u64', 'usize', 'i8', 'i16', 'i32', 'i64', 'isize'])

function atomicOf(source: ClassSource, name: string): AtomicField | null {
  const found = signature(source.view.db, source.cls.id)?.fields.filter((it) => it.name === name) ?? []
  const ty = found.length === 1 ? found[0]?.ty : undefined
  if (ty?.kind !== 'prim') return null
  const primitive = ty.name
  if (primitive === 'f64' || primitive === 'f32')
    return { atomic: primitive === 'f64' ? 'AtomicU64' : 'AtomicU32', float: primitive, primitive }
  if (primitive === 'bool') return { atomic: 'AtomicBool', float: null, primitive }
  return INTEGERS.has(primitive)
    ? { atomic: `Atomic${primitive.charAt(0).toUpperCase()}${primitive.slice(1)}`, float: null, primitive }
    : null
}

/** Why a method is more than one atomic step; else whether its step wraps. */
function methodProblem(source: ClassSource, fields: ReadonlyMap<string, AtomicField>, method: MethodSource): Problem | boolean {
  const at = placeText(source.view.db, method.impl.file, method.nameAt.start)
  const why = (reason: Problem['reason'], clause: string): Problem => ({ reason, detail: `${at}: \`${method.name}\` ${clause}` })
  const uses = selfUses(method.facts, method.selfName)
  const own = uses.fields.filter((it) => fields.has(it.name))
  if (method.self === 'guard-mut' && !handsBack(method)) return why('mutable-access', 'takes `PyRefMut`')
  if (method.self === 'value' || method.self === 'typed')
    return why('signature', 'takes `self` in another form than by reference')
  if (own.length > 0 && method.self.startsWith('guard')) return why('mutable-access', 'reads through a `PyRef`')
  if (method.impl.kind === 'trait' && (method.self === 'mut' || own.length > 0))
    return why('trait-impl', 'implements a trait with what has to change')
  if (method.self === 'mut' && uses.bare.length > 0) return why('passes-self', 'uses `self` as a whole')
  if (uses.opaque.length > 0) return why('macro', 'gives `self` to a macro')
  if (method.self === 'mut' && method.fn.async) return why('async', 'is async')
  const touching = uses.calls.filter((it) =>
    source.methods.some((callee) => callee.name === it.name && touchesAny(callee, fields)),
  )
  const touched = new Set(own.map((it) => it.name))
  if (touched.size > 1) return why('joint-update', `uses \`${[...touched].join('` and `')}\` together`)
  if (touching.length > 1 || (touching.length === 1 && own.length > 0))
    return why('joint-update', 'calls methods that change the same object in several steps')
  return own.length === 0 ? false : formProblem(method, own, fields, why)
}

function touchesAny(method: MethodSource, fields: ReadonlyMap<string, AtomicField>): boolean {
  const uses = selfUses(method.facts, method.selfName)
  return uses.calls.length > 0 || uses.fields.some((it) => fields.has(it.name))
}

type OwnUse = { readonly name: string; readonly index: number; readonly use: Use }

function formProblem(
  method: MethodSource,
  own: readonly OwnUse[],
  fields: ReadonlyMap<string, AtomicField>,
  why: (reason: Problem['reason'], clause: string) => Problem,
): Problem | boolean {
  const bad = own.find((it) => it.use !== 'read' && it.use !== 'receiver' && it.use !== 'assign' && it.use !== 'update')
  if (bad) return why('not-atomic', `borrows \`${bad.name}\``)
  const writes = own.filter((it) => it.use === 'assign' || it.use === 'update')
  const [write] = writes
  if (!write) return own.length > 1 ? why('joint-update', `reads \`${own[0]?.name}\` more than once`) : false
  if (writes.length > 1) return why('joint-update', `writes \`${write.name}\` more than once`)
  const field = method.facts.facts[write.index]
  const assign = method.facts.facts[field?.parent ?? -1]
  if (assign?.kind !== 'assign' || field?.role !== 'target' || !isTopStatement(method, assign))
    return why('joint-update', `writes \`${write.name}\` in the middle of something`)
  if (own.some((it) => it !== write && it.index < (assign.after ?? 0)))
    return why('joint-update', `reads \`${write.name}\` and then writes it`)
  const type = fields.get(write.name)
  if (assign.operator === '=') return own.length > 1 ? why('joint-update', `reads \`${write.name}\` back`) : false
  const fetch = FETCH[assign.operator]
  if (!type || type.float || fetch === undefined) return why('not-atomic', `uses \`${assign.operator}\` on \`${write.name}\``)
  const arithmetic = fetch === 'add' || fetch === 'sub'
  if (type.primitive === 'bool' && arithmetic) return why('not-atomic', `uses \`${assign.operator}\` on a \`bool\``)
  if (own.length > 1 && !isRepeatable(method, assign))
    return why('joint-update', `reads \`${write.name}\` back after changing it by an expression`)
  return arithmetic
}

/** Whether an assignment is a statement of the method's own block. */
function isTopStatement(method: MethodSource, assign: Fact): boolean {
  const statement = method.facts.facts[assign.parent]
  return statement?.kind === 'statement' && statement.parent === 0
}

/** Whether the right side may be written twice: a literal or a name. */
function isRepeatable(method: MethodSource, assign: Fact): boolean {
  const value = childFacts(method.facts, method.facts.facts.indexOf(assign), 'value')[0]
  const kind = method.facts.facts[value ?? -1]?.kind
  return kind === 'literal' || kind === 'path'
}
