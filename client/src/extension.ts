/** Entry of the VS Code extension: makes the parts, connects them, and hands them to VS Code for disposal. */
import * as vscode from 'vscode'
import type { Status } from '../../server/src/lsp/protocol.ts'
import { LanguageServer, type ServerState } from './client.ts'
import { registerCommands } from './commands.ts'
import { enabledAnywhere, SECTION } from './config.ts'
import { watchOutcomes } from './outcomes.ts'
import { StatusItem } from './status.ts'
import { TASK_TYPE, taskProvider } from './tasks.ts'

/** What other extensions, and the in-editor tests, may ask the extension. */
export interface Api {
  /** Settles when the first start of the server has succeeded or failed. */
  readonly started: Promise<void>
  /** The server's last status, or null before the first one. */
  status(): Status | null
  /** Where the server is in its life. */
  serverState(): ServerState
}

let server: LanguageServer | undefined

/** Called by VS Code when the first Rust file opens. */
export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel('PyO3 Thread Safety', { log: true })
  const language = new LanguageServer(context.asAbsolutePath('dist/server.mjs'), log)
  server = language
  const status = new StatusItem()
  let last: Status | null = null

  context.subscriptions.push(
    log,
    status,
    language.onStatus((update) => {
      last = update
      status.show(update)
    }),
    language.onState((state) => status.serverState(state)),
    ...registerCommands({ context, log, server: language, status: () => last }),
    vscode.tasks.registerTaskProvider(TASK_TYPE, taskProvider),
    watchOutcomes(),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`${SECTION}.enable`)) void (enabledAnywhere() ? language.start() : language.stop())
    }),
  )

  // Not awaited: activation must not wait for the server. Failures are logged and shown in the status item.
  const started = enabledAnywhere() ? language.start() : Promise.resolve()
  return { started, status: () => last, serverState: () => language.state }
}

/** Called by VS Code before it unloads the extension. */
export async function deactivate(): Promise<void> {
  await server?.stop()
}
