import type { RefusalReason } from '../fixes/fix.ts'
import { STD_CRATE } from '../resolve/ids.ts'
import { lowerType } from '../resolve/lowering.ts'
import { selfTypeOf } from '../resolve/self-type.ts'
import type { Ty } from '../resolve/ty.ts'
import { childFacts, type Fact, type MethodFact } from '../syntax/body.ts'
import { typeOfBinding } from './binding-types.ts'
import { type Callees, type FunctionRef, functionsAt, functionsNamed, methodsOn } from './callees.ts'
import { isQuietClone } from './clone-reach.ts'
import { asksStd, conversionProblem, errorProblem, isQuietError, namedBefore } from './conversion-calls.ts'
import { conversionsFrom } from './conversions.ts'
import { typeOfExpression, typeScopeOf } from './expression-types.ts'
import { givenFrom } from './from-source.ts'
import { hiddenIn, onValue } from './hidden.ts'
import { isQuietName } from './loud.ts'
import { loudKeys, loudOperand } from './loud-operators.ts'
import { macroProblem } from './macro-problems.ts'
import { fillsOwnDict, makesQuietly } from './made-by-python.ts'
import { needsPyo3 } from './python-crates.ts'
import { crateOfBody, isTainted, judgeLater, type Taint } from './python-free.ts'
import { reachOf } from './python-types.ts'
import { LAZY_ERROR, PASSING_METHODS, QUIET_CALLS, QUIET_METHODS, QUIET_WITH_ARGUMENT, TAKING_METHODS } from './python-words.ts'
import { derefs, factPath, itemOfIterator, itemsOf } from './std-types.ts'
import { isPyReference, isQuietOn } from './typed-calls.ts'
import { waitingFunction, waitingMethod } from './waiting.ts'

export interface Finding {
  readonly reason: RefusalReason
  readonly clause: string
}

/** Why one expression of a body under the lock may run Python code; null if it does not. Functions it calls are judged later. */
export function callProblem(taint: Taint, index: number, fact: Fact): Finding | null {
  const { body } = taint.scope
  if (loudOperand(taint.scope, index, fact)) return calls('uses an operator of a type whose impls attach')
  switch (fact.kind) {
    case 'method':
      return methodProblem(taint, index, fact)
    case 'call':
      return functionProblem(taint, index, fact.path)
    case 'path':
      return fact.role === 'argument' ? valueProblem(taint, fact.text) : null
    case 'macro':
      return macroProblem(taint, index, fact)
    case 'assign': {
      const target = childFacts(body, index)[0] ?? -1
      // A reference in its place is only forgotten.
      if (typeOfExpression(taint.scope, target)?.kind === 'ref' && body.facts[target]?.kind === 'path') return null
      return isTainted(taint, target) ? dropped(taint, target, 'overwrites a value that may hold Python objects') : null
    }
    case 'binary':
      return comparesPython(taint, index, fact.operator)
    case 'for':
      return loopProblem(taint, index)
    case 'try':
      return errorProblem(taint, index)
    case 'await':
    case 'yield':
      return { reason: 'async', clause: 'waits for a future' }
    case 'item':
      return /^\s*(?:#\[[^\]]*\]\s*)*(?:use|const)\b/.test(fact.text)
        ? null
        : { reason: 'calls-unknown', clause: 'declares an item inside, which is not looked into' }
    default:
      return null
  }
}

/** Operators of numbers, strings and truth values are no code of anybody's; PyO3 compares its strings and numbers with them directly. */
function comparesPython(taint: Taint, index: number, operator: string): Finding | null {
  if (operator === '&&' || operator === '||') return null
  const parts = childFacts(taint.scope.body, index)
  const plain = parts.some((it) => {
    const type = typeOfExpression(taint.scope, it)
    return type !== null && (derefs(type).at(-1) ?? type).kind === 'prim'
  })
  const compared = plain ? undefined : parts.find((it) => isTainted(taint, it))
  return compared === undefined ? null : onValue(taint, compared, `compares ${describe(taint, compared)} with \`${operator}\``)
}

/** A `for` asks for the next value by itself: only of std's containers, and of what a quiet method gave, is that known. */
function loopProblem(taint: Taint, index: number): Finding | null {
  const { body } = taint.scope
  const value = childFacts(body, index, 'value')[0] ?? -1
  if (!isTainted(taint, value)) return null
  const inner = body.facts[value]?.kind === 'borrow' ? value + 1 : value
  const type = typeOfExpression(taint.scope, inner)
  const quiet = type ? itemsOf(taint.scope.db, type) !== null : body.facts[inner]?.kind === 'method'
  return quiet ? null : onValue(taint, inner, `loops over ${describe(taint, inner)}`)
}

/** A finding that Python code may run. */
export function calls(clause: string): Finding {
  return { reason: 'calls-python', clause: `${clause}, which may run Python code` }
}

function dropped(taint: Taint, index: number, clause: string): Finding {
  const why = hiddenIn(taint, index)
  return { reason: 'drops-python', clause: `${clause}: dropping the old one may run Python code${why ? ` (${why})` : ''}` }
}

/** Something of Python's, or what is not known, is given to code that is not looked into. */
function givesProblem(taint: Taint, args: readonly number[], to: string): Finding {
  const asked = args.filter((it) => taint.scope.body.facts[it]?.kind !== 'closure' && isTainted(taint, it))
  const python = asked.find((it) => hiddenIn(taint, it) === null)
  const given = python ?? asked[0] ?? -1
  return onValue(taint, given, `gives ${describe(taint, given)} to \`${to}\``)
}

function methodProblem(taint: Taint, index: number, fact: MethodFact): Finding | null {
  const { scope } = taint
  const { db, body, owner } = scope
  const [receiver = -1, ...args] = childFacts(body, index)
  if (fact.receiverText === scope.selfName && taint.quiet.has(fact.name)) return null
  const type = typeOfExpression(scope, receiver)
  const found: Callees = type ? methodsOn(db, owner, type, fact.name) : { kind: 'unknown', bounded: false }
  if (found.kind === 'functions') return localProblem(taint, found.functions, args, fact.name)
  if (fillsOwnDict(taint, index, fact)) return null
  const waits = waitingMethod(type, fact.name, args.length)
  if (waits) return waits
  const withTainted = args.some((it) => body.facts[it]?.kind !== 'closure' && isTainted(taint, it))
  const held = type && derefs(type).find((it) => it.kind !== 'ref')
  if (held && isQuietOn(db, held, fact.name)) return null
  const converted = asksStd(taint, index, fact) ? null : conversionProblem(taint, fact.name, receiver)
  if (converted) return converted
  if (isTainted(taint, receiver)) {
    if (type && loudKeys(db, type, fact.name)) return calls(`calls \`.${fact.name}()\` with keys whose impls attach`)
    if (TAKING_METHODS.has(fact.name) && !(fact.name === 'take' && fact.args.length === 1))
      return leaves(taint, index) && fact.name !== 'replace'
        ? null
        : dropped(taint, receiver, `calls \`.${fact.name}()\` on what may hold Python objects`)
    if (fact.name === 'clone' && args.length === 0 && held && isQuietClone(db, held)) return null
    // PyO3 makes other pointers to the same object of it (`From<Bound<T>> for Py<T>`); others' conversions are judged.
    if (fact.name === 'into' && args.length === 0 && type && isPyReference(type)) {
      judgeLater(taint, conversionsFrom(db, crateOfBody(taint), type))
      return null
    }
    // The token of whatever guard it is asked of.
    if (fact.name === 'py' && args.length === 0) return null
    if (asksLength(taint, index, fact.name, held)) return calls(`calls \`.${fact.name}()\` on ${describe(taint, receiver)}`)
    if (!QUIET_METHODS.has(fact.name))
      return onValue(taint, receiver, `calls \`.${fact.name}()\` on ${describe(taint, receiver)}`)
    return isWellKnown(taint, receiver) || (!type && isQuietName(db, crateOfBody(taint), fact.name))
      ? null
      : onValue(taint, receiver, `calls \`.${fact.name}()\` on ${describe(taint, receiver)}`)
  }
  if (withTainted && !QUIET_WITH_ARGUMENT.has(fact.name)) return givesProblem(taint, args, `.${fact.name}()`)
  if (found.kind === 'unknown')
    namedLater(
      taint,
      functionsNamed(db, crateOfBody(taint), fact.name, args.length, found.bounded ? 'trait method' : 'method'),
      withTainted,
    )
  return null
}

/** PyO3's `len` of any object calls its `__len__`, and gives a `Result`; that of a list, tuple, dict, set or string does neither. */
function asksLength({ scope: { body } }: Taint, index: number, name: string, held: Ty | null | undefined): boolean {
  if (name !== 'len' && name !== 'is_empty') return false
  if (held)
    return (
      /^pyo3::(?:\w+::)*(?:Py|Bound|Borrowed)$/.test(factPath(held)) &&
      !/Py(?:List|Tuple|Dict|Set|FrozenSet|Bytes|ByteArray)$/.test(factPath(held.kind === 'adt' ? (held.args[0] ?? null) : null))
    )
  const parent = body.facts[body.facts[index]?.parent ?? -1]
  return parent?.kind === 'try' || (parent?.kind === 'method' && /^(?:unwrap|expect|map_err|ok)\w*$/.test(parent.name))
}

/**
 * Functions that a call may mean by their name alone, on a value that holds nothing of Python's: those of types that do, and those
 * that ask for Python objects where none is given, cannot be meant.
 */
function namedLater(taint: Taint, functions: readonly FunctionRef[], given: boolean): void {
  const { db } = taint.scope
  judgeLater(
    taint,
    functions.filter((it) => {
      const own = it.fn.receiver === null ? null : selfTypeOf(db, typeScopeOf(it))
      if (own && reachOf(db, own, true) === 'python') return false
      return given || it.fn.params.every((param) => reachOf(db, lowerType(db, typeScopeOf(it), param.type)) !== 'python')
    }),
  )
}

/** A call of functions of the workspace: they are judged with parameters of their types, so that generic ones must not be given objects. */
function localProblem(taint: Taint, functions: readonly FunctionRef[], args: readonly number[], name: string): Finding | null {
  const { db, body } = taint.scope
  const asked = args.filter((it) => body.facts[it]?.kind !== 'closure' && isTainted(taint, it))
  for (const each of asked) {
    const generic = functions.some((it) => {
      const param = it.fn.params[args.indexOf(each) - (args.length - it.fn.params.length)]
      if (!param) return it.fn.receiver === null
      return holdsGeneric(lowerType(db, typeScopeOf(it), param.type))
    })
    if (generic) return givesProblem(taint, [each], name)
  }
  judgeLater(taint, functions)
  return null
}

/** Whether a parameter's type leaves something to the caller. Otherwise it is the type that the argument has. */
function holdsGeneric(ty: Ty): boolean {
  switch (ty.kind) {
    case 'adt':
      return ty.args.some(holdsGeneric)
    case 'tuple':
      return ty.items.some(holdsGeneric)
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return holdsGeneric(ty.inner)
    default:
      return ty.kind === 'param' || ty.kind === 'impl' || ty.kind === 'proj'
  }
}

/** A function that is given to something that will call it. */
function valueProblem(taint: Taint, path: string): Finding | null {
  const { scope } = taint
  if (!path.includes('::') && typeOfBinding(scope, scope.body.facts.length, path, 0) !== undefined) return null
  // Casts (PyO3: `Bound` and `Py` are pointers to the same object).
  if (/^(?:\w+::)*(?:Bound|Py)::(?:into_any|as_any|into_bound|unbind)$/.test(path)) return null
  const found = functionsAt(scope, path)
  if (found.kind === 'functions') {
    judgeLater(taint, found.functions)
    return null
  }
  const converted = conversionProblem(taint, path.split('::').at(-1) ?? '', null, namedBefore(taint, path))
  if (converted || isQuietError(taint, path)) return converted
  if (found.kind === 'foreign' && found.crate !== STD_CRATE && needsPyo3(scope.db, found.crate))
    return calls(`hands on \`${path}\``)
  return null
}

const WELL_KNOWN =
  /^(?:std::(?:vec::Vec|option::Option|collections::.*|result::Result|sync::Arc|boxed::Box|io::Cursor)|pyo3::(?:\w+::)*(?:Py|Bound|Borrowed|Python))$/

/** Whether a value's type is a container, `Option`, reference or iterator of std, or a pointer of PyO3. */
function isWellKnown(taint: Taint, index: number): boolean {
  const type = typeOfExpression(taint.scope, index)
  if (!type) return false
  // Methods that are not the pointer's own are those of what it leads to.
  const inner =
    derefs(type).find((it) => it.kind !== 'ref' && !/^std::(?:boxed::Box|sync::Arc|rc::Rc)$/.test(factPath(it))) ?? type
  return inner.kind === 'slice' || inner.kind === 'array' || itemOfIterator(inner) !== null || WELL_KNOWN.test(factPath(inner))
}

/** A value as it is written, where that is short. */
export function describe(taint: Taint, index: number): string {
  const { body, text: whole } = taint.scope
  const fact = body.facts[index]
  const text = fact ? whole.slice(fact.span.start, fact.span.end) : ''
  const line = text.replaceAll(/\s*\n\s*/g, '')
  return line !== '' && line.length <= 48 ? `\`${line}\`` : 'a value'
}

/** Whether what an expression takes out of the object leaves the method as (part of) its result. */
function leaves(taint: Taint, index: number): boolean {
  let at = index
  for (let fuel = 32; fuel > 0; fuel--) {
    const fact = taint.scope.body.facts[at]
    const parent = fact && fact.parent >= 0 ? taint.scope.body.facts[fact.parent] : undefined
    if (!fact || !parent) return false
    if (fact.role === 'tail' && parent.role === 'root') return true
    if (parent.kind === 'return') return true
    const passes =
      parent.kind === 'paren' ||
      parent.kind === 'try' ||
      (parent.kind === 'method' && fact.role === 'receiver' && PASSING_METHODS.has(parent.name)) ||
      (parent.kind === 'call' && (parent.path === 'Ok' || parent.path === 'Some'))
    if (!passes) return false
    at = fact.parent
  }
  return false
}

function functionProblem(taint: Taint, index: number, path: string | null): Finding | null {
  const { scope } = taint
  const { db, body } = scope
  const [callee = -1, ...args] = childFacts(body, index)
  if (path === null) return { reason: 'calls-unknown', clause: 'calls something that has no name' }
  const short = path.split('::').slice(-2).join('::')
  if (LAZY_ERROR.test(path) || QUIET_CALLS.has(short) || QUIET_CALLS.has(path)) return null
  if (!path.includes('::') && typeOfBinding(scope, callee, path, 0) !== undefined) return closureProblem(taint, callee, path)
  const found = functionsAt(scope, path)
  if (found.kind === 'functions') return localProblem(taint, found.functions, args, path)
  if (makesQuietly(taint, path, args)) return null
  const waits = waitingFunction(path)
  if (waits) return waits
  if (found.kind === 'constructor') return null
  const [given = -1] = args
  const converted = conversionProblem(taint, path.split('::').at(-1) ?? '', given, namedBefore(taint, path))
  if (converted) return converted
  if (isQuietError(taint, path) && !isTainted(taint, given)) return null
  if (found.kind === 'foreign' && found.crate !== STD_CRATE && needsPyo3(db, found.crate)) return calls(`calls \`${path}\``)
  if (args.some((it) => isTainted(taint, it))) return givesProblem(taint, args, path)
  if (found.kind === 'foreign') return null
  const [first = ''] = path.split('::')
  if (/^(?:pyo3|ffi|Python|_?Py|Bound|Borrowed|PyErr|_?Py[A-Z]\w*)$/.test(first)) return calls(`calls \`${path}\``)
  const named = functionsNamed(db, crateOfBody(taint), path.split('::').at(-1) ?? '', args.length, 'any')
  namedLater(taint, path.endsWith('::from') ? givenFrom(db, named, typeOfExpression(scope, given)) : named, false)
  return null
}

/** A variable that is called: a closure made in the body is judged there, one that a caller gave by the caller. */
function closureProblem(taint: Taint, callee: number, path: string): Finding | null {
  const { body, fn } = taint.scope
  const param = fn.params.some((it) => it.pattern.replace(/^mut\s+/, '') === path)
  const bound = body.facts.some(
    (it, i) => it.kind === 'let' && it.pattern.replace(/^mut\s+/, '') === path && body.facts[i + 1]?.kind === 'closure',
  )
  if (bound || (param && taint.open && !isTainted(taint, callee))) return null
  return { reason: 'calls-unknown', clause: `calls the closure \`${path}\`` }
}
