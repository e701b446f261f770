import { lowerType } from '../resolve/lowering.ts'
import { scopeOfMember } from '../resolve/type-scope.ts'
import type { TypeExpr } from '../syntax/summary.ts'
import { cloneOf } from './accessors.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { reachOf } from './python-types.ts'
import { borrows } from './signature.ts'

/** How a value that borrows from behind the lock becomes one that does not. */
export interface Owned {
  /** The owned type as written. */
  readonly type: string
  /** An expression of the borrowing type → the steps that follow it (`.map(…)`, `.to_owned()`), or text around it. */
  readonly before: string
  readonly steps: readonly string[]
  readonly after: string
}

/**
 * The result of a method that only Python calls, as a value of its own: Python gets the same object, since PyO3 converts `String`
 * as `str`, `Vec<T>` as `[T]` and `T` as `&T` (PyO3 guide, "Mapping of Rust types to Python types"). null where that is not known.
 */
export function ownedResult(source: ClassSource, method: MethodSource): Owned | null {
  const { ret } = method.fn
  const found = ret ? owned(source, method, ret) : null
  return found && found !== 'plain' && found.tuple === undefined ? found : null
}

interface Conversion extends Owned {
  /** What `.map(…)` takes. */
  readonly mapper: string
  /** `.cloned()`, where an `Option`, `Result` or iterator of it has such a method. */
  readonly short: string | null
  readonly tuple?: true
}

function conversion(type: string, steps: readonly string[], mapper: string, short: string | null = null): Conversion {
  return { type, before: '', steps, after: '', mapper, short }
}

function owned(source: ClassSource, method: MethodSource, type: TypeExpr): Conversion | 'plain' | null {
  const text = textOf(method, type)
  if (!borrows(source, method, type)) return 'plain'
  if (type.kind === 'ref') return type.mut || /^&\s*'/.test(text) ? null : ofReference(source, method, type.inner)
  if (type.kind === 'tuple') return ofTuple(source, method, type.items)
  const last = type.kind === 'path' ? type.path.segments.at(-1) : undefined
  const [arg] = last?.args?.args ?? []
  if (!last || !arg || type.kind !== 'path') return null
  if (last.name === 'Cow') {
    const head = text.slice(0, text.indexOf('<')).trim()
    if (!/<\s*'_\s*,\s*(?:str|\[\s*u8\s*\])\s*>$/.test(text)) return null
    const steps = ['.into_owned()']
    return {
      type: text,
      before: `${head}::Owned(`,
      steps,
      after: ')',
      mapper: `|it| ${head}::Owned(it.into_owned())`,
      short: null,
    }
  }
  const inner = owned(source, method, arg)
  if (inner === null || inner === 'plain') return null
  const written = replaced(method, type, arg, inner.type)
  const map = inner.short ?? `.map(${inner.mapper})`
  if (last.name === 'Option' || /^(?:Py)?Result$/.test(last.name)) {
    const steps = [map]
    return conversion(written, steps, `|it| it${map}`)
  }
  if (last.name === 'Vec') {
    const steps = ['.into_iter()', map, '.collect()']
    return conversion(written, steps, `|it| it${steps.join('')}`)
  }
  return null
}

function ofReference(source: ClassSource, method: MethodSource, inner: TypeExpr): Conversion | null {
  const text = textOf(method, inner)
  if (text === 'str') return conversion('String', ['.to_owned()'], 'str::to_owned')
  const { db } = source.view
  const scope = scopeOfMember(method.impl.module, method.fn)
  if (inner.kind === 'slice') {
    const item = lowerType(db, scope, inner.inner)
    // Before 0.23 a `&[u8]` became `bytes`, and a `Vec<u8>` a list (PyO3 CHANGELOG, 0.23.0).
    const bytes = item.kind === 'prim' && item.name === 'u8'
    if (bytes && (source.view.crate.pyo3.minor ?? 0) < 23) return null
    const known = cloneOf(db, item, 0) !== null && reachOf(db, item) === 'free'
    return known ? conversion(`Vec<${textOf(method, inner.inner)}>`, ['.to_vec()'], `<${text}>::to_vec`) : null
  }
  const ty = lowerType(db, scope, inner)
  const giving = reachOf(db, ty) === 'free' ? cloneOf(db, ty, 0) : null
  if (giving === null) return null
  return giving === 'copy'
    ? { type: text, before: '*', steps: [], after: '', mapper: '|it| *it', short: '.copied()' }
    : conversion(text, ['.clone()'], '|it| it.clone()', '.cloned()')
}

function ofTuple(source: ClassSource, method: MethodSource, items: readonly TypeExpr[]): Conversion | null {
  const names = ['a', 'b', 'c', 'd']
  const parts = items.map((it) => owned(source, method, it))
  if (parts.includes(null) || parts.length > names.length) return null
  const values = parts.map((it, i) =>
    it === null || it === 'plain' ? names[i] : `${it.before}${names[i]}${it.steps.join('')}${it.after}`,
  )
  const types = parts.map((it, i) => (it === null || it === 'plain' ? textOf(method, items[i] as TypeExpr) : it.type))
  const mapper = `|(${names.slice(0, items.length).join(', ')})| (${values.join(', ')})`
  return { ...conversion(`(${types.join(', ')})`, [], mapper), tuple: true }
}

function textOf(method: MethodSource, { span }: TypeExpr): string {
  return method.impl.text.slice(method.start + span.start, method.start + span.end)
}

function replaced(method: MethodSource, outer: TypeExpr, inner: TypeExpr, by: string): string {
  const { text } = method.impl
  const at = (offset: number): number => method.start + offset
  return text.slice(at(outer.span.start), at(inner.span.start)) + by + text.slice(at(inner.span.end), at(outer.span.end))
}
