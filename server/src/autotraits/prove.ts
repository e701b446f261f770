import type { Ty } from '../resolve/ty.ts'
import { ownerOf } from './bounds.ts'
import type { Environments } from './decompose.ts'
import type { Predicate, TraitImpl, TypeOracle } from './oracle.ts'
import { substitute, substitutePredicate, substitution } from './substitute.ts'
import { matchHead } from './unify.ts'

/** Impls that need impls that need impls. */
const MAX_PROOF_DEPTH = 4

/**
 * Whether a bound on a trait other than Send and Sync surely holds. False means "not proved", never "does not hold":
 * proving is limited to declared bounds, `Copy` and `Clone` of primitives, and an impl in reach whose head fits and whose
 * own bounds on other traits can be proved in the same way.
 */
export function proves(oracle: TypeOracle, env: Environments, predicate: Predicate, depth = MAX_PROOF_DEPTH): boolean {
  const owner = ownerOf(predicate.ty)
  if (owner !== null && env(owner).other(predicate)) return true
  const trait = predicate.trait?.trait
  if (!trait) return false
  if (oracle.langTrait(trait) !== null && isCopyPrimitive(predicate.ty)) return true
  if (depth <= 0 || predicate.ty.kind === 'param' || predicate.ty.kind === 'proj') return false
  return oracle.implsFor(trait, predicate.ty).some((impl) => applies(oracle, env, impl, predicate, depth))
}

/** Whether an impl surely covers the type: then its trait holds, whatever other impls there are. */
function applies(oracle: TypeOracle, env: Environments, impl: TraitImpl, predicate: Predicate, depth: number): boolean {
  if (impl.negative || impl.constHead || impl.cfg.kind !== 'const') return false
  // Arguments are matched along with the type, so that a parameter means the same in both.
  const pack = (self: Ty, args: readonly Ty[]): Ty => oracle.make({ kind: 'tuple', items: [self, ...args] })
  const match = matchHead(pack(impl.self, impl.traitArgs), pack(predicate.ty, predicate.trait?.args ?? []), impl.id)
  if (match.kind !== 'match') return false
  for (const ty of match.by.types.values()) if (sizedness(oracle, ty) !== 'yes' && ty.kind !== 'param') return false
  return impl.where.every(
    (bound) => bound.auto === null && proves(oracle, env, substitutePredicate(oracle, bound, match.by), depth - 1),
  )
}

/** Structs whose last fields are looked into. */
const MAX_TAIL = 16

/** Pointers of std are Sized whatever they point to. */
const SIZED_POINTERS = new Set(['Box', 'Rc', 'Arc', 'Weak', 'PhantomData', 'NonNull', 'Ref', 'RefMut', 'MutexGuard', 'Pin'])

/**
 * Whether a type is Sized. Asked only for impls that want `T: Sized` of a type that takes unsized arguments, so that
 * `unknown` is rare.
 */
export function sizedness(oracle: TypeOracle, ty: Ty, depth = MAX_TAIL): 'yes' | 'no' | 'unknown' {
  switch (ty.kind) {
    case 'dyn':
    case 'slice':
      return 'no'
    case 'unknown':
    case 'proj':
    case 'impl':
    case 'param':
      return 'unknown'
    case 'prim':
      return ty.name === 'str' ? 'no' : 'yes'
    case 'adt':
      return sizedAdt(oracle, ty, depth)
    default:
      return 'yes'
  }
}

/** A struct is as Sized as its last field; enums and unions always are. */
function sizedAdt(oracle: TypeOracle, ty: Extract<Ty, { kind: 'adt' }>, depth: number): 'yes' | 'no' | 'unknown' {
  const adt = oracle.adt(ty.def)
  if (adt === null) {
    if (SIZED_POINTERS.has(oracle.header(ty.def).name)) return 'yes'
    return ty.args.every((arg) => sizedness(oracle, arg, depth - 1) === 'yes') ? 'yes' : 'unknown'
  }
  const last = adt.fields.at(-1)
  if (adt.opaque || depth <= 0) return 'unknown'
  if (!last || last.variant !== null) return 'yes'
  return sizedness(oracle, oracle.normalize(substitute(oracle, last.ty, substitution(ty.def, adt.params, ty.args))), depth - 1)
}

function isCopyPrimitive(ty: Ty): boolean {
  switch (ty.kind) {
    case 'prim':
      return ty.name !== 'str'
    case 'never':
    case 'fn-ptr':
    case 'ptr':
      return true
    case 'ref':
      return !ty.mut
    case 'tuple':
      return ty.items.every(isCopyPrimitive)
    case 'array':
      return isCopyPrimitive(ty.inner)
    default:
      return false
  }
}
