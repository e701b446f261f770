/** Tokenizes Rust as an editor does: a base grammar with this project's injections. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import oniguruma from 'vscode-oniguruma'
import textmate from 'vscode-textmate'

const root = path.join(import.meta.dirname, '../..')

interface Contribution {
  readonly scopeName: string
  readonly path: string
  readonly injectTo: readonly string[]
}

/** A piece of text with its scopes, outermost first. `line` is 0-based, `start` in UTF-16 code units. */
export interface Token {
  readonly line: number
  readonly start: number
  readonly text: string
  readonly scopes: readonly string[]
}

/** The grammars that package.json contributes. */
export function contributedGrammars(): readonly Contribution[] {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly contributes: { readonly grammars: readonly Contribution[] }
  }
  return manifest.contributes.grammars
}

/** A function that tokenizes Rust source, with the base grammar in the file `base`. */
export async function rustTokenizer(base: string): Promise<(source: string) => readonly Token[]> {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'))
  await oniguruma.loadWASM(wasm)
  const contributed = contributedGrammars()
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => {
      const own = contributed.find(({ scopeName }) => scopeName === scope)
      const file = scope === 'source.rust' ? base : own === undefined ? null : path.join(root, own.path)
      return file === null ? null : textmate.parseRawGrammar(readFileSync(file, 'utf8'), file)
    },
    getInjections: (scope) => contributed.filter(({ injectTo }) => injectTo.includes(scope)).map(({ scopeName }) => scopeName),
  })
  const grammar = await registry.loadGrammar('source.rust')
  if (grammar === null) throw new Error(`no grammar in ${base}`)
  return (source) => {
    const tokens: Token[] = []
    let state = textmate.INITIAL
    for (const [line, text] of source.split('\n').entries()) {
      const result = grammar.tokenizeLine(text, state)
      state = result.ruleStack
      for (const { startIndex, endIndex, scopes } of result.tokens) {
        tokens.push({ line, start: startIndex, text: text.slice(startIndex, endIndex), scopes })
      }
    }
    return tokens
  }
}
