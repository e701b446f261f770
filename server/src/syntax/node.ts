import type { Fields, Kind } from './nodes.generated.ts'
import type { Span } from './span.ts'
import type { FlatTree } from './tree.ts'

declare const kindOfNode: unique symbol

/** A node of a `FlatTree` whose kind is known to the type checker: its index. */
export type NodeId<K extends Kind = Kind> = number & { readonly [kindOfNode]?: K }

/** Narrows by kind. */
export function is<K extends Kind>(tree: FlatTree, node: number, ...kinds: readonly K[]): node is NodeId<K> {
  return (kinds as readonly string[]).includes(tree.kinds[node] ?? '')
}

/** The node in a named field; -1 where the code is incomplete, so that callers must ask. */
export function field<K extends Kind>(tree: FlatTree, node: NodeId<K>, name: keyof Fields[K] & string): number {
  return fieldOf(tree, node, name)
}

function fieldOf(tree: FlatTree, node: number, name: string): number {
  const end = tree.afters[node] ?? 0
  for (let child = node + 1; child < end; child = tree.afters[child] ?? end) {
    if (tree.fields[child] === name) return child
  }
  return -1
}

/** Named children in source order. */
export function children(tree: FlatTree, node: number): number[] {
  const nodes: number[] = []
  const end = tree.afters[node] ?? 0
  for (let child = node + 1; child < end; child = tree.afters[child] ?? end) nodes.push(child)
  return nodes
}

/** First child of one of the kinds, -1 if there is none. */
export function childOfKind<K extends Kind>(tree: FlatTree, node: number, ...kinds: readonly K[]): number {
  return children(tree, node).find((child) => is(tree, child, ...kinds)) ?? -1
}

/** Absolute. */
export function spanOf(tree: FlatTree, node: number): Span {
  return { start: tree.starts[node] ?? 0, end: tree.ends[node] ?? 0 }
}

/** Text of a node, where `text` is what was parsed; '' for -1. */
export function textOf(tree: FlatTree, text: string, node: number): string {
  return node < 0 ? '' : text.slice(tree.starts[node], tree.ends[node])
}
