import type { Ty } from '../../resolve/ty.ts'
import { type BodyFacts, childFacts, type Fact, factsOf } from '../../syntax/body.ts'
import type { FunctionSource } from '../functions.ts'
import { factPath } from '../std-types.ts'

/** A function's body with what tells the types of its expressions. */
export interface HandleScope {
  readonly fn: FunctionSource
  readonly body: BodyFacts
  /** null where it is not known. */
  readonly typeOf: (index: number) => Ty | null
  /** Whether a written path means the class. */
  readonly isClass: (path: string) => boolean
  readonly id: string
}

/** What gives the same handle, or a handle of the same object. */
const SAME =
  /^(?:bind|into_bound|clone_ref|clone|as_borrowed|to_owned|unbind|unwrap|expect|as_ref|map_err|ok|ok_or_else|or_else|bind_borrowed)$/
const CASTS = /^(?:cast|downcast)(?:_into)?(?:_exact)?(?:_unchecked)?$/

/** Whether an expression is a `Py<C>` or `Bound<C>`, or a `Result` or `Option` of one, for sure. */
export function isHandle(scope: HandleScope, index: number, fuel = 24): boolean {
  const fact = scope.body.facts[index]
  if (!fact || fuel === 0) return false
  if (isHandleType(scope.typeOf(index), scope.id)) return true
  switch (fact.kind) {
    case 'method':
      if (fact.name === 'extract') {
        const held = /^(?:pyo3::)?(?:Bound|Py)\s*<\s*(?:'\w+\s*,\s*)?([\w:]+)\s*>$/.exec(fact.turbofish?.trim() ?? '')?.[1]
        return held !== undefined && scope.isClass(held)
      }
      if (CASTS.test(fact.name)) return fact.turbofish !== null && scope.isClass(fact.turbofish)
      return SAME.test(fact.name) && isHandle(scope, childFacts(scope.body, index, 'receiver')[0] ?? -1, fuel - 1)
    case 'try':
    case 'paren':
    case 'borrow':
      return isHandle(scope, childFacts(scope.body, index)[0] ?? -1, fuel - 1)
    case 'path':
      return isHandleName(scope, fact.text, fuel - 1)
    default:
      return false
  }
}

function isHandleType(type: Ty | null, id: string): boolean {
  if (type === null) return false
  if (type.kind === 'ref') return isHandleType(type.inner, id)
  if (type.kind !== 'adt') return false
  const [inner] = type.args
  if (/(?:^|::)(?:Py|Bound|Borrowed)$/.test(factPath(type)) || /\t(?:Py|Bound|Borrowed)\t\d+$/.test(type.def))
    return type.args.some((it) => it.kind === 'adt' && it.def === id)
  return /(?:Option|Result)$/.test(factPath(type)) && isHandleType(inner ?? null, id)
}

/** Whether all that a name is bound to is a handle. */
function isHandleName(scope: HandleScope, name: string, fuel: number): boolean {
  const found = bindingsOf(scope, name)
  return found !== null && found.length > 0 && found.every((it) => isHandle(scope, it, fuel))
}

/** The values that a local name is bound to by itself or inside `Ok` and `Some`; null where there is another way, parameters included. */
export function bindingsOf({ fn, body }: HandleScope, name: string): number[] | null {
  if (fn.fn.params.some((it) => new RegExp(`\\b${name}\\b`).test(it.pattern))) return null
  const values: number[] = []
  for (const { index, fact } of factsOf(body, 'let', 'let-condition', 'for', 'arm', 'closure')) {
    if (!fact.bindings.some((it) => it.name === name)) continue
    const value = fact.kind === 'for' || fact.kind === 'closure' ? undefined : matchedWith(body, index, fact)
    if (value === undefined || !('pattern' in fact) || !isWhole(fact.pattern, name)) return null
    values.push(value)
  }
  return values
}

export function isWhole(pattern: string, name: string): boolean {
  return new RegExp(`^(?:(?:Ok|Some)\\s*\\(\\s*)?(?:mut\\s+)?${name}\\s*\\)?$`).test(pattern.trim())
}

/** What a pattern is matched with. */
function matchedWith(body: BodyFacts, index: number, fact: Fact): number | undefined {
  return fact.kind === 'arm' ? childFacts(body, fact.parent, 'value')[0] : childFacts(body, index, 'value')[0]
}
