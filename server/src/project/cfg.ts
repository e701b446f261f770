import type { Attr, Meta } from '../syntax/summary.ts'

/** State of a Cargo feature; `unknown` where manifests that would decide it are absent. */
export type FeatureState = 'on' | 'off' | 'unknown'

/** Three-valued truth: `unknown` is "depends on something that is not decided", never "false". */
export type Truth = boolean | 'unknown'

/**
 * A `cfg` predicate (Rust reference, "Conditional compilation"). `opaque` is one this tool has no meaning for, as
 * `accessible(…)` or broken syntax; it is always unknown and equal to nothing but its own text.
 */
export type CfgExpr =
  | { readonly kind: 'all'; readonly of: readonly CfgExpr[] }
  | { readonly kind: 'any'; readonly of: readonly CfgExpr[] }
  | { readonly kind: 'not'; readonly of: CfgExpr }
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'value'; readonly key: string; readonly value: string }
  | { readonly kind: 'const'; readonly value: boolean }
  | { readonly kind: 'opaque'; readonly text: string }

/** What is set while compiling one crate. A flag or key that is not listed is undecided. */
export interface CfgEnv {
  /** Target triple, for `[target.'…']` tables that name one. */
  readonly target: string
  readonly flags: ReadonlyMap<string, boolean>
  /** Key → every value it has; a listed key has no other value. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>
  /** Features of the crate that the predicate stands in, all of them (a missing one is off); null if they are not known. */
  readonly features: ReadonlyMap<string, FeatureState> | null
}

export const CFG_TRUE: CfgExpr = { kind: 'const', value: true }
export const CFG_FALSE: CfgExpr = { kind: 'const', value: false }

/** The predicate that `meta` writes, as the one argument of `cfg(…)`. Never fails: what it cannot read is `opaque`. */
export function parseCfg(meta: Meta): CfgExpr {
  if (meta.args !== null) return parseList(meta, meta.args)
  if (meta.value !== null && meta.path !== '') {
    return meta.quoted && isName(meta.path) ? { kind: 'value', key: bare(meta.path), value: meta.value } : opaqueMeta(meta)
  }
  const word = meta.path === '' && !meta.quoted ? meta.value : meta.path
  if (word === 'true' || word === 'false') return { kind: 'const', value: word === 'true' }
  return word !== null && isName(word) && meta.value === null ? { kind: 'flag', name: bare(word) } : opaqueMeta(meta)
}

function parseList(meta: Meta, args: readonly Meta[]): CfgExpr {
  if (meta.path === 'all' || meta.path === 'any') return { kind: meta.path, of: args.map(parseCfg) }
  const [only] = args
  if (meta.path === 'not' && args.length === 1 && only !== undefined) return { kind: 'not', of: parseCfg(only) }
  return opaqueMeta(meta)
}

const isName = (text: string): boolean => /^(r#)?[\p{L}_][\p{L}\p{N}_]*$/u.test(text)
const bare = (name: string): string => (name.startsWith('r#') ? name.slice(2) : name)

function opaqueMeta(meta: Meta): CfgExpr {
  return { kind: 'opaque', text: metaText(meta) }
}

function metaText(meta: Meta): string {
  const value = meta.value === null ? '' : meta.quoted ? JSON.stringify(meta.value) : meta.value
  const head = meta.path !== '' && meta.value !== null ? `${meta.path} = ${value}` : meta.path + value
  return meta.args === null ? head : `${head}(${meta.args.map(metaText).join(', ')})`
}

/**
 * When the thing that carries `attrs` is compiled: every `#[cfg(p)]` must hold, and `#[cfg_attr(q, cfg(p))]` adds
 * "p unless not q". null if nothing is said.
 */
export function cfgOfAttrs(attrs: readonly Attr[]): CfgExpr | null {
  const parts = attrs.flatMap((attr) => cfgOfMeta(attr.meta))
  return parts.length === 0 ? null : conjunction(parts)
}

function cfgOfMeta(meta: Meta): readonly CfgExpr[] {
  if (meta.path === 'cfg' && meta.args !== null) {
    const [only] = meta.args
    return [only !== undefined && meta.args.length === 1 ? parseCfg(only) : opaqueMeta(meta)]
  }
  const conditional = parseCfgAttr(meta)
  if (conditional === null) return []
  const inner = conditional.attrs.flatMap(cfgOfMeta)
  return inner.length === 0 ? [] : [disjunction([negate(conditional.when), conjunction(inner)])]
}

/** The two halves of `cfg_attr(predicate, attr, attr…)`; null if `meta` is something else. Nested ones are left as they are. */
export function parseCfgAttr(meta: Meta): { readonly when: CfgExpr; readonly attrs: readonly Meta[] } | null {
  if (meta.path !== 'cfg_attr' || meta.args === null) return null
  const [predicate, ...attrs] = meta.args
  return predicate === undefined ? null : { when: parseCfg(predicate), attrs }
}

/** `all(parts)`, flattened and without what is trivially true. */
export function conjunction(parts: readonly CfgExpr[]): CfgExpr {
  return join('all', parts)
}

/** `any(parts)`, flattened and without what is trivially false. */
export function disjunction(parts: readonly CfgExpr[]): CfgExpr {
  return join('any', parts)
}

function join(kind: 'all' | 'any', parts: readonly CfgExpr[]): CfgExpr {
  const neutral = kind === 'all'
  const seen = new Map<string, CfgExpr>()
  for (const part of parts.flatMap((p) => (p.kind === kind ? p.of : [p]))) {
    if (part.kind === 'const') {
      if (part.value !== neutral) return part
    } else seen.set(cfgText(part), part)
  }
  const of = [...seen.values()]
  const [only] = of
  if (only === undefined) return neutral ? CFG_TRUE : CFG_FALSE
  return of.length === 1 ? only : { kind, of }
}

/** `not(expr)`, double negation and constants removed. */
export function negate(expr: CfgExpr): CfgExpr {
  if (expr.kind === 'not') return expr.of
  if (expr.kind === 'const') return expr.value ? CFG_FALSE : CFG_TRUE
  return { kind: 'not', of: expr }
}

/** `expr` as Rust would write it between the parentheses of `cfg(…)`. Equal predicates as written have equal text. */
export function cfgText(expr: CfgExpr): string {
  switch (expr.kind) {
    case 'all':
    case 'any':
      return `${expr.kind}(${expr.of.map(cfgText).join(', ')})`
    case 'not':
      return `not(${cfgText(expr.of)})`
    case 'flag':
      return expr.name
    case 'value':
      return `${expr.key} = ${JSON.stringify(expr.value)}`
    case 'const':
      return String(expr.value)
    case 'opaque':
      return expr.text
  }
}

/** Whether `expr` holds in `env`, by Kleene's rules; `isSatisfiable` of `cfg-logic.ts` sees `any(x, not(x))` as well. */
export function evaluate(expr: CfgExpr, env: CfgEnv): Truth {
  return evaluateWith(expr, (atom) => evaluateAtom(atom, env))
}

/** A predicate without parts: what an environment decides. */
export type CfgAtom = Extract<CfgExpr, { kind: 'flag' | 'value' | 'opaque' }>

/** Kleene evaluation over any assignment of the atoms. */
export function evaluateWith(expr: CfgExpr, atom: (atom: CfgAtom) => Truth): Truth {
  switch (expr.kind) {
    case 'const':
      return expr.value
    case 'not': {
      const of = evaluateWith(expr.of, atom)
      return of === 'unknown' ? of : !of
    }
    case 'all':
    case 'any': {
      const decisive = expr.kind === 'any'
      let result: Truth = !decisive
      for (const part of expr.of) {
        const truth = evaluateWith(part, atom)
        if (truth === decisive) return decisive
        if (truth === 'unknown') result = 'unknown'
      }
      return result
    }
    default:
      return atom(expr)
  }
}

/** What `env` says about one atom. `target_family = "unix"` and the flag `unix` are both listed by the target's profile. */
export function evaluateAtom(atom: CfgAtom, env: CfgEnv): Truth {
  if (atom.kind === 'opaque') return 'unknown'
  if (atom.kind === 'flag') return env.flags.get(atom.name) ?? 'unknown'
  if (atom.key === 'feature') {
    if (env.features === null) return 'unknown'
    const state = env.features.get(atom.value) ?? 'off'
    return state === 'unknown' ? state : state === 'on'
  }
  return env.values.get(atom.key)?.has(atom.value) ?? 'unknown'
}
