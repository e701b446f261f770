import type { DefId, UnknownReason } from '../resolve/defs.ts'
import type { Ty } from '../resolve/ty.ts'
import { decompose, type Environments } from './decompose.ts'
import { type AutoTrait, type Obligation, type Predicate, SIZED, type TypeOracle } from './oracle.ts'
import { proves, sizedness } from './prove.ts'
import { type Part, type Shape, whereParts } from './shape.ts'
import { mentionsParam, substitute, substitutePredicate, substitution } from './substitute.ts'
import { matchHead } from './unify.ts'
import { type Cond, type Conjunction, obligationKey } from './verdict.ts'

/** Obligations taken apart for one part of a definition (a field, a where clause). */
export const REDUCE_FUEL = 4096

/** Types that are still undecided and nested deeper than this end as `unknown`: atoms have to be finite. */
const MAX_ATOM_DEPTH = 10

/** What reducing needs from the solver that runs it. */
export interface Reducer {
  readonly oracle: TypeOracle
  readonly env: Environments
  readonly shape: (def: DefId, trait: AutoTrait) => Shape
  /** The condition of a definition as known so far. Only asked where `shape` is a summary. */
  readonly cond: (def: DefId, trait: AutoTrait) => Cond
}

/** Reduces parts to verdict, atoms and bounds, and adds them to the conjunction. */
export function reduce(reducer: Reducer, parts: readonly Part[], into: Conjunction): void {
  const seen = new Set<string>()
  for (const part of parts) {
    if (into.failed()) return
    if (part.kind === 'other') requireOther(reducer, part.predicate, into)
    else reduceObligation(reducer, part.obligation, seen, into)
  }
}

/** Reduces one obligation. `seen` holds what was assumed already (auto traits are coinductive). */
export function reduceObligation(reducer: Reducer, start: Obligation, seen: Set<string>, into: Conjunction): void {
  const { oracle, env } = reducer
  const stack: Obligation[] = [start]
  for (let fuel = REDUCE_FUEL; ; fuel--) {
    const next = stack.pop()
    if (!next || into.failed()) return
    const key = obligationKey(next.ty, next.trait)
    if (seen.has(key)) continue
    seen.add(key)
    if (fuel <= 0) {
      into.unknown({ code: 'limit', text: 'the type is too large' })
      return
    }
    const step = decompose(oracle, env, next)
    switch (step.kind) {
      case 'decided':
        if (step.verdict === 'no') into.no()
        break
      case 'unknown':
        into.unknown(step.reason)
        break
      case 'atom':
        stuck(next, into)
        break
      case 'all':
        pushReversed(stack, step.parts)
        break
      case 'type':
        pushReversed(stack, requiredOf(reducer, next, step.def, step.args, into))
        break
    }
  }
}

/** What an instance of a definition requires; verdicts, atoms and bounds go straight into the conjunction. */
function requiredOf(reducer: Reducer, at: Obligation, def: DefId, args: readonly Ty[], into: Conjunction): readonly Obligation[] {
  const { oracle } = reducer
  const shape = reducer.shape(def, at.trait)
  if (shape.kind === 'heads') return requiredByHeads(reducer, at, shape, into)
  const cond = reducer.cond(def, at.trait)
  if (cond.verdict === 'no') into.no()
  if (cond.reason) into.unknown(cond.reason)
  if (cond.atoms.length === 0 && cond.other.length === 0) return []
  const header = oracle.header(def)
  const by = substitution(def, header.params, args)
  if (args.length < header.params.length) {
    into.unknown({ code: 'limit', text: `${header.name} was given ${args.length} of ${header.params.length} arguments` })
  }
  for (const bound of cond.other) requireOther(reducer, substitutePredicate(oracle, bound, by), into)
  return cond.atoms.map((atom) => ({ ty: oracle.normalize(substitute(oracle, atom.ty, by)), trait: atom.trait }))
}

/** Finds the one impl among impls for particular arguments that applies. */
function requiredByHeads(
  reducer: Reducer,
  at: Obligation,
  shape: Shape & { readonly kind: 'heads' },
  into: Conjunction,
): readonly Obligation[] {
  let open: UnknownReason | null = shape.incomplete
  for (const impl of shape.impls) {
    const match = matchHead(impl.self, at.ty, impl.id)
    if (match.kind === 'mismatch') continue
    if (match.kind === 'maybe' || impl.constHead) {
      open ??= { code: 'impl-head', text: `whether an impl of ${at.trait} for particular arguments applies could not be told` }
      continue
    }
    if (impl.negative) {
      into.no()
      return []
    }
    const parts = whereParts(reducer.oracle, impl, match.by)
    for (const part of parts) if (part.kind === 'other') requireOther(reducer, part.predicate, into)
    return parts.flatMap((part) => (part.kind === 'auto' ? [part.obligation] : []))
  }
  if (open === null) into.no()
  else if (shape.incomplete === null && mentionsParam(at.ty)) stuck(at, into)
  else into.unknown(open)
  return []
}

function requireOther(reducer: Reducer, predicate: Predicate, into: Conjunction): void {
  if (predicate.name === SIZED && predicate.trait === null) requireSized(reducer, predicate, into)
  else if (proves(reducer.oracle, reducer.env, predicate)) return
  else if (mentionsParam(predicate.ty) && depthOf(predicate.ty) <= MAX_ATOM_DEPTH) into.other(predicate)
  else into.unknown(predicate.trait?.reason ?? unproved(predicate.name))
}

function requireSized(reducer: Reducer, predicate: Predicate, into: Conjunction): void {
  const sized = sizedness(reducer.oracle, predicate.ty)
  if (sized === 'no') into.no()
  else if (sized === 'unknown' && predicate.ty.kind === 'param') into.other(predicate)
  else if (sized === 'unknown') into.unknown(unproved(SIZED))
}

function unproved(trait: string): UnknownReason {
  return { code: 'foreign-trait-bound', text: `whether the bound on ${trait} holds could not be proved` }
}

function stuck({ ty, trait }: Obligation, into: Conjunction): void {
  if (depthOf(ty) > MAX_ATOM_DEPTH) into.unknown({ code: 'limit', text: 'the type grows without end' })
  else into.atom(ty, trait)
}

/** Pushes so that the first part is looked at first. */
function pushReversed(stack: Obligation[], parts: readonly Obligation[]): void {
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i]
    if (part) stack.push(part)
  }
}

/** Nesting depth of a type. */
function depthOf(ty: Ty): number {
  switch (ty.kind) {
    case 'adt':
      return 1 + deepest(ty.args)
    case 'proj':
      return 1 + deepest([ty.self, ...ty.args])
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return 1 + depthOf(ty.inner)
    case 'tuple':
      return 1 + deepest(ty.items)
    case 'dyn':
    case 'impl':
      return 1 + deepest(ty.bounds.flatMap((bound) => bound.args))
    default:
      return 0
  }
}

function deepest(types: readonly Ty[]): number {
  let depth = 0
  for (const ty of types) depth = Math.max(depth, depthOf(ty))
  return depth
}
