import type { BodyFacts, Fact, Role } from './body.ts'
import { readFact } from './expressions.ts'
import { children, is } from './node.ts'
import { type ParseFailure, parseTree } from './parser.ts'
import type { Span } from './span.ts'
import type { FlatTree } from './tree.ts'
import { withoutGrammarGaps } from './workarounds.ts'

/** Macro calls in arguments of macro calls are read this deep. */
const MAX_MACRO_DEPTH = 4
/** Expressions nested deeper than this are one `other` fact. */
const MAX_NESTING = 1000

let parsed = 0

/** Bodies parsed since the process started: the unit of work that tests of incrementality count. */
export function bodiesParsed(): number {
  return parsed
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** A body in the making. */
export interface BodyBuild {
  readonly text: string
  readonly tree: FlatTree
  readonly facts: Mutable<Fact>[]
  readonly errors: Span[]
  readonly macroDepth: number
  /** Nesting of the walk. */
  depth: number
}

/** What a fact says apart from its place in the tree. */
export type FactContent<F extends Fact = Fact> = F extends Fact ? Omit<F, 'parent' | 'role' | 'span' | 'after'> : never

/**
 * Parses the block at `span` of `text` (its braces included, as `Positions.items[key].body`; a `;`-ended statement
 * works too) and says what it does. Never throws; see `failure` for what cannot be read.
 */
export function bodyFacts(text: string, span: Span): BodyFacts {
  parsed++
  const tree = parsePiece(text.slice(span.start, span.end), span.start)
  if (typeof tree === 'string') return { facts: [], errors: [], failure: tree }
  const build: BodyBuild = { text, tree, facts: [], errors: [], macroDepth: 0, depth: 0 }
  for (const node of children(tree, 0)) readFact(build, node, -1, 'root')
  collectErrors(build)
  return { facts: build.facts, errors: build.errors, failure: null }
}

/**
 * Parses `source`, which begins at `shift`; what has an error is tried again with the grammar's known gaps covered.
 * A piece of its own parses twice as fast as a range of the file: text reaches the parser in chunks of 10,000.
 */
function parsePiece(source: string, shift: number): FlatTree | ParseFailure {
  const tree = parseTree(source, null, shift)
  if (typeof tree === 'string' || !tree.hasError) return tree
  const patched = withoutGrammarGaps(source)
  const again = patched === null ? tree : parseTree(patched, null, shift)
  return typeof again !== 'string' && !again.hasError ? again : tree
}

function collectErrors({ tree, errors }: BodyBuild): void {
  if (!tree.hasError) return
  for (let node = 0; node < tree.count; node++) {
    if (tree.kinds[node] === 'ERROR') errors.push({ start: tree.starts[node] ?? 0, end: tree.ends[node] ?? 0 })
  }
  // A token that was missing leaves no node behind.
  if (errors.length === 0) errors.push({ start: tree.starts[0] ?? 0, end: tree.ends[0] ?? 0 })
}

/** Adds a fact; `inside` adds what is part of it. */
export function addFact(
  build: BodyBuild,
  content: FactContent,
  span: Span,
  parent: number,
  role: Role,
  inside: (index: number) => void,
): void {
  const index = build.facts.length
  const fact = { ...content, parent, role, span, after: index + 1 } as Mutable<Fact>
  build.facts.push(fact)
  if (build.depth < MAX_NESTING) {
    build.depth++
    inside(index)
    build.depth--
  }
  fact.after = build.facts.length
}

/**
 * Adds the arguments of a macro call as expressions if they read as such; `span` is the call's delimiters with what is
 * between them. Says whether it did.
 */
export function addMacroArguments(build: BodyBuild, span: Span, parent: number): boolean {
  const length = span.end - span.start
  if (length <= 2) return length === 2
  if (build.macroDepth >= MAX_MACRO_DEPTH) return false
  const tree = parsePiece(`${build.text.slice(span.start, span.end)};`, span.start)
  if (typeof tree === 'string' || tree.hasError) return false
  const [statement = -1, ...more] = children(tree, 0)
  if (more.length > 0 || !is(tree, statement, 'expression_statement')) return false
  const inner: BodyBuild = { ...build, tree, macroDepth: build.macroDepth + 1 }
  for (const list of children(tree, statement)) {
    for (const node of children(tree, list)) readFact(inner, node, parent, 'argument')
  }
  return true
}
