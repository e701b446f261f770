import type { Database } from '../query/database.ts'
import { crateItems } from '../resolve/items.ts'
import type { ModuleItem } from '../resolve/scopes.ts'
import type { BodyFacts } from '../syntax/body.ts'
import { filePositions, itemFacts, itemId } from '../syntax/queries.ts'
import type { Span } from '../syntax/span.ts'
import type { FnItem, Item } from '../syntax/summary.ts'

/** A function with a body, wherever in a crate. Spans are absolute. */
export interface FunctionSource {
  readonly file: string
  readonly fn: FnItem
  /** The item of the module that it is or stands in: the impl of a method. */
  readonly owner: ModuleItem
  readonly start: number
  readonly end: number
  readonly body: Span
}

/** The written functions of some files of a crate. */
export function functionsIn(db: Database, crate: string, files: ReadonlySet<string>): FunctionSource[] {
  const found: FunctionSource[] = []
  const seen = new Set<string>()
  const visit = (item: Item, owner: ModuleItem): void => {
    const { file } = owner.origin
    if (item.kind === 'fn' && !seen.has(`${file}\n${item.key}`)) {
      seen.add(`${file}\n${item.key}`)
      const position = filePositions(db, file)?.items.get(item.key)
      if (position?.body) found.push({ file, fn: item, owner, start: position.start, end: position.end, body: position.body })
    }
    if ((item.kind === 'impl' || item.kind === 'trait') && item.children) for (const child of item.children) visit(child, owner)
  }
  for (const each of crateItems(db, crate)) {
    if (each.origin.expansion === null && files.has(each.origin.file)) visit(each.item, each)
  }
  return found
}

/** What a function's body does; spans are relative to its body. null if it cannot be read in full. */
export function factsOfFunction(db: Database, { file, fn }: FunctionSource): BodyFacts | null {
  const facts = itemFacts(db, itemId(file, fn.key))
  return facts && facts.failure === null && facts.errors.length === 0 ? facts : null
}
