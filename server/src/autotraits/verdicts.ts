import type { DefId, UnknownReason } from '../resolve/defs.ts'
import type { Ty } from '../resolve/ty.ts'
import { becauseOfType, type Chain, groundsOf } from './derivation.ts'
import type { AutoTrait, FieldInfo, ImplInfo, Obligation } from './oracle.ts'
import { renderBounds } from './render.ts'
import { shapeOf } from './shape.ts'
import type { Solver } from './solver.ts'
import { stuckIn } from './stuck.ts'
import { isGeneralHead } from './unify.ts'
import type { Answer, Cond } from './verdict.ts'

/** The answer for one type and one trait, as the rest of the program sees it. Plain data. */
export interface Verdict {
  readonly verdict: Answer
  /** Set exactly if the verdict is `unknown`. */
  readonly reason: UnknownReason | null
  /**
   * For generic types what a `yes` needs beyond the bounds that the type declares: `T: Send, U: Marker`, sorted; ''
   * otherwise.
   */
  readonly needs: string
  /** What structure alone says where explicit impls decide; null where there are none. */
  readonly structural: StructuralVerdict | null
  /** Explicit impls of the trait for the type, negative ones included, whether they apply or not. */
  readonly viaImpl: readonly DefId[]
}

export interface StructuralVerdict {
  readonly verdict: Answer
  readonly reason: UnknownReason | null
  readonly needs: string
}

/** As in the `types` command: `yes`, `no`, `unknown` or `yes if T: Send, U: Marker`. */
export function verdictText(verdict: Pick<Verdict, 'verdict' | 'needs'>): string {
  return verdict.verdict === 'yes' && verdict.needs !== '' ? `yes if ${verdict.needs}` : verdict.verdict
}

/** The verdict of a struct, enum or union as such: its parameters can be anything that its bounds allow. */
export function judgeDefinition(solver: Solver, def: DefId, trait: AutoTrait): Verdict {
  const { impls } = solver.oracle.explicitImpls(def, trait)
  const cond = forAnyArguments(solver, solver.cond(def, trait))
  const written = impls.length > 0 ? writtenNeeds(solver, def, impls) : null
  const needs = cond.verdict === 'yes' ? (written ?? needsOf(solver, cond)) : ''
  const structural = impls.length > 0 ? judgeStructure(solver, def, trait) : null
  return { verdict: cond.verdict, reason: cond.reason, needs, structural, viaImpl: impls.map((impl) => impl.id) }
}

/** What the definition would be without explicit impls of its own. */
export function judgeStructure(solver: Solver, def: DefId, trait: AutoTrait): StructuralVerdict {
  const cond = forAnyArguments(solver, solver.cond(def, trait, 'structure'))
  return { verdict: cond.verdict, reason: cond.reason, needs: cond.verdict === 'yes' ? needsOf(solver, cond) : '' }
}

/** The verdict of a type; parameters in it count as far as their declared bounds go. */
export function judgeType(solver: Solver, ty: Ty, trait: AutoTrait): StructuralVerdict {
  const cond = forAnyArguments(solver, solver.type({ ty, trait }))
  return { verdict: cond.verdict, reason: cond.reason, needs: cond.verdict === 'yes' ? needsOf(solver, cond) : '' }
}

/** The condition for any arguments that the declared bounds allow. */
function forAnyArguments(solver: Solver, cond: Cond): Cond {
  const stuck = stuckIn(solver, cond)
  return stuck ? { ...cond, verdict: 'unknown', reason: stuck.reason } : cond
}

function needsOf(solver: Solver, cond: Cond): string {
  const bounds = [...cond.atoms.map((atom) => ({ ty: atom.ty, name: atom.trait })), ...cond.other]
  return renderBounds(solver.oracle, bounds)
}

/** The where clauses of the one impl that covers the whole type, as written there; null if there is no such impl. */
function writtenNeeds(solver: Solver, def: DefId, impls: readonly ImplInfo[]): string | null {
  const [impl] = impls
  if (!impl || impls.length > 1 || impl.cfg.kind !== 'const' || !isGeneralHead(impl.self, impl.id)) return null
  const subject = (bound: { readonly ty: Ty; readonly name: string }) => renderBounds(solver.oracle, [bound])
  const declared = new Set(solver.oracle.declaredBounds(def).map(subject))
  return renderBounds(
    solver.oracle,
    impl.where.filter((bound) => !declared.has(subject(bound))),
  )
}

/** A field that keeps its type from being Send or Sync, or leaves it unknown. */
export interface FieldVerdict {
  readonly field: FieldInfo & { readonly text: string }
  readonly trait: AutoTrait
  readonly verdict: 'no' | 'unknown'
  readonly reason: UnknownReason | null
  /** From inside the field to what decides. `culprit` is the innermost part of the field's type to blame. */
  readonly chain: Chain
  /** All types that say `no` below this field, not only the nearest. */
  readonly grounds: readonly Ty[]
}

/**
 * All fields of a definition that are not `yes`, by trait and in source order. Explicit impls of the definition itself
 * are left out of account. Empty if its fields are not known.
 */
export function judgeFields(solver: Solver, def: DefId, trait: AutoTrait): readonly FieldVerdict[] {
  const shape = shapeOf(solver.oracle, def, trait, 'structure')
  if (shape.kind !== 'summary' || shape.alternatives.some((alternative) => alternative.reason)) return []
  const fields = solver.oracle.adt(def)?.fields ?? []
  return fields.flatMap((field) => {
    const obligation: Obligation = { ty: field.ty, trait }
    const cond = solver.type(obligation)
    if (cond.verdict === 'yes') return []
    const grounds = cond.verdict === 'no' ? groundsOf(solver, obligation) : []
    const text = solver.oracle.fieldText(def, field)
    return [
      {
        field: { ...field, text },
        trait,
        verdict: cond.verdict,
        reason: cond.reason,
        chain: becauseOfType(solver, obligation),
        grounds,
      },
    ]
  })
}
