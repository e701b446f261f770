import { lowerType } from '../resolve/lowering.ts'
import { signature } from '../resolve/signature.ts'
import { scopeOfMember } from '../resolve/type-scope.ts'
import { type BodyFacts, type Fact, factsOf } from '../syntax/body.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { loudFunctions } from './loud.ts'
import { type Problem, placeText } from './problems.ts'
import { callProblem, type Finding } from './python-calls.ts'
import { holdsForeign, type Reach, reachOf, worst } from './python-types.ts'
import { PLAIN_RESULTS } from './python-words.ts'

/** What is known of the values in a body while it is judged. */
export interface Taint {
  readonly source: ClassSource
  readonly method: MethodSource
  readonly body: BodyFacts
  /** Names of parameters and locals that hold Python objects, a token of the interpreter, or values of unknown types. */
  readonly names: Set<string>
  /** Fields of the class of which that is so. */
  readonly fields: ReadonlyMap<string, Reach>
}

/**
 * Whether a body that is to run under the lock may run Python code, and where: another thread that waits for the lock while it
 * is attached, or the same thread coming back, would then wait for ever. Closed forms only: what is not known to be quiet is not.
 * @param quiet names of methods of the class that move too, and so are judged on their own
 */
export function pythonProblem(source: ClassSource, method: MethodSource, quiet: ReadonlySet<string>): Problem | null {
  const container = containerParam(source, method)
  if (container) return container
  const [found] = loudFacts(source, method, quiet)
  if (!found) return null
  const start = method.facts.facts[found.index]?.span.start ?? 0
  const at = placeText(source.view.db, method.impl.file, method.body.start + start)
  return { reason: found.reason, detail: `${at}: \`${method.name}\` ${found.clause}` }
}

/** A part of a body that may run Python code. */
export interface LoudFact extends Finding {
  /** Index in the method's facts. */
  readonly index: number
}

/** All parts of a body that may run Python code, in source order. */
export function loudFacts(source: ClassSource, method: MethodSource, quiet: ReadonlySet<string>): readonly LoudFact[] {
  const taint: Taint = { source, method, body: method.facts, names: taintedParams(source, method), fields: fieldReach(source) }
  spread(taint)
  return taint.body.facts.flatMap((fact, index) => {
    const found = callProblem(taint, index, fact, quiet)
    return found ? [{ index, ...found }] : []
  })
}

/** The reach of each field's type. */
export function fieldReach(source: ClassSource): ReadonlyMap<string, Reach> {
  const { db } = source.view
  const found = new Map<string, Reach>()
  const { callbacks } = loudFunctions(db, source.cls.crate)
  for (const field of signature(db, source.cls.id)?.fields ?? []) {
    const callback: Reach = callbacks && holdsForeign(db, field.ty) ? 'opaque' : 'free'
    found.set(field.name, worst([found.get(field.name) ?? 'free', reachOf(db, field.ty), callback]))
  }
  return found
}

function taintedParams(source: ClassSource, method: MethodSource): Set<string> {
  const { db } = source.view
  const scope = scopeOfMember(method.impl.module, method.fn)
  const names = method.fn.params.filter((it) => reachOf(db, lowerType(db, scope, it.type)) !== 'free')
  return new Set(names.map((it) => it.pattern.replace(/^mut\s+/, '')))
}

/** A container of Python objects taken by value is dropped with them when the body ends, which the caller may not outlive. */
function containerParam(source: ClassSource, method: MethodSource): Problem | null {
  const { db } = source.view
  const scope = scopeOfMember(method.impl.module, method.fn)
  for (const param of method.self.startsWith('guard') ? method.fn.params.slice(1) : method.fn.params) {
    const ty = lowerType(db, scope, param.type)
    if (ty.kind === 'ref' || reachOf(db, ty) === 'free') continue
    const text = method.impl.text.slice(method.start + param.type.span.start, method.start + param.type.span.end)
    if (
      /^(?:Option\s*<\s*)?(?:(?:::)?\w+\s*::\s*)*(?:Py|Bound|Borrowed|PyRef|Python|PyObject|PyVisit|PyReadonlyArray\w*)\b(?!\s*::)/.test(
        text,
      )
    )
      continue
    const at = placeText(db, method.impl.file, method.start + param.span.start)
    return {
      reason: 'drops-python',
      detail: `${at}: \`${param.pattern}\` may hold Python objects that \`${method.name}\` would drop under the lock`,
    }
  }
  return null
}

/** Lets bindings take over what they are bound to, until nothing new is found. */
function spread(taint: Taint): void {
  for (let fuel = 8, size = -1; fuel > 0 && size !== taint.names.size; fuel--) {
    size = taint.names.size
    for (const [index, fact] of taint.body.facts.entries()) {
      if (!('bindings' in fact) || fact.bindings.length === 0) continue
      const from = sourceOfBinding(taint.body, index, fact)
      if (!isTainted(taint, from) && !(bindsError(taint.body, fact) && mayBePyErr(taint, from))) continue
      for (const { name } of fact.bindings) taint.names.add(name)
    }
    for (const { fact, index } of factsOf(taint.body, 'method')) {
      // What an object was pushed into holds it.
      const receiver = index + 1
      const into = taint.body.facts[receiver]
      if (into?.kind === 'path' && childrenOf(taint.body, index).some((it) => it !== receiver && isTainted(taint, it)))
        taint.names.add(into.text)
      if (fact.args.length === 0) continue
    }
  }
}

/** Whether a pattern or closure takes hold of an error. */
function bindsError(body: BodyFacts, fact: Fact): boolean {
  if ('pattern' in fact) return /\bErr\s*\(/.test(fact.pattern)
  const parent = body.facts[fact.parent]
  return parent?.kind === 'method' && /^(?:map_err|unwrap_or_else|or_else|inspect_err|map_or_else)$/.test(parent.name)
}

/** Whether an expression calls a function of the crate whose error is a `PyErr`, which attaches when it is formatted. */
function mayBePyErr(taint: Taint, index: number): boolean {
  const { pyResults } = loudFunctions(taint.source.view.db, taint.source.cls.crate)
  const end = taint.body.facts[index]?.after ?? 0
  return taint.body.facts.slice(Math.max(0, index), end).some((it) => {
    const name = it.kind === 'method' ? it.name : it.kind === 'call' ? it.path?.split('::').at(-1) : undefined
    return name !== undefined && pyResults.has(name)
  })
}

/** Index of the expression that a pattern is matched against, -1 if there is none. */
function sourceOfBinding(body: BodyFacts, index: number, fact: Fact): number {
  if (fact.kind === 'arm' || fact.kind === 'closure') {
    const parent = body.facts[fact.parent]
    // The parameters of a closure come from what the method is called on.
    return parent?.kind === 'match' || parent?.kind === 'method'
      ? fact.parent + 1
      : fact.kind === 'closure' && parent?.kind === 'call'
        ? fact.parent
        : -1
  }
  return childrenOf(body, index).find((it) => body.facts[it]?.role === 'value') ?? -1
}

export function childrenOf(body: BodyFacts, index: number): number[] {
  const found: number[] = []
  const end = body.facts[index]?.after ?? 0
  for (let child = index + 1; child < end; child = body.facts[child]?.after ?? end) found.push(child)
  return found
}

/** Whether the value of an expression may hold something of Python's. */
export function isTainted(taint: Taint, index: number): boolean {
  const fact = taint.body.facts[index]
  if (!fact) return false
  switch (fact.kind) {
    case 'path':
      return taint.names.has(fact.text)
    case 'field':
      if (fact.receiverText === taint.method.selfName) return (taint.fields.get(fact.name) ?? 'free') !== 'free'
      break
    case 'method':
      if (PLAIN_RESULTS.has(fact.name)) return false
      break
    case 'literal':
      return false
    case 'binary':
      return false
    case 'assign':
      return false
    default:
      break
  }
  return childrenOf(taint.body, index).some((it) => isTainted(taint, it))
}
