import { type Database, query } from '../../query/database.ts'
import { calleesOf } from '../attaching.ts'
import { functionKey, newScope } from '../body-scopes.ts'
import type { FunctionRef } from '../callees.ts'
import { tokensIn } from '../tokens.ts'

/** Methods that wait for a lock: those of std and its likes, and those that the rewrites write. */
const WAITS =
  /^(?:try_)?(?:lock|read|write|wait|recv|join|blocking_\w+|call_once\w*|get_or_init|locked|locked_\w+|lock_inner|lock_data|copy_data)$/

interface Waits {
  readonly waits: boolean
  readonly callees: readonly string[]
}

const MAX_FUNCTIONS = 400

/** Whether one of some functions may wait for a lock, directly or through what it calls in the workspace. */
export function mayLock(db: Database, functions: readonly FunctionRef[]): boolean {
  const seen = new Set(functions.map(functionKey))
  for (const key of seen) {
    if (seen.size > MAX_FUNCTIONS) return true
    const { waits, callees } = waitsOf(db, key)
    if (waits) return true
    for (const callee of callees) seen.add(callee)
  }
  return false
}

const waitsOf = query<string, Waits>('faceWaits', (db, key) => {
  const scope = newScope(db, key)
  if (scope === 'none') return { waits: false, callees: [] }
  if (scope === 'unreadable') return { waits: true, callees: [] }
  const callees = new Set<string>()
  for (const [index, fact] of scope.body.facts.entries()) {
    const hidden = fact.kind === 'macro' && !fact.expressions && tokensIn(fact.args).some((it) => WAITS.test(it.text))
    if (hidden || (fact.kind === 'method' && WAITS.test(fact.name))) return { waits: true, callees: [] }
    for (const callee of calleesOf(scope, index, fact)) callees.add(functionKey(callee))
  }
  return { waits: false, callees: [...callees] }
})
