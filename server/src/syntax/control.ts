import type { BodyBuild } from './bodies.ts'
import { isItem, readFact } from './expressions.ts'
import { childOfKind, children, field, is, spanOf } from './node.ts'
import { bindingsOf } from './patterns.ts'
import { readTypeAt } from './summarize.ts'
import { add, f, first, SKIPPED, text, type Visit } from './visit.ts'

// Blocks, statements, bindings and branches. Each function adds the fact of the node visited, and all below it.

export function readBlock(visit: Visit, flavor: 'plain' | 'unsafe' | 'async' | 'const' | 'other', block: number): void {
  const { build } = visit
  const nodes = children(build.tree, block).filter((child) => !SKIPPED.has(build.tree.kinds[child] ?? ''))
  const last = nodes.at(-1)
  const parts = nodes.map((child) => [child, child === last && isTail(build, child) ? 'tail' : 'statement'] as const)
  add(visit, { kind: 'block', flavor }, parts)
}

/** Whether the last thing in a block is its value: no `;` and no item or `let`. */
function isTail(build: BodyBuild, node: number): boolean {
  if (is(build.tree, node, 'let_declaration', 'empty_statement') || isItem(build.tree.kinds[node] ?? '')) return false
  return !(is(build.tree, node, 'expression_statement') && build.text[(build.tree.ends[node] ?? 0) - 1] === ';')
}

export function readStatement(visit: Visit): void {
  const { build, parent, role } = visit
  // The block asked for, and a block-like value of a block, are no statements.
  if (role === 'root' || role === 'tail' || role === 'argument') readFact(build, first(visit), parent, role)
  else add(visit, { kind: 'statement' }, [[first(visit), 'expression']])
}

export function readLet(visit: Visit): void {
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

/** `unsafe { … }` and the like: one block fact that spans the keyword too. */
export function readFlavored(flavor: 'unsafe' | 'async' | 'const' | 'other'): (visit: Visit) => void {
  return (visit) => readBlock(visit, flavor, childOfKind(visit.build.tree, visit.node, 'block'))
}

export function readArm(visit: Visit): void {
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

export function readIf(visit: Visit): void {
  const { tree } = visit.build
  const alternative = f(visit, 'if_expression', 'alternative')
  const other = alternative < 0 ? -1 : first({ ...visit, node: alternative })
  add(visit, { kind: 'if' }, [
    [f(visit, 'if_expression', 'condition'), 'condition'],
    [f(visit, 'if_expression', 'consequence'), 'then'],
    [is(tree, alternative, 'else_clause') ? other : -1, 'else'],
  ])
}

export function readMatch(visit: Visit): void {
  const body = f(visit, 'match_expression', 'body')
  const arms = body < 0 ? [] : children(visit.build.tree, body).filter((child) => is(visit.build.tree, child, 'match_arm'))
  add(visit, { kind: 'match' }, [[f(visit, 'match_expression', 'value'), 'value'], ...arms.map((arm) => [arm, 'arm'] as const)])
}

export function readFor(visit: Visit): void {
  const pattern = f(visit, 'for_expression', 'pattern')
  const bindings = bindingsOf(visit.build.tree, visit.build.text, pattern)
  add(visit, { kind: 'for', pattern: text(visit, pattern), bindings }, [
    [f(visit, 'for_expression', 'value'), 'value'],
    [f(visit, 'for_expression', 'body'), 'body'],
  ])
}

export function readWhile(visit: Visit): void {
  add(visit, { kind: 'while' }, [
    [f(visit, 'while_expression', 'condition'), 'condition'],
    [f(visit, 'while_expression', 'body'), 'body'],
  ])
}

export function readLetCondition(visit: Visit): void {
  const pattern = f(visit, 'let_condition', 'pattern')
  const bindings = bindingsOf(visit.build.tree, visit.build.text, pattern)
  add(visit, { kind: 'let-condition', pattern: text(visit, pattern), bindings }, [[f(visit, 'let_condition', 'value'), 'value']])
}
