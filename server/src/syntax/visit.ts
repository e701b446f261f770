import { addFact, type BodyBuild, type FactContent } from './bodies.ts'
import type { Role } from './body.ts'
import { readFact } from './expressions.ts'
import { children, field, is, type NodeId, spanOf, textOf } from './node.ts'
import type { Kind } from './nodes.generated.ts'

/** A node on the way from tree to facts, and where its fact will stand. */
export interface Visit {
  readonly build: BodyBuild
  readonly node: number
  readonly parent: number
  readonly role: Role
}

/** Nodes whose facts go below another, each with its role. */
export type Parts = readonly (readonly [node: number, role: Role])[]

/** Adds a fact for the node visited, and one for each of its parts. */
export function add({ build, node, parent, role }: Visit, content: FactContent, parts: Parts): void {
  addFact(build, content, spanOf(build.tree, node), parent, role, (index) => {
    for (const [part, partRole] of parts) readFact(build, part, index, partRole)
  })
}

/** Every child, in one role. */
export function everything(build: BodyBuild, node: number, role: Role): Parts {
  return children(build.tree, node).map((child) => [child, role])
}

/** The children that are expressions (no attributes, labels, comments, types), in order. */
export function expressions({ build, node }: Visit): number[] {
  return children(build.tree, node).filter(
    (child) => !SKIPPED.has(build.tree.kinds[child] ?? '') && build.tree.fields[child] !== 'type',
  )
}

/** The first of `expressions`, -1 if there is none. */
export function first(visit: Visit): number {
  return expressions(visit)[0] ?? -1
}

/** A field of the visited node, whose kind is `kind` (or has the same fields). */
export function f<K extends Kind>({ build, node }: Visit, _kind: K, name: Parameters<typeof field<K>>[2]): number {
  return field(build.tree, node as NodeId<K>, name)
}

/** Text of a node, '' for -1. */
export function text({ build }: Visit, node: number): string {
  return textOf(build.tree, build.text, node)
}

/** Text of the visited node up to where its first named child begins: keywords such as `async move`. */
export function lead(visit: Visit): string {
  const { build, node } = visit
  const child =
    children(build.tree, node).find((at) => !is(build.tree, at, 'line_comment', 'block_comment', 'attribute_item')) ?? node
  return build.text.slice(build.tree.starts[node], build.tree.starts[child])
}

/** Text between two nodes without white space: an operator. */
export function between({ build }: Visit, left: number, right: number): string {
  const start = left < 0 ? 0 : (build.tree.ends[left] ?? 0)
  const raw = build.text.slice(start, right < 0 ? start : build.tree.starts[right])
  return raw.replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|\s+/g, '')
}

/** Kinds that stand for no expression. */
export const SKIPPED: ReadonlySet<string> = new Set<Kind | 'ERROR'>([
  'line_comment',
  'block_comment',
  'attribute_item',
  'inner_attribute_item',
  'label',
  'empty_statement',
  'mutable_specifier',
  'type_arguments',
  'lifetime',
])
