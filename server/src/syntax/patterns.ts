import type { Binding } from './body.ts'
import { is, spanOf, textOf } from './node.ts'
import { plainName } from './reader.ts'
import type { FlatTree } from './tree.ts'

/** The names that the pattern at `node` binds, in source order; none for -1. */
export function bindingsOf(tree: FlatTree, text: string, node: number): Binding[] {
  const bindings: Binding[] = []
  const end = node < 0 ? -1 : (tree.afters[node] ?? 0)
  for (let at = node; at >= 0 && at < end; ) {
    if (is(tree, at, 'type_arguments', 'token_tree', 'const_block', 'closure_expression') || isTypePosition(tree, at)) {
      at = tree.afters[at] ?? end
      continue
    }
    if (is(tree, at, 'identifier', 'shorthand_field_identifier') && isBinding(tree, text, at))
      bindings.push(binding(tree, text, at))
    at++
  }
  return bindings
}

/** Types (of closure parameters), paths and names of constructors bind nothing. */
function isTypePosition(tree: FlatTree, node: number): boolean {
  const field = tree.fields[node]
  if (field === 'type' || field === 'path') return true
  return is(tree, node, 'scoped_identifier', 'scoped_type_identifier', 'generic_pattern', 'range_pattern')
}

function isBinding(tree: FlatTree, text: string, node: number): boolean {
  const name = textOf(tree, text, node)
  if (/^\p{Lu}/u.test(plainName(name))) return false
  const parent = tree.parents[node] ?? -1
  return !is(tree, parent, 'macro_invocation')
}

function binding(tree: FlatTree, text: string, node: number): Binding {
  const span = spanOf(tree, node)
  const before = text.slice(Math.max(0, span.start - 64), span.start)
  const words = /(?:\b(ref)\s+)?(?:\b(mut)\s+)?$/.exec(before)
  return { name: plainName(textOf(tree, text, node)), span, ref: words?.[1] !== undefined, mut: words?.[2] !== undefined }
}
