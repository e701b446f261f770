import { derives } from '../model/attributes.ts'
import { implsOfType } from '../model/impls-of-type.ts'
import { definitionOfPath, definitionOfType } from '../model/type-names.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId } from '../resolve/ids.ts'
import { itemOf } from '../resolve/scopes.ts'
import { type BodyFacts, factsOf, type LetFact } from '../syntax/body.ts'
import type { TypeExpr } from '../syntax/summary.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import type { FunctionSource } from './functions.ts'
import { isOwnImpl } from './own-impls.ts'
import type { MovePlan } from './plan.ts'
import { keepsExclusive } from './trait-methods.ts'

/** How an expression has an object of the class. */
export type Holding =
  /** It is one, or derefs to one: `C`, `&C`, `PyRef<C>`, `Arc<C>`. */
  | 'object'
  /** It is Python's reference to one: `Py<C>`, `Bound<C>`, or a reference to such. */
  | 'handle'
  /** Something else with one inside. */
  | 'holder'
  | 'foreign'
  | 'unknown'

interface Place {
  readonly source: ClassSource
  readonly fn: FunctionSource
}

const DEREFS = new Set(['PyRef', 'PyRefMut', 'PyClassGuard', 'PyClassGuardMut', 'Box', 'Arc', 'Rc'])
const HANDLES = new Set(['Bound', 'Py'])

/** What a written type holds of the class. */
export function holdingOf(place: Place, type: TypeExpr): Holding {
  if (type.kind === 'ref') return holdingOf(place, type.inner)
  if (type.kind !== 'path') return 'unknown'
  const last = type.path.segments.at(-1)
  const inner = last?.args?.args[0]
  if (last && inner && (DEREFS.has(last.name) || HANDLES.has(last.name) || last.name === 'Option')) {
    const held = holdingOf(place, inner)
    if (held !== 'object') return held
    return DEREFS.has(last.name) ? 'object' : HANDLES.has(last.name) ? 'handle' : 'holder'
  }
  const { source, fn } = place
  if (last?.name === 'Self') return isOwnImpl(source, fn) ? 'object' : 'foreign'
  const def = definitionOfType(source.view.db, fn.owner?.module ?? source.cls.module, type)
  return def === null ? 'unknown' : def === source.cls.id ? 'object' : 'foreign'
}

/**
 * What a name of a function holds, by its declared type, by the constructor or literal that it is bound to, or by the `Option` that
 * `if let Some(name)` opens. Where the name is bound several times, what they all hold.
 */
export function holdingOfName(place: Place, facts: BodyFacts, name: string): Holding {
  if (!/^\w+$/.test(name)) return 'unknown'
  const found: Holding[] = []
  const param = paramOf(place, name)
  if (param) found.push(holdingOf(place, param))
  for (const { index, fact } of factsOf(facts, 'let', 'let-condition', 'for', 'arm', 'closure')) {
    if (!fact.bindings.some((it) => it.name === name)) continue
    if (fact.kind === 'let') found.push(holdingOfLet(place, facts, index, fact))
    else found.push(fact.kind === 'let-condition' ? holdingOfSome(place, facts, index, fact.pattern, name) : 'unknown')
  }
  const [first = 'unknown'] = found
  return found.every((it) => it === first) ? first : 'unknown'
}

function paramOf({ fn }: Place, name: string): TypeExpr | null {
  return fn.fn.params.find((it) => it.pattern.replace(/^mut\s+/, '') === name)?.type ?? null
}

function holdingOfLet(place: Place, facts: BodyFacts, index: number, { type, bindings, pattern }: LetFact): Holding {
  const [binding] = bindings
  if (bindings.length !== 1 || pattern.replace(/^mut\s+/, '') !== binding?.name) return 'unknown'
  if (type) return holdingOf(place, type)
  const made = madeType(place, facts, index + 1)
  return made === null ? 'unknown' : made === place.source.cls.id ? 'object' : 'foreign'
}

/** `if let Some(name) = option`, where that is a parameter. */
function holdingOfSome(place: Place, facts: BodyFacts, index: number, pattern: string, name: string): Holding {
  const value = facts.facts[index + 1]
  const type = value?.kind === 'path' ? paramOf(place, value.text) : null
  const last = type?.kind === 'path' ? type.path.segments.at(-1) : undefined
  const inner = last?.name === 'Option' ? last.args?.args[0] : undefined
  return inner && pattern.replaceAll(/\s+/g, '') === `Some(${name})` ? holdingOf(place, inner) : 'unknown'
}

/** Whether an expression makes an object of the class: a literal, or a constructor, through `?` and `unwrap`. */
export function isMade(place: Place, facts: BodyFacts, index: number): boolean {
  return madeType(place, facts, index) === place.source.cls.id
}

/** The type that a literal or a constructor makes; null where that is not known. */
function madeType(place: Place, facts: BodyFacts, index: number): DefId | null {
  const fact = facts.facts[index]
  if (fact?.kind === 'struct') return typeOfPath(place, fact.path)
  const unwraps = fact?.kind === 'try' || (fact?.kind === 'method' && /^(?:unwrap|expect)$/.test(fact.name))
  const call = facts.facts[unwraps ? index + 1 : index]
  if (call?.kind !== 'call' || call.path === null) return null
  const split = call.path.lastIndexOf('::')
  const def = split < 0 ? null : typeOfPath(place, call.path.slice(0, split))
  return def !== null && makes(place.source, def, call.path.slice(split + 2), unwraps) ? def : null
}

/** Whether a type's function of a name gives the type itself, or a `Result` of it. */
function makes({ view: { db } }: ClassSource, def: DefId, name: string, wrapped: boolean): boolean {
  const own = itemOf(db, def)?.item
  if (own?.kind !== 'struct' && own?.kind !== 'enum') return false
  const found = implsOfType(db, crateOfId(def), def).flatMap((id) => {
    const item = itemOf(db, id)?.item
    return item?.kind === 'impl' ? item.children.flatMap((it) => (it.kind === 'fn' && it.name === name ? [it.ret] : [])) : []
  })
  if (found.length === 0) return !wrapped && name === 'default' && derives(own.attrs).includes('Default')
  const [ret] = found
  const last = ret?.kind === 'path' ? ret.path.segments.at(-1) : undefined
  const isOwn = (type: TypeExpr | null | undefined): boolean =>
    type?.kind === 'path' &&
    !type.path.segments.at(-1)?.args &&
    ['Self', own.name].includes(type.path.segments.at(-1)?.name ?? '')
  if (found.length > 1) return false
  return wrapped ? /^(?:Py)?Result$/.test(last?.name ?? '') && isOwn(last?.args?.args[0]) : isOwn(ret)
}

function typeOfPath({ source, fn }: Place, path: string): DefId | null {
  if (path === 'Self') return isOwnImpl(source, fn) ? source.cls.id : null
  const def = definitionOfPath(source.view.db, fn.owner?.module ?? source.cls.module, path.split('::'), false)
  return def !== null && itemOf(source.view.db, def)?.item.kind !== 'type' ? def : null
}

export type ReceiverKind = 'shared' | 'exclusive' | 'value' | 'unknown'

/** How methods of a name take the object after the rewrite. What std gives a type beside its own methods is not known. */
export function receiverOf(source: ClassSource, plan: MovePlan, name: string): ReceiverKind {
  const own = source.methods.filter((it) => it.name === name && it.self !== 'none')
  const isShared = (it: MethodSource): boolean =>
    it.self === 'ref' || (it.impl.kind !== 'trait' && it.self === 'mut' && (plan.moved.includes(it) || plan.narrowed.has(it)))
  // A trait that takes `&mut self` may bring other such methods along, as `Iterator` does.
  if (own.length === 0) return source.methods.some(keepsExclusive) ? 'exclusive' : 'unknown'
  if (own.every((it) => it.self === 'value')) return 'value'
  return own.every(isShared) ? 'shared' : own.every((it) => it.self === 'mut' && !isShared(it)) ? 'exclusive' : 'unknown'
}
