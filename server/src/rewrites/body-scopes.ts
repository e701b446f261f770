import type { Database } from '../query/database.ts'
import { itemOf, type ModuleItem } from '../resolve/scopes.ts'
import { itemId } from '../syntax/queries.ts'
import type { FnItem } from '../syntax/summary.ts'
import type { FunctionRef } from './callees.ts'
import { codeBody, codeFacts } from './code-texts.ts'
import type { BodyScope } from './expression-types.ts'

/** A name for a function under which queries know it. */
export function functionKey({ owner, fn }: FunctionRef): string {
  return `${owner.id}\n${fn.key}`
}

/** The function with a key; null if it is gone. */
export function functionOf(db: Database, key: string): FunctionRef | null {
  const at = key.indexOf('\n')
  const owner = itemOf(db, key.slice(0, at))
  if (!owner) return null
  const fn = memberOf(owner, key.slice(at + 1))
  return fn && { owner, fn }
}

function memberOf({ item }: ModuleItem, key: string): FnItem | null {
  if (item.kind === 'fn') return item
  if (item.kind !== 'impl' && item.kind !== 'trait') return null
  return item.children.find((it): it is FnItem => it.kind === 'fn' && it.key === key) ?? null
}

/**
 * The body of a function. `unreadable`: there is one, but the grammar does not get through it. New for each
 * caller, since it remembers types as long as nothing changes.
 */
export function newScope(db: Database, key: string): BodyScope | 'none' | 'unreadable' {
  const found = functionOf(db, key)
  if (!found?.fn.hasBody) return 'none'
  const { owner, fn } = found
  const code = owner.origin.expansion ?? owner.origin.file
  const body = codeFacts(db, code, fn.key)
  const text = codeBody(db, itemId(code, fn.key))
  if (!body || text === null || body.failure !== null || body.errors.length > 0) return 'unreadable'
  return { db, owner, fn, body, text, selfName: 'self', types: new Map() }
}
