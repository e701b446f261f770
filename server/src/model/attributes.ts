import { type CfgExpr, parseCfg } from '../project/cfg.ts'
import type { Attr, Item, Meta } from '../syntax/summary.ts'

/** One meta item of an attribute, out of any `cfg_attr`s around it. */
export interface EffectiveMeta {
  readonly meta: Meta
  /** The attribute it stands in. */
  readonly attr: Attr
  /** Conditions of the `cfg_attr`s around it, outermost first. */
  readonly conditions: readonly CfgExpr[]
}

/** All meta items of an item's attributes with `cfg_attr(condition, a, b)` opened up, nested ones too, in source order. */
export function effectiveMetas(attrs: readonly Attr[]): EffectiveMeta[] {
  return attrs.flatMap((attr) => open(attr.meta, attr, []))
}

function open(meta: Meta, attr: Attr, conditions: readonly CfgExpr[]): EffectiveMeta[] {
  if (meta.path !== 'cfg_attr' || !meta.args) return [{ meta, attr, conditions }]
  const [condition, ...metas] = meta.args
  if (!condition) return []
  const inner = [...conditions, parseCfg(condition)]
  return metas.flatMap((it) => open(it, attr, inner))
}

/** The `cfg(…)` conditions of an item, without those inside `cfg_attr` that guard other attributes. */
export function cfgConditions(attrs: readonly Attr[]): CfgExpr[] {
  const found: CfgExpr[] = []
  for (const { meta } of effectiveMetas(attrs)) {
    const condition = meta.path === 'cfg' ? meta.args?.[0] : undefined
    if (condition) found.push(parseCfg(condition))
  }
  return found
}

/** The traits of all `#[derive(…)]`s, last path segments. */
export function derives(attrs: readonly Attr[]): string[] {
  return effectiveMetas(attrs)
    .filter(({ meta }) => lastSegment(meta.path) === 'derive')
    .flatMap(({ meta }) => (meta.args ?? []).map((it) => lastSegment(it.path)))
}

/** `pyo3::prelude::pyclass` → `pyclass`. */
export function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf(':') + 1)
}

/** Recognises PyO3's attribute macros by the names that a module gives them. */
export interface AttributeNames {
  /** Name of the macro in PyO3 (`pyclass`, `pymethods`, …) that a path as written means; null if it is not PyO3's. */
  pyo3Macro(path: string): string | null
}

const MACROS = new Set(['pyclass', 'pymethods', 'pyfunction', 'pymodule', 'pymodule_export', 'pymodule_init', 'pyo3', 'pyfn'])

/**
 * Names under which PyO3's macros are known among `items` (those of a module): as they are, through `pyo3::…` under the
 * dependency's name, or renamed by `use pyo3::pyclass as pc`.
 */
export function attributeNames(items: readonly Item[], pyo3Name: string): AttributeNames {
  const renamed = new Map<string, string>()
  for (const item of items) {
    if (item.kind !== 'use') continue
    for (const { path, alias, glob } of item.imports) {
      const leaf = path.at(-1)
      if (!glob && alias && leaf && MACROS.has(leaf) && path[0] === pyo3Name) renamed.set(alias, leaf)
    }
  }
  return {
    pyo3Macro(path) {
      const known = renamed.get(path)
      if (known) return known
      const segments = path.replace(/^::/, '').split('::')
      const leaf = segments.at(-1) ?? ''
      if (!MACROS.has(leaf)) return null
      return segments.length === 1 || segments[0] === pyo3Name || segments[0] === 'pyo3' ? leaf : null
    },
  }
}
