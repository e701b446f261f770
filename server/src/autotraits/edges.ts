import { decompose } from './decompose.ts'
import type { AdtInfo, Obligation, Place, Predicate } from './oracle.ts'
import { proves } from './prove.ts'
import { renderBounds, renderType } from './render.ts'
import { decided, never, onlyIf } from './sentences.ts'
import { type Alternative, type Part, whereParts } from './shape.ts'
import type { Solver } from './solver.ts'
import { type Substitution, substitute, substitutePredicate, substitution } from './substitute.ts'
import { matchHead } from './unify.ts'
import type { Answer } from './verdict.ts'

/** One line of a derivation and where it stands. */
export interface Step {
  /** `Cache.entries: Arc<Shard>`, `RefCell<T> is never Sync`. */
  readonly text: string
  /** Why, where there is more to say than the line; null otherwise. */
  readonly detail: string | null
  readonly via: 'field' | 'impl' | 'rule' | 'fact' | 'reason'
  readonly place: Place | null
}

/** What an obligation leads to: another one, or the end of the chain. */
export type Edge =
  | { readonly kind: 'to'; readonly obligation: Obligation; readonly steps: readonly Step[] }
  | { readonly kind: 'end'; readonly verdict: Answer; readonly steps: readonly Step[] }

/** The immediate consequences of an obligation, in source order. */
export function edgesOf(solver: Solver, at: Obligation): readonly Edge[] {
  const { oracle, reducer } = solver
  const step = decompose(oracle, reducer.env, at)
  switch (step.kind) {
    case 'decided':
      return [end(step.verdict, { ...decided(oracle, at, step.verdict, step.rule), via: 'rule', place: null })]
    case 'unknown':
      return [unknownEnd(step.reason.text)]
    case 'atom':
      return [end('yes', { text: `if ${renderType(oracle, at.ty)}: ${at.trait}`, detail: null, via: 'rule', place: null })]
    case 'all':
      return step.parts.map((part) => inward(solver, at, part, null))
    case 'type':
      return at.ty.kind === 'adt' ? adtEdges(solver, at, at.ty) : []
  }
}

function adtEdges(solver: Solver, at: Obligation, ty: Obligation['ty'] & { readonly kind: 'adt' }): readonly Edge[] {
  const { oracle } = solver
  const shape = solver.shape(ty.def, at.trait)
  if (shape.kind === 'heads') return headEdges(solver, at)
  const by = substitution(ty.def, oracle.header(ty.def).params, ty.args)
  const edges = shape.alternatives.flatMap((alternative) => alternativeEdges(solver, at, alternative, by))
  // Worlds that disagree: no single part is to blame.
  return shape.atoms.length > 0 ? [...edges, ...cfgEnd(solver, at)] : edges
}

function cfgEnd(solver: Solver, at: Obligation): readonly Edge[] {
  const answer = solver.type(at)
  return answer.reason?.code === 'cfg' ? [unknownEnd(answer.reason.text)] : []
}

/** Edges of one alternative of a definition, for an instance of it. */
export function alternativeEdges(solver: Solver, at: Obligation, alternative: Alternative, by: Substitution): readonly Edge[] {
  if (alternative.reason) return [unknownEnd(alternative.reason.text), ...partEdges(solver, at, alternative.parts, by)]
  if (alternative.verdict === 'no') return [neverEnd(solver, at, alternative)]
  return partEdges(solver, at, alternative.parts, by)
}

function partEdges(solver: Solver, at: Obligation, parts: readonly Part[], by: Substitution): readonly Edge[] {
  return parts.flatMap((part) => partEdge(solver, at, part, by) ?? [])
}

function partEdge(solver: Solver, at: Obligation, part: Part, by: Substitution): Edge | null {
  const { oracle } = solver
  if (part.kind === 'other') {
    // What the type itself declares holds wherever the type can be named.
    if (proves(oracle, solver.reducer.env, part.predicate)) return null
    return boundEdge(solver, substitutePredicate(oracle, part.predicate, by), placeOf(part))
  }
  const obligation = { ty: oracle.normalize(substitute(oracle, part.obligation.ty, by)), trait: part.obligation.trait }
  if (part.via.kind === 'field') return { kind: 'to', obligation, steps: [fieldStep(solver, at, part.via.field)] }
  if (part.via.kind === 'fact') return inward(solver, at, obligation, placeOf(part))
  const text = `the impl of ${at.trait} for ${renderType(oracle, at.ty)} needs ${renderType(oracle, obligation.ty)}: ${obligation.trait}`
  return { kind: 'to', obligation, steps: [{ text, detail: null, via: 'impl', place: part.via.impl.place }] }
}

function boundEdge(solver: Solver, predicate: Predicate, place: Place | null): Edge | null {
  if (predicate.trait === null || proves(solver.oracle, solver.reducer.env, predicate)) return null
  const text = `needs ${renderBounds(solver.oracle, [predicate])}`
  return end('unknown', { text, detail: 'whether the bound holds could not be proved', via: 'impl', place })
}

function headEdges(solver: Solver, at: Obligation): readonly Edge[] {
  const { oracle } = solver
  const shape = at.ty.kind === 'adt' ? solver.shape(at.ty.def, at.trait) : null
  if (shape?.kind !== 'heads') return []
  for (const impl of shape.impls) {
    const match = matchHead(impl.self, at.ty, impl.id)
    if (match.kind !== 'match' || impl.constHead) continue
    if (impl.negative)
      return [
        end('no', {
          text: `impl !${at.trait} for ${renderType(oracle, impl.self)}`,
          detail: null,
          via: 'impl',
          place: impl.place,
        }),
      ]
    return partEdges(solver, at, whereParts(oracle, impl, match.by), { owner: impl.id, types: new Map() })
  }
  const answer = solver.type(at)
  if (answer.reason) return [unknownEnd(answer.reason.text)]
  const text = `no impl of ${at.trait} applies to ${renderType(oracle, at.ty)}`
  const detail = 'a type with explicit impls has the trait only where one of them applies'
  return answer.verdict === 'no' ? [end('no', { text, detail, via: 'impl', place: shape.impls[0]?.place ?? null })] : []
}

function neverEnd(solver: Solver, at: Obligation, alternative: Alternative): Edge {
  const by = alternative.by
  if (by?.kind === 'impl') {
    const text = `impl !${at.trait} for ${renderType(solver.oracle, by.impl.self)}`
    return end('no', { text, detail: null, via: 'impl', place: by.impl.place })
  }
  const why = by?.kind === 'fact' ? by.fact.why : null
  const place: Place | null = by?.kind === 'fact' ? { kind: 'fact', reference: by.fact.reference } : null
  const sentence = at.ty.kind === 'adt' ? never(solver.oracle, at.ty, at.trait, why) : { text: `never ${at.trait}`, detail: why }
  return end('no', { ...sentence, via: 'fact', place })
}

/** From a type to one of its parts. Silent, the written type shows it, unless the trait changes. */
function inward(solver: Solver, outer: Obligation, inner: Obligation, place: Place | null): Edge {
  if (outer.trait === inner.trait) return { kind: 'to', obligation: inner, steps: [] }
  const via = place?.kind === 'fact' ? 'fact' : 'rule'
  return { kind: 'to', obligation: inner, steps: [{ ...onlyIf(solver.oracle, outer, inner), via, place }] }
}

function fieldStep(solver: Solver, at: Obligation, field: AdtInfo['fields'][number]): Step {
  const adt = at.ty.kind === 'adt' ? solver.oracle.adt(at.ty.def) : null
  const owner = [adt?.name ?? '?', field.variant].filter((name) => name !== null).join('::')
  const place: Place | null = adt?.place.kind === 'item' ? { ...adt.place, field: field.index } : (adt?.place ?? null)
  return {
    text: `${owner}.${field.name}: ${at.ty.kind === 'adt' ? solver.oracle.fieldText(at.ty.def, field) : '?'}`,
    detail: null,
    via: 'field',
    place,
  }
}

function placeOf(part: Part): Place | null {
  if (part.via.kind === 'impl') return part.via.impl.place
  return part.via.kind === 'fact' ? { kind: 'fact', reference: part.via.fact.reference } : null
}

function end(verdict: Answer, step: Step): Edge {
  return { kind: 'end', verdict, steps: [step] }
}

function unknownEnd(text: string): Edge {
  return end('unknown', { text, detail: null, via: 'reason', place: null })
}
