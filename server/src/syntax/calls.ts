import { addFact, addMacroArguments } from './bodies.ts'
import type { Role } from './body.ts'
import { childOfKind, children, field, is, type NodeId, spanOf, textOf } from './node.ts'
import { bindingsOf } from './patterns.ts'
import { plainName } from './reader.ts'
import type { Span } from './span.ts'
import { add, expressions, f, first, lead, type Parts, text, type Visit } from './visit.ts'

// Calls, fields, literals of structs, closures. Each `read…` function adds the fact of the node visited, and all below it.

function argumentsOf(visit: Visit): { args: Span[]; parts: Parts } {
  const list = f(visit, 'call_expression', 'arguments')
  const nodes = list < 0 ? [] : expressions({ ...visit, node: list })
  return { args: nodes.map((node) => spanOf(visit.build.tree, node)), parts: nodes.map((node) => [node, 'argument']) }
}

export function readCall(visit: Visit): void {
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
export function pathText(visit: Visit, node: number): string | null {
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

export function readField(visit: Visit): void {
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

export function readStruct(visit: Visit): void {
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

export function readMacro({ build, node, parent, role }: Visit): void {
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

export function readClosure(visit: Visit): void {
  const words = lead(visit)
  const bindings = bindingsOf(visit.build.tree, visit.build.text, f(visit, 'closure_expression', 'parameters'))
  const content = { kind: 'closure', bindings, move: /\bmove\b/.test(words), async: /\basync\b/.test(words) } as const
  add(visit, content, [[f(visit, 'closure_expression', 'body'), 'body']])
}
