import { externCrate } from '../resolve/crates.ts'
import { factId } from '../resolve/ids.ts'
import type { Ty } from '../resolve/ty.ts'
import { childFacts, factsOf, type MethodFact } from '../syntax/body.ts'
import { type BodyScope, typeOfExpression } from './expression-types.ts'
import type { Taint } from './python-free.ts'
import { reachOf } from './python-types.ts'
import { adt, derefs, isStd, itemsOf } from './std-types.ts'
import { isConverted } from './typed-calls.ts'

const MAKER = /^(?:\w+::)*(Py(?:List|Tuple|Dict|Set|FrozenSet|String|Bytes|ByteArray|Float|Int|Bool))::(?:new|empty|intern)$/

/** The type of what PyO3's constructors of Python's own types give; before 0.23 some gave a reference, which is as good. */
export function madeType({ db }: BodyScope, crate: string, path: string): Ty | null {
  const name = MAKER.exec(path)?.[1]
  const pyo3 = name === undefined ? null : externCrate(db, crate, 'pyo3')
  if (pyo3 === null) return null
  const inner = adt(db, factId(pyo3, 'type', `pyo3::types::${name}`), [])
  return adt(db, factId(pyo3, 'type', 'pyo3::Bound'), [inner])
}

/**
 * Whether a call makes a list, tuple or set of plain values, or a list or tuple of objects: it converts what it is given and counts
 * references (PyO3: `PyList::new` is `PyList_SET_ITEM` of each). Sets hash their items, which runs code for anything but Python's own.
 */
export function makesQuietly({ scope }: Taint, path: string, args: readonly number[]): boolean {
  const name = MAKER.exec(path)?.[1]
  if (name === 'PyString') return true
  if (!/^Py(?:List|Tuple|Set|FrozenSet)$/.test(name ?? '') || args.length !== 2) return false
  const given = typeOfExpression(scope, args[1] ?? -1)
  const item = given && itemsOf(scope.db, given)
  return item !== null && (/Set$/.test(name ?? '') ? isKey(item) : isConverted(scope.db, item, 0))
}

/**
 * Whether a call puts something into a dict that the body made and that nobody else has seen: its keys are Python's own strings and
 * numbers then, whose hashes and comparisons run no code of others. A value that is an object must not take another's place.
 */
export function fillsOwnDict(taint: Taint, index: number, { name }: MethodFact): boolean {
  const { scope } = taint
  const { db, body } = scope
  if (name !== 'set_item') return false
  const [receiver = -1, key = -1, value = -1] = childFacts(body, index)
  const dict = body.facts[receiver]
  if (dict?.kind !== 'path' || !isOwnDict(taint, receiver, dict.text)) return false
  const keyType = typeOfExpression(scope, key)
  const valueType = typeOfExpression(scope, value)
  if (!keyType || !isKey(keyType) || !valueType || !isConverted(db, valueType, 0)) return false
  return reachOf(db, valueType) === 'free' || isOnlyOnce(scope, index, dict.text)
}

function isKey(ty: Ty): boolean {
  const inner = derefs(ty).at(-1) ?? ty
  return inner.kind === 'prim' || isStd(inner, 'string::String')
}

function isOwnDict(taint: Taint, receiver: number, name: string): boolean {
  const { body } = taint.scope
  const made = body.facts.filter(
    (it, i) =>
      it.kind === 'let' &&
      it.pattern === name &&
      body.facts[i + 1]?.kind === 'call' &&
      /^(?:\w+::)*PyDict::new$/.test((body.facts[i + 1] as { path?: string | null }).path ?? ''),
  )
  const others = body.facts.filter((it) => 'bindings' in it && it.bindings.some((each) => each.name === name))
  if (made.length !== 1 || others.length !== 1) return false
  return body.facts.every((it, i) => {
    if (it.kind !== 'path' || it.text !== name || i >= receiver) return true
    const parent = body.facts[it.parent]
    return parent?.kind === 'method' && it.role === 'receiver' && parent.name === 'set_item'
  })
}

/** Whether a literal key is set once in the body, outside loops and closures. */
function isOnlyOnce({ body }: BodyScope, index: number, dict: string): boolean {
  for (let at = body.facts[index]?.parent ?? -1, fuel = 256; at >= 0 && fuel > 0; at = body.facts[at]?.parent ?? -1, fuel--)
    if (/^(?:for|while|loop|closure)$/.test(body.facts[at]?.kind ?? '')) return false
  const keyOf = (at: number): string => {
    const [receiver = -1, key = -1] = childFacts(body, at)
    const literal = body.facts[key]
    const on = body.facts[receiver]
    return on?.kind === 'path' && on.text === dict ? (literal?.kind === 'literal' ? literal.text : '?') : ''
  }
  const own = keyOf(index)
  const keys = factsOf(body, 'method').flatMap((it) => (it.fact.name === 'set_item' ? [keyOf(it.index)] : []))
  return own !== '?' && keys.filter((it) => it === own || it === '?').length === 1
}
