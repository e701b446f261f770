import { crateOf, externCrate } from '../resolve/crates.ts'
import { STD_CRATE } from '../resolve/ids.ts'
import { moduleScope } from '../resolve/scopes.ts'
import { childFacts, type MacroFact } from '../syntax/body.ts'
import { functionsOfName } from './callees.ts'
import { onName, onValue } from './hidden.ts'
import { calls, describe, type Finding } from './python-calls.ts'
import { needsPyo3 } from './python-crates.ts'
import { crateOfBody, isTainted, type Taint } from './python-free.ts'
import { FORMAT_MACROS, LOG_MACROS, PLAIN_MACROS } from './python-words.ts'
import { tokensIn } from './tokens.ts'

/** Why a macro may run Python code; null if it does not. */
export function macroProblem(taint: Taint, index: number, fact: MacroFact): Finding | null {
  const name = fact.path.split('::').at(-1) ?? ''
  const isFormat = FORMAT_MACROS.has(name)
  const isLog = LOG_MACROS.has(name)
  if (!isFormat && !isLog && !PLAIN_MACROS.has(name) && !isForeignMacro(taint, fact))
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
  const bad = words.find((it) => taint.names.has(it))
  if (bad !== undefined) return onName(taint, index, bad, `formats \`${bad}\``)
  const shown = childFacts(taint.scope.body, index).find((it) => isTainted(taint, it))
  return shown === undefined ? null : onValue(taint, shown, `formats ${describe(taint, shown)}`)
}

/** A macro of a crate without PyO3 expands to that crate's code and what it is given: nothing of Python's, and no calls out of sight. */
function isForeignMacro(taint: Taint, fact: MacroFact): boolean {
  const { db, owner } = taint.scope
  const crate = crateOfBody(taint)
  const [first = ''] = fact.path.split('::')
  const imports = moduleScope(db, owner.module)?.imports.get(first) ?? []
  const names = imports.length > 0 ? imports.map((it) => it.path[0] ?? '') : fact.path.includes('::') ? [first] : []
  if (names.length !== 1) return false
  const from = externCrate(db, crate, names[0] ?? '')
  if (from === null || from === STD_CRATE || needsPyo3(db, from)) return false
  const words = tokensIn(fact.args)
  if (words.some((it) => taint.names.has(it.text)) || captured(fact.args).some((it) => taint.names.has(it))) return false
  return fact.expressions || !words.some((it, i) => words[i + 1]?.text === '(' && functionsOfName(db, crate, it.text).length > 0)
}

/** Names that format strings take from around them: `{name}`, `{name:?}`. */
function captured(args: string): string[] {
  return [...args.matchAll(/\{(\w+)(?::[^{}]*)?\}/g)].map(([, name = '']) => name)
}

function logsToPython(taint: Taint): boolean {
  const names = crateOf(taint.scope.db, crateOfBody(taint))?.dependencies.keys() ?? []
  return [...names].some((it) => /^pyo3_(?:log|pylogger|tracing)/.test(it))
}
