import type { CrateId } from '../project/crate-graph.ts'
import { hashText } from './hash.ts'
import type { Edition } from './macros/cursor.ts'

/** A `macro_rules!` of a crate whose sources we have. */
export interface MacroDef {
  readonly name: string
  /** Text between the outer delimiters. */
  readonly body: string
  /** The crate `$crate` means inside. */
  readonly crate: CrateId
  /** Edition of that crate: it decides what some fragments match. */
  readonly edition: Edition
  /** `#[macro_export]`: also reachable as `crate::name`. */
  readonly exported: boolean
  /** `#[macro_export(local_inner_macros)]`: macros called in its output are looked up as `$crate::name!`. */
  readonly localInner: boolean
  /** Hash of all of the above. */
  readonly identity: string
}

/**
 * The macros in scope by textual order, innermost last defined first. A linked list, so that a module keeps the scope at
 * its start while its parent goes on defining macros. null is the empty scope.
 */
export type MacroScope = MacroScopeEntry | null

export interface MacroScopeEntry {
  readonly def: MacroDef
  readonly outer: MacroScope
  /** Hash of the whole list: equal identities, equal scopes. */
  readonly identity: string
}

/** Describes a macro definition. */
export function macroDef(parts: Omit<MacroDef, 'identity'>): MacroDef {
  const { name, body, crate, exported, localInner } = parts
  return {
    ...parts,
    identity: hashText(`${name}
${crate}
${exported} ${localInner}
${body}`),
  }
}

/** The scope after a definition. */
export function define(scope: MacroScope, def: MacroDef): MacroScopeEntry {
  return { def, outer: scope, identity: hashText(`${scope?.identity ?? ''}/${def.identity}`) }
}

/** The macro a bare name means here, null if no textual definition precedes. */
export function macroInScope(scope: MacroScope, name: string): MacroDef | null {
  for (let entry = scope; entry; entry = entry.outer) if (entry.def.name === name) return entry.def
  return null
}
