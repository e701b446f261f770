/**
 * Builds and packages the extension, and checks the package's size.
 *
 *   node scripts/editor/package.ts [--out FILE]
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createVSIX } from '@vscode/vsce'

const LIMIT_KB = 900
const root = path.join(import.meta.dirname, '../..')

const { values } = parseArgs({ options: { out: { type: 'string', default: 'pyo3-thread-safety.vsix' } } })
const out = path.resolve(root, values.out)

const built = spawnSync(process.execPath, ['esbuild.mjs', '--minify', '--quiet'], { cwd: root, stdio: 'inherit' })
if (built.status !== 0) process.exit(1)
for (const file of ['dist/client.cjs', 'dist/server.mjs']) {
  if (existsSync(path.join(root, file))) continue
  console.error(`${file} was not built`)
  process.exit(1)
}
const { repository } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { readonly repository?: unknown }
await createVSIX({
  cwd: root,
  packagePath: out,
  dependencies: false,
  allowMissingRepository: true,
  skipLicense: true,
  // The README's relative links become links into the repository, once there is one to name.
  rewriteRelativeLinks: repository !== undefined,
})
const size = Math.ceil(statSync(out).size / 1024)
console.log(`${path.relative(root, out)}: ${size} KB (limit ${LIMIT_KB} KB)`)
if (size > LIMIT_KB) {
  console.error(`the package is larger than ${LIMIT_KB} KB`)
  process.exitCode = 1
}
