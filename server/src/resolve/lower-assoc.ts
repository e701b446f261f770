import type { Bound, TypeExpr } from '../syntax/summary.ts'
import type { DefId } from './defs.ts'
import { makeTy } from './interner.ts'
import { lowerTraitPath } from './lower-bounds.ts'
import { type Lowering, lower, unknown } from './lowering.ts'
import { assocOfImpls, normalize } from './normalize.ts'
import { bindTrait } from './substitute.ts'
import { declaresAssoc, traitInfo } from './traits.ts'
import type { TraitRef, Ty } from './ty.ts'

/** Supertraits followed for one name. */
const MAX_SUPERTRAITS = 64

/** `T::Item::Key`: goes through associated types, one name after the other. */
export function assocChain(cx: Lowering, base: Ty, names: readonly string[]): Ty {
  let ty = base
  for (const name of names) ty = assocOf(cx, ty, name)
  return ty
}

function assocOf(cx: Lowering, self: Ty, name: string): Ty {
  if (self.kind === 'unknown') return self
  const own = ownAssoc(cx, self, name)
  if (own) return own
  const bounds = boundsIn(cx, self)
  for (const bound of bounds) {
    const fixed = bindingIn(bound, name)
    if (fixed) return lower(cx, fixed)
  }
  const candidates = bounds.flatMap((bound) => (bound.path && !bound.maybe ? [lowerTraitPath(cx, bound.path)] : []))
  if (self.kind === 'proj') candidates.push(...(traitInfo(cx.db, self.trait)?.assoc.get(self.name)?.bounds ?? []))
  if (self.kind === 'param') candidates.push(...selfTraits(cx, self))
  const trait = traitWithAssoc(cx, self, candidates, name)
  if (trait && trait.trait !== null)
    return normalize(cx.db, makeTy(cx.db, { kind: 'proj', self, trait: trait.trait, args: trait.args, name }))
  if (self.kind !== 'param' && self.kind !== 'proj') {
    const found = assocOfImpls(cx.db, self, name, cx.scope.crate)
    if (found) return found
  }
  return unknown(cx, 'projection', `the associated type ${name} is not known`)
}

/** `Self::Item` inside the impl that defines it, and inside the trait that declares it. */
function ownAssoc(cx: Lowering, self: Ty, name: string): Ty | null {
  const each = cx.scope.selfOwner
  if (!each || (each.item.kind !== 'impl' && each.item.kind !== 'trait')) return null
  const child = each.item.children.find((item) => item.kind === 'type' && item.name === name)
  if (child?.kind !== 'type') return null
  if (each.item.kind === 'trait') {
    if (self.kind !== 'param' || self.owner !== each.id || self.name !== 'Self') return null
    const args = each.item.generics.params
      .filter((param) => param.kind === 'type')
      .map((param) => makeTy(cx.db, { kind: 'param', owner: each.id, name: param.name }))
    return makeTy(cx.db, { kind: 'proj', self, trait: each.id, args, name })
  }
  if (child.type === null || child.generics.params.length > 0) return null
  return self === lower({ ...cx, scope: { ...cx.scope, selfOwner: null } }, each.item.self) ? lower(cx, child.type) : null
}

/** Bounds that the generics in scope declare for a parameter or projection. */
function boundsIn(cx: Lowering, self: Ty): readonly Bound[] {
  const found: Bound[] = []
  for (const { generics, owner } of cx.scope.owners) {
    for (const { type, bounds } of generics.where) if (isWritten(cx, type, self, owner)) found.push(...bounds)
  }
  return found
}

/** Whether the left side of a where clause is the type. Compared without lowering, which would ask for bounds again. */
function isWritten(cx: Lowering, type: TypeExpr, self: Ty, owner: DefId): boolean {
  if (type.kind !== 'path' || type.path.global) return false
  const names = type.path.segments.map((segment) => segment.name)
  let at: Ty = self
  for (let i = names.length - 1; i > 0; i--) {
    if (at.kind !== 'proj' || at.name !== names[i]) return false
    at = at.self
  }
  const isSelf = names[0] === 'Self' && cx.scope.selfOwner !== null
  if (at.kind !== 'param' || at.name !== names[0]) return false
  return at.owner === owner || isSelf || cx.scope.owners.some((each) => each.owner === at.owner)
}

function bindingIn(bound: Bound, name: string): TypeExpr | null {
  const args = bound.path?.segments.at(-1)?.args
  if (args?.call && name === 'Output') return args.call.output
  return args?.assoc.find((each) => each.name === name)?.type ?? null
}

/** In a trait, `Self` has the trait's own supertraits. */
function selfTraits(cx: Lowering, self: Ty): readonly TraitRef[] {
  const each = cx.scope.selfOwner
  if (each?.item.kind !== 'trait' || self.kind !== 'param' || self.name !== 'Self' || self.owner !== each.id) return []
  return each.item.supertraits.flatMap((bound) => (bound.path && !bound.maybe ? [lowerTraitPath(cx, bound.path)] : []))
}

/** The trait among these, or their supertraits, that declares an associated type; null if none does. */
function traitWithAssoc(cx: Lowering, self: Ty, traits: readonly TraitRef[], name: string): TraitRef | null {
  const pending = [...traits]
  const seen = new Set<DefId>()
  for (let fuel = MAX_SUPERTRAITS; pending.length > 0 && fuel > 0; fuel--) {
    const bound = pending.shift()
    if (!bound || bound.trait === null || seen.has(bound.trait)) continue
    seen.add(bound.trait)
    if (declaresAssoc(cx.db, bound.trait, name)) return bound
    const info = traitInfo(cx.db, bound.trait)
    const types = new Map([
      ['Self', self],
      ...(info?.params ?? []).map((param, i): [string, Ty] => [param, bound.args[i] ?? self]),
    ])
    const owner = bound.trait
    for (const above of info?.supertraits ?? []) pending.push(bindTrait(cx.db, above, { owner, types }))
  }
  return null
}
