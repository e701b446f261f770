/** A real VS Code workbench without VS Code desktop: code-server is the VS Code server, Chromium shows its web workbench. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium } from 'playwright-core'
import { codeServerIn, installFolder } from './code-server.ts'
import type { Profile } from './profile.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const START_LIMIT_MS = 60_000

/** A running server. */
export interface Workbench {
  /** `127.0.0.1:port`, also the authority of its remote URIs. */
  readonly host: string
  readonly pid: number
  /** What it has printed. */
  log(): string
  /** Ends it with everything it has started. */
  stop(): Promise<void>
}

/** How to start a server. */
export interface StartOptions {
  /** Environment variables for the server and the extension host. */
  readonly env?: Readonly<Record<string, string>>
  /** Obey the `extensionTestsPath` of the page's address: a production build ignores it otherwise. */
  readonly runsTests?: boolean
  /** Ask for trust as VS Code does; without it every workspace is trusted. */
  readonly workspaceTrust?: boolean
}

function installed(): { readonly node: string; readonly entry: string } {
  const found = codeServerIn(installFolder())
  if (existsSync(found.node) && existsSync(found.entry)) return found
  throw new Error(`code-server is not in ${installFolder()}: run npm run editor:install first`)
}

function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  // No marketplace: the workbench would ask it for updates.
  const env: NodeJS.ProcessEnv = { EXTENSIONS_GALLERY: '{}', ...process.env, ...extra }
  // Set in a terminal of VS Code: code-server would hand over to that window instead of starting.
  delete env['VSCODE_IPC_HOOK_CLI']
  delete env['PORT']
  delete env['PASSWORD']
  return env
}

const profileArgs = (profile: Profile): readonly string[] => [
  '--config',
  profile.config,
  '--user-data-dir',
  profile.data,
  '--extensions-dir',
  profile.extensions,
]

/** Installs a .vsix into a profile. Throws with code-server's output if that fails. */
export function installExtension(profile: Profile, vsix: string): void {
  const { node, entry } = installed()
  const done = spawnSync(node, [entry, ...profileArgs(profile), '--install-extension', vsix], {
    encoding: 'utf8',
    env: environment({}),
  })
  if (done.status !== 0) throw new Error(`cannot install ${vsix}:\n${done.stdout}${done.stderr}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

/** Starts a server; resolves when it answers. Rejects, with its output, if it ends or does not answer within a minute. */
export async function startWorkbench(profile: Profile, options: StartOptions = {}): Promise<Workbench> {
  const { node, entry } = installed()
  const host = `127.0.0.1:${await freePort()}`
  const args = [
    ...profileArgs(profile),
    '--auth',
    'none',
    '--bind-addr',
    host,
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
    '--ignore-last-opened',
    ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
    ...(options.runsTests === true ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ]
  // It leads a process group of its own, so that ending the group reaches extension hosts and language servers, and only them.
  const child = spawn(node, [entry, ...args], {
    env: environment(options.env ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const pid = child.pid
  if (pid === undefined) throw new Error(`cannot start ${node}`)
  let log = ''
  child.stdout.on('data', (data: Buffer) => (log += data.toString()))
  child.stderr.on('data', (data: Buffer) => (log += data.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const running = () => child.exitCode === null && child.signalCode === null
  const killGroup = () => {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // nothing of it is left
    }
  }
  process.prependListener('exit', killGroup) // before the profile is removed
  const stop = async () => {
    process.off('exit', killGroup)
    if (running()) process.kill(pid, 'SIGTERM')
    await Promise.race([ended, sleep(3000)])
    killGroup()
  }
  const deadline = Date.now() + START_LIMIT_MS
  while (!(await answers(host))) {
    if (running() && Date.now() < deadline) {
      await sleep(50)
      continue
    }
    await stop()
    throw new Error(`code-server did not start:\n${log}`)
  }
  return { host, pid, log: () => log, stop }
}

async function answers(host: string): Promise<boolean> {
  try {
    return (await fetch(`http://${host}/healthz`)).ok
  } catch {
    return false
  }
}

/** Starts a headless Chromium. */
export function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing (Debian: apt-get install chromium; or set CHROMIUM)`)
  const quiet = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: ['--no-sandbox', ...quiet] }) // no sandbox: needed as root
}

/**
 * The workbench's address for a folder or a .code-workspace file. `payload` is what VS Code gets as command line options
 * (openFile, extensionDevelopmentPath, extensionTestsPath, …).
 */
export function workbenchUrl(workbench: Workbench, target: string, payload: Readonly<Record<string, string>> = {}): string {
  const url = new URL(`http://${workbench.host}/`)
  url.searchParams.set(target.endsWith('.code-workspace') ? 'workspace' : 'folder', target)
  if (Object.keys(payload).length > 0) url.searchParams.set('payload', JSON.stringify(Object.entries(payload)))
  return url.href
}

/** A path on the server, as the workbench names it. */
export const remoteUri = (workbench: Workbench, file: string): string =>
  `vscode-remote://${workbench.host}${encodeURI(path.resolve(file))}`

// Without a handler a signal ends the process without 'exit': servers would be left over.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(2))
