import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import { crateItems } from '../resolve/items.ts'
import { itemId } from '../syntax/queries.ts'
import type { Item, TypeExpr } from '../syntax/summary.ts'
import { codeBody } from './code-texts.ts'
import { isName, tokensIn } from './tokens.ts'

/** Names of functions of a crate that may run Python code although nothing of Python's is passed to them. */
export interface LoudNames {
  /** Words that mean that a thread attaches, and the names of functions that use them, directly or through others. */
  readonly attaches: ReadonlySet<string>
  /** Names of functions that have to do with Python objects, and of those without a body. */
  readonly pythonic: ReadonlySet<string>
  /** Names of functions whose result mentions PyO3's error type. */
  readonly pyResults: ReadonlySet<string>
}

const ATTACHERS = [
  'attach',
  'with_gil',
  'attach_unchecked',
  'with_gil_unchecked',
  'try_attach',
  'try_with_gil',
  'assume_attached',
  'assume_gil_acquired',
  'acquire_gil',
  'detach',
  'allow_threads',
]

/** The words of an item's body that a `(`, `!` or `::` follows: what it may call. */
const calledWords = query<string, readonly string[]>('rewriteCalledWords', (db, id) => {
  const text = codeBody(db, id)
  if (text === null) return []
  const tokens = tokensIn(text)
  const found = new Set<string>()
  for (const [i, { text: word }] of tokens.entries()) {
    const next = tokens[i + 1]?.text
    if (isName(word) && (next === '(' || next === ':' || tokens[i - 1]?.text === ':')) found.add(word)
  }
  return [...found]
})

export function wordsOfBody(db: Database, file: string, key: string): readonly string[] {
  return calledWords(db, itemId(file, key))
}

/** Words of code that has to do with Python objects. */
const PYTHONIC = /^(?:py|Python|Py|Bound|PyAny|PyObject|ffi|getattr|setattr|import|extract|call\w*|try_iter|iter)$/

/** Whether no function of the crate with this name has to do with Python, so that a call of it on whatever value is std's or harmless. */
export function isQuietName(db: Database, crate: CrateId, name: string): boolean {
  const { attaches, pythonic } = loudFunctions(db, crate)
  return !attaches.has(name) && !pythonic.has(name)
}

/** All functions of a crate, by name, that attach to the interpreter by themselves or call one of that name that does. */
export const loudFunctions = query<CrateId, LoudNames>('loudFunctions', (db, crate) => {
  const functions: { name: string; words: readonly string[] }[] = []
  const pythonic = new Set<string>()
  const pyResults = new Set<string>()
  const visit = (item: Item, file: string): void => {
    if (item.kind === 'fn') {
      const words = wordsOfBody(db, file, item.key)
      functions.push({ name: item.name, words })
      if (item.ret && mentionsPyErr(item.ret)) pyResults.add(item.name)
      if (!item.hasBody || words.some((it) => PYTHONIC.test(it))) pythonic.add(item.name)
    }
    if ('children' in item) for (const child of item.children ?? []) if (item.kind !== 'mod') visit(child, file)
  }
  for (const { item, origin } of crateItems(db, crate)) visit(item, origin.expansion ?? origin.file)
  const attaches = new Set(ATTACHERS)
  for (let size = -1; size !== attaches.size; ) {
    size = attaches.size
    for (const { name, words } of functions) if (words.some((it) => attaches.has(it))) attaches.add(name)
  }
  return { attaches, pythonic, pyResults }
})

function mentionsPyErr(type: TypeExpr): boolean {
  if (type.kind === 'ref' || type.kind === 'array' || type.kind === 'slice') return mentionsPyErr(type.inner)
  if (type.kind === 'tuple') return type.items.some(mentionsPyErr)
  if (type.kind !== 'path') return false
  return type.path.segments.some((it) => /^Py(?:Result|Err)$/.test(it.name) || (it.args?.args ?? []).some(mentionsPyErr))
}
