import { type Database, query } from '../query/database.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import { expandText, expansionById, positionsOfExpansion } from '../resolve/expansion-store.ts'
import { expandedModule } from '../resolve/expansions.ts'
import { resolveInWorkspace } from '../resolve/lookup.ts'
import { macroByPath } from '../resolve/macro-lookup.ts'
import { macroInScope } from '../resolve/macro-scope.ts'
import { itemOf, type ModuleItem } from '../resolve/scopes.ts'
import { type Token, tokenize } from '../syntax/lexer.ts'
import { bodyText, itemId } from '../syntax/queries.ts'
import type { FnItem, TypeExpr } from '../syntax/summary.ts'
import { renderMeta } from './meta-text.ts'
import { definitionOfPath } from './type-names.ts'

/** What a function's body says about classes and modules. */
export interface Registrations {
  /** Classes named in `add_class::<T>()`, `get_type::<T>()` and the like, in order. */
  readonly classes: readonly DefId[]
  /** Functions that the body calls or hands on by path, `wrap_pymodule!(m)` included. */
  readonly functions: readonly DefId[]
}

const EMPTY: Registrations = { classes: [], functions: [] }

/** Calls with a class as type argument after which the class is an attribute of a module, or about to become one. */
const REGISTERING = new Set([
  'add_class',
  'get_type',
  'get_type_bound',
  'type_object',
  'type_object_bound',
  'type_object_raw',
  'lazy_type_object',
])

/** A body worth looking at names one of these or calls something. */
const MAX_MACRO_DEPTH = 8

/** Registrations in the body of a function item (by id) or of all functions of an impl. */
export const registrationsOf = query<DefId, Registrations>(
  'registrations',
  (db, id) => {
    const it = itemOf(db, id)
    if (!it) return EMPTY
    const fns =
      it.item.kind === 'fn' ? [it.item] : it.item.kind === 'impl' ? it.item.children.filter((child) => child.kind === 'fn') : []
    const found: Found = { db, module: it.module, file: it.origin.file, classes: new Set(), functions: new Set() }
    for (const fn of fns.filter(handlesModules)) {
      const text = bodyOf(db, it, fn)
      if (text !== null) scan(found, text, 0)
    }
    return { classes: [...found.classes], functions: [...found.functions] }
  },
  { equals: (a, b) => same(a.classes, b.classes) && same(a.functions, b.functions) },
)

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((it, i) => it === b[i])
}

/**
 * Whether a function can add anything to a module: it is one, or takes or returns one. Leaves out all that a module merely
 * offers to Python, which would lead through the whole crate.
 */
function handlesModules(fn: FnItem): boolean {
  const types = [...fn.params.map((it) => it.type), ...(fn.ret ? [fn.ret] : [])]
  return types.some(namesModule) || fn.attrs.some(({ meta }) => /pymodule/.test(renderMeta(meta)))
}

function namesModule(type: TypeExpr): boolean {
  switch (type.kind) {
    case 'path':
      return type.path.segments.some((it) => it.name === 'PyModule' || (it.args?.args.some(namesModule) ?? false))
    case 'ref':
    case 'ptr':
    case 'slice':
    case 'array':
      return namesModule(type.inner)
    case 'tuple':
      return type.items.some(namesModule)
    case 'impl':
    case 'dyn':
      return type.bounds.some(({ path }) => path?.segments.some((it) => /^PyModule/.test(it.name)) ?? false)
    default:
      return false
  }
}

/** The body of a function, braces included; null without one. Does not change with edits elsewhere in the file. */
function bodyOf(db: Database, { origin }: ModuleItem, fn: FnItem): string | null {
  if (origin.expansion === null) return bodyText(db, itemId(origin.file, fn.key))
  const body = positionsOfExpansion(db, origin.expansion)?.items.get(fn.key)?.body
  return body ? (expansionById(db, origin.expansion)?.text.slice(body.start, body.end) ?? null) : null
}

interface Found {
  readonly db: Database
  readonly module: ModId
  readonly file: string
  readonly classes: Set<DefId>
  readonly functions: Set<DefId>
}

function scan(found: Found, text: string, depth: number): void {
  const tokens = tokenize(text).filter((it) => it.kind !== 'comment' && it.kind !== 'doc')
  const word = (i: number): string => {
    const token = tokens[i]
    return token ? text.slice(token.start, token.end) : ''
  }
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i]?.kind !== 'ident') continue
    if (REGISTERING.has(word(i)) && word(i + 1) === ':' && word(i + 3) === '<') {
      const path = pathAt(tokens, text, i + 4)
      if (path) addClass(found, path)
    }
    // `T::type_object(py)`, `<T as PyTypeInfo>::type_object(py)` and `T::lazy_type_object()`
    if (word(i - 1) === ':' || word(i - 1) === '.') continue
    const path = pathAt(tokens, text, i)
    if (!path) continue
    const next = word(path.next)
    if (REGISTERING.has(path.segments.at(-1) ?? '') && path.segments.length > 1 && next === '(')
      addClass(found, { ...path, segments: path.segments.slice(0, -1) })
    if (next === '!') macroCall(found, tokens, text, path, depth)
    else if (next === '(' || next === ',' || next === ')') addFunction(found, path)
  }
}

interface WrittenPath {
  readonly segments: readonly string[]
  readonly global: boolean
  /** Index of the token after the path. */
  readonly next: number
}

/** A path of plain names that starts at token `i`; generic arguments end it. null if there is none. */
function pathAt(tokens: readonly Token[], text: string, i: number): WrittenPath | null {
  const word = (at: number): string => text.slice(tokens[at]?.start ?? 0, tokens[at]?.end ?? 0)
  let at = i
  const global = word(at) === ':' && word(at + 1) === ':'
  if (global) at += 2
  const segments: string[] = []
  for (;;) {
    if (tokens[at]?.kind !== 'ident') break
    segments.push(word(at).replace(/^r#/, ''))
    at++
    if (word(at) === ':' && word(at + 1) === ':' && tokens[at + 2]?.kind === 'ident') at += 2
    else break
  }
  return segments.length === 0 ? null : { segments, global, next: at }
}

function addClass(found: Found, path: WrittenPath): void {
  const def = definitionOfPath(found.db, found.module, path.segments, path.global)
  if (def !== null) found.classes.add(def)
}

function addFunction(found: Found, path: WrittenPath): void {
  for (const { def, rest } of resolveInWorkspace(found.db, found.module, path.segments, path.global, 'value')) {
    if (def === null) continue
    if (rest === 0 && itemOf(found.db, def)?.item.kind === 'fn') found.functions.add(def)
  }
  // `T::register(m)`: an associated function; its impl's bodies count.
  if (path.segments.length < 2) return
  const [owner, ...others] = resolveInWorkspace(found.db, found.module, path.segments.slice(0, -1), path.global, 'type')
  if (owner?.def && owner.rest === 0 && others.length === 0 && itemOf(found.db, owner.def)) found.functions.add(owner.def)
}

/** A macro of the workspace is expanded and its result scanned; in any other the arguments are. */
function macroCall(found: Found, tokens: readonly Token[], text: string, path: WrittenPath, depth: number): void {
  const open = tokens[path.next + 1]
  if (open?.kind !== 'open' || depth >= MAX_MACRO_DEPTH) return
  let nesting = 0
  let end = path.next + 1
  for (; end < tokens.length; end++) {
    if (tokens[end]?.kind === 'open') nesting++
    else if (tokens[end]?.kind === 'close' && --nesting === 0) break
  }
  const args = text.slice(open.end, tokens[end]?.start ?? text.length)
  const name = path.segments.at(-1) ?? ''
  const wrapped = name === 'wrap_pymodule' || name === 'wrap_pyfunction' ? pathAt(tokens, text, path.next + 2) : null
  if (wrapped) addFunction(found, wrapped)
  const def =
    (path.segments.length === 1 ? macroInScope(expandedModule(found.db, found.module)?.exitScope ?? null, name) : null) ??
    macroByPath(found.db, found.module, path.segments, path.global)
  if (!def) return
  const site = { file: found.file, callKey: 'body', parent: null, itemKey: `body of ${found.module}`, argsStart: 0 }
  const result = expandText(found.db, def, args, site)
  if (result.kind === 'expanded') scan(found, result.text, depth + 1)
}
