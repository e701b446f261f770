import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node'

const SERVER = path.join(import.meta.dirname, '../../dist/cli.mjs')

/** What a test says to and hears from a server that runs as a process of its own. */
export interface LspClient {
  readonly connection: MessageConnection
  /** Diagnostics that the server pushed, by URI: the last ones. */
  readonly pushed: Map<string, readonly { readonly code?: unknown }[]>
  readonly statuses: unknown[]
  stop(): Promise<void>
}

export interface ClientOptions {
  /** Whether the client can pull diagnostics; without it the server pushes them. */
  readonly pull: boolean
  readonly settings?: object
}

/** Starts the built server on standard input and output and shakes hands with it. */
export async function startClient({ pull, settings = {} }: ClientOptions): Promise<LspClient> {
  const child: ChildProcess = spawn(process.execPath, [SERVER, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
  if (!child.stdout || !child.stdin) throw new Error('the server has no pipes')
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin))
  const pushed: LspClient['pushed'] = new Map()
  const statuses: unknown[] = []
  connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => settings))
  connection.onRequest('client/registerCapability', () => ({}))
  connection.onRequest('workspace/diagnostic/refresh', () => ({}))
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
    pushed.set(uri, diagnostics)
  })
  connection.onNotification('pyo3ThreadSafety/status', (status) => {
    statuses.push(status)
  })
  connection.listen()
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      workspace: {
        configuration: true,
        workspaceEdit: { documentChanges: true, changeAnnotationSupport: {} },
        ...(pull ? { diagnostics: { refreshSupport: true } } : {}),
      },
      textDocument: pull ? { diagnostic: {} } : {},
    },
  })
  await connection.sendNotification('initialized', {})
  return {
    connection,
    pushed,
    statuses,
    async stop() {
      await connection.sendRequest('shutdown')
      await connection.sendNotification('exit')
      connection.dispose()
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}
