import { type Database, query } from '../query/database.ts'
import { crateOfId, STD_CRATE } from '../resolve/ids.ts'
import { lowerType } from '../resolve/lowering.ts'
import { signature } from '../resolve/signature.ts'
import { type BodyFacts, childFacts, type Fact, factsOf } from '../syntax/body.ts'
import type { Param } from '../syntax/summary.ts'
import { calleesOf } from './attaching.ts'
import { functionKey, newScope } from './body-scopes.ts'
import { type FunctionRef, functionsAt } from './callees.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { codePositions } from './code-texts.ts'
import { droppedParam, droppedProblem } from './dropped-params.ts'
import { type BodyScope, typeOfExpression, typeScopeOf } from './expression-types.ts'
import { loudFunctions } from './loud.ts'
import { type Problem, placeText } from './problems.ts'
import { callProblem, type Finding } from './python-calls.ts'
import { needsPyo3 } from './python-crates.ts'
import { type Reach, reachOf, worst } from './python-types.ts'
import { PLAIN_RESULTS } from './python-words.ts'
import { otherObject } from './two-instances.ts'

/** What is known of the values in a body while it is judged. */
export interface Taint {
  readonly scope: BodyScope
  /** Generic parameters count as free: whoever calls the function is asked what it gives for them. */
  readonly open: boolean
  /** Names of parameters and locals that hold Python objects, a token of the interpreter, or values of unknown types. */
  readonly names: Set<string>
  /** Methods of the object that are judged on their own. */
  readonly quiet: ReadonlySet<string>
  /** Functions of the workspace that the body calls, to be judged after it. */
  readonly callees: Map<string, FunctionRef>
}

/** Functions that one body may lead to before that counts as not known. */
const MAX_CALLEES = 400

/**
 * Whether a body that is to run under the lock may run Python code, and where: another thread that waits for the lock while it
 * is attached, or the same thread coming back, would then wait for ever. Closed forms only: what is not known to be quiet is not.
 * Functions of the workspace that it calls are judged by their own bodies.
 * @param quiet names of methods of the class that move too, and so are judged on their own
 */
export function pythonProblem(source: ClassSource, method: MethodSource, quiet: ReadonlySet<string>): Problem | null {
  const { db } = source.view
  const dropped = droppedParam(scopeOfMethod(source, method), method.self.startsWith('guard'), false)
  if (dropped) {
    const at = placeText(db, method.impl.file, method.start + dropped.span.start)
    return droppedProblem(scopeOfMethod(source, method), dropped, at, `\`${method.name}\` would drop under the lock`)
  }
  const found = innermost(method.facts, loudFacts(source, method, quiet))
  if (!found) return null
  const start = method.facts.facts[found.index]?.span.start ?? 0
  const at = placeText(db, method.impl.file, method.body.start + start)
  return { reason: found.reason, detail: `${at}: \`${method.name}\` ${found.clause}` }
}

/** The first finding, or what comes before it in a chain of calls: what a value is that is not known there. */
function innermost(body: BodyFacts, all: readonly LoudFact[]): LoudFact | undefined {
  const [first] = all
  let found = first
  for (let at = first?.index ?? -1; at >= 0; ) {
    at = /^(?:method|try|paren|field)$/.test(body.facts[at]?.kind ?? '') ? at + 1 : -1
    found = all.find((it) => it.index === at) ?? found
  }
  return found
}

/** A part of a body that may run Python code. */
export interface LoudFact extends Finding {
  /** Index in the method's facts. */
  readonly index: number
}

/** All parts of a body that may run Python code, by themselves or through functions of the workspace, in source order. */
export function loudFacts(source: ClassSource, method: MethodSource, quiet: ReadonlySet<string>): readonly LoudFact[] {
  return loudFactsIn(scopeOfMethod(source, method), quiet)
}

/** The same for any body. */
export function loudFactsIn(scope: BodyScope, quiet: ReadonlySet<string>): readonly LoudFact[] {
  const { db } = scope
  const taint = taintOf(scope, quiet, false)
  return scope.body.facts.flatMap((fact, index) => {
    taint.callees.clear()
    const found = callProblem(taint, index, fact)
    if (found) return [{ index, ...found }]
    const callee = calleeProblem(db, taint.callees)
    return callee ? [{ index, reason: callee.reason, clause: `leads to ${callee.detail}` }] : []
  })
}

/** A method's body, for questions about the types of its expressions. */
export function scopeOfMethod(source: ClassSource, method: MethodSource): BodyScope {
  const { impl, selfName, facts, body } = method
  const text = impl.text.slice(body.start, body.end)
  const fn = { ...method.fn, params: method.fn.params.map((it, i) => lent(it, i === otherObject(source, method)?.index)) }
  return { db: source.view.db, owner: impl.module, fn, body: facts, text, selfName, types: new Map() }
}

/** The `PyRef` of another object stays with the method that locks; the body that moves is lent what is in it. */
function lent(param: Param, isOther: boolean): Param {
  const { type } = param
  const inner = type.kind === 'path' && isOther ? type.path.segments.at(-1)?.args?.args[0] : undefined
  return inner ? { ...param, type: { kind: 'ref', mut: false, inner, span: type.span } } : param
}

/** The first problem in functions that a body calls, directly or not. */
function calleeProblem(db: Database, callees: ReadonlyMap<string, FunctionRef>): Problem | null {
  const seen = new Set(callees.keys())
  for (const key of seen) {
    if (seen.size > MAX_CALLEES) return { reason: 'calls-unknown', detail: 'too many functions are called' }
    const verdict = functionVerdict(db, key)
    if (verdict.problem) return verdict.problem
    for (const next of verdict.callees) seen.add(next)
  }
  return null
}

interface Verdict {
  readonly problem: Problem | null
  readonly callees: readonly string[]
}

/** What a function does by itself, its parameters being whatever their types allow. */
const functionVerdict = query<string, Verdict>('runsPython', (db, key) => {
  const scope = newScope(db, key)
  if (scope === 'none') return { problem: null, callees: [] }
  if (scope === 'unreadable') {
    const name = key.split('/fn ').at(-1) ?? key
    return { problem: { reason: 'calls-unknown', detail: `\`${name}\` cannot be read in full` }, callees: [] }
  }
  const { fn, owner } = scope
  const code = owner.origin.expansion ?? owner.origin.file
  const position = codePositions(db, code)?.items.get(fn.key)
  const at = (offset: number): string => placeText(db, code, offset)
  const dropped = droppedParam(scope, false, true)
  if (dropped) {
    const place = at((position?.start ?? 0) + dropped.span.start)
    return { problem: droppedProblem(scope, dropped, place, `\`${fn.name}\` takes and may drop`), callees: [] }
  }
  const taint = taintOf(scope, new Set(), true)
  const found = judge(taint)
  const problem = found && {
    reason: found.reason,
    detail: `${at((position?.body?.start ?? 0) + found.at)}: \`${fn.name}\` ${found.clause}`,
  }
  return { problem, callees: [...taint.callees.keys()] }
})

function taintOf(scope: BodyScope, quiet: ReadonlySet<string>, open: boolean): Taint {
  const taint: Taint = { scope, open, names: taintedParams(scope, open), quiet, callees: new Map() }
  spread(taint)
  return taint
}

function judge(taint: Taint): (Finding & { readonly at: number }) | null {
  for (const [index, fact] of taint.scope.body.facts.entries()) {
    const found = callProblem(taint, index, fact)
    if (found) return { ...found, at: fact.span.start }
  }
  return null
}

/** Adds functions to those that have to be judged. */
export function judgeLater(taint: Taint, functions: readonly FunctionRef[]): void {
  for (const each of functions) taint.callees.set(functionKey(each), each)
}

/** The crate that a body stands in. */
export function crateOfBody({ scope }: Taint): string {
  return crateOfId(scope.owner.module)
}

/** The reach of each field's type. */
export function fieldReach(source: ClassSource): ReadonlyMap<string, Reach> {
  const { db } = source.view
  const found = new Map<string, Reach>()
  for (const field of signature(db, source.cls.id)?.fields ?? [])
    found.set(field.name, worst([found.get(field.name) ?? 'free', reachOf(db, field.ty)]))
  return found
}

function taintedParams(scope: BodyScope, open: boolean): Set<string> {
  const { db, fn } = scope
  const types = typeScopeOf(scope)
  const names = fn.params.filter((it) => reachOf(db, lowerType(db, types, it.type), open) !== 'free')
  return new Set(
    names.flatMap((it) => it.pattern.match(/\b[a-z_]\w*/g)?.filter((word) => word !== 'mut' && word !== 'ref') ?? []),
  )
}

/** Lets bindings take over what they are bound to, until nothing new is found. */
function spread(taint: Taint): void {
  const { body } = taint.scope
  for (let fuel = 8, size = -1; fuel > 0 && size !== taint.names.size; fuel--) {
    size = taint.names.size
    for (const [index, fact] of body.facts.entries()) {
      if (!('bindings' in fact) || fact.bindings.length === 0) continue
      if (fact.kind === 'closure' && body.facts[fact.parent]?.kind === 'call') {
        if (calledWithPython(taint, fact.parent, index)) for (const { name } of fact.bindings) taint.names.add(name)
        continue
      }
      const from = sourceOfBinding(body, index, fact)
      if (!isTainted(taint, from) && !(bindsError(body, fact) && mayBePyErr(taint, from))) continue
      for (const { name } of fact.bindings) taint.names.add(name)
    }
    for (const { index } of factsOf(body, 'method')) {
      // What an object was pushed into holds it.
      const receiver = index + 1
      const into = body.facts[receiver]
      if (
        into?.kind === 'path' &&
        into.text !== taint.scope.selfName &&
        into.text !== 'self' &&
        childFacts(body, index).some((it) => it !== receiver && isTainted(taint, it))
      )
        taint.names.add(into.text)
    }
  }
}

/** Whether a function may call a closure with something of Python's: it is given some, or says in the closure's bound that it does. */
function calledWithPython(taint: Taint, call: number, closure: number): boolean {
  const { body } = taint.scope
  const fact = body.facts[call]
  const [, ...args] = childFacts(body, call)
  if (args.some((it) => it !== closure && isTainted(taint, it))) return true
  const found = fact?.kind === 'call' && fact.path !== null ? functionsAt(taint.scope, fact.path) : null
  if (found?.kind === 'foreign') return found.crate !== STD_CRATE && needsPyo3(taint.scope.db, found.crate)
  if (found?.kind !== 'functions') return true
  return found.functions.some(({ fn }) => /"(?:Py\w*|Bound\w*|Borrowed)"/.test(JSON.stringify([fn.generics.where, fn.params])))
}

/** Whether a pattern or closure takes hold of an error. */
function bindsError(body: BodyFacts, fact: Fact): boolean {
  if ('pattern' in fact) return /\bErr\s*\(/.test(fact.pattern)
  const parent = body.facts[fact.parent]
  return parent?.kind === 'method' && /^(?:map_err|unwrap_or_else|or_else|inspect_err|map_or_else)$/.test(parent.name)
}

/** Whether an expression calls a function of the crate whose error is a `PyErr`, which attaches when it is formatted. */
function mayBePyErr(taint: Taint, index: number): boolean {
  const { db, body } = taint.scope
  const { pyResults } = loudFunctions(db, crateOfBody(taint))
  const end = body.facts[index]?.after ?? 0
  return body.facts.slice(Math.max(0, index), end).some((it) => {
    const name = it.kind === 'method' ? it.name : it.kind === 'call' ? it.path?.split('::').at(-1) : undefined
    return name !== undefined && pyResults.has(name)
  })
}

/** Index of the expression that a pattern is matched against, -1 if there is none. */
function sourceOfBinding(body: BodyFacts, index: number, fact: Fact): number {
  if (fact.kind === 'arm' || fact.kind === 'closure') {
    const parent = body.facts[fact.parent]
    // The parameters of a closure come from what the method is called on.
    return parent?.kind === 'match' || parent?.kind === 'method' ? fact.parent + 1 : -1
  }
  return childFacts(body, index, 'value')[0] ?? -1
}

/** Whether the value of an expression may hold something of Python's: by its type where that is known, else by its parts. */
export function isTainted(taint: Taint, index: number): boolean {
  const { db, body } = taint.scope
  const fact = body.facts[index]
  if (!fact) return false
  const type = typeOfExpression(taint.scope, index)
  if (type) return reachOf(db, type, taint.open) !== 'free'
  switch (fact.kind) {
    case 'path':
      return taint.names.has(fact.text)
    case 'method':
      if (PLAIN_RESULTS.has(fact.name)) return false
      if (givesPython(taint, calleesOf(taint.scope, index, fact))) return true
      break
    case 'call':
      if (givesPython(taint, calleesOf(taint.scope, index, fact))) return true
      break
    case 'literal':
    case 'binary':
    case 'assign':
      return false
    default:
      break
  }
  return childFacts(body, index).some((it) => isTainted(taint, it))
}

/** Whether one of the functions that a call may mean gives something of Python's. */
function givesPython(taint: Taint, functions: readonly FunctionRef[]): boolean {
  const { db } = taint.scope
  return functions.some((it) => it.fn.ret !== null && reachOf(db, lowerType(db, typeScopeOf(it), it.fn.ret), true) === 'python')
}
