import { CFG_TRUE, type CfgEnv, type CfgExpr, cfgOfAttrs, conjunction, parseCfgAttr } from '../project/cfg.ts'
import { type CfgAssumptions, cfgEnv } from '../project/cfg-env.ts'
import { decide, simplify } from '../project/cfg-logic.ts'
import { type CrateId, worldRootOf, worldTargetOf } from '../project/crate-graph.ts'
import type { Environment } from '../project/host.ts'
import { mentionedFlags } from '../project/rustflags.ts'
import { type Database, query } from '../query/database.ts'
import type { Attr, Meta } from '../syntax/summary.ts'
import { crateOf, ENVIRONMENT_SETTING } from './crates.ts'
import { sameValue } from './same-value.ts'

/**
 * When something exists, as far as the environment does not decide it: `const true` if it always does. Things that never
 * exist have no condition, they are left out.
 */
export type Condition = CfgExpr

/** The condition of what always exists. */
export const ALWAYS: Condition = CFG_TRUE

/** Both must hold. Most things always exist, and are not worth building an expression for. */
export function both(a: Condition, b: Condition): Condition {
  if (a === ALWAYS) return b
  return b === ALWAYS ? a : conjunction([a, b])
}

/** Setting under which the driver stores the `CfgAssumptions` of this run. */
export const CFG_SETTING = 'cfgAssumptions'

/** What is set while compiling a crate. */
export const cfgEnvOf = query<CrateId, CfgEnv>(
  'cfgEnv',
  (db, crate) => {
    const assumptions = db.setting<CfgAssumptions>(CFG_SETTING) ?? {}
    const target = worldTargetOf(db, crate) ?? db.setting<Environment>(ENVIRONMENT_SETTING)?.target
    const root = worldRootOf(db, crate)
    const assume = { ...assumptions, openFlags: root === null ? [] : mentionedFlags(db, root) }
    return cfgEnv(crateOf(db, crate)?.features ?? null, target === undefined ? assume : { ...assume, target })
  },
  { equals: sameValue },
)

/** When a thing with these attributes exists in the crate; null if never. */
export function conditionOf(db: Database, crate: CrateId, attrs: readonly Attr[]): Condition | null {
  if (attrs.length === 0) return ALWAYS
  const expr = cfgOfAttrs(attrs)
  if (expr === null) return ALWAYS
  const env = cfgEnvOf(db, crate)
  const truth = decide(expr, env)
  if (truth === 'unknown') return simplify(expr, env)
  return truth ? ALWAYS : null
}

/** An attribute after `cfg_attr` has been worked out. */
export interface EffectiveAttr {
  readonly meta: Meta
  /** The attribute as written that it comes from. */
  readonly attr: Attr
  /** When it is there. */
  readonly condition: Condition
}

/** The attributes that may be there: `cfg_attr(p, a)` is `a` unless the environment says that `p` is false. */
export function effectiveAttrs(db: Database, crate: CrateId, attrs: readonly Attr[]): readonly EffectiveAttr[] {
  return attrs.flatMap((attr) => unfold(db, crate, attr, attr.meta, ALWAYS, 0))
}

const MAX_NESTING = 8

function unfold(
  db: Database,
  crate: CrateId,
  attr: Attr,
  meta: Meta,
  condition: Condition,
  depth: number,
): readonly EffectiveAttr[] {
  const conditional = parseCfgAttr(meta)
  if (!conditional) return [{ meta, attr, condition }]
  const env = cfgEnvOf(db, crate)
  const truth = decide(conditional.when, env)
  if (truth === false || depth >= MAX_NESTING) return []
  const inner = truth === true ? condition : conjunction([condition, simplify(conditional.when, env)])
  return conditional.attrs.flatMap((each) => unfold(db, crate, attr, each, inner, depth + 1))
}
