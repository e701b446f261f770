/**
 * Installs code-server, a real VS Code server with its web workbench, into the user's cache folder; once.
 *
 *   node scripts/editor/install-code-server.ts
 *
 * A second run only verifies. Prints the folder on standard output, everything else on standard error.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CACHE, CODE_SERVER_VERSION, codeServerIn, installFolder } from './code-server.ts'

const NODE_MAJOR = '24'

const say = (text: string) => console.error(`install-code-server: ${text}`)

function fail(text: string): never {
  say(`error: ${text}`)
  process.exit(1)
}

/** Is the install in `folder` whole: its node runs, a native module loads, the version is the one asked for? */
function installed(folder: string): boolean {
  const { node, entry } = codeServerIn(folder)
  if (!existsSync(node) || !existsSync(path.join(entry, 'lib/vscode/out/server-main.js'))) return false
  const native = path.join(entry, 'lib/vscode/node_modules/@vscode/spdlog')
  if (spawnSync(node, ['-e', `require(${JSON.stringify(native)})`]).status !== 0) return false
  // Without --config it would write into ~/.config/code-server.
  const config = mkdtempSync(path.join(tmpdir(), 'code-server-config-'))
  const run = spawnSync(node, [entry, '--config', path.join(config, 'c.yaml'), '--version'], { encoding: 'utf8' })
  rmSync(config, { recursive: true, force: true })
  return run.stdout.trim().split('\n').at(-1)?.startsWith(`${CODE_SERVER_VERSION} `) ?? false
}

/** The native modules are compiled here: what that needs must be there before a three-minute install begins. */
function checkBuildTools(): void {
  for (const tool of ['npm', 'python3', 'make', 'g++']) {
    if (spawnSync(tool, ['--version']).status !== 0)
      fail(`'${tool}' is missing (Debian: apt-get install build-essential python3)`)
  }
  if (!existsSync('/usr/include/gssapi/gssapi.h') && !existsSync('/usr/include/gssapi.h')) {
    fail('the Kerberos headers are missing (Debian: apt-get install libkrb5-dev)')
  }
}

/** Runs npm in `folder`, its output appended to the log file. */
function npm(folder: string, logFile: string, args: readonly string[], pathPrefix: string): void {
  const log = openSync(logFile, 'a')
  const env = { ...process.env, PATH: `${pathPrefix}${process.env['PATH'] ?? ''}` }
  // npm run sets npm_config_* and npm_package_*: they would reach the inner npm.
  for (const name of Object.keys(env))
    if (/^npm_(?!config_(registry|cache)$)/i.test(name)) delete (env as NodeJS.ProcessEnv)[name]
  const done = spawnSync('npm', ['install', '--no-audit', '--no-fund', ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', log, log],
  })
  if (done.status !== 0) fail(`npm install ${args.join(' ')} failed, see ${logFile}`)
}

const target = installFolder()
if (installed(target)) {
  say(`code-server ${CODE_SERVER_VERSION} is already there`)
  console.log(target)
  process.exit(0)
}

checkBuildTools()
mkdirSync(CACHE, { recursive: true })
// A half-failed npm install cannot be repaired by running it again: begin with an empty folder, rename when it works.
rmSync(target, { recursive: true, force: true })
for (const name of readdirSync(CACHE)) {
  if (name.startsWith('.installing-')) rmSync(path.join(CACHE, name), { recursive: true, force: true })
}
const work = path.join(CACHE, `.installing-${CODE_SERVER_VERSION}-${process.pid}`)
mkdirSync(work)
// npm 11 and later run install scripts only of packages that are allowed to.
writeFileSync(path.join(work, 'package.json'), JSON.stringify({ name: 'editor-tests', private: true }))
const logFile = path.join(CACHE, `install-${CODE_SERVER_VERSION}.log`)
rmSync(logFile, { force: true })
say(`installing node ${NODE_MAJOR} …`)
npm(work, logFile, [`node@${NODE_MAJOR}`], '')
say(`installing code-server ${CODE_SERVER_VERSION} (takes about three minutes) …`)
npm(
  work,
  logFile,
  [`code-server@${CODE_SERVER_VERSION}`, '--foreground-scripts'],
  `${path.join(work, 'node_modules/node/bin')}${path.delimiter}`,
)
if (!installed(work)) fail(`the install finished but does not start as ${CODE_SERVER_VERSION}, see ${logFile}`)
renameSync(work, target)
say(`code-server ${CODE_SERVER_VERSION} installed`)
console.log(target)
