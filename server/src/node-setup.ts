import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import { Language, Parser } from 'web-tree-sitter'
import { createFactsDb } from './facts/db.ts'
import type { FactsDb } from './facts/facts.ts'
import { readGrammars } from './host/grammars.ts'
import type { Environment } from './project/host.ts'
import { installGrammar } from './syntax/parser.ts'

/** Loads the Rust grammar that function bodies are read with. Once per process; about 40 ms. */
export async function loadGrammar(): Promise<void> {
  const { runtime, rust } = readGrammars()
  // web-tree-sitter insists on a name for the module although it gets the bytes.
  await Parser.init({ wasmBinary: runtime, locateFile: () => 'web-tree-sitter.wasm' })
  installGrammar(await Language.load(rust))
}

/**
 * The facts that ship with the program: `data/facts/*.txt.br` beside the bundle (a package's own compression sees only 32 KB
 * at a time, which doubles their size), or `*.txt` in the checkout. Without the folder every foreign type is unknown, never
 * wrong.
 */
export function loadFacts(): FactsDb {
  const folder = dataFolder()
  if (folder === null) return createFactsDb([])
  const files = readdirSync(folder).filter((it) => it.endsWith('.txt') || it.endsWith('.txt.br'))
  return createFactsDb(files.sort().map((it) => readText(path.join(folder, it))))
}

function readText(file: string): string {
  const bytes = readFileSync(file)
  return (file.endsWith('.br') ? brotliDecompressSync(bytes) : bytes).toString('utf8')
}

function dataFolder(): string | null {
  const here = path.dirname(fileURLToPath(import.meta.url))
  const candidates = [path.join(here, 'data/facts'), path.join(here, '../data/facts')]
  return candidates.find((it) => existsSync(it)) ?? null
}

/** What the machine says: where cargo keeps its sources, and the target it builds for. */
export function readEnvironment(target: string | null): Environment {
  return {
    cargoHome: slashes(process.env['CARGO_HOME'] ?? path.join(homedir(), '.cargo')),
    rustVersion: null,
    target: target ?? hostTarget(),
  }
}

/** A file system path as the core wants it. */
export function slashes(file: string): string {
  return path.sep === '\\' ? file.replaceAll('\\', '/') : file
}

function hostTarget(): string {
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  if (process.platform === 'darwin') return `${arch}-apple-darwin`
  if (process.platform === 'win32') return `${arch}-pc-windows-msvc`
  return `${arch}-unknown-linux-gnu`
}
