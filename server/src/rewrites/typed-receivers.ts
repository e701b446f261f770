import type { BodyFacts } from '../syntax/body.ts'
import type { ClassSource } from './class-source.ts'
import { codeText } from './code-texts.ts'
import { type BodyScope, typeOfExpression } from './expression-types.ts'
import type { FunctionSource } from './functions.ts'
import { derefs, fieldOfAdt } from './std-types.ts'

const scopes = new WeakMap<FunctionSource, BodyScope>()

/** A function's body, for questions about types; null for code that is no part of this build. */
function scopeOf({ view: { db } }: ClassSource, fn: FunctionSource, body: BodyFacts): BodyScope | null {
  const known = scopes.get(fn)
  if (known?.db === db) return known
  const text = codeText(db, fn.file)
  if (!fn.owner || text === null) return null
  const scope: BodyScope = {
    db,
    owner: fn.owner,
    fn: fn.fn,
    body,
    text: text.slice(fn.body.start, fn.body.end),
    selfName: 'self',
    types: new Map(),
  }
  scopes.set(fn, scope)
  return scope
}

/**
 * Whether `x.name`, a fact of the function, is known to be a field of another type: `x` or the first that it derefs to with such a
 * field, which is where the compiler finds it (Rust reference, "Field access expressions").
 */
export function isOtherField(source: ClassSource, fn: FunctionSource, body: BodyFacts, index: number): boolean {
  const fact = body.facts[index]
  const scope = scopeOf(source, fn, body)
  const type = scope && fact?.kind === 'field' ? typeOfExpression(scope, index + 1) : null
  if (!scope || fact?.kind !== 'field' || !type) return false
  for (const each of derefs(type)) {
    if (each.kind === 'adt' && each.def === source.cls.id) return false
    if (each.kind === 'tuple' || each.kind === 'prim') return true
    if (each.kind === 'adt' && fieldOfAdt(scope.db, each, null, fact.name)) return true
    if (each.kind !== 'ref' && each.kind !== 'adt') return false
  }
  return false
}
