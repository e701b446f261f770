import { Language, Parser } from 'web-tree-sitter'
import { readGrammars } from '../server/src/host/grammars.ts'
import { installGrammar } from '../server/src/syntax/parser.ts'

/** Loads the Rust grammar from node_modules and makes it the parser's; for scripts and tests. */
export async function loadGrammar(): Promise<void> {
  const { runtime, rust } = readGrammars()
  await Parser.init({ wasmBinary: runtime, locateFile: () => 'unused.wasm' })
  installGrammar(await Language.load(rust))
}
