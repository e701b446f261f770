import type { Database } from '../query/database.ts'
import { parseSummary } from '../syntax/summarize.ts'
import type { Attr } from '../syntax/summary.ts'
import { bitflagsStructs, exceptionStruct, type MadeText, makesException } from './built-in-structs.ts'
import type { ModId } from './defs.ts'
import { dollarCrate } from './dollar-crate.ts'
import { type ExpansionSite, keepText } from './expansion-store.ts'
import { crateNamedIn } from './fact-names.ts'
import { crateOfId } from './ids.ts'
import { matchingBrace } from './matching-brace.ts'
import { pasteIdentifiers } from './paste.ts'

/** A part of a macro's arguments that is there as written, under a condition. */
export interface KeptPart {
  /** Id of the expansion that holds it. */
  readonly expansion: string
  /** `#[cfg(…)]` over all of it; null if it is always there. */
  readonly cfg: Attr | null
}

/**
 * Macros whose items follow from their arguments by documented contract: `pin_project! { struct … }`,
 * `cfg_if! { if #[cfg(a)] { … } else { … } }`, `cfg_select! { a => { … } _ => { … } }`, `paste! { struct [<A B>]; }`,
 * `bitflags! { struct A: u8 { … } }` and PyO3's exceptions. Known here because so many crates use them that the definition may
 * not be on this machine, or costs more to expand than all of the crate.
 * @param module the module of the call
 * @returns null for other macros and for arguments of another shape
 */
export function keptParts(
  db: Database,
  module: ModId,
  macro: string,
  args: string,
  site: ExpansionSite,
): readonly KeptPart[] | null {
  const made = makesException(macro) ? exception(db, module, macro, args) : macro === 'bitflags' ? bitflagsStructs(args) : null
  if (made) return [{ expansion: keepText(db, made.text, made.map, site), cfg: null }]
  if (macro === 'pin_project') return [{ expansion: keepSlice(db, args, 0, args.length, site), cfg: null }]
  if (macro === 'paste') {
    const pasted = pasteIdentifiers(args)
    return pasted && [{ expansion: keepText(db, pasted.text, pasted.map, site), cfg: null }]
  }
  const branches = macro === 'cfg_if' ? cfgIfBranches(args) : macro === 'cfg_select' ? cfgSelectBranches(args) : null
  if (branches === null) return null
  return branches.map(({ start, end, cfg }) => ({ expansion: keepSlice(db, args, start, end, site), cfg: cfgAttr(cfg) }))
}

function exception(db: Database, module: ModId, macro: string, args: string): MadeText | null {
  const pyo3 = crateNamedIn(db, crateOfId(module), 'pyo3')
  return pyo3 === null ? null : exceptionStruct(macro, args, dollarCrate(db, pyo3))
}

function keepSlice(db: Database, args: string, start: number, end: number, site: ExpansionSite): string {
  const text = args.slice(start, end)
  return keepText(db, text, [{ start: 0, end: text.length, from: 'args', source: { start, end } }], site)
}

interface Branch {
  readonly start: number
  readonly end: number
  /** Text between the parentheses of `cfg(…)`. */
  readonly cfg: string
}

/** Reads the chain of branches; each one's condition excludes those before it. null if it is not such a chain. */
function cfgIfBranches(args: string): readonly Branch[] | null {
  const branches: Branch[] = []
  const before: string[] = []
  let at = 0
  while (args.slice(at).trim() !== '') {
    const head = /^\s*(?:(?:else\s+)?if\s*#\s*\[\s*cfg\s*\(|else\s*\{)/.exec(args.slice(at))
    if (!head) return null
    at += head[0].length
    const isElse = head[0].endsWith('{')
    let own: string | null = null
    if (!isElse) {
      const close = matchingBrace(args, at - 1)
      const open = close === null ? null : /^\s*\]\s*\{/.exec(args.slice(close + 1))
      if (close === null || !open) return null
      own = args.slice(at, close)
      at = close + 1 + open[0].length
    }
    const end = matchingBrace(args, at - 1)
    if (end === null) return null
    const parts = [...before.map((each) => `not(${each})`), ...(own === null ? [] : [own])]
    branches.push({ start: at, end, cfg: `all(${parts.join(', ')})` })
    if (own !== null) before.push(own)
    at = end + 1
  }
  return branches
}

/** Reads `predicate => { items }`, commas between allowed, `_` for always; the first that holds counts. null if it is no such list. */
function cfgSelectBranches(args: string): readonly Branch[] | null {
  const branches: Branch[] = []
  const before: string[] = []
  let at = 0
  while (args.slice(at).replace(/^[\s,]+/, '') !== '') {
    const arrow = args.indexOf('=>', at)
    const open = arrow < 0 ? null : /^\s*\{/.exec(args.slice(arrow + 2))
    if (!open) return null
    const own = args
      .slice(at, arrow)
      .replace(/^[\s,]+/, '')
      .trim()
    const start = arrow + 2 + open[0].length
    const end = matchingBrace(args, start - 1)
    if (end === null || own === '') return null
    const parts = [...before.map((each) => `not(${each})`), ...(own === '_' ? [] : [own])]
    branches.push({ start, end, cfg: `all(${parts.join(', ')})` })
    before.push(own === '_' ? 'all()' : own)
    at = end + 1
  }
  return branches
}

function cfgAttr(cfg: string): Attr | null {
  return parseSummary(`#[cfg(${cfg})] struct X;`).summary.items[0]?.attrs[0] ?? null
}
