import { factsOf } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { signatureText } from './rust-format.ts'
import { isName, tokensIn } from './tokens.ts'
import type { LockNames } from './wrapper.ts'

/** The parameter by which a method gets another object of its class. */
export interface OtherObject {
  /** Index among the parameters. */
  readonly index: number
  readonly name: string
  /** Whether the method may change it. */
  readonly mut: boolean
  /** A `PyRef` or `PyRefMut`, not a reference. */
  readonly guard: boolean
  /** Fields and methods of it that the body uses. */
  readonly fields: readonly string[]
  readonly calls: readonly string[]
}

/**
 * The other object of a method that takes one, as `&Self`, `&mut Self`, `PyRef` or `PyRefMut`, and does no more with it than reach
 * its fields and methods; null for all other methods.
 */
export function otherObject({ cls }: ClassSource, method: MethodSource): OtherObject | null {
  const { fn, impl, start, facts } = method
  if (!fn.receiver || (method.self !== 'ref' && method.self !== 'mut')) return null
  if (impl.kind === 'trait' && method.self === 'mut') return null
  const textAt = (span: { start: number; end: number }): string => impl.text.slice(start + span.start, start + span.end)
  const found = fn.params.flatMap((it, index) =>
    tokensIn(textAt(it.type.span)).some(({ text }) => text === 'Self' || text === cls.name) ? [{ it, index }] : [],
  )
  const [only] = found
  if (!only || found.length > 1 || only.it.attrs.length > 0) return null
  const form = new RegExp(
    `^(?:&\\s*(mut\\s+)?(?:Self|${cls.name})|(?:pyo3::)?(PyRef(?:Mut)?)\\s*<\\s*(?:'_\\s*,\\s*)?(?:Self|${cls.name})\\s*>)$`,
  ).exec(textAt(only.it.type.span))
  const name = only.it.pattern.replace(/^mut\s+/, '')
  if (!form || !isName(name)) return null
  const bound = facts.facts.some((it) => 'bindings' in it && it.bindings.some((each) => each.name === name))
  const fields: string[] = []
  const calls: string[] = []
  for (const { fact } of factsOf(facts, 'path')) {
    if (fact.text !== name) continue
    const parent = facts.facts[fact.parent]
    if (fact.role !== 'receiver') return null
    if (parent?.kind === 'field') fields.push(parent.name)
    else if (parent?.kind === 'method') calls.push(parent.name)
    else return null
  }
  const hidden = factsOf(facts, 'macro').some(
    ({ fact }) =>
      (!fact.expressions && tokensIn(fact.args).some((it) => it.text === name)) || new RegExp(`\\{${name}[:}]`).test(fact.args),
  )
  if (bound || hidden) return null
  const guard = form[2] !== undefined
  return { index: only.index, name, mut: form[1] !== undefined || form[2] === 'PyRefMut', guard, fields, calls }
}

/** Whether one and the same object twice was an error: PyO3 does not lend it both ways. */
export function isRefused(method: MethodSource, other: OtherObject): boolean {
  return method.self === 'mut' || other.mut
}

/** What PyO3 said then (`PyBorrowError` and `PyBorrowMutError` of pyo3::pycell, as a `RuntimeError`). */
function refusalText(method: MethodSource, other: OtherObject): string {
  return method.self === 'mut' && !other.mut ? 'Already mutably borrowed' : 'Already borrowed'
}

/** What keeps a method of two objects from locking both; null where nothing does. */
export function otherProblem(method: MethodSource, other: OtherObject, callable: boolean): string | null {
  if (!isRefused(method, other)) return null
  // Where Python tries operators in turn, an error would not mean what it meant.
  if (method.impl.kind !== 'pymethods' || method.name.startsWith('__')) return 'gets another object and changes one of them'
  const { ret } = method.fn
  const isResult = ret?.kind === 'path' && ret.path.segments.at(-1)?.name === 'PyResult'
  return !isResult && callable ? 'would have to return an error, and other Rust code may call it' : null
}

/** The result of the method that locks: an error where the two objects are one. */
export function otherTail(method: MethodSource, other: OtherObject, tail: string): string {
  if (!isRefused(method, other) || /^\s*->\s*(?:\w+::)*PyResult\b/.test(tail)) return tail
  return ` -> pyo3::PyResult<${tail.replace(/^\s*->\s*/, '') || '()'}>`
}

/**
 * The body of the method that locks both, in the order of their addresses: no two threads then wait for each other in a ring.
 * @param callee the method that moved, by its path
 */
export function otherBody(
  method: MethodSource,
  other: OtherObject,
  names: LockNames,
  callee: string,
  args: readonly string[],
  inside: string,
): string {
  const unit = inside.includes('\t') ? '\t' : '    '
  const own = (mut: boolean, name: string): string => `${mut ? '&mut ' : '&'}${name}`
  const list = (second: string): string => [own(method.self === 'mut', 'own'), ...args.with(other.index, second)].join(', ')
  const call = `${callee}(${list(own(other.mut, 'theirs'))})`
  const pattern = `[${method.self === 'mut' ? 'mut ' : ''}own, ${other.mut ? 'mut ' : ''}theirs]`
  const arm = (lines: readonly string[]): string[] => ['{', ...lines.map((it) => `${unit}${it}`), '}']
  const isResult = method.fn.ret?.kind === 'path' && method.fn.ret.path.segments.at(-1)?.name === 'PyResult'
  const refused = isRefused(method, other)
  const done = !refused || isResult ? [`${call},`] : method.fn.ret === null ? arm([`${call};`, 'Ok(())']) : [`Ok(${call}),`]
  const same = refused
    ? ['Err(pyo3::exceptions::PyRuntimeError::new_err(', `${unit}"${refusalText(method, other)}",`, ')),']
    : arm([`let own = self.${names.read}();`, `${callee}(${list('&own')})`])
  const arms = [`Some(${pattern}) => ${done.join('\n')}`, `None => ${same.join('\n')}`].flatMap((it) => it.split('\n'))
  const lines = [`match self.${names.both}(${other.guard ? '&' : ''}${other.name}) {`, ...arms.map((it) => unit + it), '}']
  return lines.join(`\n${inside}`)
}

/** The method of the class that locks two objects. Lines without indentation. */
export function bothLocked(names: LockNames, guard: string, unit: string): readonly string[] {
  return [
    '/// Locks two objects, the one at the lower address first; `None` if they are one and the same.',
    signatureText(unit, `fn ${names.both}<'a>`, ["&'a self", "other: &'a Self"], ` -> Option<[${guard}<'a, ${names.inner}>; 2]>`),
    `${unit}if std::ptr::eq(self, other) {`,
    `${unit}${unit}return None;`,
    `${unit}}`,
    `${unit}let lower = (self as *const Self) < (other as *const Self);`,
    `${unit}let first = if lower { self } else { other }.${names.read}();`,
    `${unit}let second = if lower { other } else { self }.${names.read}();`,
    `${unit}Some(if lower {`,
    `${unit}${unit}[first, second]`,
    `${unit}} else {`,
    `${unit}${unit}[second, first]`,
    `${unit}})`,
    '}',
  ]
}
