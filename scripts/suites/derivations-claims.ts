import type { DerivationNode, Link } from '../../server/src/autotraits/derivation.ts'
import { type Edge, edgesOf, type Step } from '../../server/src/autotraits/edges.ts'
import type { Obligation, Place } from '../../server/src/autotraits/oracle.ts'
import { renderType } from '../../server/src/autotraits/render.ts'
import type { Solver } from '../../server/src/autotraits/solver.ts'
import { mentionsParam } from '../../server/src/autotraits/substitute.ts'
import { factId, idParts, STD_CRATE } from '../../server/src/resolve/ids.ts'
import type { Ty } from '../../server/src/resolve/ty.ts'

/** What a line of a derivation says, in terms that rustc can judge. */
export type Claim =
  /** The type is Send (or Sync), or is not. */
  | { readonly kind: 'is'; readonly at: Obligation; readonly verdict: 'yes' | 'no' }
  /**
   * The conclusion holds exactly if all that it follows from does: `all` are the premises, null one that never holds.
   * `instance`: of a type that the derivation does not name, and that bounds may forbid.
   */
  | {
      readonly kind: 'follows'
      readonly at: Obligation
      readonly all: readonly (Obligation | null)[]
      readonly instance: boolean
    }
  /** The text is not about what was judged. */
  | { readonly kind: 'says otherwise' }

/** A line of a derivation with what it claims. */
export interface Line {
  readonly text: string
  readonly via: Step['via'] | null
  readonly place: Place | null
  readonly claims: readonly Claim[]
}

/** Lines of a chain, without those that no step shows: these are told with the line before. */
export function chainLines(solver: Solver, links: readonly Link[]): readonly Line[] {
  const lines: (Line & { readonly claims: Claim[] })[] = []
  for (const { at, edge } of links) {
    const claims: Claim[] = at === null ? [] : [{ kind: 'is', at, verdict: 'no' }]
    if (edge.kind === 'to') claims.push({ kind: 'is', at: edge.obligation, verdict: 'no' })
    if (at !== null) claims.push(...ruleClaims(solver, at, edge))
    const [step] = edge.steps
    if (step && at && !says(solver, step.text, at, edge)) claims.push({ kind: 'says otherwise' })
    const last = lines.at(-1)
    if (step || !last) lines.push({ text: step?.text ?? '', via: step?.via ?? null, place: step?.place ?? null, claims })
    else last.claims.push(...claims)
  }
  return lines
}

/** Whether a step's text is about what is judged: the same types, the same trait. */
function says({ oracle }: Solver, text: string, at: Obligation, edge: Edge): boolean {
  const [, outer, trait, inner, needed] = /^(.*) is (Send|Sync) only if (.*) is (Send|Sync)$/.exec(text) ?? []
  if (outer !== undefined) {
    if (edge.kind !== 'to' || trait !== at.trait || needed !== edge.obligation.trait) return false
    return outer === renderType(oracle, at.ty) && inner === renderType(oracle, edge.obligation.ty)
  }
  const [, subject, denied] = /^(.*?) is (?:never|not) (Send|Sync)$/.exec(text) ?? []
  if (subject === undefined) return true
  const shown = renderType(oracle, at.ty)
  const sameHead = at.ty.kind === 'ptr' ? shown.startsWith(subject.slice(0, -2)) : shown.startsWith(subject.replace(/<.*/s, ''))
  return edge.kind === 'end' && edge.verdict === 'no' && denied === at.trait && sameHead
}

/** Lines of a tree, as far as their verdict is certain. */
export function treeLines(solver: Solver, node: DerivationNode): readonly Line[] {
  const below = node.children.flatMap((child) => treeLines(solver, child))
  const { about, verdict, children, cut } = node
  // The end of a branch is told with what it decides.
  if (about === null || verdict === 'unknown') return below
  const claims: Claim[] = [{ kind: 'is', at: about, verdict }]
  if (cut === null) {
    claims.push(...followsFrom(about, children))
    claims.push(...edgesOf(solver, about).flatMap((edge) => ruleClaims(solver, about, edge)))
  }
  return [{ text: node.text, via: node.via, place: node.place, claims }, ...below]
}

/** The parent from its children; nothing where one of them is not certain, or says no more than the parent. */
function followsFrom(at: Obligation, children: readonly DerivationNode[]): readonly Claim[] {
  if (children.some((child) => child.verdict === 'unknown' || /^(?:if|needs) /.test(child.text))) return []
  const all = children.flatMap((child): readonly Premise[] =>
    child.about ? [child.about] : child.verdict === 'no' ? [null] : [],
  )
  return [{ kind: 'follows', at, all, instance: false }]
}

type Premise = Obligation | null

/**
 * What facts and rules say of a type they say of every instance: the same edge is judged with the arguments exchanged for types
 * that are both, Send only, Sync only and neither.
 */
function ruleClaims(solver: Solver, at: Obligation, edge: Edge): readonly Claim[] {
  const via = edge.steps[0]?.via
  const general = at.ty.kind === 'ref' || (at.ty.kind === 'adt' && idParts(at.ty.def).kind === 'fact')
  if (!general || mentionsParam(at.ty) || via === 'field') return []
  return instances(solver, at.ty).flatMap((ty): readonly Claim[] => {
    const about = { ty, trait: at.trait }
    const edges = edgesOf(solver, about)
    if (edges.some((each) => each.kind === 'end' && each.verdict === 'unknown')) return []
    const all = edges.flatMap((each): readonly Premise[] =>
      each.kind === 'to' ? [each.obligation] : each.verdict === 'no' ? [null] : [],
    )
    return [{ kind: 'follows', at: about, all, instance: true }]
  })
}

/** The type with one of its arguments exchanged, for each of them and each kind of type. Allocators are left as they are. */
function instances({ oracle }: Solver, ty: Ty): readonly Ty[] {
  const byte = oracle.make({ kind: 'prim', name: 'u8' })
  const std = (path: string, ...args: readonly Ty[]): Ty =>
    oracle.make({ kind: 'adt', def: factId(STD_CRATE, 'type', path), args })
  const allocator = std('std::alloc::Global')
  const kinds = [byte, std('std::cell::Cell', byte), std('std::sync::MutexGuard', byte), std('std::rc::Rc', byte, allocator)]
  if (ty.kind === 'ref') return kinds.map((inner) => oracle.make({ kind: 'ref', mut: ty.mut, inner }))
  if (ty.kind !== 'adt') return []
  return ty.args.flatMap((arg, i) =>
    arg === allocator ? [] : kinds.map((kind) => oracle.make({ kind: 'adt', def: ty.def, args: ty.args.with(i, kind) })),
  )
}

/** The types that a claim is about. */
export function typesOf(claim: Claim): readonly Ty[] {
  if (claim.kind === 'says otherwise') return []
  const premises = claim.kind === 'follows' ? claim.all : []
  return [claim.at, ...premises.flatMap((each) => each ?? [])].map(({ ty }) => ty)
}
