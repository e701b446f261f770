import { dirname, join } from '../project/paths.ts'
import type { Database } from '../query/database.ts'
import { fileSummary } from '../syntax/queries.ts'
import type { Attr, Item, MacroCallItem } from '../syntax/summary.ts'
import { keptParts } from './built-in-macros.ts'
import type { ModId, UnknownReason } from './defs.ts'
import { type ExpansionSite, expandText, expansionById, itemsOfExpansion } from './expansion-store.ts'
import { addsNoItems, isWorthExpanding, namesAdded } from './known-macros.ts'
import { exportedMacros, macroByPath } from './macro-lookup.ts'
import { type MacroDef, type MacroScope, macroInScope } from './macro-scope.ts'
import { MEMBER_MARK, memberKey } from './member-key.ts'

/** Where a macro call stands. */
export interface CallSite {
  readonly module: ModId
  readonly scope: MacroScope
  readonly file: string
  /** Key of the outermost macro call; null if this call is written. */
  readonly callKey: string | null
  /** The expansion that holds the call; null if it is written. */
  readonly expansion: string | null
  readonly pathBase: string
}

/** Items that a call stands for. */
export interface ItemExpansion {
  readonly items: readonly Item[]
  /** The expansion they are in; null for items of an included file. */
  readonly expansion: string | null
  readonly file: string
  /** A `cfg` attribute that all of them are under; null if there is none. */
  readonly cfg: Attr | null
}

/** What a macro call in item position comes to. */
export type CallResult =
  | { readonly kind: 'items'; readonly parts: readonly ItemExpansion[] }
  /** Adds no names. */
  | { readonly kind: 'nothing' }
  /** May add items; `names` if it is known what they are called. */
  | { readonly kind: 'opaque'; readonly reason: UnknownReason; readonly names: readonly string[] | null }

/** What the meaning of a macro call's path depends on. */
export type MacroSite = Pick<CallSite, 'module' | 'scope' | 'expansion'>

/** The macro a call means: textual scope first, then paths. null if its text is not here. */
export function macroOfCall(db: Database, path: string, { module, scope, expansion }: MacroSite): MacroDef | null {
  const global = path.startsWith('::')
  const segments = path.replace(/^::/, '').split('::')
  const [only] = segments
  const local = segments.length === 1 && !global && only !== undefined ? macroInScope(scope, only) : null
  if (local) return local
  const inner = expansion === null ? null : (expansionById(db, expansion)?.innerCrate ?? null)
  const ownCrate = inner === null || only === undefined ? null : (exportedMacros(db, inner).get(only) ?? null)
  if (ownCrate) return ownCrate
  // Well-known names are not searched for: that would read whole crates for nothing.
  if (!isWorthExpanding(segments.at(-1) ?? '')) return null
  return macroByPath(db, module, segments, global)
}

/** Expands a macro call in item position. */
export function expandItemCall(db: Database, call: MacroCallItem, at: CallSite): CallResult {
  const name = call.path.split('::').at(-1) ?? call.path
  if (macroInScope(at.scope, call.path) === null) {
    const kept = keptParts(db, at.module, name, call.args, siteOf(call, at))
    if (kept)
      return {
        kind: 'items',
        parts: kept.map(({ expansion, cfg }) => ({ items: itemsOfExpansion(db, expansion), expansion, file: at.file, cfg })),
      }
  }
  const def = macroOfCall(db, call.path, at)
  if (def) return expandDefined(db, call, at, def)
  if (name === 'include') return includeFile(db, call, at)
  if (addsNoItems(name)) return { kind: 'nothing' }
  return {
    kind: 'opaque',
    reason: { code: 'macro-item', text: `macro ${call.path}! may define it` },
    names: namesAdded(name, call.args),
  }
}

function siteOf(call: MacroCallItem, at: CallSite): ExpansionSite {
  return {
    file: at.file,
    callKey: at.callKey ?? call.key,
    parent: at.expansion,
    itemKey: call.key,
    argsStart: call.argsSpan.start,
  }
}

/**
 * Expands the macro calls among the members of an impl or trait; those that cannot be expanded stay. A member's key names
 * its expansion, see `memberKey`.
 */
export function expandMembers(db: Database, members: readonly Item[], at: CallSite, depth = 0): readonly Item[] {
  if (depth > MAX_MEMBER_DEPTH || !members.some((member) => member.kind === 'macro_call')) return members
  return members.flatMap((member): readonly Item[] => {
    if (member.kind !== 'macro_call') return [member]
    const def = macroOfCall(db, member.path, at)
    const expanded = def && expandText(db, def, member.args, siteOf(member, at))
    if (expanded?.kind !== 'expanded') return [member]
    const inner = { ...at, callKey: at.callKey ?? member.key, expansion: expanded.id }
    return expandMembers(db, itemsOfExpansion(db, expanded.id), inner, depth + 1).map((each) =>
      each.key.includes(MEMBER_MARK) ? each : { ...each, key: memberKey(expanded.id, each.key) },
    )
  })
}

/** Macros in macros in an impl: the language's default `recursion_limit`. */
const MAX_MEMBER_DEPTH = 128

function expandDefined(db: Database, call: MacroCallItem, at: CallSite, def: MacroDef): CallResult {
  const expanded = expandText(db, def, call.args, siteOf(call, at))
  if (expanded.kind === 'refused') {
    const names = namesAdded(call.path.split('::').at(-1) ?? '', call.args)
    return { kind: 'opaque', reason: { code: 'macro-item', text: `macro ${call.path}! may define it (${expanded.why})` }, names }
  }
  const items = itemsOfExpansion(db, expanded.id)
  return { kind: 'items', parts: [{ items, expansion: expanded.id, file: at.file, cfg: null }] }
}

/** `include!("x.rs")` stands for the file's items; a computed path is a file that a build script makes. */
function includeFile(db: Database, call: MacroCallItem, at: CallSite): CallResult {
  const literal = /^\s*"([^"\\]+)"\s*,?\s*$/.exec(call.args)?.[1]
  const generated = {
    kind: 'opaque',
    reason: { code: 'generated-file', text: `include!(${call.args.trim()}) may define it` },
    names: null,
  } as const
  if (literal === undefined) return generated
  const file = join(dirname(at.file) ?? at.pathBase, literal)
  const summary = file === at.file ? null : fileSummary(db, file)
  return summary ? { kind: 'items', parts: [{ items: summary.items, expansion: null, file, cfg: null }] } : generated
}
