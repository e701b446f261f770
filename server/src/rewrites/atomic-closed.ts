import type { Database } from '../query/database.ts'
import { signature } from '../resolve/signature.ts'
import { childFacts } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { type BodyScope, typeOfExpression } from './expression-types.ts'

/** Methods of std's numbers that take and give values: none of them borrows its receiver exclusively. */
const NUMERIC =
  /^(?:(?:wrapping|saturating|checked|overflowing)_\w+|abs|abs_diff|signum|pow|powi|powf|sqrt|cbrt|exp|exp2|exp_m1|ln|ln_1p|log|log2|log10|sin|cos|tan|tanh|atan|atan2|hypot|floor|ceil|round|trunc|fract|recip|min|max|clamp|mul_add|rem_euclid|div_euclid|is_\w+|count_ones|count_zeros|leading_\w+|trailing_\w+|rotate_left|rotate_right|swap_bytes|to_\w+|next_power_of_two|isqrt|ilog\w*|copysign|then|then_some|cmp|partial_cmp|total_cmp|eq|ne|lt|le|gt|ge|clone|into|hash|unsigned_abs|into_pyobject|into_py|into_py_any|fmt)$/

/** Whether a method that is called on a number only reads it. Other names may be those of a trait that changes it in place. */
export function readsNumber(method: string): boolean {
  return NUMERIC.test(method)
}

/** What a closed expression may be made of. */
export interface Closed {
  /** null for what belongs to no class. */
  readonly source: ClassSource | null
  readonly method: MethodSource
  readonly scope: BodyScope
  /** Fields that change: those of the object that are read in the expression must not be among them, but for the uses in `own`. */
  readonly changing: ReadonlySet<string>
  /** Indices of the uses of the atomic itself. */
  readonly own: ReadonlySet<number>
}

/** The types of bodies; parameters, fields and functions are enough. */
export function closedScope(db: Database, method: MethodSource): BodyScope {
  const { impl, selfName, facts, body, fn } = method
  const text = impl.text.slice(body.start, body.end)
  return { db, owner: impl.module, fn, body: facts, text, selfName, types: new Map() }
}

/**
 * Whether an expression may be computed again and again: arithmetic on numbers that are copied, on literals, constants and fields
 * that never change. It has no effects, so a step that is tried until it succeeds does the same as one that is done once.
 */
export function isClosed(closed: Closed, index: number, depth = 0): boolean {
  const { method, scope } = closed
  const fact = method.facts.facts[index]
  if (!fact || depth > 24) return false
  if (closed.own.has(index)) return true
  const parts = (): boolean => childFacts(method.facts, index).every((it) => isClosed(closed, it, depth + 1))
  switch (fact.kind) {
    case 'literal':
      return /^(?:\d|true$|false$)/.test(fact.text)
    case 'path':
      return primitiveOf(scope, index) !== null || /(?:^|::)[A-Z][A-Z0-9_]*$/.test(fact.text)
    case 'field':
      return isConstantField(closed, index)
    case 'unary':
      return fact.operator !== '*' && parts()
    case 'cast':
    case 'paren':
    case 'binary':
      return parts()
    case 'method':
      return NUMERIC.test(fact.name) && parts()
    case 'call':
      return (
        /^(?:(?:std|core)::)?cmp::(?:min|max)$/.test(fact.path ?? '') &&
        childFacts(method.facts, index, 'argument').every((it) => isClosed(closed, it, depth + 1))
      )
    case 'if':
    case 'block':
      return parts()
    default:
      return false
  }
}

/** The name of the primitive number (or `bool`) that an expression is; null if it is another type, or not known. */
function primitiveOf(scope: BodyScope, index: number): string | null {
  const ty = typeOfExpression(scope, index)
  return ty?.kind === 'prim' && ty.name !== 'str' ? ty.name : null
}

/** `self.limit`, a number that no method changes. */
function isConstantField({ source, method, changing }: Closed, index: number): boolean {
  if (!source) return false
  const fact = method.facts.facts[index]
  if (fact?.kind !== 'field' || fact.receiverText !== method.selfName || changing.has(fact.name)) return false
  const fields = signature(source.view.db, source.cls.id)?.fields.filter((it) => it.name === fact.name) ?? []
  return fields.length === 1 && fields[0]?.ty.kind === 'prim'
}

/** Whether the right side of `+=` and the like is a number as the field: a reference to one, which `+=` takes, atomics do not. */
export function isOperand({ scope, method }: Closed, index: number, primitive: string): boolean {
  const fact = method.facts.facts[index]
  if (fact?.kind === 'literal') return true
  const type = primitiveOf(scope, index)
  // A literal's type is told as `i32`, which a name for it may not have in the end: rustc infers it from its use.
  return type === primitive || (type === 'i32' && fact?.kind === 'path') || fact?.kind === 'cast'
}
