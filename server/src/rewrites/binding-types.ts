import { lowerType } from '../resolve/lowering.ts'
import { selfTypeOf } from '../resolve/self-type.ts'
import type { Ty } from '../resolve/ty.ts'
import type { Fact } from '../syntax/body.ts'
import { childFacts } from '../syntax/body.ts'
import { closureParameter } from './closure-types.ts'
import { type BodyScope, typeOfExpression, typeScopeOf } from './expression-types.ts'
import { typeInPattern } from './pattern-types.ts'
import { itemsOf, reference } from './std-types.ts'

/**
 * The type of the variable that a name means at an expression; null if it is a variable of unknown type, undefined if the name
 * is no variable of the function.
 */
export function typeOfBinding(scope: BodyScope, at: number, name: string, depth: number): Ty | null | undefined {
  const { body, fn } = scope
  const use = body.facts[at]?.span.start ?? 0
  for (let index = at - 1; index >= 0; index--) {
    const fact = body.facts[index]
    if (!fact || !('bindings' in fact) || !fact.bindings.some((it) => it.name === name)) continue
    const visible =
      fact.kind === 'let'
        ? fact.scope.start <= use && use < fact.scope.end
        : fact.kind === 'let-condition'
          ? reachesFrom(scope, index, at)
          : fact.after > at && index < at
    if (visible) return boundType(scope, index, fact, name, depth)
  }
  if (name === 'self' && fn.receiver) return selfType(scope)
  const param = fn.params.find((it) => it.pattern.replace(/^mut\s+/, '') === name)
  if (param) return lowerType(scope.db, typeScopeOf(scope), param.type)
  return fn.params.some((it) => new RegExp(`\\b${name}\\b`).test(it.pattern)) ? null : undefined
}

function selfType(scope: BodyScope): Ty | null {
  const { db, fn } = scope
  const types = typeScopeOf(scope)
  if (fn.receiver?.type) return lowerType(db, types, fn.receiver.type)
  const own = selfTypeOf(db, types)
  if (own === null || fn.receiver?.kind === 'value') return own
  return reference(db, own, fn.receiver?.kind === 'mut')
}

/** Names of an `if let` are known in what is done if it matches, and in conditions after it. */
function reachesFrom({ body }: BodyScope, condition: number, at: number): boolean {
  let outer = body.facts[condition]?.parent ?? -1
  for (let fuel = 16; outer >= 0 && fuel > 0; fuel--) {
    const fact = body.facts[outer]
    if (fact?.kind === 'if' || fact?.kind === 'while' || fact?.kind === 'arm') {
      const otherwise = childFacts(body, outer, 'else')[0]
      return at < fact.after && (otherwise === undefined || at < otherwise)
    }
    outer = fact?.parent ?? -1
  }
  return false
}

function boundType(scope: BodyScope, index: number, fact: Fact, name: string, depth: number): Ty | null {
  const { db, body } = scope
  const value = (): Ty | null => {
    const at = childFacts(body, index, 'value')[0]
    return at === undefined ? null : typeOfExpression(scope, at, depth + 1)
  }
  switch (fact.kind) {
    case 'let': {
      const whole = fact.type ? lowerType(db, typeScopeOf(scope), fact.type) : value()
      return whole && typeInPattern(scope, fact.pattern, whole, name)
    }
    case 'let-condition': {
      const whole = value()
      return whole && typeInPattern(scope, fact.pattern, whole, name)
    }
    case 'for': {
      const whole = value()
      const item = whole && itemsOf(db, whole)
      return item && typeInPattern(scope, fact.pattern, item, name)
    }
    case 'arm': {
      const match = body.facts[fact.parent]
      const at = match?.kind === 'match' ? childFacts(body, fact.parent, 'value')[0] : undefined
      const whole = at === undefined ? null : typeOfExpression(scope, at, depth + 1)
      return whole && typeInPattern(scope, fact.pattern, whole, name)
    }
    case 'closure':
      return closureParameter(scope, index, fact, name, depth)
    default:
      return null
  }
}
