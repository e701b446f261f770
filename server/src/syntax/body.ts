import type { Span } from './span.ts'
import type { TypeExpr } from './summary.ts'

/**
 * What a block of code does, as a flat list of its expressions and statements in source order: a node is its index,
 * parents come before children, and `after` closes a subtree. All spans are absolute. Types and items inside are not
 * walked into (an item is one fact).
 */
export interface BodyFacts {
  readonly facts: readonly Fact[]
  /** Places that the grammar has no rule for; facts in and around them may be missing. */
  readonly errors: readonly Span[]
  /** Why there are no facts at all; null if there are. */
  readonly failure: 'no-grammar' | 'file-too-large' | 'out-of-budget' | null
}

/** How a fact stands in its parent. */
export type Role =
  /** The block asked for. */
  | 'root'
  /** A statement of a block. */
  | 'statement'
  /** The expression of a statement fact. */
  | 'expression'
  /** The value of a block. */
  | 'tail'
  /** What a method or field is looked up on. */
  | 'receiver'
  | 'callee'
  | 'argument'
  /** Of a `let`, assignment, cast, borrow, unary, `?`, `.await`, `return`, field of a literal, match or `for`. */
  | 'value'
  /** Left of an assignment. */
  | 'target'
  | 'left'
  | 'right'
  | 'condition'
  | 'then'
  | 'else'
  | 'body'
  | 'arm'
  | 'guard'
  | 'base'
  | 'index'
  | 'element'

interface FactBase {
  /** Index of the fact this one is part of; -1 for the root. */
  readonly parent: number
  readonly role: Role
  readonly span: Span
  /** Index of the first fact that is no longer inside this one. */
  readonly after: number
}

/** A name that a pattern binds. Names that begin with a capital letter are taken for constants, as is the custom. */
export interface Binding {
  readonly name: string
  readonly span: Span
  readonly mut: boolean
  readonly ref: boolean
}

export interface BlockFact extends FactBase {
  readonly kind: 'block'
  readonly flavor: 'plain' | 'unsafe' | 'async' | 'const' | 'other'
}

/** An expression with its `;`. */
export interface StatementFact extends FactBase {
  readonly kind: 'statement'
}

export interface LetFact extends FactBase {
  readonly kind: 'let'
  readonly pattern: string
  readonly bindings: readonly Binding[]
  readonly type: TypeExpr | null
  /** From the end of the statement to the end of the block: where the names can be used. */
  readonly scope: Span
}

/** `if let`, `while let` and the like, inside the condition. */
export interface LetConditionFact extends FactBase {
  readonly kind: 'let-condition'
  readonly pattern: string
  readonly bindings: readonly Binding[]
}

/** A call of something other than a method. */
export interface CallFact extends FactBase {
  readonly kind: 'call'
  /** Path as written, without spaces and generic arguments; null if the callee is no path. */
  readonly path: string | null
  readonly args: readonly Span[]
}

export interface MethodFact extends FactBase {
  readonly kind: 'method'
  readonly name: string
  readonly nameSpan: Span
  readonly receiver: Span
  readonly receiverText: string
  /** Text between `::<` and `>`; null without. */
  readonly turbofish: string | null
  readonly args: readonly Span[]
}

export interface FieldFact extends FactBase {
  readonly kind: 'field'
  /** Name, or the index of a tuple field as text. */
  readonly name: string
  readonly nameSpan: Span
  readonly receiver: Span
  readonly receiverText: string
}

/** A variable, constant, function or `self`. */
export interface PathFact extends FactBase {
  readonly kind: 'path'
  /** Without spaces and generic arguments. */
  readonly text: string
}

export interface StructFact extends FactBase {
  readonly kind: 'struct'
  readonly path: string
  /** Values of fields are facts of role `value` in the same order; a shorthand field's is a path fact. */
  readonly fields: readonly { readonly name: string; readonly nameSpan: Span; readonly shorthand: boolean }[]
  /** `..base`; a fact of role `base`. */
  readonly hasBase: boolean
}

export interface MacroFact extends FactBase {
  readonly kind: 'macro'
  /** Without spaces. */
  readonly path: string
  /** Text between the delimiters. */
  readonly args: string
  readonly argsSpan: Span
  /**
   * Whether the arguments read as a list of expressions; then these are facts of role `argument`. Whether the macro
   * evaluates them is the caller's knowledge.
   */
  readonly expressions: boolean
}

export interface ClosureFact extends FactBase {
  readonly kind: 'closure'
  readonly bindings: readonly Binding[]
  readonly move: boolean
  readonly async: boolean
}

export interface AssignFact extends FactBase {
  readonly kind: 'assign'
  /** `=`, `+=`, … */
  readonly operator: string
}

export interface OperatorFact extends FactBase {
  readonly kind: 'binary' | 'unary' | 'range'
  /** `+`, `&&`, `*`, `-`, `!`, … */
  readonly operator: string
}

export interface BorrowFact extends FactBase {
  readonly kind: 'borrow'
  readonly mut: boolean
  /** `&raw const`, `&raw mut` */
  readonly raw: boolean
}

export interface CastFact extends FactBase {
  readonly kind: 'cast'
  readonly type: TypeExpr | null
}

export interface ForFact extends FactBase {
  readonly kind: 'for'
  readonly pattern: string
  readonly bindings: readonly Binding[]
}

export interface ArmFact extends FactBase {
  readonly kind: 'arm'
  readonly pattern: string
  readonly bindings: readonly Binding[]
}

export interface LiteralFact extends FactBase {
  readonly kind: 'literal'
  readonly text: string
}

/** An item declared in the block (a `use` too); its text is not looked into. */
export interface ItemFact extends FactBase {
  readonly kind: 'item'
  readonly text: string
}

export interface SimpleFact extends FactBase {
  readonly kind:
    | 'if'
    | 'match'
    | 'while'
    | 'loop'
    | 'try'
    | 'await'
    | 'return'
    | 'break'
    | 'continue'
    | 'yield'
    | 'index'
    | 'tuple'
    | 'array'
    | 'paren'
    | 'other'
}

export type Fact =
  | BlockFact
  | StatementFact
  | LetFact
  | LetConditionFact
  | CallFact
  | MethodFact
  | FieldFact
  | PathFact
  | StructFact
  | MacroFact
  | ClosureFact
  | AssignFact
  | OperatorFact
  | BorrowFact
  | CastFact
  | ForFact
  | ArmFact
  | LiteralFact
  | ItemFact
  | SimpleFact

export type FactKind = Fact['kind']

/** The members of `F` that can be of kind `K`. */
type OfKind<F extends Fact, K extends FactKind> = F extends Fact ? (F['kind'] & K extends never ? never : F) : never

/** A fact with its index. */
export interface Found<K extends FactKind> {
  readonly index: number
  readonly fact: OfKind<Fact, K>
}

/** All facts of the given kinds, in source order. */
export function factsOf<K extends FactKind>(body: BodyFacts, ...kinds: readonly K[]): Found<K>[] {
  const found: Found<K>[] = []
  for (const [index, fact] of body.facts.entries()) {
    if ((kinds as readonly string[]).includes(fact.kind)) found.push({ index, fact: fact as OfKind<Fact, K> })
  }
  return found
}

/** Indices of the facts directly below `index`, of one role if given. */
export function childFacts(body: BodyFacts, index: number, role?: Role): number[] {
  const found: number[] = []
  const end = body.facts[index]?.after ?? 0
  for (let child = index + 1; child < end; child = body.facts[child]?.after ?? end) {
    if (role === undefined || body.facts[child]?.role === role) found.push(child)
  }
  return found
}

/** What happens to the place that a fact (a path, field or index) stands for. */
export type Use = 'read' | 'assign' | 'update' | 'borrow' | 'borrow-mut' | 'receiver' | 'callee' | 'deref'

/**
 * How the place at `index` is used, looking through parentheses, and through fields and indices of it: `self.a` in
 * `self.a.b = 1` is assigned. `receiver` means that a method is called on it, which may do anything.
 */
export function useOf(body: BodyFacts, index: number): Use {
  let at = index
  for (let fuel = 256; fuel > 0; fuel--) {
    const fact = body.facts[at]
    const parent = fact && fact.parent >= 0 ? body.facts[fact.parent] : undefined
    if (!fact || !parent) return 'read'
    const isPart = (parent.kind === 'field' && fact.role === 'receiver') || (parent.kind === 'index' && fact.role === 'base')
    if (!isPart && parent.kind !== 'paren') return useIn(parent, fact.role)
    at = fact.parent
  }
  return 'read'
}

function useIn(parent: Fact, role: Role): Use {
  if (parent.kind === 'assign' && role === 'target') return parent.operator === '=' ? 'assign' : 'update'
  if (parent.kind === 'borrow') return parent.mut ? 'borrow-mut' : 'borrow'
  if (parent.kind === 'method' && role === 'receiver') return 'receiver'
  if (parent.kind === 'call' && role === 'callee') return 'callee'
  if (parent.kind === 'unary' && parent.operator === '*') return 'deref'
  return 'read'
}

/** Index of the nearest enclosing fact of one of the kinds, -1 if there is none. */
export function enclosing(body: BodyFacts, index: number, ...kinds: readonly FactKind[]): number {
  let at = body.facts[index]?.parent ?? -1
  while (at >= 0 && !kinds.includes(body.facts[at]?.kind ?? 'other')) at = body.facts[at]?.parent ?? -1
  return at
}
