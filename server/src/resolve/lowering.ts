import { isSatisfiable } from '../project/cfg-logic.ts'
import type { Database } from '../query/database.ts'
import type { TypeExpr } from '../syntax/summary.ts'
import { ALWAYS, both, type Condition } from './conditions.ts'
import type { UnknownCode } from './defs.ts'
import { macroOfCall } from './expand-call.ts'
import { expandText, expansionById } from './expansion-store.ts'
import { expandedModule } from './expansions.ts'
import { parseTypeText } from './fact-text.ts'
import { makeTy, unknownTy } from './interner.ts'
import { assocChain } from './lower-assoc.ts'
import { lowerBounds, lowerTraitPath } from './lower-bounds.ts'
import { lowerPath } from './lower-path.ts'
import { normalize } from './normalize.ts'
import type { Ty } from './ty.ts'
import type { TypeScope } from './type-scope.ts'

/** Nodes of one type as written, aliases and defaults not counted; real types stay below a hundred. */
const MAX_NODES = 4_096
const MAX_DEPTH = 64
/** Combinations of undecided cfgs in one type. */
const MAX_ALTERNATIVES = 32

/** What one lowering carries along. */
export interface Lowering {
  readonly db: Database
  readonly scope: TypeScope
  readonly fuel: { nodes: number; depth: number }
  /** What is known to hold where the type is written: alternatives that cannot exist then are left out. */
  readonly given: Condition
  /** Receives the conditions of the alternatives of the first name that is still ambiguous. */
  readonly ambiguous: Condition[]
}

/** A type, and when that is the type that is meant. */
export interface Alternative {
  readonly ty: Ty
  readonly condition: Condition
}

/** Turns a type as written into a type: names resolved, aliases expanded, defaults filled in, projections normalised. */
export function lowerType(db: Database, scope: TypeScope, expr: TypeExpr): Ty {
  return lower(newLowering(db, scope), expr)
}

/** Full fuel for what is written in one scope. */
export function newLowering(db: Database, scope: TypeScope, given: Condition = ALWAYS): Lowering {
  return { db, scope, fuel: { nodes: MAX_NODES, depth: 0 }, given, ambiguous: [] }
}

/**
 * What a type as written may be, where names in it have several definitions under cfgs that are not decided: one type for
 * each combination that can exist. One alternative, with the condition `given`, in all other cases.
 */
export function lowerAlternatives(db: Database, scope: TypeScope, expr: TypeExpr, given: Condition): readonly Alternative[] {
  const pending: Condition[] = [given]
  const found: Alternative[] = []
  for (let fuel = MAX_ALTERNATIVES; pending.length > 0 && fuel > 0; fuel--) {
    const condition = pending.shift() ?? given
    const cx = newLowering(db, scope, condition)
    const ty = lower(cx, expr)
    const narrower = cx.ambiguous.map((each) => both(condition, each)).filter((each) => isSatisfiable(each))
    if (narrower.length === 0 || fuel <= narrower.length + pending.length) found.push({ ty, condition })
    else pending.push(...narrower)
  }
  return found
}

/** As `lowerType`, on the fuel of a lowering that is under way. */
export function lower(cx: Lowering, expr: TypeExpr): Ty {
  const { fuel } = cx
  if (fuel.nodes-- <= 0 || fuel.depth >= MAX_DEPTH) return unknown(cx, 'limit', 'the type is too large')
  fuel.depth++
  const ty = lowerKind(cx, expr)
  fuel.depth--
  return ty
}

/** An unknown type with a reason. */
export function unknown(cx: Lowering, code: UnknownCode, text: string): Ty {
  return unknownTy(cx.db, { code, text })
}

function lowerKind(cx: Lowering, expr: TypeExpr): Ty {
  const { db } = cx
  switch (expr.kind) {
    case 'path':
      return lowerPath(cx, expr.path)
    case 'qpath':
      return lowerQualified(cx, expr)
    case 'ref':
    case 'ptr':
      return makeTy(db, { kind: expr.kind, mut: expr.mut, inner: lower(cx, expr.inner) })
    case 'tuple':
      return makeTy(db, { kind: 'tuple', items: expr.items.map((item) => lower(cx, item)) })
    case 'array':
    case 'slice':
      return makeTy(db, { kind: expr.kind, inner: lower(cx, expr.inner) })
    case 'fnPtr':
      return makeTy(db, { kind: 'fn-ptr' })
    case 'never':
      return makeTy(db, { kind: 'never' })
    case 'dyn':
    case 'impl': {
      const { send, sync, bounds } = lowerBounds(cx, expr.bounds)
      return makeTy(db, { kind: expr.kind, send, sync, bounds })
    }
    case 'macro':
      return lowerMacro(cx, expr.path, expr.args)
    case 'infer':
      return unknown(cx, 'opaque-type', 'the type is left to inference')
    case 'const':
    case 'error':
      return unknown(cx, 'parse-error', `\`${expr.text}\` is not a type`)
  }
}

function lowerQualified(cx: Lowering, expr: Extract<TypeExpr, { kind: 'qpath' }>): Ty {
  const { db } = cx
  const self = lower(cx, expr.self)
  const [first, ...rest] = expr.rest
  if (!first) return self
  if (!expr.trait)
    return assocChain(
      cx,
      self,
      expr.rest.map((segment) => segment.name),
    )
  const trait = lowerTraitPath(cx, expr.trait)
  if (trait.trait === null)
    return unknownTy(db, trait.reason ?? { code: 'projection', text: `the trait of ${first.name} is not known` })
  const own = normalize(db, makeTy(db, { kind: 'proj', self, trait: trait.trait, args: trait.args, name: first.name }))
  return assocChain(
    cx,
    own,
    rest.map((segment) => segment.name),
  )
}

/** A macro in type position: expanded if its text is here. */
function lowerMacro(cx: Lowering, path: string, args: string): Ty {
  const { db, scope } = cx
  const module = scope.module === null ? null : expandedModule(db, scope.module)
  const def = module && macroOfCall(db, path, { module: module.source.id, scope: module.exitScope, expansion: null })
  if (!def || !module) return unknown(cx, 'macro-type', `macro ${path}! makes the type`)
  const site = { file: module.source.file, callKey: `type ${path}`, parent: null, itemKey: `type ${path}`, argsStart: 0 }
  const expanded = expandText(db, def, args, site)
  const text = expanded.kind === 'expanded' ? expansionById(db, expanded.id)?.text : undefined
  const type = text === undefined ? null : parseTypeText(db, text)
  return type ? lower(cx, type) : unknown(cx, 'macro-type', `macro ${path}! makes the type`)
}
