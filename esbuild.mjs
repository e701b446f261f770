/**
 * Bundles the client, the server and the command line into dist/, with the files they read at run time beside them.
 *
 *   node esbuild.mjs [--quiet] [--watch] [--minify]
 *
 * dist/client.cjs   the VS Code extension (main)
 * dist/server.mjs   the language server, forked by the client
 * dist/cli.mjs      the command line (bin)
 * dist/*.wasm.br    the parser's runtime and grammar, compressed
 * dist/data/        facts, compressed
 * dist/docs/rules/  rule pages, as they are in the sources
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { context } from 'esbuild'

const root = import.meta.dirname
const require = createRequire(import.meta.url)
const has = (flag) => process.argv.includes(flag)
const [quiet, watch, minify] = [has('--quiet'), has('--watch'), has('--minify')]
const say = (text) => quiet || console.log(text)

// The server libraries are CommonJS: in an ESM bundle their require() calls of node's own modules need one to call.
const REQUIRE = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`

const common = {
  bundle: true,
  absWorkingDir: root,
  platform: 'node',
  target: 'node20',
  // `module` first: some packages' `main` is UMD, whose dynamic require esbuild cannot follow.
  mainFields: ['module', 'main'],
  minify,
  sourcemap: minify ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
}

const bundles = [
  {
    ...common,
    entryPoints: ['client/src/extension.ts'],
    outfile: 'dist/client.cjs',
    format: 'cjs',
    external: ['vscode'],
  },
  {
    ...common,
    // ESM, since web-tree-sitter's own ESM build and our entries use import.meta.
    entryPoints: ['server/src/main.node.ts'],
    outfile: 'dist/server.mjs',
    format: 'esm',
    banner: { js: REQUIRE },
  },
  {
    ...common,
    entryPoints: ['server/src/cli/main.ts'],
    outfile: 'dist/cli.mjs',
    format: 'esm',
    banner: { js: `${startsWithShebang('server/src/cli/main.ts') ? '' : '#!/usr/bin/env node\n'}${REQUIRE}` },
  },
]

/** esbuild keeps an entry's own shebang; a second one would be a syntax error. */
function startsWithShebang(entry) {
  const file = path.join(root, entry)
  return existsSync(file) && readFileSync(file, 'utf8').startsWith('#!')
}

/** Compressed over its whole length: a package's own compression sees only 32 KB at a time. The best takes seconds, so only packages get it. */
function compressFile(from, to) {
  const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY } = constants
  const params = { [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_QUALITY]: minify ? 11 : 5 }
  writeFileSync(`${to}.br`, brotliCompressSync(readFileSync(from), { params }))
}

function copyFacts(from, to) {
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) compressFile(path.join(from, name), path.join(to, name))
}

function copyRuntimeFiles() {
  const dist = path.join(root, 'dist')
  // A package must not carry pages or facts that the sources no longer have.
  if (minify) for (const part of ['data', 'docs']) rmSync(path.join(dist, part), { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })
  for (const wasm of ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-rust/tree-sitter-rust.wasm']) {
    compressFile(require.resolve(wasm), path.join(dist, path.basename(wasm)))
  }
  copyFacts(path.join(root, 'server/data/facts'), path.join(dist, 'data/facts'))
  cpSync(path.join(root, 'docs/rules'), path.join(dist, 'docs/rules'), { recursive: true })
}

copyRuntimeFiles()
const present = bundles.filter(({ entryPoints: [entry] }) => {
  const there = existsSync(path.join(root, entry))
  if (!there) say(`skipped: ${entry} does not exist`)
  return there
})
const contexts = await Promise.all(present.map((options) => context(options)))
if (watch) {
  await Promise.all(contexts.map((each) => each.watch()))
  say('watching')
} else {
  const results = await Promise.allSettled(contexts.map((each) => each.rebuild()))
  await Promise.all(contexts.map((each) => each.dispose()))
  for (const { outfile } of present) {
    const file = path.join(root, outfile)
    if (!existsSync(file)) continue
    if (outfile === 'dist/cli.mjs') chmodSync(file, 0o755)
    say(`${outfile}  ${(statSync(file).size / 1024).toFixed(0)} KB`)
  }
  // esbuild has printed what is wrong.
  if (results.some(({ status }) => status === 'rejected')) process.exitCode = 1
}
