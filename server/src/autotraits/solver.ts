import type { DefId } from '../resolve/defs.ts'
import { type ParamEnv, paramEnv } from './bounds.ts'
import type { AutoTrait, Obligation, TypeOracle } from './oracle.ts'
import { type Reducer, reduce, reduceObligation } from './reduce.ts'
import { type Alternative, type Shape, type Sources, shapeOf, undecided } from './shape.ts'
import { type Cond, conjunction, sameCond, sameNeeds, YES } from './verdict.ts'

/** Definitions looked at for one answer; more ends as `unknown`. */
const MAX_NODES = 50_000

/** How often a definition may be looked at again on average before its component is given up. */
const ROUNDS_PER_NODE = 32

/** What the surroundings of the solver provide besides the oracle. */
export interface SolverHooks {
  /** A finished condition from outside (another crate's memo); null to solve the definition here. */
  readonly published?: (def: DefId, trait: AutoTrait) => Cond | null
  /** Called once for each definition that is looked at for the first time. */
  readonly visited?: (def: DefId, trait: AutoTrait) => void
}

/**
 * Answers for one question (a definition or a type) with everything that it leads to. Verdicts are reachability over
 * conjunctions, so a worklist that starts every definition at `yes` and only lets it grow finds the least fixpoint:
 * no provisional answers, and recursion of any form ends because atoms are finite.
 */
export interface Solver {
  readonly oracle: TypeOracle
  readonly reducer: Reducer
  /** What a definition needs of its own parameters. `structure`: as if it had no explicit impls itself. */
  cond(def: DefId, trait: AutoTrait, sources?: Sources): Cond
  /** The verdict of a type; parameters in it stay atoms, those with declared bounds excepted. */
  type(obligation: Obligation): Cond
  shape(def: DefId, trait: AutoTrait): Shape
}

interface Node {
  readonly def: DefId
  readonly trait: AutoTrait
  readonly shape: Shape
  readonly index: number
  readonly readers: Set<Node>
  cond: Cond
  pending: boolean
  settled: boolean
}

/** Makes a solver. It remembers what it solved, so it must not outlive the revision it was made in. */
export function createSolver(oracle: TypeOracle, hooks: SolverHooks = {}): Solver {
  const nodes = new Map<string, Node>()
  const order: Node[] = []
  const environments = new Map<DefId, ParamEnv>()
  const publishedShapes = new Map<string, Shape>()
  let reader: Node | null = null
  let highest = -1

  const reducer: Reducer = {
    oracle,
    env(owner) {
      let env = environments.get(owner)
      if (!env) {
        env = paramEnv(oracle, owner)
        environments.set(owner, env)
      }
      return env
    },
    shape(def, trait) {
      const key = `${def}|${trait}`
      let shape = nodes.get(key)?.shape ?? publishedShapes.get(key)
      if (!shape) {
        shape = shapeOf(oracle, def, trait)
        publishedShapes.set(key, shape)
      }
      return shape
    },
    cond(def, trait) {
      const known = nodes.get(`${def}|${trait}`) ?? null
      if (known === null) {
        const published = hooks.published?.(def, trait) ?? null
        if (published) return published
      }
      const node = known ?? discover(def, trait)
      if (reader && !node.settled) node.readers.add(reader)
      return node.cond
    },
  }

  function discover(def: DefId, trait: AutoTrait): Node {
    const shape = reducer.shape(def, trait)
    const node: Node = { def, trait, shape, index: order.length, readers: new Set(), cond: YES, pending: true, settled: false }
    nodes.set(`${def}|${trait}`, node)
    order.push(node)
    highest = Math.max(highest, node.index)
    hooks.visited?.(def, trait)
    return node
  }

  /** Runs pending nodes, last discovered first, until nothing grows. */
  function settle(): void {
    const first = order.findIndex((node) => !node.settled)
    if (first < 0) return
    for (let runs = 0; ; runs++) {
      while (highest >= 0 && !order[highest]?.pending) highest--
      const node = order[highest]
      if (!node) break
      node.pending = false
      if (order.length > MAX_NODES || runs > 1000 + ROUNDS_PER_NODE * order.length) {
        giveUp(node)
        continue
      }
      const next = evaluate(node)
      if (sameCond(next, node.cond)) continue
      node.cond = next
      wakeReaders(node)
    }
    for (let i = first; i < order.length; i++) {
      const node = order[i]
      if (node) node.settled = true
    }
  }

  function wakeReaders(node: Node): void {
    for (const other of node.readers) {
      other.pending = true
      highest = Math.max(highest, other.index)
    }
    node.readers.clear()
  }

  function giveUp(node: Node): void {
    if (node.cond.verdict !== 'yes') return
    node.cond = { ...node.cond, verdict: 'unknown', reason: { code: 'limit', text: 'too many types depend on each other' } }
    wakeReaders(node)
  }

  function evaluate(node: Node): Cond {
    if (node.shape.kind === 'heads') return YES
    reader = node
    const answers = node.shape.alternatives.map((alternative) => alternativeCond(reducer, alternative))
    reader = null
    return join(answers, node.shape.atoms)
  }

  /** Impls for particular arguments say nothing about the type as such, unless it has no parameters. */
  function headsCond(def: DefId, trait: AutoTrait): Cond {
    const args = oracle.header(def).params.map((name) => oracle.make({ kind: 'param', owner: def, name }))
    const self = oracle.make({ kind: 'adt', def, args })
    const answer = untilSettled(() => typeCond({ ty: self, trait }))
    if (!answer.atoms.some((atom) => atom.ty === self)) return answer
    return {
      ...answer,
      verdict: 'unknown',
      reason: { code: 'impl-head', text: `${trait} is implemented for particular arguments only` },
    }
  }

  function typeCond(obligation: Obligation): Cond {
    const into = conjunction()
    reduceObligation(reducer, obligation, new Set(), into)
    return into.result()
  }

  return {
    oracle,
    reducer,
    shape: reducer.shape,
    cond(def, trait, sources = 'all') {
      if (sources === 'structure') {
        const shape = shapeOf(oracle, def, trait, 'structure')
        if (shape.kind === 'heads') return YES
        return untilSettled(() =>
          join(
            shape.alternatives.map((alternative) => alternativeCond(reducer, alternative)),
            shape.atoms,
          ),
        )
      }
      if (reducer.shape(def, trait).kind === 'heads') return headsCond(def, trait)
      return untilSettled(() => reducer.cond(def, trait))
    },
    type: (obligation) => untilSettled(() => typeCond(obligation)),
  }

  /** Asks, solves the definitions that the question discovered, and asks again until there are no new ones. */
  function untilSettled(ask: () => Cond): Cond {
    for (;;) {
      const before = order.length
      const answer = ask()
      if (order.length === before) return answer
      settle()
    }
  }
}

function alternativeCond(reducer: Reducer, alternative: Alternative): Cond {
  const into = conjunction()
  if (alternative.verdict === 'no') into.no()
  if (alternative.reason) into.unknown(alternative.reason)
  reduce(reducer, alternative.parts, into)
  return into.result()
}

/** One answer for all worlds of undecided `cfg`s: theirs if they agree, else `unknown`. */
function join(answers: readonly Cond[], atoms: readonly string[]): Cond {
  const [first] = answers
  if (!first) return YES
  if (answers.every((answer) => answer.verdict === first.verdict && sameNeeds(answer, first))) return first
  const all = conjunction()
  all.unknown(undecided(atoms))
  // A need of some worlds only must not turn into a `no`; worlds that are `no` anyway need everything.
  const [least, ...rest] = answers.filter((answer) => answer.verdict !== 'no')
  const inAll = (has: (answer: Cond) => boolean) => rest.every(has)
  for (const atom of least?.atoms ?? []) {
    if (inAll((answer) => answer.atoms.some((other) => other.ty === atom.ty && other.trait === atom.trait)))
      all.atom(atom.ty, atom.trait)
  }
  return all.result()
}
