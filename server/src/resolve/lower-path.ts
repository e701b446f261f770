import { isSatisfiableTogether } from '../project/cfg-logic.ts'
import type { GenericArgs, GenericParam, Path, TypeExpr } from '../syntax/summary.ts'
import { aliasBodyIn } from './aliases.ts'
import { ALWAYS } from './conditions.ts'
import { editionOf } from './crates.ts'
import type { DefId, UnknownReason } from './defs.ts'
import { factItem } from './fact-names.ts'
import { parseTypeText } from './fact-text.ts'
import { crateOfId, idParts } from './ids.ts'
import { makeTy, unknownTy } from './interner.ts'
import { type PathResult, resolveAbsolute, resolveTargets, type Target } from './lookup.ts'
import { assocChain } from './lower-assoc.ts'
import { lowerTraitPath } from './lower-bounds.ts'
import { type Lowering, lower, unknown } from './lowering.ts'
import { isPrimitive } from './primitives.ts'
import { itemOf } from './scopes.ts'
import { selfTypeOf } from './self-type.ts'
import { bind } from './substitute.ts'
import type { Ty } from './ty.ts'
import { factScope, genericsOf, scopeOfItem, type TypeScope } from './type-scope.ts'

/** What a path in type position stands for. */
export function lowerPath(cx: Lowering, path: Path): Ty {
  const names = path.segments.map((segment) => segment.name)
  const [first = ''] = names
  if (!path.global) {
    const start = first === 'Self' ? selfTypeOf(cx.db, cx.scope) : parameterNamed(cx, first)
    if (start) return assocChain(cx, start, names.slice(1))
  }
  const result = resolveIn(cx, names, path.global)
  if (result.opaque) return unknownTy(cx.db, result.opaque)
  const possible = result.targets.filter(
    (target) => target.condition === ALWAYS || isSatisfiableTogether(cx.given, target.condition),
  )
  const options = new Set(
    possible.map((target) => lowerTarget(cx, path, names.length === 1 ? beforeModule(cx, first, target) : target)),
  )
  const [only] = options
  if (options.size > 1 && cx.ambiguous.length === 0) cx.ambiguous.push(...possible.map((target) => target.condition))
  if (only === undefined) return unknown(cx, 'unresolved-name', `${names.join('::')} cannot be resolved`)
  return options.size === 1 ? only : unknown(cx, 'cfg', `${names.join('::')} depends on cfg`)
}

/** `mod bool;` and `use std::str;` do not hide the primitive type: a single name in type position that leads to a module means the type. */
function beforeModule(cx: Lowering, name: string, target: Target): Target {
  if (target.rest > 0 || target.def === null || !isPrimitive(name)) return target
  if (idParts(target.def).kind !== 'module' && factItem(cx.db, target.def)?.kind !== 'module') return target
  return { ...target, def: null, primitive: name }
}

/** Resolves a path in the type namespace, in a module or in facts. */
export function resolveIn(cx: Lowering, names: readonly string[], global: boolean): PathResult {
  const { module, crate } = cx.scope
  const [only = ''] = names
  if (module === null && names.length === 1 && isPrimitive(only))
    return { targets: [{ def: null, primitive: only, condition: ALWAYS, rest: 0 }], opaque: null }
  return module === null
    ? resolveAbsolute(cx.db, crate, names.join('::'), 'type')
    : resolveTargets(cx.db, module, names, global, 'type')
}

function parameterNamed(cx: Lowering, name: string): Ty | null {
  for (const { owner, generics } of cx.scope.owners) {
    const param = generics.params.find((each) => each.name === name && each.kind !== 'lifetime')
    if (!param) continue
    if (param.kind === 'const') return unknown(cx, 'parse-error', `\`${name}\` is a constant, not a type`)
    return makeTy(cx.db, { kind: 'param', owner, name })
  }
  return null
}

function lowerTarget(cx: Lowering, path: Path, target: Target): Ty {
  const { db } = cx
  const at = path.segments.length - 1 - target.rest
  const rest = path.segments.slice(at + 1).map((segment) => segment.name)
  if (target.def === null) return assocChain(cx, makeTy(db, { kind: 'prim', name: target.primitive ?? '' }), rest)
  const base = lowerDefinition(cx, path, target.def, path.segments[at]?.args ?? null, rest.length > 0)
  return rest.length === 0 || base.kind === 'unknown' ? base : assocChain(cx, base, rest)
}

function lowerDefinition(cx: Lowering, path: Path, def: DefId, args: GenericArgs | null, hasRest: boolean): Ty {
  const { db } = cx
  const text = path.segments.map((segment) => segment.name).join('::')
  const item = itemOf(db, def)?.item
  if (item?.kind === 'struct' || item?.kind === 'enum' || item?.kind === 'union') {
    const scope = scopeOfItem(db, def)
    return scope
      ? makeTy(db, { kind: 'adt', def, args: lowerArgs(cx, def, item.generics.params, args, scope) })
      : unresolved(cx, text)
  }
  if (item?.kind === 'type') return expandAlias(cx, def, genericsOf(item).params, args, aliasBodyIn(cx, def))
  if (item?.kind === 'trait') return bareTrait(cx, path, hasRest)
  if (idParts(def).kind === 'fact') return lowerFact(cx, path, def, args, hasRest)
  return unresolved(cx, text)
}

function unresolved(cx: Lowering, text: string): Ty {
  return unknown(cx, 'unresolved-name', `${text} is not a type`)
}

function lowerFact(cx: Lowering, path: Path, def: DefId, args: GenericArgs | null, hasRest: boolean): Ty {
  const { db } = cx
  const fact = factItem(db, def)
  const crate = crateOfId(def)
  if (fact?.kind === 'type') {
    const scope = factScope(crate, def, fact.type.params)
    return makeTy(db, { kind: 'adt', def, args: lowerArgs(cx, def, factParams(cx, fact.type.params), args, scope) })
  }
  if (fact?.kind === 'alias') return expandAlias(cx, def, factParams(cx, fact.alias.params), args, aliasBodyIn(cx, def))
  if (fact?.kind === 'trait') return bareTrait(cx, path, hasRest)
  return unresolved(cx, path.segments.map((segment) => segment.name).join('::'))
}

/** Parameters of a fact with their defaults parsed. */
export function factParams(
  cx: Lowering,
  params: readonly { name: string; kind: GenericParam['kind']; default: string | null }[],
): readonly GenericParam[] {
  return params.map((param) => ({ ...param, default: param.default === null ? null : parseTypeText(cx.db, param.default) }))
}

/** `Trait` without `dyn`, as editions before 2021 allow it. */
function bareTrait(cx: Lowering, path: Path, hasRest: boolean): Ty {
  const edition = editionOf(cx.db, cx.scope.crate)
  const name = path.segments.map((segment) => segment.name).join('::')
  if (hasRest || edition === '2021' || edition === '2024') return unknown(cx, 'unresolved-name', `${name} is a trait, not a type`)
  const bound = lowerTraitPath(cx, path)
  return makeTy(cx.db, { kind: 'dyn', send: false, sync: false, bounds: [bound] })
}

function expandAlias(cx: Lowering, def: DefId, params: readonly GenericParam[], args: GenericArgs | null, body: Ty): Ty {
  const scope = scopeOfItem(cx.db, def) ?? factScope(crateOfId(def), def, params)
  const types = params.filter((param) => param.kind === 'type').map((param) => param.name)
  const given = lowerArgs(cx, def, params, args, scope)
  return bind(cx.db, body, { owner: def, types: new Map(types.map((name, i) => [name, given[i] ?? body])) })
}

/**
 * Type arguments in the order of the type parameters; lifetimes and constants are left out, defaults filled in.
 * @param scope in which the defaults are written
 */
export function lowerArgs(
  cx: Lowering,
  owner: DefId,
  params: readonly GenericParam[],
  args: GenericArgs | null,
  scope: TypeScope,
): readonly Ty[] {
  const { db } = cx
  const given: readonly TypeExpr[] = args?.args ?? []
  const types = new Map<string, Ty>()
  let next = 0
  for (const param of params) {
    if (param.kind === 'lifetime') continue
    const written = given[next++]
    if (param.kind === 'const') continue
    if (written) types.set(param.name, lower(cx, written))
    else if (param.default) types.set(param.name, bind(db, lower({ ...cx, scope }, param.default), { owner, types }))
    else types.set(param.name, unknownTy(db, MISSING_ARGUMENT))
  }
  return [...types.values()]
}

const MISSING_ARGUMENT: UnknownReason = { code: 'opaque-type', text: 'a type argument is left to inference' }
