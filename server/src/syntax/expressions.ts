import { addFact, addMacroArguments, type BodyBuild, type FactContent } from './bodies.ts'
import type { Role } from './body.ts'
import { childOfKind, children, field, is, type NodeId, spanOf, textOf } from './node.ts'
import type { Kind } from './nodes.generated.ts'
import { bindingsOf } from './patterns.ts'
import { plainName } from './reader.ts'
import type { Span } from './span.ts'
import { readTypeAt } from './summarize.ts'

/** Adds the fact that `node` stands for, and all below it; -1 adds nothing. */
export function readFact(build: BodyBuild, node: number, parent: number, role: Role): void {
  if (node < 0) return
  const kind = build.tree.kinds[node] as Kind
  const read = READERS[kind]
  if (read) read({ build, node, parent, role })
  else if (!SKIPPED.has(kind)) add({ build, node, parent, role }, { kind: 'other' }, everything(build, node, 'element'))
}

interface Visit {
  readonly build: BodyBuild
  readonly node: number
  readonly parent: number
  readonly role: Role
}

type Parts = readonly (readonly [node: number, role: Role])[]

/** Adds a fact for the node visited, and one for each of its parts. */
function add({ build, node, parent, role }: Visit, content: FactContent, parts: Parts): void {
  addFact(build, content, spanOf(build.tree, node), parent, role, (index) => {
    for (const [part, partRole] of parts) readFact(build, part, index, partRole)
  })
}

function everything(build: BodyBuild, node: number, role: Role): Parts {
  return children(build.tree, node).map((child) => [child, role])
}

/** The children that are expressions (no attributes, labels, comments, types), in order. */
function expressions({ build, node }: Visit): number[] {
  return children(build.tree, node).filter(
    (child) => !SKIPPED.has(build.tree.kinds[child] ?? '') && build.tree.fields[child] !== 'type',
  )
}

function first(visit: Visit): number {
  return expressions(visit)[0] ?? -1
}

function f<K extends Kind>({ build, node }: Visit, _kind: K, name: Parameters<typeof field<K>>[2]): number {
  return field(build.tree, node as NodeId<K>, name)
}

function text({ build }: Visit, node: number): string {
  return textOf(build.tree, build.text, node)
}

/** Text of the visited node up to where its first named child begins: keywords such as `async move`. */
function lead(visit: Visit): string {
  const { build, node } = visit
  const child =
    children(build.tree, node).find((at) => !is(build.tree, at, 'line_comment', 'block_comment', 'attribute_item')) ?? node
  return build.text.slice(build.tree.starts[node], build.tree.starts[child])
}

/** Text between two nodes without white space: an operator. */
function between({ build }: Visit, left: number, right: number): string {
  const start = left < 0 ? 0 : (build.tree.ends[left] ?? 0)
  const raw = build.text.slice(start, right < 0 ? start : build.tree.starts[right])
  return raw.replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|\s+/g, '')
}

function readBlock(visit: Visit, flavor: 'plain' | 'unsafe' | 'async' | 'const' | 'other', block: number): void {
  const { build } = visit
  const nodes = children(build.tree, block).filter((child) => !SKIPPED.has(build.tree.kinds[child] ?? ''))
  const last = nodes.at(-1)
  const parts = nodes.map((child) => [child, child === last && isTail(build, child) ? 'tail' : 'statement'] as const)
  add(visit, { kind: 'block', flavor }, parts)
}

/** Whether the last thing in a block is its value: no `;` and no item or `let`. */
function isTail(build: BodyBuild, node: number): boolean {
  if (is(build.tree, node, 'let_declaration', 'empty_statement') || READERS[build.tree.kinds[node] as Kind] === readItemFact)
    return false
  return !(is(build.tree, node, 'expression_statement') && build.text[(build.tree.ends[node] ?? 0) - 1] === ';')
}

function readStatement(visit: Visit): void {
  const { build, parent, role } = visit
  // The block asked for, and a block-like value of a block, are no statements.
  if (role === 'root' || role === 'tail' || role === 'argument') readFact(build, first(visit), parent, role)
  else add(visit, { kind: 'statement' }, [[first(visit), 'expression']])
}

function readLet(visit: Visit): void {
  const { build, node } = visit
  const { tree } = build
  const pattern = f(visit, 'let_declaration', 'pattern')
  const type = f(visit, 'let_declaration', 'type')
  const block = tree.parents[node] ?? -1
  const start = tree.ends[node] ?? 0
  const content = {
    kind: 'let',
    pattern: text(visit, pattern),
    bindings: bindingsOf(tree, build.text, pattern),
    type: type < 0 ? null : readTypeAt(build.text, spanOf(tree, type)),
    scope: { start, end: Math.max(start, block < 0 ? start : (tree.ends[block] ?? start)) },
  } as const
  add(visit, content, [
    [f(visit, 'let_declaration', 'value'), 'value'],
    [f(visit, 'let_declaration', 'alternative'), 'else'],
  ])
}

function argumentsOf(visit: Visit): { args: Span[]; parts: Parts } {
  const list = f(visit, 'call_expression', 'arguments')
  const nodes = list < 0 ? [] : expressions({ ...visit, node: list })
  return { args: nodes.map((node) => spanOf(visit.build.tree, node)), parts: nodes.map((node) => [node, 'argument']) }
}

function readCall(visit: Visit): void {
  const { tree } = visit.build
  const { args, parts } = argumentsOf(visit)
  const callee = f(visit, 'call_expression', 'function')
  const generic = is(tree, callee, 'generic_function')
  const target = generic ? field(tree, callee, 'function') : callee
  if (!is(tree, target, 'field_expression')) {
    add(visit, { kind: 'call', path: pathText(visit, callee), args }, [[callee, 'callee'], ...parts])
    return
  }
  const name = field(tree, target, 'field')
  const receiver = field(tree, target, 'value')
  const turbofish = generic ? text(visit, field(tree, callee, 'type_arguments')).slice(1, -1) : null
  const content = { name: plainName(text(visit, name)), nameSpan: spanOf(tree, name), turbofish, args }
  add(visit, { kind: 'method', ...content, receiver: spanOf(tree, receiver), receiverText: text(visit, receiver) }, [
    [receiver, 'receiver'],
    ...parts,
  ])
}

/** A path without white space and generic arguments; null if the node is none. */
function pathText(visit: Visit, node: number): string | null {
  const { tree } = visit.build
  if (is(tree, node, 'generic_function')) return pathText(visit, field(tree, node, 'function'))
  if (is(tree, node, 'generic_type', 'generic_type_with_turbofish')) return pathText(visit, field(tree, node, 'type'))
  if (is(tree, node, 'scoped_identifier', 'scoped_type_identifier')) {
    const path = field(tree, node, 'path')
    const prefix = path < 0 ? '' : (pathText(visit, path) ?? text(visit, path))
    return `${prefix}::${plainName(text(visit, field(tree, node, 'name')))}`
  }
  if (!is(tree, node, 'identifier', 'type_identifier', 'self', 'super', 'crate', 'metavariable')) return null
  return plainName(text(visit, node))
}

function readField(visit: Visit): void {
  const { tree } = visit.build
  const name = f(visit, 'field_expression', 'field')
  const receiver = f(visit, 'field_expression', 'value')
  const content = {
    name: plainName(text(visit, name)),
    nameSpan: spanOf(tree, name),
    receiver: spanOf(tree, receiver),
    receiverText: text(visit, receiver),
  }
  add(visit, { kind: 'field', ...content }, [[receiver, 'receiver']])
}

function readStruct(visit: Visit): void {
  const { tree } = visit.build
  const body = f(visit, 'struct_expression', 'body')
  const fields: { name: string; nameSpan: Span; shorthand: boolean }[] = []
  const parts: (readonly [number, Role])[] = []
  let hasBase = false
  for (const child of body < 0 ? [] : children(tree, body)) {
    if (is(tree, child, 'field_initializer')) {
      const name = field(tree, child, 'field')
      fields.push({ name: plainName(text(visit, name)), nameSpan: spanOf(tree, name), shorthand: false })
      parts.push([field(tree, child, 'value'), 'value'])
    } else if (is(tree, child, 'shorthand_field_initializer')) {
      const name = childOfKind(tree, child, 'identifier')
      fields.push({ name: plainName(text(visit, name)), nameSpan: spanOf(tree, name), shorthand: true })
      parts.push([name, 'value'])
    } else if (is(tree, child, 'base_field_initializer')) {
      hasBase = true
      parts.push([first({ ...visit, node: child }), 'base'])
    }
  }
  const name = f(visit, 'struct_expression', 'name')
  add(visit, { kind: 'struct', path: pathText(visit, name) ?? text(visit, name), fields, hasBase }, parts)
}

function readMacro({ build, node, parent, role }: Visit): void {
  const { tree } = build
  const tokens = childOfKind(tree, node, 'token_tree')
  const span = tokens < 0 ? { start: tree.ends[node] ?? 0, end: tree.ends[node] ?? 0 } : spanOf(tree, tokens)
  const argsSpan = tokens < 0 ? span : { start: span.start + 1, end: span.end - 1 }
  const path = textOf(tree, build.text, field(tree, node as NodeId<'macro_invocation'>, 'macro')).replaceAll(/\s+/g, '')
  const content = {
    kind: 'macro',
    path,
    args: build.text.slice(argsSpan.start, argsSpan.end),
    argsSpan,
    expressions: true,
  } as const
  addFact(build, content, spanOf(tree, node), parent, role, (index) => {
    const fact = build.facts[index]
    if (fact?.kind === 'macro') fact.expressions = addMacroArguments(build, span, index)
  })
}

function readClosure(visit: Visit): void {
  const words = lead(visit)
  const bindings = bindingsOf(visit.build.tree, visit.build.text, f(visit, 'closure_expression', 'parameters'))
  const content = { kind: 'closure', bindings, move: /\bmove\b/.test(words), async: /\basync\b/.test(words) } as const
  add(visit, content, [[f(visit, 'closure_expression', 'body'), 'body']])
}

function readArm(visit: Visit): void {
  const { tree } = visit.build
  const whole = f(visit, 'match_arm', 'pattern')
  const guard = is(tree, whole, 'match_pattern') ? field(tree, whole, 'condition') : -1
  const pattern = whole < 0 ? -1 : (children(tree, whole).find((child) => child !== guard) ?? -1)
  const patternText = pattern < 0 ? text(visit, whole) : text(visit, pattern)
  add(visit, { kind: 'arm', pattern: patternText, bindings: bindingsOf(tree, visit.build.text, pattern) }, [
    [guard, 'guard'],
    [f(visit, 'match_arm', 'value'), 'body'],
  ])
}

function readIf(visit: Visit): void {
  const { tree } = visit.build
  const alternative = f(visit, 'if_expression', 'alternative')
  const other = alternative < 0 ? -1 : first({ ...visit, node: alternative })
  add(visit, { kind: 'if' }, [
    [f(visit, 'if_expression', 'condition'), 'condition'],
    [f(visit, 'if_expression', 'consequence'), 'then'],
    [is(tree, alternative, 'else_clause') ? other : -1, 'else'],
  ])
}

function readMatch(visit: Visit): void {
  const body = f(visit, 'match_expression', 'body')
  const arms = body < 0 ? [] : children(visit.build.tree, body).filter((child) => is(visit.build.tree, child, 'match_arm'))
  add(visit, { kind: 'match' }, [[f(visit, 'match_expression', 'value'), 'value'], ...arms.map((arm) => [arm, 'arm'] as const)])
}

function readFor(visit: Visit): void {
  const pattern = f(visit, 'for_expression', 'pattern')
  const bindings = bindingsOf(visit.build.tree, visit.build.text, pattern)
  add(visit, { kind: 'for', pattern: text(visit, pattern), bindings }, [
    [f(visit, 'for_expression', 'value'), 'value'],
    [f(visit, 'for_expression', 'body'), 'body'],
  ])
}

function readWhile(visit: Visit): void {
  add(visit, { kind: 'while' }, [
    [f(visit, 'while_expression', 'condition'), 'condition'],
    [f(visit, 'while_expression', 'body'), 'body'],
  ])
}

function readLetCondition(visit: Visit): void {
  const pattern = f(visit, 'let_condition', 'pattern')
  const bindings = bindingsOf(visit.build.tree, visit.build.text, pattern)
  add(visit, { kind: 'let-condition', pattern: text(visit, pattern), bindings }, [[f(visit, 'let_condition', 'value'), 'value']])
}

function readAssign(visit: Visit): void {
  const left = f(visit, 'assignment_expression', 'left')
  const right = f(visit, 'assignment_expression', 'right')
  add(visit, { kind: 'assign', operator: between(visit, left, right) }, [
    [left, 'target'],
    [right, 'value'],
  ])
}

function readBinary(visit: Visit): void {
  const left = f(visit, 'binary_expression', 'left')
  const right = f(visit, 'binary_expression', 'right')
  add(visit, { kind: 'binary', operator: between(visit, left, right) }, [
    [left, 'left'],
    [right, 'right'],
  ])
}

function readLetChain(visit: Visit): void {
  add(
    visit,
    { kind: 'binary', operator: '&&' },
    expressions(visit).map((node) => [node, 'element']),
  )
}

function readUnary(visit: Visit): void {
  add(visit, { kind: 'unary', operator: lead(visit).trim().slice(0, 1) }, [[first(visit), 'value']])
}

function readBorrow(visit: Visit): void {
  const { tree, text: source } = visit.build
  const value = f(visit, 'reference_expression', 'value')
  const words = source.slice(tree.starts[visit.node], value < 0 ? undefined : tree.starts[value])
  add(visit, { kind: 'borrow', mut: /\bmut\b/.test(words), raw: /\braw\s+(?:const|mut)\b/.test(words) }, [[value, 'value']])
}

function readCast(visit: Visit): void {
  const type = f(visit, 'type_cast_expression', 'type')
  const expr = type < 0 ? null : readTypeAt(visit.build.text, spanOf(visit.build.tree, type))
  add(visit, { kind: 'cast', type: expr }, [[f(visit, 'type_cast_expression', 'value'), 'value']])
}

function readIndex(visit: Visit): void {
  const [base = -1, index = -1] = expressions(visit)
  add(visit, { kind: 'index' }, [
    [base, 'base'],
    [index, 'index'],
  ])
}

function readRange(visit: Visit): void {
  const nodes = expressions(visit)
  const operator = text(visit, visit.node).includes('..=') ? '..=' : '..'
  add(
    visit,
    { kind: 'range', operator },
    nodes.map((node) => [node, 'element']),
  )
}

function readPath(visit: Visit): void {
  add(visit, { kind: 'path', text: pathText(visit, visit.node) ?? text(visit, visit.node) }, [])
}

function readLiteral(visit: Visit): void {
  add(visit, { kind: 'literal', text: text(visit, visit.node) }, [])
}

function readItemFact(visit: Visit): void {
  add(visit, { kind: 'item', text: text(visit, visit.node) }, [])
}

/** `unsafe { … }` and the like: one block fact that spans the keyword too. */
function readFlavored(flavor: 'unsafe' | 'async' | 'const' | 'other'): (visit: Visit) => void {
  return (visit) => readBlock(visit, flavor, childOfKind(visit.build.tree, visit.node, 'block'))
}

function readSimple(kind: 'try' | 'await' | 'return' | 'break' | 'yield' | 'paren', role: Role): (visit: Visit) => void {
  return (visit) => add(visit, { kind }, [[first(visit), role]])
}

function readList(kind: 'tuple' | 'array'): (visit: Visit) => void {
  return (visit) =>
    add(
      visit,
      { kind },
      expressions(visit).map((node) => [node, 'element']),
    )
}

const SKIPPED: ReadonlySet<string> = new Set<Kind | 'ERROR'>([
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

const READERS: Partial<Record<Kind, (visit: Visit) => void>> = {
  block: (visit) => readBlock(visit, 'plain', visit.node),
  unsafe_block: readFlavored('unsafe'),
  async_block: readFlavored('async'),
  const_block: readFlavored('const'),
  try_block: readFlavored('other'),
  gen_block: readFlavored('other'),
  expression_statement: readStatement,
  let_declaration: readLet,
  call_expression: readCall,
  field_expression: readField,
  struct_expression: readStruct,
  macro_invocation: readMacro,
  closure_expression: readClosure,
  if_expression: readIf,
  let_condition: readLetCondition,
  let_chain: readLetChain,
  match_expression: readMatch,
  match_arm: readArm,
  for_expression: readFor,
  while_expression: readWhile,
  loop_expression: (visit) => add(visit, { kind: 'loop' }, [[f(visit, 'loop_expression', 'body'), 'body']]),
  assignment_expression: readAssign,
  compound_assignment_expr: readAssign,
  binary_expression: readBinary,
  unary_expression: readUnary,
  reference_expression: readBorrow,
  type_cast_expression: readCast,
  index_expression: readIndex,
  range_expression: readRange,
  try_expression: readSimple('try', 'value'),
  await_expression: readSimple('await', 'value'),
  return_expression: readSimple('return', 'value'),
  break_expression: readSimple('break', 'value'),
  yield_expression: readSimple('yield', 'value'),
  continue_expression: (visit) => add(visit, { kind: 'continue' }, []),
  parenthesized_expression: readSimple('paren', 'value'),
  tuple_expression: readList('tuple'),
  array_expression: readList('array'),
  unit_expression: readList('tuple'),
  identifier: readPath,
  self: readPath,
  scoped_identifier: readPath,
  generic_function: readPath,
  metavariable: readPath,
  super: readPath,
  crate: readPath,
  integer_literal: readLiteral,
  float_literal: readLiteral,
  string_literal: readLiteral,
  raw_string_literal: readLiteral,
  char_literal: readLiteral,
  boolean_literal: readLiteral,
  function_item: readItemFact,
  struct_item: readItemFact,
  enum_item: readItemFact,
  union_item: readItemFact,
  impl_item: readItemFact,
  trait_item: readItemFact,
  const_item: readItemFact,
  static_item: readItemFact,
  type_item: readItemFact,
  mod_item: readItemFact,
  use_declaration: readItemFact,
  extern_crate_declaration: readItemFact,
  foreign_mod_item: readItemFact,
  macro_definition: readItemFact,
}
