import { type Cursor, type Edition, word } from './cursor.ts'
import type { Rule, Step } from './definition.ts'
import { mayBegin, parseFragment } from './fragments.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Fragment, Tok } from './tokens.ts'

/** A captured fragment: `toks[from..to]`, less `skip` characters of its first and all but `keep` of a last operator. */
export interface Capture {
  readonly fragment: Fragment
  readonly toks: readonly Tok[]
  readonly from: number
  readonly to: number
  readonly skip: number
  /** Characters of `toks[to]` that belong to the capture, of an operator that was split; mostly 0. */
  readonly keep: number
}

/** What a variable is bound to: one fragment, or one binding for each round of the repetition around it. */
export type Binding = { readonly kind: 'one'; readonly capture: Capture } | { readonly kind: 'many'; readonly rounds: Binding[] }

export type Bindings = ReadonlyMap<string, Binding>

/** Counted down by every step; at 0 the expansion is refused. */
export interface Fuel {
  left: number
}

/** A place in the matcher, with what was captured on the way there, last first. */
interface Thread {
  readonly step: number
  readonly log: Log | null
}

type Log = { readonly before: Log | null } & (
  | { readonly kind: 'enter'; readonly first: number; readonly count: number; readonly depth: number }
  | { readonly kind: 'capture'; readonly variable: number; readonly depth: number; readonly capture: Capture }
)

/**
 * Runs one rule's matcher over the arguments as rustc does (`macro_parser.rs`): all threads side by side, a fragment is
 * parsed only if it is the one way to go on. null: the rule does not match and the next one is tried; a refusal ends it.
 */
export function matchRule(rule: Rule, toks: readonly Tok[], edition: Edition, fuel: Fuel): Bindings | Refusal | null {
  const c: Cursor = { toks, at: 0, sub: 0, depth: 0, edition }
  let threads: Thread[] = [{ step: 0, log: null }]
  for (;;) {
    const round = runRound(rule, threads, c, fuel)
    if (round === null) return refuse('fuel', 'too many steps in a matcher')
    if (c.at >= toks.length) {
      const [done, ...others] = round.ended
      if (done === undefined) return null
      return others.length > 0 ? refuse('ambiguous', 'the end of the input matches in two ways') : bind(rule, done.log)
    }
    const [waiting, ...others] = round.waiting
    if (waiting === undefined) {
      if (round.next.length === 0) return null
      threads = round.next
      c.at++
      c.sub = 0
    } else {
      if (others.length > 0 || round.next.length > 0) return refuse('ambiguous', 'two ways to go on at a fragment')
      const thread = capture(rule, waiting, c)
      if (thread === null) return refuse('parse-error', 'a captured fragment could not be read')
      threads = [thread]
    }
  }
}

interface Round {
  /** Threads that a token moved on. */
  readonly next: Thread[]
  /** Threads at a fragment that may begin here. */
  readonly waiting: Thread[]
  readonly ended: Thread[]
}

/** Follows every thread to where it needs the current token; null if fuel ran out. */
function runRound(rule: Rule, threads: readonly Thread[], c: Cursor, fuel: Fuel): Round | null {
  const round: Round = { next: [], waiting: [], ended: [] }
  const current = [...threads]
  for (let thread = current.pop(); thread !== undefined; thread = current.pop()) {
    if (fuel.left-- <= 0) return null
    const step = rule.steps[thread.step]
    if (step !== undefined) advance(step, thread, c, current, round)
  }
  return round
}

function advance(step: Step, thread: Thread, c: Cursor, current: Thread[], round: Round): void {
  const to = (target: number, log = thread.log): Thread => ({ step: target, log })
  switch (step.kind) {
    case 'token':
      if (sameToken(step.tok, c)) round.next.push(to(thread.step + 1))
      return
    case 'enter': {
      const log: Log = { before: thread.log, kind: 'enter', first: step.first, count: step.count, depth: step.depth }
      if (step.op !== '+') current.push(to(step.after, log))
      current.push(to(thread.step + 1, log))
      return
    }
    case 'again':
      current.push(to(thread.step + 1))
      if (step.op !== '?') current.push(to(step.body))
      return
    case 'separator':
      current.push(to(thread.step + 2))
      if (sameToken(step.tok, c)) round.next.push(to(thread.step + 1))
      return
    case 'repeat':
      current.push(to(step.body))
      return
    case 'capture':
      if (mayBegin(step.fragment, c)) round.waiting.push(thread)
      return
    case 'end':
      if (c.at >= c.toks.length) round.ended.push(thread)
  }
}

/** Whether the current token is the matcher's `wanted`. Captured fragments equal no token. */
function sameToken(wanted: Tok, c: Cursor): boolean {
  const tok = c.toks[c.at]
  if (tok === undefined || tok.kind !== wanted.kind || tok.fragment !== null || wanted.fragment !== null) return false
  return (tok.kind === 'open' || tok.kind === 'close' ? tok.text : word(c)) === wanted.text
}

function capture(rule: Rule, thread: Thread, c: Cursor): Thread | null {
  const step = rule.steps[thread.step]
  if (step?.kind !== 'capture') return null
  const [from, skip] = [c.at, c.sub]
  if (!parseFragment(step.fragment, c)) return null
  const captured: Capture = { fragment: step.fragment, toks: c.toks, from, to: c.at, skip, keep: c.sub }
  return {
    step: thread.step + 1,
    log: { before: thread.log, kind: 'capture', variable: step.variable, depth: step.depth, capture: captured },
  }
}

/** Replays what a thread captured into bindings. */
function bind(rule: Rule, last: Log | null): Bindings {
  const events: Log[] = []
  for (let log = last; log !== null; log = log.before) events.push(log)
  const slots: Binding[] = []
  for (const event of events.reverse()) {
    if (event.kind === 'capture') put(slots, event.variable, event.depth, { kind: 'one', capture: event.capture })
    else for (let i = 0; i < event.count; i++) put(slots, event.first + i, event.depth, { kind: 'many', rounds: [] })
  }
  return new Map(rule.variables.flatMap((name, index) => (slots[index] === undefined ? [] : [[name, slots[index]] as const])))
}

function put(slots: Binding[], variable: number, depth: number, binding: Binding): void {
  if (depth === 0) {
    slots[variable] = binding
    return
  }
  let slot = slots[variable]
  for (let level = 1; level < depth; level++) slot = slot?.kind === 'many' ? slot.rounds.at(-1) : slot
  if (slot?.kind === 'many') slot.rounds.push(binding)
}
