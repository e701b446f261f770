import type { Database } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { factId, idParts, STD_CRATE } from '../resolve/ids.ts'
import { makeTy } from '../resolve/interner.ts'
import { resolveTargets } from '../resolve/lookup.ts'
import { lowerType } from '../resolve/lowering.ts'
import { itemOf, type ModuleItem } from '../resolve/scopes.ts'
import { selfTypeOf } from '../resolve/self-type.ts'
import type { Ty } from '../resolve/ty.ts'
import { scopeInside, scopeOfMember, type TypeScope } from '../resolve/type-scope.ts'
import type { BodyFacts, Fact } from '../syntax/body.ts'
import { childFacts } from '../syntax/body.ts'
import type { FnItem } from '../syntax/summary.ts'
import { typeOfBinding } from './binding-types.ts'
import { resultOfCall, resultOfMethod } from './call-types.ts'
import { adt, elementOf, fieldOf, isStd, peel, std } from './std-types.ts'

/** A function's body, for questions about the types of its expressions. */
export interface BodyScope {
  readonly db: Database
  /** The item of the module that the function is or stands in: its impl or trait. */
  readonly owner: ModuleItem
  readonly fn: FnItem
  readonly body: BodyFacts
  /** Text of the body; the spans of `body` count from its start. */
  readonly text: string
  /** Name of a first parameter that stands for the object (`slf: PyRef<Self>`); `self` otherwise. */
  readonly selfName: string
  /** Answers of this run by index of the expression. */
  readonly types: Map<number, Ty | null>
}

const MAX_DEPTH = 24

/** The scope in which the function's types are written. */
export function typeScopeOf({ owner, fn }: Pick<BodyScope, 'owner' | 'fn'>): TypeScope {
  return owner.item === fn ? scopeInside(owner) : scopeOfMember(owner, fn)
}

/**
 * The type of an expression of a body, as far as declared types of parameters, fields, functions and std's containers tell
 * it. null if that is not known: there is no inference here. An iterator is `impl Iterator<Item>`, the item its bound's argument.
 */
export function typeOfExpression(scope: BodyScope, index: number, depth = 0): Ty | null {
  const fact = scope.body.facts[index]
  if (!fact || depth > MAX_DEPTH) return null
  const known = scope.types.get(index)
  if (known !== undefined) return known
  const found = typeOfFact(scope, index, fact, depth)
  const type = found === null || found.kind === 'unknown' ? null : found
  scope.types.set(index, type)
  return type
}

function typeOfFact(scope: BodyScope, index: number, fact: Fact, depth: number): Ty | null {
  const { db, body } = scope
  const child = (role?: Fact['role']): Ty | null => {
    const at = childFacts(body, index, role)[0]
    return at === undefined ? null : typeOfExpression(scope, at, depth + 1)
  }
  switch (fact.kind) {
    case 'path':
      return typeOfPath(scope, index, fact.text, depth)
    case 'field': {
      const receiver = child('receiver')
      return receiver && fieldOf(db, receiver, fact.name)
    }
    case 'method':
      return resultOfMethod(scope, index, fact, depth)
    case 'call':
      return resultOfCall(scope, index, fact, depth)
    case 'struct':
      return typeNamed(scope, fact.path)
    case 'literal':
      return literalType(db, fact.text)
    case 'borrow': {
      const inner = child()
      return inner && makeTy(db, { kind: 'ref', mut: fact.mut, inner })
    }
    case 'paren':
      return child()
    case 'unary': {
      const inner = child()
      return fact.operator === '*' ? inner && (peel(inner) ?? inner) : inner
    }
    case 'binary':
      return /^(?:[=!<>]=?|==|&&|\|\|)$/.test(fact.operator) ? prim(db, 'bool') : numeric(child('left'))
    case 'cast':
      return fact.type && lowerType(db, typeScopeOf(scope), fact.type)
    case 'try': {
      const inner = child()
      return inner?.kind === 'adt' && (isStd(inner, 'option::Option') || isStd(inner, 'result::Result'))
        ? (inner.args[0] ?? null)
        : null
    }
    case 'index': {
      const [base = -1, at = -1] = childFacts(body, index)
      const inner = typeOfExpression(scope, base, depth + 1)
      if (inner === null) return null
      const range = body.facts[at]?.kind === 'range'
      return range ? null : elementOf(db, inner)
    }
    case 'tuple': {
      const items = childFacts(body, index).map((it) => typeOfExpression(scope, it, depth + 1))
      return items.every((it) => it !== null) ? makeTy(db, { kind: 'tuple', items }) : null
    }
    case 'array': {
      const [first, ...others] = childFacts(body, index).map((it) => typeOfExpression(scope, it, depth + 1))
      return first && others.every((it) => it === first) ? makeTy(db, { kind: 'array', inner: first }) : null
    }
    case 'macro':
      return /^(?:std::)?(?:format|concat|stringify)$/.test(fact.path) ? std(db, 'string::String', []) : null
    case 'block':
      return child('tail')
    case 'if':
      return child('then')
    case 'assign':
      return makeTy(db, { kind: 'tuple', items: [] })
    default:
      return null
  }
}

/** Arithmetic of numbers gives such, of references to them too. */
function numeric(ty: Ty | null): Ty | null {
  const inner = ty?.kind === 'ref' ? ty.inner : ty
  return inner?.kind === 'prim' ? inner : null
}

export function prim(db: Database, name: string): Ty {
  return makeTy(db, { kind: 'prim', name })
}

function literalType(db: Database, text: string): Ty | null {
  if (text === 'true' || text === 'false') return prim(db, 'bool')
  if (/^(?:r#*)?"/.test(text)) return makeTy(db, { kind: 'ref', mut: false, inner: prim(db, 'str') })
  if (text.startsWith("'")) return prim(db, 'char')
  if (/^\d/.test(text))
    return prim(db, /[iuf]\d+$|[iu]size$/.exec(text)?.[0] ?? (/^[\d_]+\.[\d_]*(?:e|$)/.test(text) ? 'f64' : 'i32'))
  return null
}

function typeOfPath(scope: BodyScope, index: number, text: string, depth: number): Ty | null {
  const { db } = scope
  if (!text.includes('::')) {
    const local = typeOfBinding(scope, index, text, depth)
    if (local !== undefined) return local
  }
  const { targets } = resolveTargets(db, scope.owner.module, text.replace(/^::/, '').split('::'), text.startsWith('::'), 'value')
  const [only] = targets
  if (targets.length !== 1 || !only?.def || only.rest > 0) return null
  if (idParts(only.def).kind === 'variant') return genericFree(db, (idParts(only.def) as { enum: DefId }).enum)
  const each = itemOf(db, only.def)
  if ((each?.item.kind === 'const' || each?.item.kind === 'static') && each.item.type)
    return lowerType(db, { ...scopeInside(each), selfOwner: null }, each.item.type)
  return null
}

/** A type without parameters, by definition. */
function genericFree(db: Database, def: DefId): Ty | null {
  const item = itemOf(db, def)?.item
  return item && 'generics' in item && item.generics.params.every((it) => it.kind === 'lifetime') ? adt(db, def, []) : null
}

/** The type that a path of names means in a body, if it has no parameters; `Self` too. */
export function typeNamed(scope: BodyScope, path: string): Ty | null {
  const { db } = scope
  if (path === 'Self') return selfTypeOf(db, typeScopeOf(scope))
  const segments = path.replace(/^::/, '').split('::')
  const { targets } = resolveTargets(db, scope.owner.module, segments, path.startsWith('::'), 'type')
  const [only] = targets
  if (targets.length !== 1 || !only?.def || only.rest > 0) return null
  const parts = idParts(only.def)
  return genericFree(db, parts.kind === 'variant' ? parts.enum : only.def)
}

/** The id of a type of std by its path below `std`. */
export function stdId(path: string): DefId {
  return factId(STD_CRATE, 'type', `std::${path}`)
}
