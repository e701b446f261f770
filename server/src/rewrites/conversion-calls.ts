import type { Database } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import type { DefId } from '../resolve/defs.ts'
import { factItem } from '../resolve/fact-names.ts'
import { idParts } from '../resolve/ids.ts'
import { resolveTargets } from '../resolve/lookup.ts'
import { lowerType } from '../resolve/lowering.ts'
import { itemOf } from '../resolve/scopes.ts'
import type { Ty } from '../resolve/ty.ts'
import { childFacts, type MethodFact } from '../syntax/body.ts'
import type { Param } from '../syntax/summary.ts'
import { attachesItself } from './attaching.ts'
import type { FunctionRef } from './callees.ts'
import { loudConversion } from './conversions.ts'
import { typeNamed, typeOfExpression, typeScopeOf } from './expression-types.ts'
import { calls, type Finding } from './python-calls.ts'
import { crateOfBody, isTainted, type Taint } from './python-free.ts'
import { adt, isStd, itemOfIterator } from './std-types.ts'

/** What `?` may run: the conversion of the error. */
export function errorProblem(taint: Taint, index: number): Finding | null {
  return conversionProblem(taint, '?', childFacts(taint.scope.body, index)[0] ?? -1, errorAsked(taint, index))
}

/** What `collect`, `parse` and `sum` make where that is written: std's containers, strings and numbers have no impls of the workspace. */
export function asksStd({ scope }: Taint, index: number, { turbofish }: MethodFact): boolean {
  const { body, fn, text } = scope
  if (turbofish !== null) return STD_WORDS.test(turbofish)
  let at = index
  while (body.facts[body.facts[at]?.parent ?? -1]?.kind === 'try') at = body.facts[at]?.parent ?? -1
  const parent = body.facts[body.facts[at]?.parent ?? -1]
  if (parent?.kind === 'let' && parent.type) return STD_WORDS.test(text.slice(parent.type.span.start, parent.type.span.end))
  if (body.facts[at]?.role !== 'tail' || parent?.role !== 'root' || !fn.ret) return false
  return [...JSON.stringify(fn.ret).matchAll(/"name":"(\w+)"/g)].every(([, word = '']) => STD_WORDS.test(word))
}

const STD_WORDS =
  /^(?:\b(?:std|collections|string|vec|Vec|VecDeque|String|HashMap|BTreeMap|HashSet|BTreeSet|Result|PyResult|Option|Box|PyErr|str|bool|char|[iuf]\d+|[iu]size)\b|[\s<>,_:()&[\]])+$/

/** A conversion of std's, or `?`, may run one of the workspace that attaches. */
export function conversionProblem(
  taint: Taint,
  name: string,
  given: number | null,
  target: Ty | 'foreign' | null = null,
): Finding | null {
  const type = given === null ? null : typeOfExpression(taint.scope, given)
  const source = name === '?' ? errorOf(type) : name === 'collect' ? itemOfIterator(type) : type
  const free = given !== null && !isTainted(taint, given)
  const { db, owner, fn } = taint.scope
  const params = [...fn.generics.params, ...('generics' in owner.item ? owner.item.generics.params : [])]
  const generic = owner.item.kind === 'trait' || params.some((it) => it.kind === 'type') || fn.params.some(isImpl)
  const found = loudConversion(db, crateOfBody(taint), name, source, target, free, generic)
  if (!found) return null
  const which = `converts by \`${name}\`, and a \`${found.fn.name}\` of \`${headOf(found)}\``
  return attachesItself(db, found)
    ? calls(`${which} attaches`)
    : { reason: 'calls-unknown', clause: `${which} may attach through what it calls, as far as that is known` }
}

function isImpl({ type }: Param): boolean {
  return JSON.stringify(type).includes('"kind":"impl"')
}

/** The type of error that a `?` makes: that of the function, unless it stands in a closure or future. */
function errorAsked({ scope }: Taint, index: number): Ty | 'foreign' | null {
  const { db, body, fn } = scope
  for (let at = body.facts[index]?.parent ?? -1, fuel = 256; at >= 0 && fuel > 0; at = body.facts[at]?.parent ?? -1, fuel--) {
    const outer = body.facts[at]
    if (outer?.kind === 'closure' || (outer?.kind === 'block' && outer.flavor !== 'plain' && outer.flavor !== 'unsafe'))
      return null
  }
  if (!fn.ret) return null
  const ret = lowerType(db, typeScopeOf(scope), fn.ret)
  const last = fn.ret.kind === 'path' ? fn.ret.path.segments.at(-1) : undefined
  // `anyhow::Result<T>`: what an alias that cannot be looked up means was written in its own crate.
  if (ret.kind === 'unknown' && last?.name === 'Result' && last.args?.args.length === 1) return 'foreign'
  return errorOf(ret)
}

/** What `T` is in `T::from`. */
export function namedBefore({ scope }: Taint, path: string): Ty | null {
  const { db, owner } = scope
  const segments = path.split('::').slice(0, -1)
  if (segments[0] === 'Self') return typeNamed(scope, 'Self')
  const [only, ...others] = segments.length > 0 ? resolveTargets(db, owner.module, segments, false, 'type').targets : []
  // Without its arguments, which then may be any.
  return only?.def && only.rest === 0 && others.length === 0 && isNominal(db, only.def) ? adt(db, only.def, []) : null
}

/** Whether a definition is a type itself, not another name of one. */
function isNominal(db: Database, def: DefId): boolean {
  const parts = idParts(def)
  if (parts.kind === 'fact') return parts.path.endsWith('::PyErr') || factItem(db, def)?.kind === 'type'
  return /^(?:struct|enum|union)$/.test(itemOf(db, def)?.item.kind ?? '')
}

/** What an impl is written for, for people. */
function headOf({ owner: { item } }: FunctionRef): string {
  const self = item.kind === 'impl' && item.self.kind === 'path' ? item.self.path.segments.at(-1)?.name : undefined
  return self ?? 'a type'
}

/**
 * `PyErr::from` of PyO3 keeps what it is given and makes the exception later, outside (pyo3/src/err/impls.rs: `new_err(err)`; from
 * a failed cast it takes a reference to a type). Those for `anyhow` and `eyre` format, and behind these may be a `PyErr`.
 */
export function isQuietError(taint: Taint, path: string): boolean {
  const { db } = taint.scope
  if (!/^(?:\w+::)*PyErr::from$/.test(path)) return false
  const names = crateOf(db, crateOfBody(taint))?.dependencies
  return names !== undefined && !names.has('anyhow') && !names.has('eyre')
}

function errorOf(ty: Ty | null): Ty | null {
  return ty && isStd(ty, 'result::Result') && ty.kind === 'adt' ? (ty.args[1] ?? null) : null
}
