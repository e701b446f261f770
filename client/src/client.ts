/** The language server's life: start, stop, restart, and what it reports. Shows no messages of its own. */
import * as vscode from 'vscode'
import {
  CloseAction,
  DiagnosticPullMode,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  TransportKind,
} from 'vscode-languageclient/node'
import {
  OPEN_RULE_DOCS_COMMAND,
  REPORT_REQUEST,
  SETTINGS_SECTION,
  type ServerReport,
  STATUS_NOTIFICATION,
  type Status,
} from '../../server/src/lsp/protocol.ts'
import { lintRun } from './config.ts'

/** `failed`: could not start, or crashed too often to be restarted. */
export type ServerState = 'stopped' | 'starting' | 'running' | 'failed'

const MAX_CRASHES = 5
const CRASH_WINDOW_MS = 3 * 60_000

/** One language server for the window. All methods may be called at any time; they run one after the other. */
export class LanguageServer {
  readonly #module: string
  readonly #log: vscode.LogOutputChannel
  readonly #states = new vscode.EventEmitter<ServerState>()
  readonly #statuses = new vscode.EventEmitter<Status>()
  #client: LanguageClient | null = null
  #state: ServerState = 'stopped'
  /** The last of the chained operations. */
  #tail: Promise<void> = Promise.resolve()
  /** A restart that waits for its turn: further requests join it. */
  #queuedRestart: Promise<void> | null = null

  readonly onState = this.#states.event
  readonly onStatus = this.#statuses.event

  /** `module` is the path of the bundled server. */
  constructor(module: string, log: vscode.LogOutputChannel) {
    this.#module = module
    this.#log = log
  }

  get state(): ServerState {
    return this.#state
  }

  /** Starts the server unless it runs. Never rejects: a failure is logged and becomes the state `failed`. */
  start(): Promise<void> {
    return this.#enqueue(() => this.#launch())
  }

  /** Stops the server if it runs. Never rejects. */
  stop(): Promise<void> {
    return this.#enqueue(() => this.#halt())
  }

  /** Stops and starts. Restarts asked for while one waits become one. Never rejects. */
  restart(): Promise<void> {
    this.#queuedRestart ??= this.#enqueue(async () => {
      this.#queuedRestart = null
      await this.#halt()
      await this.#launch()
    })
    return this.#queuedRestart
  }

  /** What the server says about itself; null if it does not run or does not answer within `ms`. */
  async report(ms = 2000): Promise<ServerReport | null> {
    if (this.#client === null || this.#state !== 'running') return null
    const cancel = new vscode.CancellationTokenSource()
    const timer = setTimeout(() => cancel.cancel(), ms)
    try {
      return await this.#client.sendRequest<ServerReport>(REPORT_REQUEST, cancel.token)
    } catch (error) {
      this.#log.warn(`no report from the server: ${describe(error)}`)
      return null
    } finally {
      clearTimeout(timer)
      cancel.dispose()
    }
  }

  #enqueue(operation: () => Promise<void>): Promise<void> {
    this.#tail = this.#tail.then(operation).catch((error: unknown) => this.#log.error(describe(error)))
    return this.#tail
  }

  async #launch(): Promise<void> {
    if (this.#client !== null) return
    const client = new LanguageClient(SETTINGS_SECTION, 'PyO3 Thread Safety', serverOptions(this.#module), this.#options())
    client.onNotification(STATUS_NOTIFICATION, (status: Status) => this.#statuses.fire(status))
    this.#client = client
    this.#become('starting')
    const began = performance.now()
    try {
      await client.start()
      this.#log.info(`server started in ${Math.round(performance.now() - began)} ms`)
      this.#become('running')
    } catch (error) {
      this.#log.error(`the server did not start: ${describe(error)}`)
      this.#client = null
      this.#become('failed')
      await client.dispose().catch(() => {}) // it may refuse what never started
    }
  }

  async #halt(): Promise<void> {
    const client = this.#client
    if (client === null) return this.#become('stopped')
    this.#client = null
    await client.dispose().catch((error: unknown) => this.#log.warn(`while stopping the server: ${describe(error)}`))
    this.#become('stopped')
  }

  #become(state: ServerState): void {
    this.#state = state
    this.#states.fire(state)
  }

  #options(): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: 'file', language: 'rust' },
        { scheme: 'file', pattern: '**/Cargo.toml' },
      ],
      // The server asks for the values; this tells it when to ask again.
      synchronize: { configurationSection: SETTINGS_SECTION },
      outputChannel: this.#log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: crashHandler(() => this.#gaveUp()),
      // Rust files in background tabs cost nothing until somebody looks at them.
      textSynchronization: { delayOpenNotifications: true },
      diagnosticPullOptions: {
        onChange: true,
        onSave: true,
        filter: (document, mode) => mode === DiagnosticPullMode.onType && lintRun(document.uri) === 'onSave',
      },
      markdown: { isTrusted: { enabledCommands: [OPEN_RULE_DOCS_COMMAND] }, supportHtml: false, supportThemeIcons: true },
    }
  }

  #gaveUp(): void {
    this.#log.error(`the server ended ${MAX_CRASHES} times within ${CRASH_WINDOW_MS / 60_000} minutes and stays down`)
    this.#client = null
    this.#become('failed')
  }
}

function serverOptions(module: string) {
  const run = { module, transport: TransportKind.ipc }
  return { run, debug: { ...run, options: { execArgv: ['--nolazy', '--inspect=6009'] } } }
}

/** Restarts a server that ended, until it has ended too often: then `gaveUp` is called, once. */
function crashHandler(gaveUp: () => void): ErrorHandler {
  let crashes: number[] = []
  return {
    error: (_error, _message, count) => ({
      action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown,
      handled: true,
    }),
    closed: () => {
      const now = Date.now()
      crashes = [...crashes.filter((time) => now - time < CRASH_WINDOW_MS), now]
      if (crashes.length < MAX_CRASHES) return { action: CloseAction.Restart, handled: true }
      gaveUp()
      return { action: CloseAction.DoNotRestart, handled: true }
    },
  }
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
