import type { Language, Tree } from 'web-tree-sitter'
import type { Kind } from './nodes.generated.ts'

/**
 * A syntax tree as plain data: its named nodes (and errors) in source order, parents first. A node is its index.
 * Offsets are UTF-16 code units of the text that was parsed.
 */
export interface FlatTree {
  readonly count: number
  /** Kind of each node, `ERROR` for what the grammar has no rule for. */
  readonly kinds: readonly string[]
  /** Field of its parent that each node stands in. */
  readonly fields: readonly (string | null)[]
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  /** -1 for the root. */
  readonly parents: Int32Array
  /** First node that is no longer below each node. */
  readonly afters: Int32Array
  /** Whether some node is an error, or a token that was missing. */
  readonly hasError: boolean
}

/** Names of the grammar's kinds and fields by number, copied out of wasm once. */
export interface Grammar {
  readonly kinds: readonly string[]
  /** For each kind 0 if it is left out, 1 if it is a leaf (or taken for one), 2 if its children are read. */
  readonly depth: Uint8Array
  readonly fields: readonly (string | null)[]
}

/** Kinds that are read no further: tokens, and lists of tokens, which are parsed again where they mean something. */
const LEAVES: ReadonlySet<string> = new Set<Kind>([
  'identifier',
  'field_identifier',
  'type_identifier',
  'shorthand_field_identifier',
  'primitive_type',
  'self',
  'super',
  'crate',
  'metavariable',
  'mutable_specifier',
  'integer_literal',
  'float_literal',
  'boolean_literal',
  'char_literal',
  'string_literal',
  'raw_string_literal',
  'line_comment',
  'block_comment',
  'lifetime',
  'token_tree',
  'macro_rule',
])

export function readGrammar(language: Language): Grammar {
  const depthOf = (type: string, id: number): number => (language.nodeTypeIsNamed(id) ? (LEAVES.has(type) ? 1 : 2) : 0)
  return { kinds: language.types, depth: Uint8Array.from(language.types, depthOf), fields: language.fields }
}

const ERROR = 0xffff

/** Copies a parser's tree; one pass with a cursor, since every question to a node crosses into wasm. */
export function flatten(tree: Tree, grammar: Grammar, shift: number): FlatTree {
  const cursor = tree.walk()
  const kinds: string[] = []
  const fields: (string | null)[] = []
  const starts: number[] = []
  const ends: number[] = []
  const parents: number[] = []
  const afters: number[] = []
  const hasError = tree.rootNode.hasError
  // Nodes that the cursor stands below.
  const path: number[] = []
  for (;;) {
    const type = cursor.nodeTypeId
    const depth = type === ERROR ? 2 : (grammar.depth[type] ?? 0)
    if (depth > 0) {
      const node = kinds.length
      kinds.push(grammar.kinds[type] ?? 'ERROR')
      fields.push(grammar.fields[cursor.currentFieldId] ?? null)
      starts.push(cursor.startIndex + shift)
      ends.push(cursor.endIndex + shift)
      parents.push(path.at(-1) ?? -1)
      afters.push(node + 1)
      if (depth > 1 && cursor.gotoFirstChild()) {
        path.push(node)
        continue
      }
    }
    while (!cursor.gotoNextSibling()) {
      const parent = path.pop()
      if (parent === undefined || !cursor.gotoParent()) {
        cursor.delete()
        const arrays = { starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), parents: Int32Array.from(parents) }
        return { count: kinds.length, kinds, fields, ...arrays, afters: Int32Array.from(afters), hasError }
      }
      afters[parent] = kinds.length
    }
  }
}
