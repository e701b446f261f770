import { type BodyFacts, childFacts, type Fact } from '../syntax/body.ts'
import { controlOf, isValued, walkControl } from './flow-branches.ts'
import { diverges, laterUses } from './flow-control.ts'
import { lentBy, ownedBy } from './flow-owned.ts'
import { type Inside, insideOf, type State, type Walk } from './flow-types.ts'
import { isInside, nameFor, replacedBy, takenValue, valueName, valuesBefore } from './narrow-parts.ts'
import { hasToken } from './tokens.ts'

export function walkBlock(walk: Walk, block: number, from: State, valued: boolean): State | null {
  const outer = walk.lent
  let state: State = from
  for (const statement of childFacts(walk.facts, block)) {
    // What is never reached keeps its `self`.
    if (state === 'gone' && insideOf(walk, statement).uses.length > 0) return null
    if (state === 'gone') break
    const next = walkStatement(walk, statement, state, valued)
    if (next === null) return null
    state = next
  }
  walk.lent = outer
  // A guard that was taken in the block goes with it.
  return from === 'free' && (state === 'held' || state === 'mixed') ? 'done' : state
}

function walkStatement(walk: Walk, at: number, state: State, valued: boolean): State | null {
  const inside = insideOf(walk, at)
  const end = (next: State): State => (diverges(walk.facts, at) ? 'gone' : next)
  const calls = walk.calls.filter((it) => isInside(walk.facts, it, at))
  if (calls.length > 0) return state === 'free' ? callingFromFree(walk, at, calls, valued) : null
  if (state === 'free') return inside.uses.length === 0 ? end('free') : fromFree(walk, at, inside, valued)
  if (state === 'held') return fromHeld(walk, at, inside, valued)
  if (inside.uses.length > 0 || inside.lent) return null
  if (state === 'mixed' && inside.loud.length > 0) return null
  const jumps =
    walk.heldLoop && walk.facts.facts.some((it, i) => /^(?:break|continue)$/.test(it.kind) && isInside(walk.facts, i, at))
  return jumps ? null : end(state)
}

/** A statement that calls what locks for itself: nothing else of the object may be used on the way. */
export function callingFromFree(walk: Walk, at: number, calls: readonly number[], valued: boolean): State | null {
  const { facts, uses } = walk
  const [call = -1, ...more] = calls
  const plain = more.length === 0 && !uses.some((it) => isInside(facts, it, at)) && !isInClosure(facts, call, at)
  if (plain && laterUses(walk, at).length === 0) return diverges(facts, at) ? 'gone' : 'done'
  const node = controlOf(walk, at)
  return node < 0 ? null : walkControl(walk, node, 'free', isValued(facts, at, valued))
}

/** A statement that uses the object, before which the lock is not held. */
function fromFree(walk: Walk, at: number, inside: Inside, valued: boolean): State | null {
  const { facts } = walk
  const single = laterUses(walk, at).length === 0
  if (inside.loud.length === 0) return quietFromFree(walk, at, single, valued)
  const saved = { steps: [...walk.steps], lent: walk.lent }
  const node = controlOf(walk, at)
  if (node >= 0) {
    const found = walkControl(walk, node, 'free', isValued(facts, at, valued))
    if (found !== null) return found
    walk.steps = saved.steps
    walk.lent = saved.lent
  }
  const values = valuesBefore(facts, at, walk.uses)
  const replaced = single && inside.uses.length === 1 ? replacedBy(facts, at, inside.uses, inside.loud) : null
  const others = inside.loud.filter((it) => it.index !== replaced)
  if (values && others.every(({ index }) => values.some((it) => isInside(facts, index, it)))) {
    for (const index of values)
      if (others.some((it) => isInside(facts, it.index, index)))
        walk.steps.push({ kind: 'before', at, index, name: walk.fresh(valueName(facts, at), at) })
    if (replaced === null) return quietFromFree(walk, at, single, valued)
    walk.steps.push({ kind: 'inline', at, use: inside.uses[0] ?? -1 })
    walk.steps.push({ kind: 'old', at, name: walk.fresh('_old', at), value: null })
    return 'done'
  }
  const taken = single && inside.uses.length === 1 ? takenIn(walk, at, inside, true) : null
  if (taken !== null) return taken
  walk.steps.push({ kind: 'lock', at })
  return fromHeld(walk, at, inside, valued)
}

function quietFromFree(walk: Walk, at: number, single: boolean, valued: boolean): State | null {
  const { facts, method } = walk
  const [use = -1, ...more] = walk.uses.filter((it) => isInside(facts, it, at))
  const fact = facts.facts[at]
  const span = fact?.span ?? { start: 0, end: 0 }
  const text = method.impl.text.slice(method.body.start + span.start, method.body.start + span.end)
  const short = more.length === 0 && text.length <= 44 && !text.includes('\n') && !isInClosure(facts, use, at)
  const keeps = fact?.kind === 'let' ? !ownedBy(walk, childFacts(facts, at, 'value')[0] ?? -1) : false
  const isTail = fact?.role === 'tail'
  if (!single || !short || keeps || walk.steps.some((it) => it.kind === 'before' && it.at === at && it.index > use && isTail)) {
    walk.steps.push({ kind: 'lock', at })
    return fromHeld(walk, at, { loud: [], uses: [use, ...more], lent: false }, valued)
  }
  if (isTail && valued && !ownedBy(walk, at)) return null
  walk.steps.push({ kind: 'inline', at, use })
  if (isTail) walk.steps.push({ kind: 'result', at, valued })
  return diverges(facts, at) ? 'gone' : 'done'
}

export function isInClosure({ facts }: BodyFacts, index: number, outer: number): boolean {
  for (let at = index; at > outer; at = facts[at]?.parent ?? -1)
    if (/^(?:closure|for|while|loop)$/.test(facts[at]?.kind ?? '')) return true
  return false
}

/** A statement that is reached with the lock held. */
function fromHeld(walk: Walk, at: number, inside: Inside, valued: boolean): State | null {
  const { facts } = walk
  if (inside.loud.length === 0) return quietFromHeld(walk, at, inside, valued)
  if (inside.uses.length === 0 && !inside.lent) {
    if (!canDrop(walk)) return null
    walk.steps.push({ kind: 'drop', at })
    return diverges(facts, at) ? 'gone' : 'done'
  }
  return replacedIn(walk, at, inside) ?? takenIn(walk, at, inside, false) ?? controlFromHeld(walk, at, valued)
}

function quietFromHeld(walk: Walk, at: number, inside: Inside, valued: boolean): State | null {
  const { facts } = walk
  const fact = facts.facts[at]
  if (fact?.kind === 'let') lendNames(walk, fact, childFacts(facts, at, 'value')[0] ?? -1)
  if (fact?.role === 'tail' && (inside.uses.length > 0 || inside.lent)) {
    if (valued && !ownedBy(walk, at)) return null
    if (!leavesNothing(walk, at)) walk.steps.push({ kind: 'result', at, valued })
  }
  return diverges(facts, at) ? 'gone' : 'held'
}

/** Methods of which the result is all that they make. */
const READING = /^(?:clone|len|is_empty|is_some|is_none|max|min|abs|to_string|to_owned|to_vec|copied|cloned)$/

/** Whether the value of a block makes nothing on the way that would go after the guard (Rust reference, "Temporary scopes"). */
function leavesNothing({ facts }: Walk, at: number): boolean {
  return facts.facts.slice(at, facts.facts[at]?.after).every((it) => {
    if (it.kind === 'method') return READING.test(it.name)
    if (it.kind === 'call') return /^(?:Ok|Some|Err)$/.test(it.path ?? '')
    return /^(?:path|field|literal|binary|unary|cast|paren|tuple|borrow)$/.test(it.kind)
  })
}

export function lendNames(walk: Walk, fact: Fact, value: number): void {
  if (!('bindings' in fact) || value < 0) return
  const names = fact.bindings.map((it) => it.name)
  // A name that is bound anew hides the old variable, which is still there.
  const hidden = [...walk.lent].map(([name, free]): [string, boolean] => [names.includes(name) ? `${name}~` : name, free])
  if (ownedBy(walk, value)) {
    walk.lent = new Map(hidden)
    return
  }
  const free = lentBy(walk, value)
  walk.lent = new Map([...hidden, ...names.map((it): [string, boolean] => [it, free])])
}

/** Whether nothing that borrows from the guard has to be dropped after it (E0505). */
export function canDrop({ lent }: Walk): boolean {
  return [...lent.values()].every((it) => it)
}

/** `self.callback = None;` and the like, as the last that is done with the object. */
function replacedIn(walk: Walk, at: number, { loud, uses }: Inside): State | null {
  const { facts } = walk
  const old = replacedBy(facts, at, uses, loud)
  if (old === null || loud.some((it) => it.index !== old) || laterUses(walk, at).length > 0 || !canDrop(walk)) return null
  const value = childFacts(facts, old)[1] ?? -1
  const { uses: asked, lent } = insideOf(walk, value)
  const asks = facts.facts[old]?.kind === 'assign' && (asked.length > 0 || lent)
  walk.steps.push({
    kind: 'old',
    at,
    name: walk.fresh('_old', at),
    value: asks ? walk.fresh(valueName(facts, at), at) : null,
  })
  walk.steps.push({ kind: 'drop-after', at })
  return 'done'
}

/** What a statement needs of the object is fetched before it. */
function takenIn(walk: Walk, at: number, { loud, uses }: Inside, inline: boolean): State | null {
  const { facts, method, lent } = walk
  const problems = loud.map(({ index }) => index)
  const index = takenValue(method, at, uses, problems, (it) => ownedBy(walk, it))
  if (index === null || laterUses(walk, at).length > 0 || !canDrop(walk)) return null
  const span = facts.facts[index]?.span ?? { start: 0, end: 0 }
  const whole = facts.facts[at]?.span ?? span
  const rest = [
    { start: whole.start, end: span.start },
    { start: span.end, end: whole.end },
  ]
  const offset = method.body.start
  if (
    rest.some((it) =>
      [...lent.keys()].some((name) => hasToken(method.impl.text, { start: offset + it.start, end: offset + it.end }, name)),
    )
  )
    return null
  walk.steps.push({ kind: 'value', at, index, name: walk.fresh(nameFor(method, index), at), inline })
  return diverges(facts, at) ? 'gone' : 'done'
}

function controlFromHeld(walk: Walk, at: number, valued: boolean): State | null {
  const node = controlOf(walk, at)
  return node < 0 ? null : walkControl(walk, node, 'held', isValued(walk.facts, at, valued))
}
