import type { RustdocItem, RustdocPath, RustdocType } from '../oracle/rustdoc.ts'

/** Which types of a crate own which, as rustdoc sees it: nothing of the analyser is used. */
export interface TypeGraph {
  readonly nodes: ReadonlyMap<string, TypeNode>
  /** Types for which there is an `impl PyClass`. */
  readonly classes: readonly string[]
}

/** A struct, enum, union or type alias. */
export interface TypeNode {
  readonly id: string
  readonly kind: 'struct' | 'enum' | 'union' | 'alias'
  readonly name: string
  readonly at: SourcePlace
  readonly params: readonly TypeParam[]
  readonly fields: readonly FieldNode[]
  /** Impls of Send or Sync that somebody wrote. */
  readonly impls: readonly SourcePlace[]
}

export interface TypeParam {
  readonly name: string
  readonly kind: 'type' | 'lifetime' | 'const'
}

/** A field, or what an alias stands for (then without a name). */
export interface FieldNode {
  readonly name: string
  readonly variant: string | null
  /** Every named type in it, in the order of writing. */
  readonly names: readonly NamedType[]
}

/** A node of the graph, or null for what is none: a type of another crate, a parameter, a primitive type. */
export interface NamedType {
  readonly name: string
  readonly node: string | null
}

/** Lines and columns are 1-based; the file is relative to the workspace. */
export interface SourcePlace {
  readonly file: string
  readonly line: number
  readonly endLine: number
}

/** The parts of rustdoc's JSON output that are read here and not for other purposes. */
export interface RustdocGraph {
  readonly index: Readonly<Record<string, RustdocItem & { readonly inner: GraphInner }>>
}

interface GraphInner {
  readonly struct?: { readonly kind: 'unit' | ShapeOf }
  readonly union?: { readonly fields: readonly (string | number)[] }
  readonly enum?: { readonly variants: readonly (string | number)[] }
  readonly variant?: { readonly kind: 'plain' | { readonly tuple?: Ids; readonly struct?: { readonly fields: Ids } } }
  readonly struct_field?: RustdocType
  readonly type_alias?: { readonly type: RustdocType }
  readonly impl?: {
    readonly is_synthetic: boolean
    readonly trait: RustdocPath | null
    readonly for: RustdocType
  }
}

type Ids = readonly (string | number | null)[]
interface ShapeOf {
  readonly tuple?: Ids
  readonly plain?: { readonly fields: Ids }
}
interface Generics {
  readonly params: readonly { readonly name: string; readonly kind: Readonly<Record<string, unknown>> }[]
}

const TYPE_KINDS = ['struct', 'enum', 'union', 'type_alias'] as const

/** Reads the graph of the crate that rustdoc described. */
export function typeGraph(doc: RustdocGraph): TypeGraph {
  const nodes = new Map<string, TypeNode>()
  const impls = writtenImpls(doc)
  for (const [id, item] of Object.entries(doc.index)) {
    const kind = TYPE_KINDS.find((each) => each in item.inner)
    const at = placeOf(item)
    if (!kind || !at || item.crate_id !== 0 || item.name === null) continue
    nodes.set(id, {
      id,
      kind: kind === 'type_alias' ? 'alias' : kind,
      name: item.name,
      at,
      params: paramsOf((item.inner[kind] as { readonly generics: Generics }).generics),
      fields: fieldsOf(doc, item),
      impls: impls.get(id)?.auto ?? [],
    })
  }
  const classes = [...nodes.keys()].filter((id) => impls.get(id)?.isClass)
  return { nodes: withLocalNames(nodes), classes }
}

/** Every type of a crate by its number, the least number of types in between: 0 for itself. Aliases do not count. */
export function reachableFrom(graph: TypeGraph, start: string): ReadonlyMap<string, number> {
  const hops = new Map([[start, 0]])
  let level = [start]
  for (let depth = 0; level.length > 0; depth++) {
    const next: string[] = []
    for (let at = 0; at < level.length; at++) {
      for (const to of ownedBy(graph, level[at] ?? '')) {
        if (hops.has(to)) continue
        const isAlias = graph.nodes.get(to)?.kind === 'alias'
        hops.set(to, isAlias ? depth : depth + 1)
        // An alias costs nothing: what it stands for is looked at in the same round.
        if (isAlias) level.push(to)
        else next.push(to)
      }
    }
    level = next
  }
  return hops
}

/** Everything on a way from one type to another, both included. Empty if there is no way. */
export function between(graph: TypeGraph, from: string, to: string): readonly string[] {
  const below = [...reachableFrom(graph, from).keys()]
  const owners = new Map<string, string[]>()
  for (const owner of below) for (const owned of ownedBy(graph, owner)) owners.set(owned, [...(owners.get(owned) ?? []), owner])
  const leads = new Set([to])
  const queue = [to]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const owner of owners.get(next) ?? []) {
      if (leads.has(owner)) continue
      leads.add(owner)
      queue.push(owner)
    }
  }
  return leads.has(from) ? below.filter((id) => leads.has(id)) : []
}

/** The nodes that a type's fields name. */
export function ownedBy(graph: TypeGraph, id: string): readonly string[] {
  const fields = graph.nodes.get(id)?.fields ?? []
  return [...new Set(fields.flatMap(({ names }) => names.flatMap(({ node }) => (node === null ? [] : [node]))))]
}

function withLocalNames(nodes: ReadonlyMap<string, TypeNode>): ReadonlyMap<string, TypeNode> {
  const local = ({ name, node }: NamedType): NamedType => ({ name, node: node !== null && nodes.has(node) ? node : null })
  return new Map(
    [...nodes].map(([id, node]) => [
      id,
      { ...node, fields: node.fields.map((field) => ({ ...field, names: field.names.map(local) })) },
    ]),
  )
}

function writtenImpls(
  doc: RustdocGraph,
): ReadonlyMap<string, { readonly isClass: boolean; readonly auto: readonly SourcePlace[] }> {
  const found = new Map<string, { isClass: boolean; auto: SourcePlace[] }>()
  for (const item of Object.values(doc.index)) {
    const { impl } = item.inner
    const self = impl?.for.resolved_path?.id
    const trait = impl?.trait?.path.split('::').at(-1) ?? ''
    if (!impl || impl.is_synthetic || self === undefined || !['PyClass', 'Send', 'Sync'].includes(trait)) continue
    const entry = found.get(String(self)) ?? { isClass: false, auto: [] }
    found.set(String(self), entry)
    const at = placeOf(item)
    if (trait === 'PyClass') entry.isClass = true
    else if (at) entry.auto.push(at)
  }
  return found
}

function placeOf({ span }: { readonly span: unknown }): SourcePlace | null {
  const it = span as { filename: string; begin: readonly [number, number]; end: readonly [number, number] } | null
  return it && { file: it.filename, line: it.begin[0], endLine: it.end[0] }
}

function paramsOf({ params }: Generics): readonly TypeParam[] {
  return params.map(({ name, kind }) => ({
    name: name.replace(/^'/, ''),
    kind: 'lifetime' in kind ? 'lifetime' : 'const' in kind ? 'const' : 'type',
  }))
}

function fieldsOf(doc: RustdocGraph, { inner }: { readonly inner: GraphInner }): readonly FieldNode[] {
  const fields = (ids: Ids, variant: string | null): readonly FieldNode[] =>
    ids.flatMap((id, index) => {
      const item = doc.index[String(id)]
      const type = item?.inner.struct_field
      return type ? [{ name: item.name ?? String(index), variant, names: namesIn(type) }] : []
    })
  if (inner.type_alias) return [{ name: '', variant: null, names: namesIn(inner.type_alias.type) }]
  if (inner.union) return fields(inner.union.fields, null)
  if (inner.struct) return inner.struct.kind === 'unit' ? [] : fields(shapeIds(inner.struct.kind), null)
  return (inner.enum?.variants ?? []).flatMap((id) => {
    const variant = doc.index[String(id)]
    const kind = variant?.inner.variant?.kind
    if (!variant || kind === undefined || kind === 'plain') return []
    return fields(kind.tuple ?? kind.struct?.fields ?? [], variant.name)
  })
}

function shapeIds(kind: ShapeOf): Ids {
  return kind.tuple ?? kind.plain?.fields ?? []
}

/** Named types in a type, outer before inner. */
function namesIn(type: unknown): readonly NamedType[] {
  if (Array.isArray(type)) return type.flatMap(namesIn)
  if (typeof type !== 'object' || type === null) return []
  return Object.entries(type).flatMap(([key, value]): readonly NamedType[] => {
    if (key === 'primitive' || key === 'generic') return isNamed(value) ? [{ name: String(value), node: null }] : []
    if (key !== 'resolved_path') return namesIn(value)
    const { id, path, args } = value as RustdocPath
    return [{ name: path.split('::').at(-1) ?? path, node: String(id) }, ...namesIn(args)]
  })
}

/** The never type has no name, and neither have those that rustdoc shows in another way. */
function isNamed(value: unknown): boolean {
  return typeof value === 'string' && /^\w+$/.test(value) && value !== 'never'
}
