import { evaluateAttributeValues } from './attribute-values.ts'
import type { MacroRules } from './definition.ts'
import { groupFragments } from './group-fragments.ts'
import { type Fuel, matchRule } from './match.ts'
import { type Refusal, refuse } from './refusal.ts'
import { type Rendered, render } from './render.ts'
import { type OpaqueRange, readTokens } from './tokens.ts'
import { transcribe } from './transcribe.ts'

export { type MacroRules, parseMacroRules } from './definition.ts'
export type { Refusal, RefusalReason } from './refusal.ts'
export type { Segment } from './render.ts'
export type { OpaqueRange } from './tokens.ts'

export interface ExpandOptions {
  /** An identifier to write for `$crate`; the caller resolves it to the crate of the definition. */
  readonly crateName: string
  /** How many expansions this call is nested in; past 64 it is refused. */
  readonly depth?: number
  /** Fragments that an outer expansion captured, in offsets of `args` (its `Expansion.opaque`, moved). */
  readonly opaque?: readonly OpaqueRange[]
  /** Steps and tokens; default 100,000 tokens of output and twice as many steps of the matcher. */
  readonly tokens?: number
}

/** The text that a macro call stands for, to be read like a file: it is not in place of the call, see `map`. */
export interface Expansion extends Rendered {
  /** Index of the rule that matched. */
  readonly rule: number
}

/** Nested expansions (`recursion_limit` is 128 by default, no real item macro comes near either). */
const MAX_DEPTH = 64
const MAX_TOKENS = 100_000

/** Tells the two outcomes of this folder's functions apart. */
export function isRefusal(outcome: object): outcome is Refusal {
  return 'reason' in outcome
}

/** Expands one call. `args` is the text between the call's outer delimiters. Rules are tried in order, as rustc does. */
export function expandMacro(rules: MacroRules, args: string, options: ExpandOptions): Expansion | Refusal {
  if ((options.depth ?? 0) > MAX_DEPTH) return refuse('fuel', 'macros are nested too deeply')
  const limit = options.tokens ?? MAX_TOKENS
  const toks = readTokens(args, 'args', options.opaque ?? [])
  if (toks === null) return refuse('parse-error', 'unbalanced delimiters in the arguments')
  if (toks.length > limit) return refuse('fuel', 'the arguments are too large')
  const matching: Fuel = { left: limit * 2 }
  for (const [index, rule] of rules.rules.entries()) {
    const bindings = matchRule(rule, toks, rules.edition, matching)
    if (bindings === null) continue
    if (isRefusal(bindings)) return bindings
    const out = transcribe(rule.body, bindings, options.crateName, { left: limit })
    if (isRefusal(out)) return out
    return { rule: index, ...render(groupFragments(evaluateAttributeValues(out)), args, rules.definition) }
  }
  return refuse('no-arm-matches', 'no rule of the macro matches')
}
