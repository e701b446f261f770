import type { Database } from '../query/database.ts'
import type { UnknownReason } from './defs.ts'
import type { TraitRef, Ty, TyKind } from './ty.ts'

const INTERNER = Symbol('resolve: types')

/** Nodes of a type written out as a tree. Parts are shared in memory, so that without a limit a few aliases make a giant. */
const MAX_SIZE = 4_096

interface Interner {
  readonly types: Map<string, Ty>
  /** Size of each type, by id. */
  readonly sizes: number[]
}

/** Interns a type: equal kinds give the same object. One that is too large becomes unknown. */
export function makeTy(db: Database, kind: TyKind): Ty {
  const { types, sizes } = db.slot<Interner>(INTERNER, () => ({ types: new Map(), sizes: [] }))
  const key = keyOf(kind)
  const known = types.get(key)
  if (known) return known
  let size = 1
  for (const part of partsOf(kind)) size += sizes[part.id] ?? 1
  if (size > MAX_SIZE) return unknownTy(db, { code: 'limit', text: 'the type is too large' })
  const ty: Ty = { ...kind, id: types.size }
  types.set(key, ty)
  sizes.push(size)
  return ty
}

function partsOf(kind: TyKind): readonly Ty[] {
  switch (kind.kind) {
    case 'adt':
      return kind.args
    case 'proj':
      return [kind.self, ...kind.args]
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return [kind.inner]
    case 'tuple':
      return kind.items
    case 'dyn':
    case 'impl':
      return kind.bounds.flatMap((bound) => bound.args)
    default:
      return []
  }
}

/** A type of which nothing is known but why. */
export function unknownTy(db: Database, reason: UnknownReason): Ty {
  return makeTy(db, { kind: 'unknown', reason })
}

function keyOf(kind: TyKind): string {
  switch (kind.kind) {
    case 'adt':
      return `adt ${kind.def} ${ids(kind.args)}`
    case 'param':
      return `param ${kind.owner} ${kind.name}`
    case 'proj':
      return `proj ${kind.self.id} ${kind.trait} ${ids(kind.args)} ${kind.name}`
    case 'ref':
    case 'ptr':
      return `${kind.kind} ${kind.mut} ${kind.inner.id}`
    case 'tuple':
      return `tuple ${ids(kind.items)}`
    case 'array':
    case 'slice':
      return `${kind.kind} ${kind.inner.id}`
    case 'prim':
      return `prim ${kind.name}`
    case 'dyn':
    case 'impl':
      return `${kind.kind} ${kind.send} ${kind.sync} ${kind.bounds.map(boundKey).join('+')}`
    case 'unknown':
      return `unknown ${kind.reason.code} ${kind.reason.text}`
    default:
      return kind.kind
  }
}

function boundKey(bound: TraitRef): string {
  return `${bound.trait ?? `?${bound.reason?.code} ${bound.reason?.text}`} ${ids(bound.args)}`
}

function ids(types: readonly Ty[]): string {
  return types.map((ty) => ty.id).join(',')
}
