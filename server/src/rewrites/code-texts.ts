import { type Database, query } from '../query/database.ts'
import { type Expansion, expansionById, itemsOfExpansion, positionsOfExpansion } from '../resolve/expansion-store.ts'
import { crateItems } from '../resolve/items.ts'
import { splitMemberKey } from '../resolve/member-key.ts'
import { bodyFacts } from '../syntax/bodies.ts'
import type { BodyFacts } from '../syntax/body.ts'
import { bodyText, filePositions, fileSummary, itemFacts, itemId } from '../syntax/queries.ts'
import type { Span } from '../syntax/span.ts'
import type { Item, Positions } from '../syntax/summary.ts'

/**
 * The code of a crate: written files, and the texts that its macro calls stand for, which are known to the letter. Both go by
 * one kind of name: a file's path, or an expansion's id (which holds a tab, as no path of a source does).
 */
export function isExpansion(code: string): boolean {
  return code.includes('\t')
}

/** Text of a file or an expansion; null if it is not there. */
export function codeText(db: Database, code: string): string | null {
  return isExpansion(code) ? (expansionById(db, code)?.text ?? null) : db.text(code)
}

export function codeItems(db: Database, code: string): readonly Item[] {
  return isExpansion(code) ? itemsOfExpansion(db, code) : (fileSummary(db, code)?.items ?? [])
}

export function codePositions(db: Database, code: string): Positions | null {
  return isExpansion(code) ? positionsOfExpansion(db, code) : filePositions(db, code)
}

/** Text of an item's body, braces included; null without one. Key: `itemId`. */
export function codeBody(db: Database, id: string): string | null {
  const at = id.indexOf('\n')
  const code = id.slice(0, at)
  if (!isExpansion(code)) return bodyText(db, id)
  const body = positionsOfExpansion(db, code)?.items.get(id.slice(at + 1))?.body
  return body ? (codeText(db, code)?.slice(body.start, body.end) ?? null) : null
}

const FACTS = Symbol('rewrites: facts of expansions')

/** What the body of an item does, spans relative to the body; null without one. An expansion never changes: its id is a hash. */
export function codeFacts(db: Database, code: string, key: string): BodyFacts | null {
  if (!isExpansion(code)) return itemFacts(db, itemId(code, key))
  const known = db.slot<Map<string, BodyFacts | null>>(FACTS, () => new Map())
  const id = itemId(code, key)
  const found = known.get(id)
  if (found !== undefined) return found
  const text = codeBody(db, id)
  const facts = text === null ? null : bodyFacts(text, { start: 0, end: text.length })
  known.set(id, facts)
  return facts
}

/** The expansions that hold items of a crate, and those that these came from. */
export const expansionsOf = query<string, readonly Expansion[]>('rewriteExpansions', (db, crate) => {
  const found = new Map<string, Expansion>()
  const add = (id: string | null): void => {
    for (let at = id; at !== null && !found.has(at); ) {
      const expansion: Expansion | null = expansionById(db, at)
      if (!expansion) return
      found.set(at, expansion)
      at = expansion.parent
    }
  }
  for (const { item, origin } of crateItems(db, crate)) {
    add(origin.expansion)
    if ('children' in item) for (const child of item.children ?? []) add(splitMemberKey(child.key)?.expansion ?? null)
  }
  return [...found.values()]
})

/** Where the arguments of macro calls stand that make items: file or expansion → spans. What such a call means is read in its expansion. */
export const expandedArguments = query<string, ReadonlyMap<string, readonly Span[]>>('rewriteExpandedArguments', (db, crate) => {
  const found = new Map<string, Span[]>()
  for (const { parent, file, itemKey, argsStart, map } of expansionsOf(db, crate)) {
    // A macro that passes its items on, as `cfg_if!`, may leave some out.
    if (!map.some((it) => it.from === 'definition')) continue
    const code = parent ?? file
    const call = codePositions(db, code)?.items.get(itemKey)
    if (call) found.set(code, [...(found.get(code) ?? []), { start: call.start + argsStart, end: call.end }])
  }
  return found
})
