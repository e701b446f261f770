import { definitionOfType } from '../model/type-names.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId, idParts } from '../resolve/ids.ts'
import { makeTy } from '../resolve/interner.ts'
import { lowerType } from '../resolve/lowering.ts'
import { normalizeAll } from '../resolve/normalize.ts'
import { signature } from '../resolve/signature.ts'
import { type Bindings, bind } from '../resolve/substitute.ts'
import type { Ty } from '../resolve/ty.ts'
import { genericsOf } from '../resolve/type-scope.ts'
import type { CallFact, MethodFact } from '../syntax/body.ts'
import { childFacts } from '../syntax/body.ts'
import { type Callees, type FunctionRef, functionsAt, methodsOn } from './callees.ts'
import { type BodyScope, typeNamed, typeOfExpression, typeScopeOf } from './expression-types.ts'
import { bindingsOfCall, ownerOfParams } from './generic-calls.ts'
import { madeType } from './made-by-python.ts'
import { stdMethodResult } from './std-results.ts'
import { type Adt, adt, derefs, option, std } from './std-types.ts'

/** The type of what a method call gives. */
export function resultOfMethod(scope: BodyScope, index: number, fact: MethodFact, depth: number): Ty | null {
  const [receiverAt = -1, ...args] = childFacts(scope.body, index)
  const receiver = typeOfExpression(scope, receiverAt, depth + 1)
  if (receiver === null) return null
  const own = methodsOn(scope.db, scope.owner, receiver, fact.name)
  if (own.kind === 'functions') {
    const at = derefs(receiver).find((it): it is Adt => it.kind === 'adt' && it.def === own.of)
    const found = meant(scope, own).map((it) => declaredResult(scope, it, at ?? null, bindingsOfCall(scope, it, args, depth)))
    return found.every((it) => it === found[0]) ? (found[0] ?? null) : null
  }
  if (own.kind === 'unknown') return null
  const typeOf = (i: number): Ty | null => {
    const at = args[i]
    return at === undefined ? null : typeOfExpression(scope, at, depth + 1)
  }
  const closure = (i: number): Ty | null => {
    const at = args[i] ?? -1
    if (scope.body.facts[at]?.kind !== 'closure') return null
    const body = childFacts(scope.body, at)[0]
    return body === undefined ? null : typeOfExpression(scope, body, depth + 1)
  }
  const ranged = scope.body.facts[args[0] ?? -1]?.kind === 'range'
  return stdMethodResult(scope.db, receiver, fact.name, {
    count: args.length,
    ranged,
    typeOf,
    closure,
    turbofish: turbofish(scope, fact),
  })
}

/**
 * Those of the functions of a name that a call on a value of a type can mean: what is written for the type itself, besides which a
 * trait's blanket impl would be ambiguous (E0034), unless it takes its object by value and so comes first.
 */
function meant({ db }: BodyScope, { functions, of }: Extract<Callees, { kind: 'functions' }>): readonly FunctionRef[] {
  const isOwn = ({ owner }: FunctionRef): boolean =>
    owner.item.kind === 'impl' && definitionOfType(db, owner.module, owner.item.self) === of
  const isBlanket = ({ owner, fn }: FunctionRef): boolean => owner.item.kind === 'impl' && fn.receiver?.kind === 'value'
  const own = functions.filter(isOwn)
  return own.length === 0 ? functions : functions.filter((it) => isOwn(it) || isBlanket(it))
}

function turbofish(scope: BodyScope, { turbofish: text }: MethodFact): Ty | null {
  return text && /^\w+$/.test(text) ? typeNamed(scope, text) : null
}

/** What a function declares to give, for the object it is called on. null if its own parameters occur in it. */
function declaredResult({ db }: BodyScope, { owner, fn }: FunctionRef, self: Adt | null, by: Bindings): Ty | null {
  if (fn.ret === null) return makeTy(db, { kind: 'tuple', items: [] })
  let ty = lowerType(db, typeScopeOf({ owner, fn }), fn.ret)
  if (self && owner.item.kind === 'impl') {
    const own = signature(db, self.def)
    const params = genericsOf(owner.item).params.filter((it) => it.kind === 'type')
    // Only impls that name the type's parameters in their order: `impl<T> Foo<T>`.
    if (own && params.length === own.params.length) {
      const types = new Map(params.flatMap(({ name }, i) => (self.args[i] ? [[name, self.args[i]] as const] : [])))
      ty = bind(db, ty, { owner: owner.id, types })
    }
  }
  ty = normalizeAll(db, bind(db, ty, by))
  return holdsParam(ty, ownerOfParams({ owner, fn }), owner.id) ? null : ty
}

function holdsParam(ty: Ty, ...owners: DefId[]): boolean {
  switch (ty.kind) {
    case 'param':
      return owners.includes(ty.owner)
    case 'adt':
      return ty.args.some((it) => holdsParam(it, ...owners))
    case 'tuple':
      return ty.items.some((it) => holdsParam(it, ...owners))
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return holdsParam(ty.inner, ...owners)
    case 'proj':
    case 'impl':
    case 'dyn':
      return true
    default:
      return false
  }
}

/** The type of what a call of a path gives: a function's declared result, a tuple struct or variant, a smart pointer of std. */
export function resultOfCall(scope: BodyScope, index: number, fact: CallFact, depth: number): Ty | null {
  const { db } = scope
  if (fact.path === null) return null
  const [, ...args] = childFacts(scope.body, index)
  const first = (): Ty | null => (args[0] === undefined ? null : typeOfExpression(scope, args[0], depth + 1))
  const wrap = /^(?:std::\w+::)?(Box|Arc|Rc|Some|Mutex|RwLock|Cell|RefCell)(?:::new)?$/.exec(fact.path)?.[1]
  const path = wrap && WRAPPERS[wrap]
  if (path) {
    const inner = first()
    return inner && (wrap === 'Some' ? option(db, inner) : std(db, path, [inner]))
  }
  if (/^String::(?:new|from|with_capacity)$/.test(fact.path)) return std(db, 'string::String', [])
  if (/^(?:std::sync::)?(?:Arc|Rc)::clone$/.test(fact.path)) {
    const inner = first()
    return inner?.kind === 'ref' ? inner.inner : null
  }
  const made = madeType(scope, crateOfId(scope.owner.module), fact.path)
  if (made) return made
  const found = functionsAt(scope, fact.path)
  if (found.kind === 'constructor')
    return idParts(found.of).kind === 'item' && signature(db, found.of)?.params.length === 0 ? adt(db, found.of, []) : null
  if (found.kind !== 'functions') return null
  const [only, ...others] = found.functions
  return only && others.length === 0 ? declaredResult(scope, only, null, bindingsOfCall(scope, only, args, depth)) : null
}

const WRAPPERS: Readonly<Record<string, string>> = {
  Box: 'boxed::Box',
  Arc: 'sync::Arc',
  Rc: 'rc::Rc',
  Some: 'option::Option',
  Mutex: 'sync::Mutex',
  RwLock: 'sync::RwLock',
  Cell: 'cell::Cell',
  RefCell: 'cell::RefCell',
}
