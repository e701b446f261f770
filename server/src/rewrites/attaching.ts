import { type Database, query } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import { crateOfId } from '../resolve/ids.ts'
import { implIndex, implPattern } from '../resolve/impl-index.ts'
import { resolveInWorkspace } from '../resolve/lookup.ts'
import { itemOf } from '../resolve/scopes.ts'
import type { Ty } from '../resolve/ty.ts'
import { childFacts, type Fact } from '../syntax/body.ts'
import { functionKey, functionOf, newScope } from './body-scopes.ts'
import { type Callees, type FunctionRef, functionsAt, functionsNamed, methodsOn } from './callees.ts'
import { type BodyScope, typeOfExpression } from './expression-types.ts'
import { givenFrom } from './from-source.ts'
import { tokensIn } from './tokens.ts'

/** Names through which code gets at the interpreter without having been given anything of Python's. */
const ATTACHES = /^(?:try_)?(?:attach|with_gil|acquire_gil)(?:_unchecked)?$|^assume_(?:attached|gil_acquired)$/

interface Calls {
  /** It attaches, or nothing is known of it. */
  readonly attaches: boolean
  readonly callees: readonly string[]
}

/** Functions that are looked at for one question. */
const MAX_FUNCTIONS = 6_000

/** Whether a function's own body attaches. */
export function attachesItself(db: Database, it: FunctionRef): boolean {
  return callsOf(db, functionKey(it)).attaches
}

/** Whether one of some functions may attach to the interpreter by itself, directly or through what it calls in the workspace. */
export function mayAttach(db: Database, functions: readonly FunctionRef[]): boolean {
  return attachingTrail(db, functions).length > 0
}

/** Keys of the functions through which one of some functions may attach, the one that does so last; empty if none does. */
function attachingTrail(db: Database, functions: readonly FunctionRef[]): readonly string[] {
  const from = new Map<string, string | null>(functions.map((it) => [functionKey(it), null]))
  for (const key of from.keys()) {
    const { attaches, callees } = callsOf(db, key)
    if (attaches || from.size > MAX_FUNCTIONS) {
      const trail: string[] = []
      for (let at: string | null = key; at !== null; at = from.get(at) ?? null) trail.unshift(at)
      return trail
    }
    for (const callee of callees) if (!from.has(callee)) from.set(callee, key)
  }
  return []
}

/**
 * Those of some functions that may attach, told for all of them at once. They are not given anything of Python's, and so cannot call
 * methods of PyO3's pointers unless they attach, or reach into a static, before.
 */
export function attachingAmong(db: Database, functions: readonly FunctionRef[]): ReadonlySet<string> {
  const callers = new Map<string, string[]>(functions.map((it) => [functionKey(it), []]))
  const found = new Set<string>()
  for (const key of callers.keys()) {
    if (callers.size > 4 * MAX_FUNCTIONS) return new Set(functions.map(functionKey))
    const { attaches, callees } = callsOf(db, key)
    if (attaches) found.add(key)
    for (const callee of callees) {
      const known = callers.get(callee)
      if (!known && isOfPython(db, callee)) continue
      if (known) known.push(key)
      else callers.set(callee, [key])
    }
  }
  for (const key of found) for (const caller of callers.get(key) ?? []) found.add(caller)
  return found
}

/** Whether a function is a method of PyO3's pointers to objects, or of a trait that is implemented for these only. */
const isOfPython = query<string, boolean>('methodOfPython', (db, key) => {
  const found = functionOf(db, key)
  if (!found?.fn.receiver) return false
  const { owner } = found
  const impls = owner.item.kind === 'trait' ? (implIndex(db, crateOfId(owner.id)).byTrait.get(owner.id) ?? []) : [owner.id]
  return impls.length > 0 && impls.every((it) => isPointer(db, implPattern(db, it)?.self ?? null))
})

function isPointer(db: Database, ty: Ty | null): boolean {
  return (
    ty?.kind === 'adt' &&
    crateOf(db, crateOfId(ty.def))?.package === 'pyo3' &&
    /[\t:](?:Bound|Borrowed|Py)(?:\t\d+)?$/.test(ty.def)
  )
}

const callsOf = query<string, Calls>('attachingCalls', (db, key) => {
  const scope = newScope(db, key)
  if (scope === 'none') return { attaches: false, callees: [] }
  if (scope === 'unreadable') return { attaches: true, callees: [] }
  const callees = new Set<string>()
  for (const [index, fact] of scope.body.facts.entries()) {
    if (attachesHere(scope, fact)) return { attaches: true, callees: [] }
    for (const callee of calleesOf(scope, index, fact)) callees.add(functionKey(callee))
  }
  return { attaches: false, callees: [...callees] }
})

function attachesHere(scope: BodyScope, fact: Fact): boolean {
  if (fact.kind === 'method') return ATTACHES.test(fact.name)
  if (fact.kind === 'call' && fact.path !== null) {
    const segments = fact.path.split('::')
    return ATTACHES.test(segments.at(-1) ?? '') || segments.includes('ffi') || /^_?Py[A-Z]\w*_\w+$/.test(segments.at(-1) ?? '')
  }
  if (fact.kind === 'macro' && !fact.expressions) return tokensIn(fact.args).some((it) => ATTACHES.test(it.text))
  return fact.kind === 'path' && /^[A-Z][A-Z0-9_]+$/.test(fact.text.split('::').at(-1) ?? '') && isHolder(scope, fact.text)
}

/** A static that may hold Python objects or callbacks. */
function isHolder({ db, owner }: BodyScope, path: string): boolean {
  const targets = resolveInWorkspace(db, owner.module, path.replace(/^::/, '').split('::'), path.startsWith('::'), 'value')
  return targets.some((it) => {
    const item = it.def === null ? null : itemOf(db, it.def)
    if (item?.item.kind !== 'static' || !item.item.type) return false
    return /"(?:Py\w*|Bound)"|"kind":"(?:dyn|fnPtr)"/.test(JSON.stringify(item.item.type))
  })
}

/** The functions of the workspace that an expression may lead to: those it calls, and those it names as values. */
export function calleesOf(scope: BodyScope, index: number, fact: Fact): readonly FunctionRef[] {
  const { db, owner, body } = scope
  const crate = crateOfId(owner.module)
  if (fact.kind === 'method') {
    const [receiver = -1, ...args] = childFacts(body, index)
    const type = typeOfExpression(scope, receiver)
    const found = type ? methodsOn(db, owner, type, fact.name) : ({ kind: 'unknown', bounded: false } satisfies Callees)
    if (found.kind === 'functions') return found.functions
    return found.kind === 'unknown'
      ? functionsNamed(db, crate, fact.name, args.length, found.bounded ? 'trait method' : 'method')
      : []
  }
  if (fact.kind === 'call' && fact.path !== null) {
    const found = functionsAt(scope, fact.path)
    if (found.kind === 'functions') return found.functions
    const [, ...args] = childFacts(body, index)
    if (found.kind !== 'unknown') return []
    const named = functionsNamed(db, crate, fact.path.split('::').at(-1) ?? '', args.length, 'any')
    return fact.path.endsWith('::from') ? givenFrom(db, named, typeOfExpression(scope, args[0] ?? -1)) : named
  }
  if (fact.kind === 'path' && fact.role === 'argument') {
    const found = functionsAt(scope, fact.text)
    return found.kind === 'functions' ? found.functions : []
  }
  return []
}
