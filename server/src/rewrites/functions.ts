import { dependentsOf } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import { crateItems } from '../resolve/items.ts'
import type { ModuleItem } from '../resolve/scopes.ts'
import type { BodyFacts } from '../syntax/body.ts'
import { itemId } from '../syntax/queries.ts'
import type { Span } from '../syntax/span.ts'
import type { FnItem, Item } from '../syntax/summary.ts'
import { codeFacts, codeItems, codePositions } from './code-texts.ts'
import { codeOfCrate } from './crate-code.ts'

/** A function with a body, wherever in a crate. Spans are absolute. */
export interface FunctionSource {
  /** Or the expansion that it is in, see `codeText`. */
  readonly file: string
  readonly fn: FnItem
  /** The item of the module that it is or stands in: the impl of a method. null in code that is not part of this build, such as tests. */
  readonly owner: ModuleItem | null
  /** Name of the type whose impl it stands in, last segment; null outside impls. */
  readonly of: string | null
  readonly start: number
  readonly end: number
  readonly body: Span
}

/** File or expansion and key → item, of all that a crate holds. */
const itemsByPlace = query<string, ReadonlyMap<string, ModuleItem>>(
  'rewriteItems',
  (db, crate) => new Map(crateItems(db, crate).map((it) => [itemId(it.origin.expansion ?? it.origin.file, it.item.key), it])),
)

/** The functions of some files and expansions, those under a `cfg` that is off and those in blocks included. */
export function functionsIn(db: Database, crate: string, files: ReadonlySet<string>): FunctionSource[] {
  const known = [crate, ...dependentsOf(db, crate)]
  const found: FunctionSource[] = []
  for (const file of files) {
    const home = known.find((it) => codeOfCrate(db, it).has(file))
    const items = home === undefined ? null : itemsByPlace(db, home)
    const visit = (item: Item, outer: ModuleItem | null, of: string | null): void => {
      const owner = items?.get(itemId(file, item.key)) ?? (item.kind === 'fn' || item.kind === 'impl' ? outer : null)
      if (item.kind === 'fn') {
        const position = codePositions(db, file)?.items.get(item.key)
        if (position?.body)
          found.push({ file, fn: item, owner, of, start: position.start, end: position.end, body: position.body })
      }
      if ('children' in item)
        for (const child of item.children ?? []) visit(child, item.kind === 'mod' ? null : owner, selfName(item) ?? of)
    }
    for (const item of codeItems(db, file)) visit(item, null, null)
  }
  return found
}

/** Last segment of the type that an impl is for; null for other items. */
function selfName(item: Item): string | null {
  if (item.kind !== 'impl') return null
  return item.self.kind === 'path' ? (item.self.path.segments.at(-1)?.name ?? '') : ''
}

/** What a function's body does; spans are relative to its body. null if it cannot be read in full. */
export function factsOfFunction(db: Database, { file, fn }: FunctionSource): BodyFacts | null {
  const facts = codeFacts(db, file, fn.key)
  return facts && facts.failure === null && facts.errors.length === 0 ? facts : null
}
