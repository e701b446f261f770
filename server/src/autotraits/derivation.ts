import type { DefId } from '../resolve/defs.ts'
import type { Ty } from '../resolve/ty.ts'
import { alternativeEdges, type Edge, edgesOf, type Step } from './edges.ts'
import type { AutoTrait, Obligation, Place } from './oracle.ts'
import { renderType } from './render.ts'
import { type Sources, shapeOf } from './shape.ts'
import type { Solver } from './solver.ts'
import { type Stuck, stuckIn } from './stuck.ts'
import { type Answer, type Cond, obligationKey } from './verdict.ts'

/** Obligations looked at for one chain. */
const SEARCH_FUEL = 20_000
/** Obligations on the way to a ground. A type that grows with every step has no last one, and each costs more than the one before. */
const GROUND_DEPTH = 200
/** Nodes of one derivation tree. */
const TREE_FUEL = 400
const TREE_DEPTH = 32

/** The shortest way from a type to what decides its verdict. */
export interface Chain {
  readonly steps: readonly Step[]
  /**
   * The innermost part of the type as written that is to blame: of `Arc<RefCell<u8>>` the `RefCell<u8>`, of `Arc<Shard>`
   * the `Shard` whose field it is. For chains of definitions: of the first field's type.
   */
  readonly culprit: Ty | null
  /** The type at the end of the chain, which a rule or fact decided: `RefCell<u8>`. */
  readonly ground: Ty | null
}

/** One link of a chain: what had to hold, and what it leads to. */
export interface Link {
  /** Null for a definition with the impls of its own left out: no type stands for it. */
  readonly at: Obligation | null
  readonly edge: Edge
}

interface Trail {
  readonly link: Link
  readonly before: Trail | null
}

interface State {
  readonly at: Obligation | null
  readonly trail: Trail | null
  readonly steps: readonly Step[]
  readonly culprit: Ty | null
  readonly ground: Ty | null
  /** Whether the chain is still inside the type that it started with (no second field was entered). */
  readonly inside: boolean
}

const NOTHING: Chain = { steps: [], culprit: null, ground: null }

/** Why a definition is `no` or `unknown`; empty for `yes`. */
export function because(solver: Solver, def: DefId, trait: AutoTrait, sources: Sources = 'all'): Chain {
  return chainOf(searchFrom(solver, def, trait, sources))
}

/** The links that the steps of `because` tell of, those without a step of their own too; empty for `yes`. */
export function linksOf(solver: Solver, def: DefId, trait: AutoTrait): readonly Link[] {
  const links: Link[] = []
  for (let at = searchFrom(solver, def, trait, 'all')?.trail ?? null; at !== null; at = at.before) links.push(at.link)
  return links.reverse()
}

function searchFrom(solver: Solver, def: DefId, trait: AutoTrait, sources: Sources): State | null {
  const goal = goalOf(solver, solver.cond(def, trait, sources))
  if (goal === null) return null
  const whole = sources === 'all' ? definitionItself(solver, def, trait) : null
  const edges = definitionEdges(solver, def, trait, sources)
  const start = edges.map((edge): State => {
    const ty = edge.kind === 'to' ? edge.obligation.ty : null
    const trail = { link: { at: whole, edge }, before: null }
    return { at: edge.kind === 'to' ? edge.obligation : null, trail, steps: edge.steps, culprit: ty, ground: ty, inside: true }
  })
  const ends = edges.map((edge) => (edge.kind === 'end' ? edge.verdict : null))
  return search(solver, start, ends, goal)
}

function chainOf(state: State | null): Chain {
  return state === null ? NOTHING : { steps: state.steps, culprit: state.culprit, ground: state.ground }
}

/** Why a type is `no` or `unknown`; empty for `yes`. */
export function becauseOfType(solver: Solver, obligation: Obligation): Chain {
  const goal = goalOf(solver, solver.type(obligation))
  const start: State = { at: obligation, trail: null, steps: [], culprit: obligation.ty, ground: obligation.ty, inside: true }
  return chainOf(goal === null ? null : search(solver, [start], [null], goal))
}

/** What a chain has to lead to: an end with a verdict, or a need that cannot be told. */
type Goal = { readonly kind: 'end'; readonly verdict: Answer } | { readonly kind: 'stuck'; readonly stuck: Stuck }

/** null for a plain `yes`. */
function goalOf(solver: Solver, cond: Cond): Goal | null {
  if (cond.verdict !== 'yes') return { kind: 'end', verdict: cond.verdict }
  const stuck = stuckIn(solver, cond)
  return stuck && { kind: 'stuck', stuck }
}

/** A definition applied to its own parameters. */
function definitionItself({ oracle }: Solver, def: DefId, trait: AutoTrait): Obligation {
  const args = oracle.header(def).params.map((name) => oracle.make({ kind: 'param', owner: def, name }))
  return { ty: oracle.make({ kind: 'adt', def, args }), trait }
}

function definitionEdges(solver: Solver, def: DefId, trait: AutoTrait, sources: Sources): readonly Edge[] {
  const { oracle } = solver
  const at = definitionItself(solver, def, trait)
  if (sources === 'all') return edgesOf(solver, at)
  const shape = shapeOf(oracle, def, trait, 'structure')
  if (shape.kind === 'heads') return []
  return shape.alternatives.flatMap((alternative) => alternativeEdges(solver, at, alternative, { owner: def, types: new Map() }))
}

/**
 * Breadth first by number of lines; among chains of equal length the first in source order wins. `ends` says which of
 * the start states are ends already.
 */
function search(solver: Solver, start: readonly State[], ends: readonly (Answer | null)[], goal: Goal): State | null {
  const levels: State[][] = []
  const push = (state: State) => {
    const level = levels[state.steps.length] ?? []
    levels[state.steps.length] = level
    level.push(state)
  }
  for (const [i, state] of start.entries()) if (relevant(solver, state.at, ends[i] ?? null, goal)) push(state)
  const seen = new Set<string>()
  let fuel = SEARCH_FUEL
  for (let cost = 0; cost < levels.length; cost++) {
    const level = levels[cost] ?? []
    // Silent steps append to the level that is being read.
    for (let i = 0; i < level.length; i++) {
      const state = level[i]
      if (!state || fuel-- <= 0) return null
      if (state.at === null) return state
      if (goal.kind === 'stuck' && isAtom(state.at, goal.stuck.atom)) {
        const last: Step = { text: goal.stuck.reason.text, detail: null, via: 'reason', place: null }
        return { ...state, steps: [...state.steps, last] }
      }
      const key = obligationKey(state.at.ty, state.at.trait)
      if (seen.has(key)) continue
      seen.add(key)
      for (const edge of edgesOf(solver, state.at)) {
        const at = edge.kind === 'to' ? edge.obligation : null
        if (relevant(solver, at, edge.kind === 'end' ? edge.verdict : null, goal)) push(advance(state, edge))
      }
    }
  }
  return null
}

function advance(state: State, edge: Edge): State {
  const inside = state.inside && !edge.steps.some((step) => step.via === 'field' || step.via === 'impl')
  const at = edge.kind === 'to' ? edge.obligation : null
  const culprit = inside && at ? at.ty : state.culprit
  const trail = { link: { at: state.at, edge }, before: state.trail }
  return { at, trail, steps: [...state.steps, ...edge.steps], culprit, ground: at?.ty ?? state.ground, inside }
}

/** Every type that decides `no` somewhere below an obligation, each once, depth first; empty if it is not `no`. */
export function groundsOf(solver: Solver, start: Obligation): readonly Ty[] {
  const grounds = new Set<Ty>()
  const seen = new Set<string>()
  const stack: { readonly at: Obligation; readonly depth: number }[] = [{ at: start, depth: 0 }]
  for (let fuel = SEARCH_FUEL; fuel > 0; fuel--) {
    const next = stack.pop()
    if (!next) break
    const { at, depth } = next
    const key = obligationKey(at.ty, at.trait)
    if (seen.has(key) || !relevant(solver, at, null, { kind: 'end', verdict: 'no' })) continue
    seen.add(key)
    const edges = edgesOf(solver, at)
    if (edges.some((edge) => edge.kind === 'end' && edge.verdict === 'no')) grounds.add(at.ty)
    for (const edge of [...edges].reverse())
      if (edge.kind === 'to' && depth < GROUND_DEPTH) stack.push({ at: edge.obligation, depth: depth + 1 })
  }
  return [...grounds]
}

/** Whether a state leads to what is to be explained. */
function relevant(solver: Solver, at: Obligation | null, end: Answer | null, goal: Goal): boolean {
  if (at === null) return goal.kind === 'end' && end === goal.verdict
  const cond = solver.type(at)
  if (goal.kind === 'end') return cond.verdict === goal.verdict
  return cond.atoms.some((atom) => isAtom(atom, goal.stuck.atom))
}

function isAtom(a: Obligation, b: Obligation): boolean {
  return a.ty === b.ty && a.trait === b.trait
}

/** A full derivation, `yes` included. */
export interface DerivationNode {
  readonly text: string
  readonly detail: string | null
  readonly verdict: Answer
  /** What the verdict is about; null where the line is what decided the one above it. */
  readonly about: Obligation | null
  /** How it follows from the line above; null for the topmost one and where the type as written shows it. */
  readonly via: Step['via'] | null
  readonly place: Place | null
  readonly children: readonly DerivationNode[]
  /** What was left out here: shown elsewhere in the tree, or the tree is too large. */
  readonly cut: 'shown above' | 'too large' | null
}

/** Everything that the verdict of a definition rests on, as a tree in source order. */
export function derivationTree(solver: Solver, def: DefId, trait: AutoTrait): DerivationNode {
  const { oracle } = solver
  const at = definitionItself(solver, def, trait)
  const budget = { left: TREE_FUEL }
  const verdict = solver.cond(def, trait).verdict
  const place = oracle.adt(def)?.place ?? null
  const seen = new Set([obligationKey(at.ty, trait)])
  const children = childNodes(solver, at, seen, budget, 0)
  return {
    text: `${renderType(oracle, at.ty)}: ${trait}`,
    detail: null,
    verdict,
    about: at,
    via: null,
    place,
    children,
    cut: null,
  }
}

interface Budget {
  left: number
}

function childNodes(solver: Solver, at: Obligation, seen: Set<string>, budget: Budget, depth: number): readonly DerivationNode[] {
  return edgesOf(solver, at).map((edge) => edgeNode(solver, edge, seen, budget, depth))
}

function edgeNode(solver: Solver, edge: Edge, seen: Set<string>, budget: Budget, depth: number): DerivationNode {
  const [step] = edge.steps
  if (edge.kind === 'end') {
    return {
      text: step?.text ?? '',
      detail: step?.detail ?? null,
      verdict: edge.verdict,
      about: null,
      via: step?.via ?? null,
      place: step?.place ?? null,
      children: [],
      cut: null,
    }
  }
  const { obligation } = edge
  const key = obligationKey(obligation.ty, obligation.trait)
  const cut = seen.has(key) ? 'shown above' : budget.left-- <= 0 || depth > TREE_DEPTH ? 'too large' : null
  seen.add(key)
  return {
    text: step?.text ?? `${renderType(solver.oracle, obligation.ty)}: ${obligation.trait}`,
    detail: step?.detail ?? null,
    verdict: solver.type(obligation).verdict,
    about: obligation,
    via: step?.via ?? null,
    place: step?.place ?? null,
    children: cut === null ? childNodes(solver, obligation, seen, budget, depth + 1) : [],
    cut,
  }
}
