import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** Bytes that the parser needs before it can be used. */
export interface GrammarBytes {
  /** web-tree-sitter's own module. */
  readonly runtime: Uint8Array
  readonly rust: Uint8Array
}

const FILES = {
  runtime: ['web-tree-sitter.wasm', 'web-tree-sitter/web-tree-sitter.wasm'],
  rust: ['tree-sitter-rust.wasm', 'tree-sitter-rust/tree-sitter-rust.wasm'],
} as const

/** Reads the grammars that lie next to the running bundle, or, from a checkout, those in node_modules. Throws if they are nowhere. */
export function readGrammars(): GrammarBytes {
  return { runtime: readWasm(...FILES.runtime), rust: readWasm(...FILES.rust) }
}

function readWasm(name: string, inPackages: string): Uint8Array {
  const beside = new URL(name, import.meta.url)
  return readFileSync(existsSync(beside) ? beside : createRequire(import.meta.url).resolve(inPackages))
}
