import { crateOf } from '../resolve/crates.ts'
import { signature } from '../resolve/signature.ts'
import { factsOf } from '../syntax/body.ts'
import { closedScope } from './atomic-closed.ts'
import type { Loops } from './atomic-loops.ts'
import type { AtomicStep } from './atomic-step.ts'
import { stepsOf } from './atomic-steps.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { filesOfCrate } from './crate-code.ts'
import { changes } from './needless-exclusive.ts'
import { handsBack } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { selfUses } from './self-uses.ts'
import { tokensIn } from './tokens.ts'

/** A field that becomes an atomic. */
export interface AtomicField {
  /** `self.n`, or the name of a static. */
  readonly place: string
  /** `AtomicU64`; floats are stored by their bits. */
  readonly atomic: string
  /** `f64` or `f32`; null for integers and `bool`. */
  readonly float: string | null
  readonly primitive: string
}

export interface AtomicPlan {
  readonly fields: ReadonlyMap<string, AtomicField>
  readonly steps: ReadonlyMap<MethodSource, readonly AtomicStep[]>
  /** Fields whose value tells other threads that something else was done before: flags, and what is set among other atomics. */
  readonly publishing: ReadonlySet<string>
  readonly loops: Loops
  /** Whether some `+=` or `-=` would panic on overflow in debug builds, where atomics wrap. */
  readonly wraps: boolean
}

/** Which fields become atomics; a problem where one has no atomic, or where a method does more than one step on them. */
export function atomicPlan(source: ClassSource): AtomicPlan | Problem {
  if (source.struct.shape !== 'named') return { reason: 'not-a-struct', detail: 'only structs with named fields get atomics' }
  const mutated = new Set(source.cls.fields.filter((it) => it.set || source.cls.options.setAll).map((it) => it.name))
  for (const method of source.methods) {
    for (const { name, use, index } of selfUses(method.facts, method.selfName).fields) {
      const written = use !== 'read' && use !== 'receiver' && use !== 'borrow'
      // A method of what is in the field may need it mutable, which `&self` does not give.
      if (written || (method.self === 'mut' && changes(source, method, name, index))) mutated.add(name)
    }
  }
  if (mutated.size === 0) return { reason: 'not-atomic', detail: 'no method assigns to a field' }
  const fields = new Map<string, AtomicField>()
  for (const name of mutated) {
    const field = atomicOf(source, name)
    if (!field) return { reason: 'not-atomic', detail: `\`${name}\` is not an integer of up to 64 bits, a float or a \`bool\`` }
    fields.set(name, field)
  }
  const narrow = narrowTargets(source, fields)
  if (narrow) return narrow
  const steps = new Map<MethodSource, readonly AtomicStep[]>()
  for (const method of source.methods) {
    const found = methodSteps(source, fields, method)
    if ('reason' in found) return found
    steps.set(method, found)
  }
  if ((source.cls.options.getAll || source.cls.options.setAll) && fields.size !== source.struct.fields.length)
    return { reason: 'attribute', detail: '`get_all` is for other fields too' }
  const all = [...steps.values()].flat()
  const loops = {
    update: new Set(all.flatMap((it) => (it.loop === 'update' ? [it.field] : []))),
    attempt: new Set(all.flatMap((it) => (it.loop === 'attempt' ? [it.field] : []))),
  }
  return { fields, steps, publishing: publishingOf(source, fields, all), loops, wraps: all.some((it) => it.wraps) }
}

/**
 * Targets without 64-bit atomics (`target_has_atomic = "64"` is false on 32-bit MIPS, PowerPC and RISC-V, and ARMv5) are few, and
 * rustc says so there. A crate that takes care of them shows it, and gets the lock instead.
 */
function narrowTargets(source: ClassSource, fields: ReadonlyMap<string, AtomicField>): Problem | null {
  const { db } = source.view
  const wide = [...fields].find(([, it]) => it.atomic === 'AtomicU64' || it.atomic === 'AtomicI64')
  if (!wide) return null
  const why = (what: string): Problem => ({
    reason: 'not-atomic',
    detail: `\`${wide[0]}\` would be an \`${wide[1].atomic}\`, and ${what}`,
  })
  // rustc's names for crates have `_` for `-`.
  if (crateOf(db, source.cls.crate)?.dependencies.has('portable_atomic'))
    return why('the crate depends on `portable-atomic`, for targets that have none')
  const file = [...filesOfCrate(db, source.cls.crate)].find((it) => db.text(it)?.includes('target_has_atomic'))
  return file === undefined ? null : why(`${file.split('/').at(-1)} asks for \`target_has_atomic\``)
}

/**
 * A flag may stand for work that was done, and a number that is set for a state: who sees it has to see what was written before
 * (Rust reference, `Ordering::Release`). A number that is only counted, or that is all there is, says nothing about other data.
 */
function publishingOf(
  source: ClassSource,
  fields: ReadonlyMap<string, AtomicField>,
  steps: readonly AtomicStep[],
): ReadonlySet<string> {
  const set = new Set([
    ...source.cls.fields.filter((it) => it.set || source.cls.options.setAll).map((it) => it.name),
    ...steps.flatMap((it) => (it.kind === 'store' ? [it.field] : [])),
  ])
  return new Set(
    [...fields].filter(([name, it]) => it.primitive === 'bool' || (fields.size > 1 && set.has(name))).map(([name]) => name),
  )
}

const INTEGERS = new Set(['u8', 'u16', 'u32', 'u64', 'usize', 'i8', 'i16', 'i32', 'i64', 'isize'])

function atomicOf(source: ClassSource, name: string): AtomicField | null {
  const found = signature(source.view.db, source.cls.id)?.fields.filter((it) => it.name === name) ?? []
  const ty = found.length === 1 ? found[0]?.ty : undefined
  return ty?.kind === 'prim' ? atomicType(ty.name, `self.${name}`) : null
}

/** The atomic for a primitive at a place; null for those that have none. */
export function atomicType(primitive: string, place: string): AtomicField | null {
  if (primitive === 'f64' || primitive === 'f32')
    return { place, atomic: primitive === 'f64' ? 'AtomicU64' : 'AtomicU32', float: primitive, primitive }
  if (primitive === 'bool') return { place, atomic: 'AtomicBool', float: null, primitive }
  return INTEGERS.has(primitive)
    ? { place, atomic: `Atomic${primitive.charAt(0).toUpperCase()}${primitive.slice(1)}`, float: null, primitive }
    : null
}

/** The steps of a method, or why it is more than one on some way through it. */
function methodSteps(
  source: ClassSource,
  fields: ReadonlyMap<string, AtomicField>,
  method: MethodSource,
): readonly AtomicStep[] | Problem {
  const at = placeText(source.view.db, method.impl.file, method.nameAt.start)
  const why = (reason: Problem['reason'], clause: string): Problem => ({ reason, detail: `${at}: \`${method.name}\` ${clause}` })
  const uses = selfUses(method.facts, method.selfName)
  const own = uses.fields.filter((it) => fields.has(it.name))
  if (method.self === 'guard-mut' && !handsBack(method)) return why('mutable-access', 'takes `PyRefMut`')
  if (method.self === 'value' || method.self === 'typed')
    return why('signature', 'takes `self` in another form than by reference')
  if (own.length > 0 && method.self.startsWith('guard')) return why('mutable-access', 'reads through a `PyRef`')
  if (method.impl.kind === 'trait' && (method.self === 'mut' || (own.length > 0 && method.impl.file !== source.file)))
    return why('trait-impl', 'implements a trait with what has to change')
  if (method.self === 'mut' && uses.bare.length > 0) return why('passes-self', 'uses `self` as a whole')
  if (uses.opaque.length > 0) return why('macro', 'gives `self` to a macro')
  if (method.self === 'mut' && method.fn.async) return why('async', 'is async')
  const other = otherObjects(method, fields)
  if (other !== null) return why('used-elsewhere', `reads \`${other}\`, which may be a field of another object of the class`)
  const touching = uses.calls.filter((it) =>
    source.methods.some((callee) => callee.name === it.name && touchesAny(callee, fields)),
  )
  if (touching.length > 1 || (touching.length === 1 && own.length > 0))
    return why('joint-update', 'calls methods that change the same object in several steps')
  if (own.length === 0) return []
  const scope = closedScope(source.view.db, method)
  const found = stepsOf({ source, method, scope, changing: new Set(fields.keys()), own: new Set(), fields, uses: own })
  return 'reason' in found ? why(found.reason, found.clause) : found
}

/** `other.n`, of which the type is not looked up; null without. */
function otherObjects({ facts, selfName, self }: MethodSource, fields: ReadonlyMap<string, AtomicField>): string | null {
  for (const { fact } of factsOf(facts, 'field'))
    if (fields.has(fact.name) && fact.receiverText !== selfName) return `${fact.receiverText}.${fact.name}`
  if (self === 'none') return null
  // Which `mut` would be needless is not told inside the class.
  const made = factsOf(facts, 'let').find(
    ({ index, fact }) =>
      fact.bindings.some((it) => it.mut) &&
      facts.facts.some(
        (it, i) => i > index && i < fact.after && it.kind === 'path' && /^(?:self|[A-Z]\w*)(?:::|$)/.test(it.text),
      ),
  )
  if (made) return made.fact.pattern
  for (const { fact } of factsOf(facts, 'macro')) {
    const tokens = fact.expressions ? [] : tokensIn(fact.args)
    const at = tokens.findIndex((it, i) => fields.has(it.text) && tokens[i - 1]?.text === '.')
    if (at >= 0) return `${fact.path}!(…)`
  }
  return null
}

function touchesAny(method: MethodSource, fields: ReadonlyMap<string, AtomicField>): boolean {
  const uses = selfUses(method.facts, method.selfName)
  return uses.calls.length > 0 || uses.fields.some((it) => fields.has(it.name))
}
