import { lowerType } from '../resolve/lowering.ts'
import { fitHead } from '../resolve/match-head.ts'
import { normalizeAll } from '../resolve/normalize.ts'
import { type Bindings, bind } from '../resolve/substitute.ts'
import type { Ty } from '../resolve/ty.ts'
import { memberOwner } from '../resolve/type-scope.ts'
import { childFacts } from '../syntax/body.ts'
import type { Bound, TypeExpr } from '../syntax/summary.ts'
import { type FunctionRef, functionsAt } from './callees.ts'
import { type BodyScope, typeOfExpression, typeScopeOf } from './expression-types.ts'

/** Id under which a function's own generic parameters are known. */
export function ownerOfParams({ owner, fn }: FunctionRef): string {
  return owner.item === fn ? owner.id : memberOwner(owner.id, fn)
}

/** What the generic parameters of a function stand for in a call, as far as the types of its arguments tell. */
export function bindingsOfCall(scope: BodyScope, callee: FunctionRef, args: readonly number[], depth: number): Bindings {
  const { db, body } = scope
  const owner = ownerOfParams(callee)
  const types = new Map<string, Ty>()
  const skip = args.length - callee.fn.params.length
  for (const [i, param] of callee.fn.params.entries()) {
    const at = args[i + skip]
    if (at === undefined || body.facts[at]?.kind === 'closure') continue
    const given = typeOfExpression(scope, at, depth + 1)
    if (given) fitHead(lowerType(db, typeScopeOf(callee), param.type), given, owner, types)
  }
  return { owner, types }
}

/** What a closure that is an argument of a call of a function of the workspace is called with, by the function's bounds. */
export function givenByCall(scope: BodyScope, call: number, closure: number, depth: number): readonly (Ty | null)[] {
  const { db, body } = scope
  const fact = body.facts[call]
  const found = fact?.kind === 'call' && fact.path !== null ? functionsAt(scope, fact.path) : null
  const callee = found?.kind === 'functions' && found.functions.length === 1 ? found.functions[0] : undefined
  if (!callee) return []
  const [, ...args] = childFacts(body, call)
  const param = callee.fn.params[args.indexOf(closure) - (args.length - callee.fn.params.length)]
  const inputs = param && inputsOf(callee, param.type)
  if (!inputs) return []
  const by = bindingsOfCall(scope, callee, args, depth)
  return inputs.map((it) => {
    const type = normalizeAll(db, bind(db, lowerType(db, typeScopeOf(callee), it), by))
    return JSON.stringify(type).includes('"kind":"param"') ? null : type
  })
}

/** `A, B` of `F` where `F: Fn(A, B)`, or of `impl Fn(A, B)`. */
function inputsOf({ fn }: FunctionRef, type: TypeExpr): readonly TypeExpr[] | null {
  if (type.kind === 'impl') return inputsIn(type.bounds)
  const name = type.kind === 'path' && type.path.segments.length === 1 ? type.path.segments[0]?.name : undefined
  const bounds = fn.generics.where.flatMap((it) =>
    it.type.kind === 'path' && it.type.path.segments.length === 1 && it.type.path.segments[0]?.name === name ? it.bounds : [],
  )
  return name === undefined ? null : inputsIn(bounds)
}

function inputsIn(bounds: readonly Bound[]): readonly TypeExpr[] | null {
  for (const { path } of bounds) {
    const last = path?.segments.at(-1)
    if (last?.args?.call && /^Fn(?:Mut|Once)?$/.test(last.name)) return last.args.args
  }
  return null
}
