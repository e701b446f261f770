import type { Database } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import { crateOfId, displayPath, STD_CRATE } from '../resolve/ids.ts'
import type { Ty } from '../resolve/ty.ts'
import { childFacts } from '../syntax/body.ts'
import { typeOfBinding } from './binding-types.ts'
import { typeOfExpression } from './expression-types.ts'
import type { Finding } from './python-calls.ts'
import type { Taint } from './python-free.ts'
import { reachOf, reachTrail } from './python-types.ts'

/**
 * The finding that an expression does something with a value: Python code may run where the value is known to hold something of
 * Python's; else it is only that what the value holds is not known, and the finding says why.
 */
export function onValue(taint: Taint, index: number, clause: string): Finding {
  const why = hiddenIn(taint, index)
  return why === null
    ? { reason: 'calls-python', clause: `${clause}, which may run Python code` }
    : { reason: 'calls-unknown', clause: `${clause}; ${why}` }
}

/** The same for a variable that is named where `index` is. */
export function onName(taint: Taint, index: number, name: string, clause: string): Finding {
  const { db } = taint.scope
  const type = typeOfBinding(taint.scope, index, name, 0) ?? null
  const why = type === null ? 'its type is not known' : reachOf(db, type, taint.open) === 'opaque' ? reasonIn(db, type) : null
  return why === null
    ? { reason: 'calls-python', clause: `${clause}, which may run Python code` }
    : { reason: 'calls-unknown', clause: `${clause}; ${why}` }
}

/** Why it is not known what a value holds; null for one that holds something of Python's. */
export function hiddenIn(taint: Taint, index: number): string | null {
  const { db } = taint.scope
  const type = typeOfExpression(taint.scope, index)
  if (type === null) return holdsPython(taint, index, 0) ? null : 'its type is not known'
  const reach = reachOf(db, type, taint.open)
  return reach === 'opaque' || (reach === 'python' && isOfUnknownCrate(db, type)) ? reasonIn(db, type) : null
}

/** Whether a type only counts as Python's since nothing at all is known of its crate: no sources, and no lock file that names it. */
function isOfUnknownCrate(db: Database, ty: Ty): boolean {
  const last = reachTrail(db, ty).at(-1)
  const crate = last?.kind === 'adt' ? crateOf(db, crateOfId(last.def)) : null
  return crate !== null && crate.missing !== null && crate.version === null && crate.package !== 'pyo3'
}

/** Whether a part of an expression is known to be Python's; the object itself does not count. */
function holdsPython(taint: Taint, index: number, depth: number): boolean {
  const { db, body, selfName } = taint.scope
  const fact = body.facts[index]
  if (!fact || depth > 24 || fact.kind === 'closure') return false
  if (fact.kind === 'path' && (fact.text === selfName || fact.text === 'self')) return false
  const type = typeOfExpression(taint.scope, index)
  if (type !== null) return reachOf(db, type, taint.open) === 'python'
  return childFacts(body, index).some((it) => holdsPython(taint, it, depth + 1))
}

/** Why it is not known what values of a type hold. */
export function reasonIn(db: Database, ty: Ty): string {
  const trail = reachTrail(db, ty)
  const last = trail.at(-1) ?? ty
  const holder = trail.findLast((it) => it.kind === 'adt' && crateOfId(it.def) !== STD_CRATE)
  const where = holder && holder !== last ? `\`${nameOf(db, holder)}\`` : 'it'
  if (last.kind === 'dyn')
    return `${where} holds a \`dyn ${last.bounds.map((it) => traitName(it.trait)).join(' + ')}\`, behind which anything may be`
  if (last.kind === 'fn-ptr') return `${where} holds a function that is not known`
  if (last.kind === 'unknown') return last.reason.text
  if (last.kind === 'adt') {
    const missing = crateOf(db, crateOfId(last.def))?.missing ?? null
    return missing === null
      ? `\`${nameOf(db, last)}\` may hold code that is not known`
      : `${missing}, and \`${nameOf(db, last)}\` may hold anything`
  }
  return `${where} holds a value of a type that is not known`
}

function nameOf(db: Database, ty: Ty): string {
  return ty.kind === 'adt' ? displayPath(ty.def, crateOf(db, crateOfId(ty.def))?.name ?? '') : 'it'
}

function traitName(trait: string | null): string {
  return trait === null ? '_' : (displayPath(trait, '').split('::').at(-1) ?? '_')
}
