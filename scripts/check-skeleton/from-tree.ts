import { children, is } from '../../server/src/syntax/node.ts'
import type { FlatTree } from '../../server/src/syntax/tree.ts'
import { normalized } from './normalized.ts'

/** An item as one line per fact, so that two readings of a file can be compared as text. */
export type Reading = Map<string, string>

const KINDS: Readonly<Record<string, string>> = {
  struct_item: 'struct',
  union_item: 'union',
  enum_item: 'enum',
  impl_item: 'impl',
  trait_item: 'trait',
  mod_item: 'mod',
  function_item: 'fn',
  function_signature_item: 'fn',
  const_item: 'const',
  static_item: 'static',
  type_item: 'type',
  associated_type: 'type',
  use_declaration: 'use',
  extern_crate_declaration: 'extern_crate',
  foreign_mod_item: 'extern_block',
  macro_definition: 'macro_rules',
  macro_invocation: 'macro_call',
}

/** Kinds that a summary promises to find inside bodies too. */
export const IN_BODIES: ReadonlySet<string> = new Set(['struct', 'union', 'enum', 'impl', 'trait', 'macro_rules'])

/** Reads a file's items off tree-sitter's tree: key is `kind@offset of the keyword line`, value what there is to compare. */
export function readTree(tree: FlatTree, text: string): Reading {
  const reading: Reading = new Map()
  for (let node = 0; node < tree.count; node++) {
    const kind = KINDS[tree.kinds[node] ?? '']
    if (!kind) continue
    const place = placeOf(tree, node)
    if (place === 'macro' || (place === 'body' && !IN_BODIES.has(kind))) continue
    if (kind === 'macro_call' && !isItemPosition(tree, node)) continue
    const start = tree.starts[node] ?? 0
    reading.set(`${kind}@${start}`, describe(tree, text, node, kind))
  }
  return reading
}

/** Whether a node stands among items, in a `fn` body or initializer, or in the arguments of a macro. */
function placeOf(tree: FlatTree, node: number): 'item' | 'body' | 'macro' {
  let place: 'item' | 'body' = 'item'
  for (let at = tree.parents[node] ?? -1; at >= 0; at = tree.parents[at] ?? -1) {
    if (is(tree, at, 'token_tree', 'macro_definition', 'attribute_item')) return 'macro'
    if (
      !is(
        tree,
        at,
        'source_file',
        'declaration_list',
        'mod_item',
        'impl_item',
        'trait_item',
        'foreign_mod_item',
        'expression_statement',
      )
    )
      place = 'body'
  }
  return place
}

function isItemPosition(tree: FlatTree, node: number): boolean {
  let parent = tree.parents[node] ?? -1
  if (is(tree, parent, 'expression_statement')) parent = tree.parents[parent] ?? -1
  return is(tree, parent, 'source_file', 'declaration_list')
}

function field(tree: FlatTree, node: number, name: string): number {
  return children(tree, node).find((child) => tree.fields[child] === name) ?? -1
}

function describe(tree: FlatTree, text: string, node: number, kind: string): string {
  const slice = (at: number): string => (at < 0 ? '' : text.slice(tree.starts[at], tree.ends[at]))
  const type = (at: number): string => normalized(slice(at))
  const name = slice(field(tree, node, 'name')).replace(/^r#/, '')
  const lines = [`name ${name}`, `attrs ${attributes(tree, text, node).join(' ')}`]
  const generics = field(tree, node, 'type_parameters')
  if (generics >= 0) lines.push(`generics ${genericNames(tree, text, generics)}`, ...inlineBounds(tree, text, generics))
  const clauses = children(tree, node).filter((child) => is(tree, child, 'where_clause'))
  const predicates = clauses.flatMap((clause) => children(tree, clause)).filter((child) => is(tree, child, 'where_predicate'))
  for (const predicate of predicates) {
    const left = field(tree, predicate, 'left')
    if (!is(tree, left, 'lifetime')) lines.push(`where ${type(left)}`)
  }
  if (kind === 'struct' || kind === 'union' || kind === 'enum') lines.push(...fieldLines(tree, text, field(tree, node, 'body')))
  if (kind === 'impl') lines.push(`trait ${type(field(tree, node, 'trait'))}`, `self ${type(field(tree, node, 'type'))}`)
  if (kind === 'fn') lines.push(...fnLines(tree, text, node))
  if (kind === 'mod') lines.push(`inline ${field(tree, node, 'body') >= 0}`)
  if (kind === 'const' || kind === 'static' || kind === 'type') lines.push(`type ${type(field(tree, node, 'type'))}`)
  if (kind === 'use') lines.push(...useLines(tree, text, field(tree, node, 'argument'), '').sort())
  if (kind === 'macro_call') {
    const args = children(tree, node).find((child) => is(tree, child, 'token_tree')) ?? -1
    lines.push(`path ${slice(field(tree, node, 'macro')).replaceAll(/\s+/g, '')}`, `args ${slice(args).slice(1, -1)}`)
  }
  return lines.join('\n')
}

function attributes(tree: FlatTree, text: string, node: number): string[] {
  const parent = tree.parents[node] ?? -1
  // A macro call before `;` is wrapped into a statement.
  const self = is(tree, parent, 'expression_statement') ? parent : node
  const siblings = children(tree, tree.parents[self] ?? 0)
  const found: string[] = []
  for (let i = siblings.indexOf(self) - 1; i >= 0; i--) {
    const sibling = siblings[i] ?? -1
    if (is(tree, sibling, 'attribute_item')) found.unshift(text.slice(tree.starts[sibling], tree.ends[sibling]))
    else if (!is(tree, sibling, 'line_comment', 'block_comment')) break
  }
  return found
}

function genericNames(tree: FlatTree, text: string, generics: number): string {
  return children(tree, generics)
    .filter((child) => is(tree, child, 'type_parameter', 'lifetime_parameter', 'const_parameter'))
    .map((child) => text.slice(tree.starts[field(tree, child, 'name')], tree.ends[field(tree, child, 'name')]))
    .join(',')
}

/** `where` lines for bounds among the parameters: a summary repeats them as predicates. */
function inlineBounds(tree: FlatTree, text: string, generics: number): string[] {
  return children(tree, generics)
    .filter((child) => is(tree, child, 'type_parameter') && field(tree, child, 'bounds') >= 0)
    .map((child) => `where ${text.slice(tree.starts[field(tree, child, 'name')], tree.ends[field(tree, child, 'name')])}`)
}

function fieldLines(tree: FlatTree, text: string, body: number, variant = ''): string[] {
  const lines: string[] = []
  let ordinal = 0
  for (const child of body < 0 ? [] : children(tree, body)) {
    const name = text
      .slice(tree.starts[field(tree, child, 'name')] ?? 0, tree.ends[field(tree, child, 'name')] ?? 0)
      .replace(/^r#/, '')
    if (is(tree, child, 'field_declaration')) {
      const type = field(tree, child, 'type')
      lines.push(`field ${variant}.${name}: ${normalized(text.slice(tree.starts[type], tree.ends[type]))}`)
    } else if (is(tree, child, 'enum_variant')) {
      lines.push(`variant ${name}`, ...fieldLines(tree, text, field(tree, child, 'body'), name))
    } else if (tree.fields[child] === 'type') {
      lines.push(`field ${variant}.${ordinal++}: ${normalized(text.slice(tree.starts[child], tree.ends[child]))}`)
    }
  }
  return lines
}

function fnLines(tree: FlatTree, text: string, node: number): string[] {
  const lines: string[] = []
  const parameters = field(tree, node, 'parameters')
  for (const child of parameters < 0 ? [] : children(tree, parameters)) {
    if (is(tree, child, 'self_parameter')) lines.push('self')
    else if (is(tree, child, 'parameter')) {
      const type = field(tree, child, 'type')
      const pattern = text.slice(tree.starts[child], tree.starts[type]).replace(/\s*:\s*$/, '')
      lines.push(
        /^(mut\s+)?self$/.test(pattern)
          ? 'self'
          : `param ${pattern}: ${normalized(text.slice(tree.starts[type], tree.ends[type]))}`,
      )
    }
  }
  const result = field(tree, node, 'return_type')
  if (result >= 0) lines.push(`returns ${normalized(text.slice(tree.starts[result], tree.ends[result]))}`)
  const body = field(tree, node, 'body')
  // Of a body that was cut out nothing is left to compare.
  lines.push(`body ${body >= 0}`)
  return lines
}

function useLines(tree: FlatTree, text: string, node: number, prefix: string): string[] {
  const slice = (at: number): string =>
    at < 0 ? '' : text.slice(tree.starts[at], tree.ends[at]).replaceAll(/\s+|r#|\/\/[^\n]*\n/g, '')
  const join = (name: string): string => (prefix === '' ? name : `${prefix}::${name}`)
  if (node < 0) return []
  if (is(tree, node, 'use_list')) {
    const trees = children(tree, node).filter((child) => !is(tree, child, 'line_comment', 'block_comment'))
    return trees.flatMap((child) => useLines(tree, text, child, prefix))
  }
  if (is(tree, node, 'scoped_use_list')) {
    const path = field(tree, node, 'path')
    const global = text[tree.starts[node] ?? 0] === ':' ? '::' : ''
    return useLines(tree, text, field(tree, node, 'list'), path < 0 ? global : join(slice(path)))
  }
  if (is(tree, node, 'use_as_clause'))
    return [`use ${leaf(join(slice(field(tree, node, 'path'))), prefix)} as ${slice(field(tree, node, 'alias'))}`]
  if (is(tree, node, 'use_wildcard')) return [`use ${join(slice(node))}`]
  return [`use ${leaf(join(slice(node)), prefix)}`]
}

function leaf(path: string, prefix: string): string {
  return prefix !== '' && path === `${prefix}::self` ? prefix : path
}
