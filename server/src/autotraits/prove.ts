import type { Ty } from '../resolve/ty.ts'
import { ownerOf } from './bounds.ts'
import type { Environments } from './decompose.ts'
import type { Predicate, TypeOracle } from './oracle.ts'
import { substitute, substitution } from './substitute.ts'

/**
 * Whether a bound on a trait other than Send and Sync surely holds. False means "not proved", never "does not hold":
 * proving is limited to what needs no trait solver.
 */
export function proves(oracle: TypeOracle, env: Environments, predicate: Predicate): boolean {
  const owner = ownerOf(predicate.ty)
  if (owner !== null && env(owner).other(predicate)) return true
  const trait = predicate.trait?.trait
  if (!trait) return false
  if (oracle.langTrait(trait) !== null) return isCopyPrimitive(predicate.ty)
  if ((predicate.trait?.args.length ?? 0) > 0) return false
  return isExact(predicate.ty) && oracle.hasPlainImpl(trait, predicate.ty)
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

/** Whether equal types here are equal types for rustc: nothing in them was erased. */
function isExact(ty: Ty): boolean {
  switch (ty.kind) {
    case 'adt':
      return ty.args.every(isExact)
    case 'prim':
    case 'never':
      return true
    case 'ref':
    case 'ptr':
    case 'slice':
      return isExact(ty.inner)
    case 'tuple':
      return ty.items.every(isExact)
    default:
      return false
  }
}
