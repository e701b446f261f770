import type { BodyBuild } from './bodies.ts'
import type { Role } from './body.ts'
import { readCall, readClosure, readField, readMacro, readStruct } from './calls.ts'
import {
  readArm,
  readBlock,
  readFlavored,
  readFor,
  readIf,
  readLet,
  readLetCondition,
  readMatch,
  readStatement,
  readWhile,
} from './control.ts'
import type { Kind } from './nodes.generated.ts'
import {
  readAssign,
  readBinary,
  readBorrow,
  readCast,
  readIndex,
  readItemFact,
  readLetChain,
  readList,
  readLiteral,
  readPath,
  readRange,
  readSimple,
  readUnary,
} from './operators.ts'
import { add, everything, f, SKIPPED, type Visit } from './visit.ts'

/** Adds the fact that `node` stands for, and all below it; -1 adds nothing. */
export function readFact(build: BodyBuild, node: number, parent: number, role: Role): void {
  if (node < 0) return
  const kind = build.tree.kinds[node] as Kind
  const read = READERS[kind]
  if (read) read({ build, node, parent, role })
  else if (!SKIPPED.has(kind)) add({ build, node, parent, role }, { kind: 'other' }, everything(build, node, 'element'))
}

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

/** Whether nodes of this kind declare an item. */
export function isItem(kind: string): boolean {
  return READERS[kind as Kind] === readItemFact
}
