import type { RustdocCrate, RustdocGenerics, RustdocImpl, RustdocItem, RustdocPath, RustdocType } from './rustdoc.ts'

/** rustc's answer for one type; the columns of `pyo3-thread-safety types`. */
export interface OracleRow {
  /** Name of the library target. */
  readonly crate: string
  /** `/`-separated, relative to the folder of the workspace. */
  readonly file: string
  /** Line of the item, 1-based. */
  readonly line: number
  readonly kind: 'struct' | 'enum' | 'union'
  readonly path: string
  /** `yes`, `no`, `yes if T: Send, …`, or `impls: N` where impls are for concrete arguments or more than one. */
  readonly send: string
  readonly sync: string
}

const KINDS = ['struct', 'enum', 'union'] as const
const AUTO_TRAITS = ['Send', 'Sync'] as const
/** Implied bounds that rustdoc writes out. */
const IMPLIED = new Set(['Sized', 'MetaSized', 'PointeeSized'])

type AutoTrait = (typeof AUTO_TRAITS)[number]
interface AutoTraitImpl {
  readonly impl: RustdocImpl
  readonly self: RustdocPath
}

/**
 * One row for every type of the crate for which rustdoc knows both traits, sorted by columns. The answers come from the impls,
 * written and synthesized, that rustdoc lists; `normalize` turns a span's file into the one to print.
 */
export function oracleRows(doc: RustdocCrate, normalize: (file: string) => string): readonly OracleRow[] {
  const impls = autoTraitImpls(doc)
  const crate = doc.index[String(doc.root)]?.name ?? '?'
  const rows: OracleRow[] = []
  for (const [id, item] of Object.entries(doc.index)) {
    const kind = kindOf(item)
    const generics = kind && item.inner[kind]?.generics
    if (!kind || !generics || item.crate_id !== 0 || !item.span) continue
    const [send, sync] = AUTO_TRAITS.map((trait) => verdict(impls.get(implKey(id, trait)), generics))
    if (!send || !sync) continue
    const path = doc.paths[id]?.path.join('::') ?? `${crate}::?::${item.name}`
    rows.push({ crate, file: normalize(item.span.filename), line: item.span.begin[0], kind, path, send, sync })
  }
  return rows.sort(compareRows)
}

/** The row as it is printed, tab-separated. */
export function formatRow(row: OracleRow): string {
  return columns(row).join('\t')
}

function columns(row: OracleRow): readonly string[] {
  return [row.crate, row.file, String(row.line), row.kind, row.path, row.send, row.sync]
}

/** Column by column as text, so that files made on different machines compare byte for byte. */
function compareRows(left: OracleRow, right: OracleRow): number {
  const others = columns(right)
  for (const [index, column] of columns(left).entries()) {
    const other = others[index] ?? ''
    if (column !== other) return column < other ? -1 : 1
  }
  return 0
}

function kindOf(item: RustdocItem): OracleRow['kind'] | undefined {
  return KINDS.find((kind) => kind in item.inner)
}

function implKey(id: string, trait: AutoTrait): string {
  return `${id} ${trait}`
}

function autoTraitImpls(doc: RustdocCrate): ReadonlyMap<string, readonly AutoTraitImpl[]> {
  const found = new Map<string, AutoTraitImpl[]>()
  for (const { inner } of Object.values(doc.index)) {
    const impl = inner.impl
    const self = impl?.for.resolved_path
    const trait = impl?.trait && autoTrait(doc, impl.trait)
    if (!impl || !self || !trait) continue
    const key = implKey(String(self.id), trait)
    found.set(key, [...(found.get(key) ?? []), { impl, self }])
  }
  return found
}

/** A trait of the crate's own may be called `Send` too. */
function autoTrait(doc: RustdocCrate, { id, path }: RustdocPath): AutoTrait | undefined {
  const full = doc.paths[String(id)]?.path.join('::')
  return AUTO_TRAITS.find((name) => (full === undefined ? name === lastSegment(path) : full === `core::marker::${name}`))
}

/** Null when there is no impl to tell from. `declared` are the generics of the type itself. */
function verdict(impls: readonly AutoTraitImpl[] | undefined, declared: RustdocGenerics): string | null {
  const [first] = impls ?? []
  if (!impls || !first) return null
  if (impls.length > 1 || !isForAllArguments(first.self)) return `impls: ${impls.length}`
  if (first.impl.is_negative) return 'no'
  const conditions = boundsBeyond(first.impl.generics, declared)
  return conditions === '' ? 'yes' : `yes if ${conditions}`
}

/** Whether an impl holds for every argument (`impl<T> Send for X<T>`), not for concrete or repeated ones (`X<u8>`, `X<T, T>`). */
function isForAllArguments(self: RustdocPath): boolean {
  const types = (self.args?.angle_bracketed?.args ?? []).flatMap((arg) => (arg.type ? [arg.type] : []))
  const names = types.map((type) => type.generic)
  return names.every((name) => name !== undefined) && new Set(names).size === names.length
}

/** What the impl asks for and the type does not, as `T: Send + Sync, U: Marker`, sorted. */
function boundsBeyond(impl: RustdocGenerics, type: RustdocGenerics): string {
  const declared = new Set(traitBounds(type).map(([of, trait]) => `${of}: ${trait}`))
  const wanted = new Map<string, Set<string>>()
  for (const [of, trait] of traitBounds(impl)) {
    if (IMPLIED.has(trait) || declared.has(`${of}: ${trait}`)) continue
    wanted.set(of, (wanted.get(of) ?? new Set()).add(trait))
  }
  return [...wanted]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([of, traits]) => `${of}: ${[...traits].sort().join(' + ')}`)
    .join(', ')
}

/** Every `type: Trait` of a generics list and its where clause, the trait by its last segment. */
function traitBounds(generics: RustdocGenerics): readonly (readonly [of: string, trait: string])[] {
  const inline = generics.params.map((param) => ({ of: param.name, bounds: param.kind.type?.bounds ?? [] }))
  const where = generics.where_predicates.flatMap(({ bound_predicate: bound }) =>
    bound ? [{ of: renderType(bound.type), bounds: bound.bounds }] : [],
  )
  return [...inline, ...where].flatMap(({ of, bounds }) =>
    bounds.flatMap((bound) => (bound.trait_bound ? [[of, lastSegment(bound.trait_bound.trait.path)] as const] : [])),
  )
}

function renderType(type: RustdocType): string {
  if (type.generic !== undefined) return type.generic
  if (type.resolved_path) return type.resolved_path.path
  if (type.qualified_path) return `<${renderType(type.qualified_path.self_type)}>::${type.qualified_path.name}`
  return Object.keys(type)[0] ?? '?'
}

function lastSegment(path: string): string {
  return path.split('::').at(-1) ?? path
}
