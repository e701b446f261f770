import type { RefusalReason } from '../fixes/fix.ts'
import { displayPath, idParts } from '../resolve/ids.ts'
import { resolvePath } from '../resolve/lookup.ts'
import { signature } from '../resolve/signature.ts'
import type { Fact, MacroFact, MethodFact } from '../syntax/body.ts'
import { isQuietName, loudFunctions } from './loud.ts'
import { childrenOf, isTainted, type Taint } from './python-free.ts'
import { needsPyo3 } from './python-types.ts'
import {
  FORMAT_MACROS,
  LAZY_ERROR,
  LOG_MACROS,
  PASSING_METHODS,
  PLAIN_MACROS,
  QUIET_CALLS,
  QUIET_METHODS,
  QUIET_WITH_ARGUMENT,
  TAKING_METHODS,
} from './python-words.ts'
import { tokensIn } from './tokens.ts'

export interface Finding {
  readonly reason: RefusalReason
  readonly clause: string
}

/** Why one expression of a body under the lock may run Python code; null if it does not. */
export function callProblem(taint: Taint, index: number, fact: Fact, quiet: ReadonlySet<string>): Finding | null {
  switch (fact.kind) {
    case 'method':
      return methodProblem(taint, index, fact, quiet)
    case 'call':
      return functionProblem(taint, index, fact.path)
    case 'macro':
      return macroProblem(taint, index, fact)
    case 'assign': {
      const target = childrenOf(taint.body, index)[0] ?? -1
      return isTainted(taint, target) ? dropped('overwrites a value that may hold Python objects') : null
    }
    case 'binary':
      return childrenOf(taint.body, index).some((it) => isTainted(taint, it))
        ? calls(`compares Python objects with \`${fact.operator}\``)
        : null
    case 'for':
      return loopProblem(taint, index)
    case 'await':
    case 'yield':
      return { reason: 'async', clause: 'waits for a future' }
    case 'item':
      return /^\s*(?:use|const)\b/.test(fact.text) ? null : { reason: 'macro', clause: 'declares an item inside' }
    default:
      return null
  }
}

/** A `for` asks for the next value by itself: only of std's containers, and of what a quiet method gave, is that known. */
function loopProblem(taint: Taint, index: number): Finding | null {
  const value = childrenOf(taint.body, index).find((it) => taint.body.facts[it]?.role === 'value') ?? -1
  if (!isTainted(taint, value)) return null
  const inner = taint.body.facts[value]?.kind === 'borrow' ? value + 1 : value
  const kind = taint.body.facts[inner]?.kind
  return kind === 'method' || isWellKnown(taint, inner) ? null : calls(`loops over ${describe(taint, inner)}`)
}

function calls(clause: string): Finding {
  return { reason: 'calls-python', clause: `${clause}, which may run Python code` }
}

function dropped(clause: string): Finding {
  return { reason: 'drops-python', clause: `${clause}: dropping the old one may run Python code` }
}

function methodProblem(taint: Taint, index: number, fact: MethodFact, quiet: ReadonlySet<string>): Finding | null {
  const { db } = taint.source.view
  const [receiver = -1, ...args] = childrenOf(taint.body, index)
  if (fact.receiverText === taint.method.selfName && quiet.has(fact.name)) return null
  const onTainted = isTainted(taint, receiver)
  const withTainted = args.some((it) => taint.body.facts[it]?.kind !== 'closure' && isTainted(taint, it))
  if (onTainted) {
    if (TAKING_METHODS.has(fact.name) && !(fact.name === 'take' && fact.args.length === 1))
      return leaves(taint, index) && fact.name !== 'replace'
        ? null
        : dropped(`calls \`.${fact.name}()\` on what may hold Python objects`)
    if (!QUIET_METHODS.has(fact.name)) return calls(`calls \`.${fact.name}()\` on ${describe(taint, receiver)}`)
    return isWellKnown(taint, receiver) || isQuietName(db, taint.source.cls.crate, fact.name)
      ? null
      : calls(`calls \`.${fact.name}()\` on a value of which the type is not known`)
  }
  if (withTainted && !QUIET_WITH_ARGUMENT.has(fact.name)) return calls(`gives a Python object to \`.${fact.name}()\``)
  return loudFunctions(db, taint.source.cls.crate).attaches.has(fact.name)
    ? calls(`calls \`.${fact.name}()\`, and a function of that name attaches to the interpreter`)
    : null
}

/** Whether the receiver is a field of the class whose type is a container, `Option` or reference of std or PyO3. */
function isWellKnown(taint: Taint, index: number): boolean {
  const fact = taint.body.facts[index]
  if (fact?.kind !== 'field' || fact.receiverText !== taint.method.selfName) return false
  const field = signature(taint.source.view.db, taint.source.cls.id)?.fields.find((it) => it.name === fact.name)
  return field?.ty.kind === 'adt' && WELL_KNOWN.test(idParts(field.ty.def).kind === 'fact' ? displayPath(field.ty.def, '') : '')
}

const WELL_KNOWN = /^(?:std::(?:vec::Vec|option::Option|collections::.*|result::Result)|pyo3::(?:\w+::)*(?:Py|Bound))$/

function describe(taint: Taint, index: number): string {
  const fact = taint.body.facts[index]
  const text = fact
    ? taint.method.impl.text.slice(taint.method.body.start + fact.span.start, taint.method.body.start + fact.span.end)
    : ''
  return text.length <= 40 && !text.includes('\n') ? `\`${text}\`` : 'a Python object'
}

/** Whether what an expression takes out of the object leaves the method as (part of) its result. */
function leaves(taint: Taint, index: number): boolean {
  let at = index
  for (let fuel = 32; fuel > 0; fuel--) {
    const fact = taint.body.facts[at]
    const parent = fact && fact.parent >= 0 ? taint.body.facts[fact.parent] : undefined
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
  const { db } = taint.source.view
  const [callee = -1, ...args] = childrenOf(taint.body, index)
  if (path === null) return { reason: 'calls-unknown', clause: 'calls something that has no name' }
  const short = path.split('::').slice(-2).join('::')
  if (LAZY_ERROR.test(path) || QUIET_CALLS.has(short) || QUIET_CALLS.has(path)) return null
  if (isTainted(taint, callee)) return { reason: 'calls-unknown', clause: `calls \`${path}\`, a value of unknown type` }
  if (args.some((it) => isTainted(taint, it))) return calls(`gives a Python object to \`${path}\``)
  const first = path.split('::')[0] ?? ''
  if (/^(?:pyo3|ffi|Python|Py|Bound|Borrowed|PyErr|Py[A-Z]\w*)$/.test(first) && !isLocalName(taint, first))
    return calls(`calls \`${path}\``)
  if (isLocalVariable(taint, path)) return { reason: 'calls-unknown', clause: `calls the closure \`${path}\`` }
  const last = path.split('::').at(-1) ?? ''
  return loudFunctions(db, taint.source.cls.crate).attaches.has(last)
    ? calls(`calls \`${path}\`, and a function of that name attaches to the interpreter`)
    : null
}

/** A class of the crate may be called `PySomething` too. */
function isLocalName(taint: Taint, name: string): boolean {
  const { db } = taint.source.view
  const found = resolvePath(db, taint.source.cls.module, name, 'type')
  return found.kind === 'found' && found.def.startsWith(`${taint.source.cls.crate}\t`)
}

/** A parameter that is called: what it does is not known. A closure made in the body is judged there. */
function isLocalVariable(taint: Taint, path: string): boolean {
  return taint.method.fn.params.some((it) => it.pattern === path)
}

function macroProblem(taint: Taint, index: number, fact: MacroFact): Finding | null {
  const name = fact.path.split('::').at(-1) ?? ''
  const isFormat = FORMAT_MACROS.has(name)
  const isLog = LOG_MACROS.has(name)
  if (!isFormat && !isLog && !PLAIN_MACROS.has(name))
    return { reason: 'macro', clause: `uses \`${fact.path}!\`, of which it is not known what it does` }
  if (name === 'matches')
    return tokensIn(fact.args).some((it) => taint.names.has(it.text)) ? calls('matches a Python object in a macro') : null
  if (isLog && logsToPython(taint)) return calls(`logs with \`${fact.path}!\` and the crate sends its log to Python`)
  if (name === 'vec')
    return fact.expressions || !tokensIn(fact.args).some((it) => taint.names.has(it.text))
      ? null
      : { reason: 'macro', clause: 'fills a `vec!` in a form that is not read' }
  if (!isFormat && !isLog) return null
  const words = [...tokensIn(fact.args).map((it) => it.text), ...captured(fact.args)]
  const bad = words.find((it) => taint.names.has(it) || taint.fields.get(it) === 'python')
  if (bad !== undefined) return calls(`formats \`${bad}\``)
  if (childrenOf(taint.body, index).some((it) => isTainted(taint, it)))
    return calls("formats a value of a type that may be Python's")
  return null
}

/** Names that format strings take from around them: `{name}`, `{name:?}`. */
function captured(args: string): string[] {
  return [...args.matchAll(/\{(\w+)(?::[^{}]*)?\}/g)].map(([, name = '']) => name)
}

function logsToPython(taint: Taint): boolean {
  const { crate } = taint.source.view.crate
  return (
    [...crate.dependencies.keys()].some((it) => /^pyo3_(?:log|pylogger|tracing)/.test(it)) &&
    needsPyo3(taint.source.view.db, crate.id)
  )
}
