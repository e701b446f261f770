import type { ClassSource, MethodSource } from './class-source.ts'
import type { MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { spelled } from './raw-names.ts'
import type { Word } from './tokens.ts'
import type { LockNames } from './wrapper.ts'

/** What keeps a trait's method, or one that takes `self` by value, from handing its work on to the locked half. */
export function traitProblem(source: ClassSource, method: MethodSource): Problem | null {
  const at = placeText(source.view.db, method.impl.file, method.nameAt.start)
  const why = (reason: Problem['reason'], clause: string): Problem => ({ reason, detail: `${at}: \`${method.name}\` ${clause}` })
  if (method.fn.unsafe) return why('signature', 'is `unsafe`')
  if (method.self !== 'value') return null
  // E0509: a type that implements `Drop` cannot be taken apart, and so cannot give its lock away.
  const dropped = source.impls.some((it) => it.item.trait?.path.segments.at(-1)?.name === 'Drop')
  return dropped ? why('signature', 'takes `self` by value, and the class has a `Drop`') : null
}

/**
 * Whether a method reaches the locked half without locking: it has the object to itself, by `&mut self` of a trait (whose signature
 * stays) or by value, and so asks the lock for what it holds (`get_mut`, `into_inner`). Nothing can then wait for the lock.
 */
export function isUnlocked(plan: MovePlan, method: MethodSource): boolean {
  if (method.self === 'value') return true
  return keepsExclusive(method) && !plan.moved.some((it) => plan.uses.get(it)?.calls.some((call) => call.name === method.name))
}

/** A trait's `&mut self`: the trait says so, and what Rust code has by `&mut` no other thread has. */
export function keepsExclusive(method: MethodSource): boolean {
  return method.impl.kind === 'trait' && method.self === 'mut'
}

/** `self.inner.get_mut()…` or `self.inner.into_inner()…`, link by link. */
export function ownedLinks(method: MethodSource, { lockField, poison }: LockNames): readonly string[] {
  return [
    'self',
    `.${lockField}`,
    method.self === 'value' ? '.into_inner()' : '.get_mut()',
    `.unwrap_or_else(${poison}::into_inner)`,
  ]
}

/** A moved method's name: that of a trait's gets the trait's with it where the class has another of the same name. */
export function innerName({ methods }: ClassSource, method: MethodSource): string {
  const trait = method.impl.item.trait?.path.segments.at(-1)?.name
  const twice = methods.some((it) => it !== method && it.name === method.name && it.self !== 'none')
  return trait && twice ? `${method.name}_${trait.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()}` : spelled(method.name)
}

/** What `Self` at `i` is called outside its impl: the class, or `<C as Trait>` before the name of one of the trait's types. */
export function selfText({ impl }: MethodSource, tokens: readonly Word[], i: number): string {
  const { trait, children } = impl.item
  const name = tokens[i + 1]?.text === ':' && tokens[i + 2]?.text === ':' ? tokens[i + 3]?.text : undefined
  if (!trait || !children.some((it) => it.kind === 'type' && it.name === name)) return impl.self
  return `<${impl.self} as ${impl.text.slice(impl.start + trait.path.span.start, impl.start + trait.path.span.end)}>`
}
