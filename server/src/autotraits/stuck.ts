import type { UnknownReason } from '../resolve/defs.ts'
import type { Ty } from '../resolve/ty.ts'
import { decompose } from './decompose.ts'
import type { Solver } from './solver.ts'
import type { Atom, Cond } from './verdict.ts'

/** A need that says nothing about parameters in terms of bounds, and why. */
export interface Stuck {
  readonly atom: Atom
  readonly reason: UnknownReason
}

/**
 * The first need of a `yes` that makes it unknown after all: a condition that is shown must be bounds on parameters. What is
 * stuck for another reason, or may be given by a bound that could not be resolved, is not. null if there is none.
 */
export function stuckIn(solver: Solver, cond: Cond): Stuck | null {
  if (cond.verdict !== 'yes') return null
  for (const atom of cond.atoms) {
    const reason = stuckReason(solver, atom)
    if (reason) return { atom, reason }
  }
  return null
}

function stuckReason(solver: Solver, atom: Atom): UnknownReason | null {
  const step = decompose(solver.oracle, solver.reducer.env, atom)
  if (step.kind === 'atom' && step.vague) return step.vague
  if (rootOf(atom.ty).kind === 'param') return null
  if (atom.ty.kind === 'proj') return { code: 'projection', text: `the associated type ${atom.ty.name} could not be determined` }
  return { code: 'impl-head', text: 'whether an impl for particular arguments applies depends on a type parameter' }
}

function rootOf(ty: Ty): Ty {
  let root = ty
  while (root.kind === 'proj') root = root.self
  return root
}
