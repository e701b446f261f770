import { signature } from '../resolve/signature.ts'
import type { Ty } from '../resolve/ty.ts'
import type { BodyFacts, Fact, FieldFact, Role } from '../syntax/body.ts'
import { insert, type TextEdit } from '../syntax/edits.ts'
import { cloneOf } from './accessors.ts'
import type { ClassSource } from './class-source.ts'
import type { FunctionSource } from './functions.ts'
import { fieldReach } from './python-free.ts'
import { FORMAT_MACROS } from './python-words.ts'
import type { LockNames } from './wrapper.ts'

interface Access {
  readonly source: ClassSource
  readonly fn: FunctionSource
  readonly facts: BodyFacts
  /** Moved fields. */
  readonly fields: ReadonlySet<string>
}

/** Methods that take no lock and run no Python code, on what an `Option` holds and on PyO3's pointers. */
const LOOKING = /^(?:as_ref|as_deref|clone_ref|py)$/

/** Methods of plain values with `&self` whose results hold no borrow. */
const READING = /^(?:clone|len|is_empty|is_some|is_none|is_nan|is_finite|abs|to_string|to_owned|to_vec)$/

/**
 * The edit that puts a lock before a field of an object: `c.n` → `c.locked().n`. null unless the guard, which lives to the end of the
 * statement (Rust reference, "Temporary scopes"), sees nothing else happen: no second lock, no call, no Python.
 */
export function fieldEdit(access: Access, index: number, names: LockNames): TextEdit | null {
  const { fn, facts } = access
  const fact = facts.facts[index]
  const receiver = facts.facts[index + 1]
  if (fact?.kind !== 'field' || !receiver || !(receiver.kind === 'path' || isBorrow(receiver))) return null
  const at = fn.body.start + receiver.span.end
  if (isAssigned(access, fact)) return insert(at, `.${names.write}()`)
  return isRead(access, index, fact) ? insert(at, `.${names.read}()`) : null
}

/** `c.n = value;`: the value is computed before the place (Rust reference, "Assignment expressions"), so before the lock is taken. */
function isAssigned({ source, facts }: Access, fact: FieldFact): boolean {
  const assign = facts.facts[fact.parent]
  if (assign?.kind !== 'assign' || fact.role !== 'target' || facts.facts[assign.parent]?.kind !== 'statement') return false
  // Of `c.n += value` that is so for primitive types only ("Compound assignment expressions").
  return assign.operator === '=' ? isFree(source, fact.name) : typeOf(source, fact.name)?.kind === 'prim'
}

/** Whether dropping or copying a field's value runs no code that is not known. */
function isFree(source: ClassSource, name: string): boolean {
  return (fieldReach(source).get(name) ?? 'opaque') === 'free'
}

function typeOf(source: ClassSource, name: string): Ty | null {
  const found = signature(source.view.db, source.cls.id)?.fields.filter((it) => it.name === name) ?? []
  return found.length === 1 ? (found[0]?.ty ?? null) : null
}

function isRead(access: Access, index: number, fact: FieldFact): boolean {
  const { source, facts } = access
  const parent = facts.facts[fact.parent]
  // A place that is only looked at is neither copied nor dropped.
  if (parent?.kind === 'macro' && parent.path === 'matches') return endsQuietly(access, index, fact.receiverText)
  // What it is looked at through ends with the statement, as the borrow did.
  if (isBorrow(facts.facts[index + 1]) && parent?.kind === 'method' && /^as_(?:de)?ref$/.test(parent.name))
    return endsQuietly(access, index, fact.receiverText)
  const ty = typeOf(source, fact.name)
  const kind = ty ? cloneOf(source.view.db, ty, 0) : null
  if (kind === null || !isFree(source, fact.name)) return false
  if (parent?.kind === 'method' && fact.role === 'receiver')
    return READING.test(parent.name) && parent.args.length === 0 && endsQuietly(access, fact.parent, fact.receiverText)
  const isValue = parent?.kind === 'macro' || (kind === 'copy' && isValueOf(parent, fact.role))
  return isValue && endsQuietly(access, index, fact.receiverText)
}

/** Whether an expression of this role is only looked at by what it is part of. */
function isValueOf(parent: Fact | undefined, role: Role): boolean {
  if (parent?.kind === 'if' || parent?.kind === 'while') return role === 'condition'
  if (parent?.kind === 'block') return role === 'tail'
  if (parent?.kind === 'assign') return role === 'value'
  return /^(?:binary|unary|cast|paren|tuple|let|return|struct|array)$/.test(parent?.kind ?? '')
}

/** Whether an expression is part of a statement in which nothing else is done, and whose end is known. */
function endsQuietly(access: Access, index: number, object: string): boolean {
  const top = endOf(access, index, object)
  const last = access.facts.facts[top]?.after ?? 0
  if (top < 0) return false
  const inside = access.facts.facts.slice(top, last)
  const locks = inside.filter((it) => it.kind === 'field' && access.fields.has(it.name)).length
  return locks === 1 && inside.every((it, i) => isQuiet(it, top + i === index))
}

/** The statement, condition or result at whose end the guard goes; -1 where that is not known to be soon enough. */
function endOf({ fn, facts }: Access, index: number, object: string): number {
  let at = index
  for (let fuel = 64; fuel > 0; fuel--) {
    const fact = facts.facts[at]
    const parent = fact && fact.parent >= 0 ? facts.facts[fact.parent] : undefined
    if (!fact || !parent) return -1
    if (fact.role === 'condition' && (parent.kind === 'if' || parent.kind === 'while')) return at
    if (fact.kind === 'statement' || fact.kind === 'let') return at
    // What a block gives back outlives its locals, and so does a guard in it: the object must be older.
    if (fact.role === 'tail')
      return parent.role === 'root' && fn.fn.params.some((it) => it.pattern.replace(/^mut\s+/, '') === object) ? at : -1
    at = fact.parent
  }
  return -1
}

/** `slf.borrow()` of a `Bound` or `Py`, which takes no lock that another thread waits with. */
function isBorrow(fact: Fact | undefined): boolean {
  return fact?.kind === 'method' && fact.name === 'borrow' && fact.args.length === 0 && /^\w+$/.test(fact.receiverText)
}

function isQuiet(fact: Fact, own: boolean): boolean {
  if (fact.kind === 'borrow') return !fact.mut
  if (fact.kind === 'method') return own || isBorrow(fact) || LOOKING.test(fact.name)
  if (fact.kind === 'call') return /^(?:Some|Ok|Err)$/.test(fact.path ?? '')
  if (fact.kind === 'macro') return (FORMAT_MACROS.has(fact.path) || fact.path === 'matches') && fact.expressions
  return /^(?:path|literal|binary|unary|cast|paren|tuple|array|struct|field|let|statement|return|assign|match|arm)$/.test(
    fact.kind,
  )
}
