import { definitionOfType } from '../model/type-names.ts'
import { type Database, query } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import { crateOfId } from '../resolve/ids.ts'
import { implPattern } from '../resolve/impl-index.ts'
import { crateItems } from '../resolve/items.ts'
import { itemOf, type ModuleItem } from '../resolve/scopes.ts'
import { itemId } from '../syntax/queries.ts'
import type { FnItem, Item } from '../syntax/summary.ts'
import { mayAttach } from './attaching.ts'
import { codeBody } from './code-texts.ts'
import { isExamined, pythonCrates } from './python-crates.ts'

/** Traits of std through which only the type's own users come: operators, copies, printing; and PyO3's. */
const OWN_USE =
  /^(?:Clone|Drop|Default|Debug|Display|PartialEq|Eq|PartialOrd|Ord|Hash|Deref|DerefMut|From|Into|TryFrom|TryInto|Index|IndexMut|FromStr|Add|Sub|Mul|Div|Rem|Neg|Not|BitAnd|BitOr|BitXor|\w+Assign|FromPyObject\w*|IntoPyObject\w*|IntoPy|ToPyObject|PyErrArguments|PyTypeCheck|PyTypeInfo|PyClass\w*)$/

/** What code of the crates that use PyO3 may give other crates to call, and that runs Python. */
export interface HandedOut {
  /** Closures and futures made in functions that attach, and impls of others' traits for types that can be kept. */
  readonly rust: boolean
  /** `extern` functions that attach. */
  readonly c: boolean
}

/** What is handed out in the world of a crate. */
export function handedOut(db: Database, id: string): HandedOut {
  return ofWorld(db, pythonCrates(db, id)[0] ?? id)
}

const ofWorld = query<string, HandedOut>('handedOut', (db, id) => {
  const crates = pythonCrates(db, id)
  if (!crates.every((it) => isExamined(db, it))) return { rust: true, c: true }
  const local = crates.filter((it) => crateOf(db, it)?.local)
  const owners = local.flatMap((it) => crateItems(db, it))
  const found = (wanted: (owner: ModuleItem, fn: FnItem) => boolean): boolean =>
    owners.some((owner) => functionsIn(owner).some((fn) => wanted(owner, fn) && mayAttach(db, [{ owner, fn }])))
  return {
    rust: found((owner, fn) => makesCode(db, owner, fn) || offersTrait(db, owner, crates)),
    c: found((_, fn) => fn.extern),
  }
})

function functionsIn({ item }: ModuleItem): readonly FnItem[] {
  const all: readonly Item[] = item.kind === 'impl' || item.kind === 'trait' ? item.children : [item]
  return all.filter((it) => it.kind === 'fn').filter((it) => it.hasBody)
}

function makesCode(db: Database, owner: ModuleItem, fn: FnItem): boolean {
  const text = codeBody(db, itemId(owner.origin.expansion ?? owner.origin.file, fn.key)) ?? ''
  return /\bmove\s*\||\basync\b|(?:Box|Arc|Rc)::new\(\s*\|/.test(text)
}

/**
 * An impl of another crate's trait. A type with a lifetime is not one that is kept: a class owns what it holds, and what it holds
 * cannot borrow from a call's interpreter token.
 */
function offersTrait(db: Database, { id, item, module }: ModuleItem, crates: readonly string[]): boolean {
  if (item.kind !== 'impl' || !item.trait || OWN_USE.test(item.trait.path.segments.at(-1)?.name ?? '')) return false
  const trait = implPattern(db, id)?.trait?.trait ?? null
  if (trait !== null && crates.includes(crateOfId(trait))) return false
  const self = definitionOfType(db, module, item.self)
  const type = self === null ? undefined : itemOf(db, self)?.item
  return !(type && 'generics' in type && type.generics.params.some((it) => it.kind === 'lifetime'))
}
