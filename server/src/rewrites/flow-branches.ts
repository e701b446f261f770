import { type BodyFacts, childFacts } from '../syntax/body.ts'
import { commandsOnly, diverges } from './flow-control.ts'
import { ownedBy } from './flow-owned.ts'
import { insideOf, type State, type Walk } from './flow-types.ts'
import { callingFromFree, canDrop, isInClosure, lendNames, walkBlock } from './flow-walk.ts'
import { isInside } from './narrow-parts.ts'

export function isValued({ facts }: BodyFacts, at: number, valued: boolean): boolean {
  const fact = facts[at]
  return fact?.role === 'tail' ? valued : fact?.kind !== 'statement' || facts[at + 1]?.kind === 'try'
}

/** The `if`, `match`, block or loop that is all of a statement but for its binding, `Ok(…)`, `?` and `return`; -1 if it is no such. */
export function controlOf({ facts }: Walk, statement: number): number {
  let at = statement
  for (let fuel = 16; fuel > 0; fuel--) {
    const fact = facts.facts[at]
    const children = childFacts(facts, at)
    if (!fact) return -1
    if (/^(?:if|match|block|loop|while|for)$/.test(fact.kind)) return at
    if (fact.kind === 'call' && /^(?:Ok|Some|Err)$/.test(fact.path ?? '') && children.length === 2) at = children[1] ?? -1
    else if (/^(?:statement|let|paren|try|return)$/.test(fact.kind) && children.length === 1) at = children[0] ?? -1
    else return -1
  }
  return -1
}

export function walkControl(walk: Walk, node: number, state: State, valued: boolean): State | null {
  const { facts } = walk
  const fact = facts.facts[node]
  switch (fact?.kind) {
    case 'block':
      return fact.flavor === 'plain' || fact.flavor === 'unsafe' ? walkBlock(walk, node, state, valued) : null
    case 'if': {
      const [head = -1] = childFacts(facts, node, 'condition')
      if (!isQuietHead(walk, head, state)) return null
      const branches = [...childFacts(facts, node, 'then'), ...childFacts(facts, node, 'else')]
      const states = branches.map((it, i) => walkBranch(walk, it, state, valued, i === 0 ? head : -1))
      return joined(branches.length === 1 ? [...states, state] : states)
    }
    case 'match': {
      const [head = -1] = childFacts(facts, node, 'value')
      const arms = childFacts(facts, node, 'arm')
      if (!isQuietHead(walk, head, state)) return null
      if (arms.some((it) => childFacts(facts, it, 'guard').some((guard) => !isQuietHead(walk, guard, state)))) return null
      return joined(
        arms.map((it) => {
          const outer = walk.lent
          const arm = facts.facts[it]
          if (arm && state === 'held') lendNames(walk, arm, head)
          const found = walkBranch(walk, childFacts(facts, it, 'body')[0] ?? -1, state, valued, -1)
          walk.lent = outer
          return found
        }),
      )
    }
    case 'loop':
    case 'while':
    case 'for':
      return state === 'free' ? freeLoop(walk, node) : state === 'held' ? heldLoop(walk, node) : null
    default:
      return null
  }
}

/** What is decided on is read under the lock, or has nothing to do with the object. */
function isQuietHead(walk: Walk, head: number, state: State): boolean {
  const { loud, uses } = insideOf(walk, head)
  if (walk.calls.some((it) => isInside(walk.facts, it, head))) return false
  return state === 'free' ? uses.length === 0 : loud.length === 0
}

function walkBranch(walk: Walk, index: number, state: State, valued: boolean, head: number): State | null {
  const { facts } = walk
  const outer = walk.lent
  if (state === 'held' && head >= 0)
    for (const fact of facts.facts.slice(head, facts.facts[head]?.after))
      if (fact.kind === 'let-condition') lendNames(walk, fact, childFacts(facts, facts.facts.indexOf(fact), 'value')[0] ?? -1)
  const kind = facts.facts[index]?.kind ?? ''
  const found = /^(?:block|if|match)$/.test(kind) ? walkControl(walk, index, state, valued) : walkArm(walk, index, state, valued)
  walk.lent = outer
  return found
}

/** The expression of an arm. */
function walkArm(walk: Walk, index: number, state: State, valued: boolean): State | null {
  const { facts } = walk
  const { loud, uses, lent } = insideOf(walk, index)
  const calls = walk.calls.filter((it) => isInside(walk.facts, it, index))
  if (calls.length > 0) return state === 'free' ? callingFromFree(walk, index, calls, valued) : null
  const end = (next: State): State => (diverges(facts, index) ? 'gone' : next)
  if (state === 'free' && uses.length === 0) return end('free')
  if (state === 'held' && loud.length > 0 && uses.length === 0 && !lent && canDrop(walk)) {
    walk.steps.push({ kind: 'arm', at: index, valued, drop: true })
    return end('done')
  }
  if (loud.length > 0) return null
  if (valued && (uses.length > 0 || lent) && !ownedBy(walk, index)) return null
  if (state === 'held') {
    if (valued && uses.length > 0) walk.steps.push({ kind: 'arm', at: index, valued, drop: false })
    return end('held')
  }
  if (state !== 'free' || uses.length !== 1 || isInClosure(facts, uses[0] ?? -1, index)) return null
  walk.steps.push({ kind: 'inline', at: index, use: uses[0] ?? -1 }, { kind: 'arm', at: index, valued, drop: false })
  return end('done')
}

/** A loop of which every turn takes the lock once, to do something to the object: as if Python had called for each of its values. */
function freeLoop(walk: Walk, node: number): State | null {
  const { facts, loop } = walk
  const [body = -1] = childFacts(facts, node, 'body')
  const heads = childFacts(facts, node).filter((it) => it !== body)
  if (!heads.every((it) => isQuietHead(walk, it, 'free')) || !commandsOnly(walk, node)) return null
  walk.loop = node
  const state = walkBlock(walk, body, 'free', false)
  walk.loop = loop
  return state === null ? null : 'done'
}

/** A loop under the lock, which only what leaves it gives back. */
function heldLoop(walk: Walk, node: number): State | null {
  const { facts, heldLoop: outer } = walk
  const [body = -1] = childFacts(facts, node, 'body')
  const heads = childFacts(facts, node).filter((it) => it !== body)
  const quiet = heads.every(
    (it) => isQuietHead(walk, it, 'held') && (facts.facts[node]?.kind !== 'for' || isQuietHead(walk, it, 'free')),
  )
  if (!quiet) return null
  walk.heldLoop = true
  const state = walkBlock(walk, body, 'held', false)
  walk.heldLoop = outer
  if (state !== 'held' && state !== 'gone') return null
  const leaves =
    facts.facts[node]?.kind !== 'loop' || facts.facts.some((it, i) => it.kind === 'break' && isInside(facts, i, node))
  return leaves ? 'held' : 'gone'
}

/** What is so after ways have met again. */
function joined(states: readonly (State | null)[]): State | null {
  if (states.includes(null)) return null
  const left = [...new Set(states.filter((it) => it !== 'gone'))]
  const [only = 'gone'] = left
  if (left.length <= 1) return only
  return left.includes('held') || left.includes('mixed') ? 'mixed' : 'done'
}
