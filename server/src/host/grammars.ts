import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { brotliDecompressSync } from 'node:zlib'

/** Bytes that the parser needs before it can be used. */
export interface GrammarBytes {
  /** web-tree-sitter's own module. */
  readonly runtime: Uint8Array
  readonly rust: Uint8Array
}

const FILES = {
  runtime: ['web-tree-sitter.wasm.br', 'web-tree-sitter/web-tree-sitter.wasm'],
  rust: ['tree-sitter-rust.wasm.br', 'tree-sitter-rust/tree-sitter-rust.wasm'],
} as const

/** Reads the grammars that lie compressed next to the running bundle, or, from a checkout, those in node_modules. Throws if they are nowhere. */
export function readGrammars(): GrammarBytes {
  return { runtime: readWasm(...FILES.runtime), rust: readWasm(...FILES.rust) }
}

function readWasm(compressed: string, inPackages: string): Uint8Array {
  const beside = new URL(compressed, import.meta.url)
  if (existsSync(beside)) return brotliDecompressSync(readFileSync(beside))
  return readFileSync(createRequire(import.meta.url).resolve(inPackages))
}
