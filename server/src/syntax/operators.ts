import type { Role } from './body.ts'
import { pathText } from './calls.ts'
import { spanOf } from './node.ts'
import { readTypeAt } from './summarize.ts'
import { add, between, expressions, f, first, lead, text, type Visit } from './visit.ts'

// Operators and leaves. Each function adds the fact of the node visited, and all below it.

export function readAssign(visit: Visit): void {
  const left = f(visit, 'assignment_expression', 'left')
  const right = f(visit, 'assignment_expression', 'right')
  add(visit, { kind: 'assign', operator: between(visit, left, right) }, [
    [left, 'target'],
    [right, 'value'],
  ])
}

export function readBinary(visit: Visit): void {
  const left = f(visit, 'binary_expression', 'left')
  const right = f(visit, 'binary_expression', 'right')
  add(visit, { kind: 'binary', operator: between(visit, left, right) }, [
    [left, 'left'],
    [right, 'right'],
  ])
}

export function readLetChain(visit: Visit): void {
  add(
    visit,
    { kind: 'binary', operator: '&&' },
    expressions(visit).map((node) => [node, 'element']),
  )
}

export function readUnary(visit: Visit): void {
  add(visit, { kind: 'unary', operator: lead(visit).trim().slice(0, 1) }, [[first(visit), 'value']])
}

export function readBorrow(visit: Visit): void {
  const { tree, text: source } = visit.build
  const value = f(visit, 'reference_expression', 'value')
  const words = source.slice(tree.starts[visit.node], value < 0 ? undefined : tree.starts[value])
  add(visit, { kind: 'borrow', mut: /\bmut\b/.test(words), raw: /\braw\s+(?:const|mut)\b/.test(words) }, [[value, 'value']])
}

export function readCast(visit: Visit): void {
  const type = f(visit, 'type_cast_expression', 'type')
  const expr = type < 0 ? null : readTypeAt(visit.build.text, spanOf(visit.build.tree, type))
  add(visit, { kind: 'cast', type: expr }, [[f(visit, 'type_cast_expression', 'value'), 'value']])
}

export function readIndex(visit: Visit): void {
  const [base = -1, index = -1] = expressions(visit)
  add(visit, { kind: 'index' }, [
    [base, 'base'],
    [index, 'index'],
  ])
}

export function readRange(visit: Visit): void {
  const nodes = expressions(visit)
  const operator = text(visit, visit.node).includes('..=') ? '..=' : '..'
  add(
    visit,
    { kind: 'range', operator },
    nodes.map((node) => [node, 'element']),
  )
}

export function readPath(visit: Visit): void {
  add(visit, { kind: 'path', text: pathText(visit, visit.node) ?? text(visit, visit.node) }, [])
}

export function readLiteral(visit: Visit): void {
  add(visit, { kind: 'literal', text: text(visit, visit.node) }, [])
}

export function readItemFact(visit: Visit): void {
  add(visit, { kind: 'item', text: text(visit, visit.node) }, [])
}

export function readSimple(kind: 'try' | 'await' | 'return' | 'break' | 'yield' | 'paren', role: Role): (visit: Visit) => void {
  return (visit) => add(visit, { kind }, [[first(visit), role]])
}

export function readList(kind: 'tuple' | 'array'): (visit: Visit) => void {
  return (visit) =>
    add(
      visit,
      { kind },
      expressions(visit).map((node) => [node, 'element']),
    )
}
