import type { Database } from '../query/database.ts'
import { crateOfId, idParts } from '../resolve/ids.ts'
import { signature } from '../resolve/signature.ts'
import type { Ty } from '../resolve/ty.ts'
import { childFacts, type Fact } from '../syntax/body.ts'
import { type BodyScope, typeOfExpression } from './expression-types.ts'
import { implsAreLoud } from './loud-impls.ts'
import { isExamined } from './python-crates.ts'
import { derefs, factPath, itemOfIterator, MAP, SET } from './std-types.ts'

/**
 * Operators, indexing, dereferencing and loops call methods of traits (Rust reference, "Overloading"): the type of an operand that
 * has an impl which attaches to the interpreter, so that nothing in sight tells that Python code runs.
 */
export function loudOperand({ db, body, ...scope }: BodyScope, index: number, fact: Fact): boolean {
  const isOperator =
    fact.kind === 'unary' ||
    fact.kind === 'binary' ||
    fact.kind === 'index' ||
    fact.kind === 'for' ||
    (fact.kind === 'assign' && fact.operator !== '=')
  if (!isOperator) return false
  const operands = fact.kind === 'for' ? childFacts(body, index, 'value') : childFacts(body, index)
  return operands.some((it) => {
    const type = typeOfExpression({ db, body, ...scope }, it)
    return type !== null && derefs(type).some((step) => isLoud(db, step))
  })
}

/** Methods of std's maps, sets and heaps that hash or compare keys, by the traits that the keys' types implement. */
const KEYED = /^(?:get|get_mut|get_key_value|contains_key|contains|entry|insert|remove|push|pop|peek_mut|collect|extend)$/

/** Whether a method of a container of std calls an impl of the keys' type that attaches to the interpreter. */
export function loudKeys(db: Database, receiver: Ty, name: string): boolean {
  if (!KEYED.test(name)) return false
  const inner = derefs(receiver).find((it) => it.kind !== 'ref') ?? receiver
  const item = name === 'collect' ? itemOfIterator(inner) : null
  const path = factPath(inner)
  const isKeyed = MAP.test(path) || SET.test(path) || /::BinaryHeap$/.test(path)
  const key = item ?? (inner.kind === 'adt' && isKeyed ? inner.args[0] : undefined)
  return key !== undefined && partsOf(db, key, 0).some((it) => isLoud(db, it))
}

/** What a key is made of: impls of std's containers, and derived ones, ask those of the parts. */
function partsOf(db: Database, ty: Ty, depth: number): readonly Ty[] {
  if (depth > 8) return [ty]
  const inside = (all: readonly Ty[]): readonly Ty[] => all.flatMap((it) => partsOf(db, it, depth + 1))
  switch (ty.kind) {
    case 'ref':
    case 'array':
    case 'slice':
      return inside([ty.inner])
    case 'tuple':
      return inside(ty.items)
    case 'adt':
      return [
        ty,
        ...inside(ty.args),
        ...inside(idParts(ty.def).kind === 'item' ? (signature(db, ty.def)?.fields.map((it) => it.ty) ?? []) : []),
      ]
    default:
      return [ty]
  }
}

/** Whether a type of a crate that uses PyO3 has an impl that attaches; derived ones call those of the fields. */
function isLoud(db: Database, ty: Ty): boolean {
  return ty.kind === 'adt' && idParts(ty.def).kind === 'item' && isExamined(db, crateOfId(ty.def)) && implsAreLoud(db, ty.def)
}
