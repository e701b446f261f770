import type { DefId, UnknownReason } from '../resolve/defs.ts'
import type { TraitRef, Ty } from '../resolve/ty.ts'
import { assocImplies, impliedBy, ownerOf, type ParamEnv } from './bounds.ts'
import type { Obligation, TypeOracle } from './oracle.ts'
import { mentionsParam, projectionDepth } from './substitute.ts'

/** The rule of the language that took an obligation apart or decided it. */
export type Rule =
  | 'primitive'
  | 'fn-pointer'
  | 'never-type'
  | 'raw-pointer'
  | 'shared-ref'
  | 'mut-ref'
  | 'tuple'
  | 'array'
  | 'slice'
  | 'dyn'
  | 'impl-trait'
  | 'declared-bound'
  | 'assoc-bound'
  | 'normalized'

/** One step of an obligation, without looking into definitions. */
export type Decomposition =
  | { readonly kind: 'decided'; readonly verdict: 'yes' | 'no'; readonly rule: Rule }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason }
  /** Depends on a parameter. `vague`: a declared bound that could not be resolved may give it. */
  | { readonly kind: 'atom'; readonly vague: UnknownReason | null }
  | { readonly kind: 'all'; readonly rule: Rule; readonly parts: readonly Obligation[] }
  | { readonly kind: 'type'; readonly def: DefId; readonly args: readonly Ty[] }

/** Projections nested deeper than this stay undecided. */
export const MAX_PROJECTION_DEPTH = 3

/** What the bounds in scope say. */
export type Environments = (owner: DefId) => ParamEnv

const YES = (rule: Rule): Decomposition => ({ kind: 'decided', verdict: 'yes', rule })

/** Applies the one rule of the language that fits the type. */
export function decompose(oracle: TypeOracle, env: Environments, { ty, trait }: Obligation): Decomposition {
  switch (ty.kind) {
    case 'prim':
      return YES('primitive')
    case 'fn-ptr':
      return YES('fn-pointer')
    case 'never':
      return YES('never-type')
    case 'ptr':
      return { kind: 'decided', verdict: 'no', rule: 'raw-pointer' }
    case 'ref':
      return ty.mut
        ? { kind: 'all', rule: 'mut-ref', parts: [{ ty: ty.inner, trait }] }
        : { kind: 'all', rule: 'shared-ref', parts: [{ ty: ty.inner, trait: 'Sync' }] }
    case 'array':
    case 'slice':
      return { kind: 'all', rule: ty.kind, parts: [{ ty: ty.inner, trait }] }
    case 'tuple':
      return { kind: 'all', rule: 'tuple', parts: ty.items.map((item) => ({ ty: item, trait })) }
    case 'dyn':
      return traitObject(oracle, ty, trait)
    case 'impl':
      return implTrait(oracle, ty, trait)
    case 'unknown':
      return { kind: 'unknown', reason: ty.reason }
    case 'param':
      return parameter(env, { ty, trait }, ty.owner)
    case 'proj':
      return projection(oracle, env, { ty, trait })
    case 'adt':
      return declaredFor(env, { ty, trait }) ?? { kind: 'type', def: ty.def, args: ty.args }
  }
}

interface Bounded {
  readonly send: boolean
  readonly sync: boolean
  readonly bounds: readonly TraitRef[]
}

function traitObject(oracle: TypeOracle, ty: Bounded, trait: Obligation['trait']): Decomposition {
  if (trait === 'Send' ? ty.send : ty.sync) return YES('dyn')
  const implied = impliedBy(oracle, ty.bounds, trait)
  if (implied.yes) return YES('dyn')
  if (implied.vague) return { kind: 'unknown', reason: implied.vague }
  return { kind: 'decided', verdict: 'no', rule: 'dyn' }
}

function implTrait(oracle: TypeOracle, ty: Bounded, trait: Obligation['trait']): Decomposition {
  if (trait === 'Send' ? ty.send : ty.sync) return YES('impl-trait')
  if (impliedBy(oracle, ty.bounds, trait).yes) return YES('impl-trait')
  return { kind: 'unknown', reason: { code: 'opaque-type', text: 'impl Trait hides the type behind it' } }
}

function parameter(env: Environments, { ty, trait }: Obligation, owner: DefId): Decomposition {
  const declared = env(owner).auto(ty, trait)
  return declared.yes ? YES('declared-bound') : { kind: 'atom', vague: declared.vague }
}

/** A bound such as `where Wrapper<T>: Send` speaks about more than a bare parameter. */
function declaredFor(env: Environments, { ty, trait }: Obligation): Decomposition | null {
  const owner = ownerOf(ty)
  return owner !== null && env(owner).auto(ty, trait).yes ? YES('declared-bound') : null
}

function projection(oracle: TypeOracle, env: Environments, { ty, trait }: Obligation): Decomposition {
  if (ty.kind !== 'proj') return { kind: 'atom', vague: null }
  const owner = ownerOf(ty)
  const declared = owner === null ? null : env(owner).auto(ty, trait)
  if (declared?.yes) return YES('declared-bound')
  const assoc = assocImplies(oracle, ty.trait, ty.name, trait)
  if (assoc.yes) return YES('assoc-bound')
  const normal = oracle.normalize(ty)
  if (normal !== ty) return { kind: 'all', rule: 'normalized', parts: [{ ty: normal, trait }] }
  if (projectionDepth(ty) > MAX_PROJECTION_DEPTH) {
    return { kind: 'unknown', reason: { code: 'limit', text: 'associated types are nested too deeply' } }
  }
  if (mentionsParam(ty)) return { kind: 'atom', vague: declared?.vague ?? assoc.vague }
  return { kind: 'unknown', reason: { code: 'projection', text: `the associated type ${ty.name} could not be determined` } }
}
