import type { Database } from '../query/database.ts'
import { parseSummary } from '../syntax/summarize.ts'
import type { Attr } from '../syntax/summary.ts'
import { type ExpansionSite, keepText } from './expansion-store.ts'
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
 * Macros whose arguments are items that they pass on, by documented contract: `pin_project! { struct … }`,
 * `cfg_if! { if #[cfg(a)] { … } else { … } }` and `paste! { struct [<A B>]; }`. Known here because nearly every crate with platform code uses one, and the
 * definition may not be on this machine.
 * @returns null for other macros and for arguments of another shape
 */
export function keptParts(db: Database, macro: string, args: string, site: ExpansionSite): readonly KeptPart[] | null {
  if (macro === 'pin_project') return [{ expansion: keepSlice(db, args, 0, args.length, site), cfg: null }]
  if (macro === 'paste') {
    const pasted = pasteIdentifiers(args)
    return pasted && [{ expansion: keepText(db, pasted.text, pasted.map, site), cfg: null }]
  }
  if (macro !== 'cfg_if') return null
  const branches = cfgIfBranches(args)
  if (branches === null) return null
  return branches.map(({ start, end, cfg }) => ({ expansion: keepSlice(db, args, start, end, site), cfg: cfgAttr(cfg) }))
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

function cfgAttr(cfg: string): Attr | null {
  return parseSummary(`#[cfg(${cfg})] struct X;`).summary.items[0]?.attrs[0] ?? null
}
