import type { Language, Tree } from 'web-tree-sitter'

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
  /** 1 for kinds that are kept. */
  readonly named: Uint8Array
  readonly fields: readonly (string | null)[]
}

export function readGrammar(language: Language): Grammar {
  const named = Uint8Array.from(language.types, (_type, id) => (language.nodeTypeIsNamed(id) ? 1 : 0))
  return { kinds: language.types, named, fields: language.fields }
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
  // Nodes that the cursor stands below; -1 stands for an anonymous node, which is left out.
  const path: number[] = []
  const nearest = (): number => path.findLast((node) => node >= 0) ?? -1
  for (;;) {
    const type = cursor.nodeTypeId
    let node = -1
    if (type === ERROR || grammar.named[type] === 1) {
      node = kinds.length
      kinds.push(grammar.kinds[type] ?? 'ERROR')
      fields.push(grammar.fields[cursor.currentFieldId] ?? null)
      starts.push(cursor.startIndex + shift)
      ends.push(cursor.endIndex + shift)
      parents.push(nearest())
      afters.push(node + 1)
    }
    if (cursor.gotoFirstChild()) {
      path.push(node)
      continue
    }
    while (!cursor.gotoNextSibling()) {
      const parent = path.pop()
      if (parent === undefined || !cursor.gotoParent()) {
        cursor.delete()
        const arrays = { starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), parents: Int32Array.from(parents) }
        return { count: kinds.length, kinds, fields, ...arrays, afters: Int32Array.from(afters), hasError }
      }
      if (parent >= 0) afters[parent] = kinds.length
    }
  }
}
