import {
  CodeActionKind,
  type Connection,
  createConnection,
  type Diagnostic,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  ProposedFeatures,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { VERSION } from '../cli/version.ts'
import { nodeHost } from '../host/node.ts'
import { loadFacts, loadGrammar, readEnvironment } from '../node-setup.ts'
import { codeActions } from './code-actions.ts'
import { type DocumentDiagnostics, documentDiagnostics, FIX_ALL } from './diagnostics.ts'
import { fileSettings } from './file-settings.ts'
import { hover } from './hover.ts'
import { REPORT_REQUEST, SETTINGS_SECTION, type Settings, STATUS_NOTIFICATION, type Status } from './protocol.ts'
import { NO_STATUS, shownCrates, statusOf } from './status.ts'
import { pathOfUri } from './uris.ts'
import { Workspace } from './workspace.ts'

const NOTHING: DocumentDiagnostics = { items: [], crates: null }

/** What the editor can do, as far as it matters. */
export interface ClientAbilities {
  readonly pull: boolean
  readonly confirm: boolean
  readonly configuration: boolean
  readonly watch: boolean
}

/** Everything that a feature may use. */
export interface ServerContext {
  readonly connection: Connection
  readonly documents: TextDocuments<TextDocument>
  readonly workspace: Workspace
  abilities: ClientAbilities
}

/** Serves one editor until it exits. `stdio` for other editors, `ipc` for a server that VS Code forked. */
export async function startServer(transport: 'stdio' | 'ipc'): Promise<void> {
  await loadGrammar()
  const connection =
    transport === 'stdio'
      ? createConnection(ProposedFeatures.all, process.stdin, process.stdout)
      : createConnection(ProposedFeatures.all)
  const workspace = new Workspace({ host: nodeHost(), environment: readEnvironment(null), facts: loadFacts() })
  const documents = new TextDocuments(TextDocument)
  const cx: ServerContext = {
    connection,
    documents,
    workspace,
    abilities: { pull: false, confirm: false, configuration: false, watch: false },
  }
  wire(cx)
  documents.listen(connection)
  connection.listen()
}

function wire(cx: ServerContext): void {
  const { connection, documents, workspace } = cx
  const settings = fileSettings(cx)
  const shown = shownCrates()
  let status: Status = NO_STATUS
  const announce = (): void => {
    const next = statusOf(shown.all())
    if (JSON.stringify(next) === JSON.stringify(status)) return
    status = next
    void connection.sendNotification(STATUS_NOTIFICATION, status)
  }
  const diagnose = async (uri: string): Promise<Diagnostic[] | null> => {
    const answer = async () => settings.ready(uri).then(() => documentDiagnostics(cx, uri))
    const result = await guard(cx, answer, NOTHING)
    if (result === null) return null
    if (result.crates && documents.get(uri)) shown.set(uri, result.crates)
    announce()
    return [...result.items]
  }
  const push = async (uri: string): Promise<void> => {
    const diagnostics = await diagnose(uri)
    // Overtaken: the newer edit pushes. Closed meanwhile: nothing would ever take them away again.
    if (diagnostics && documents.get(uri)) await connection.sendDiagnostics({ uri, diagnostics })
  }
  const refresh = (): void => {
    if (cx.abilities.pull) connection.languages.diagnostics.refresh().catch(() => undefined)
    else for (const document of documents.all()) void push(document.uri)
  }

  connection.onInitialize((params) => initialize(cx, params))
  connection.onInitialized(() => void initialized(cx).then(refresh))
  connection.onDidChangeConfiguration(() => {
    settings.reset()
    void readSettings(cx).then(refresh)
  })
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri } of changes) workspace.changedOnDisk(pathOfUri(uri), documents.get(uri) !== undefined)
    refresh()
  })
  documents.onDidChangeContent(({ document }) => {
    workspace.open(pathOfUri(document.uri), document.getText())
    if (!cx.abilities.pull) void push(document.uri)
  })
  documents.onDidClose(({ document }) => {
    workspace.close(pathOfUri(document.uri))
    settings.forget(document.uri)
    shown.delete(document.uri)
    if (!cx.abilities.pull) void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] })
  })

  connection.languages.diagnostics.on(async ({ textDocument }) => {
    const items = await diagnose(textDocument.uri)
    if (items) return { kind: 'full', items }
    throw new ResponseError(LSPErrorCodes.ServerCancelled, 'overtaken by an edit', { retriggerRequest: true })
  })
  connection.onCodeAction((params) => guard(cx, () => codeActions(cx, params), []))
  connection.onHover((params) => guard(cx, () => hover(cx, params), null))
  connection.onRequest(REPORT_REQUEST, () => ({
    version: VERSION,
    runtime: `node ${process.versions.node}`,
    memory: process.memoryUsage().rss,
    status,
    details: Object.entries(workspace.db.counters()).map(([name, n]) => `${name}: ${n}`),
  }))
}

/** A feature that fails costs its own answer and one line in the log, not the server. */
async function guard<T>(cx: ServerContext, answer: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer()
  } catch (error) {
    cx.connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return otherwise
  }
}

function initialize(cx: ServerContext, { capabilities }: InitializeParams): InitializeResult {
  const { textDocument, workspace } = capabilities
  cx.abilities = {
    pull: textDocument?.diagnostic !== undefined && workspace?.diagnostics?.refreshSupport === true,
    confirm: workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
    configuration: workspace?.configuration === true,
    watch: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
  }
  return {
    serverInfo: { name: 'pyo3-thread-safety', version: VERSION },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, 'refactor.rewrite.pyo3', FIX_ALL] },
      hoverProvider: true,
      ...(cx.abilities.pull
        ? { diagnosticProvider: { identifier: 'pyo3', interFileDependencies: true, workspaceDiagnostics: false } }
        : {}),
    },
  }
}

async function initialized(cx: ServerContext): Promise<void> {
  if (cx.abilities.watch) {
    const watchers = ['**/*.rs', '**/Cargo.toml', '**/Cargo.lock', '**/pyproject.toml'].map((globPattern) => ({ globPattern }))
    await cx.connection.client.register(DidChangeWatchedFilesNotification.type, { watchers })
  }
  await readSettings(cx)
}

async function readSettings(cx: ServerContext): Promise<void> {
  if (!cx.abilities.configuration) return
  const settings: Settings | null = await cx.connection.workspace.getConfiguration(SETTINGS_SECTION)
  cx.workspace.configure(settings ?? {})
}
