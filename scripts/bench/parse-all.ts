/** Parses every Rust file below a folder with web-tree-sitter, whole: what an analyser cannot do without if it is not clever. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Language, Parser } from 'web-tree-sitter'
import { readGrammars } from '../../server/src/host/grammars.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('expected a folder')
const { runtime, rust } = readGrammars()
await Parser.init({ wasmBinary: runtime, locateFile: () => 'unused.wasm' })
const parser = new Parser()
parser.setLanguage(await Language.load(rust))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((it) => it.endsWith('.rs'))
let bytes = 0
for (const file of files) {
  const text = readFileSync(join(folder, file), 'utf8')
  bytes += text.length
  parser.parse(text)?.delete()
}
console.log(JSON.stringify({ files: files.length, bytes }))
