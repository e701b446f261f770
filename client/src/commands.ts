/** The palette's commands: one table of id → handler, registered in one loop. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'
import { OPEN_RULE_DOCS_COMMAND, type Status } from '../../server/src/lsp/protocol.ts'
import type { LanguageServer } from './client.ts'
import { chooseCrate } from './manifest.ts'
import { offerEnvironment, offerInstall } from './outcomes.ts'
import { diagnosticsReport } from './report.ts'
import { type Command, outputRoot, plan, run } from './tasks.ts'

/** What commands work with. */
export interface Parts {
  readonly context: vscode.ExtensionContext
  readonly log: vscode.LogOutputChannel
  readonly server: LanguageServer
  /** The server's last status, or null. */
  status(): Status | null
}

type Handler = (parts: Parts, ...args: readonly unknown[]) => unknown

const HANDLERS: Readonly<Record<string, Handler>> = {
  'pyo3ThreadSafety.maturinDevelop': task('develop'),
  'pyo3ThreadSafety.maturinDevelopRelease': task('develop-release'),
  'pyo3ThreadSafety.buildWheel': task('build-wheel'),
  'pyo3ThreadSafety.cargoTest': task('cargo-test'),
  'pyo3ThreadSafety.pytest': task('pytest'),
  'pyo3ThreadSafety.restartServer': ({ server }) => server.restart(),
  'pyo3ThreadSafety.startServer': ({ server }) => server.start(),
  'pyo3ThreadSafety.stopServer': ({ server }) => server.stop(),
  'pyo3ThreadSafety.showLog': ({ log }) => log.show(true),
  'pyo3ThreadSafety.copyDiagnosticsReport': copyReport,
  [OPEN_RULE_DOCS_COMMAND]: openRuleDocs,
  // Not in the palette: variables of the problem matchers.
  'pyo3ThreadSafety.cargoOutputRoot': () => outputRoot('cargo'),
  'pyo3ThreadSafety.pytestOutputRoot': () => outputRoot('pytest'),
}

/** Registers all commands; dispose the results to unregister. */
export function registerCommands(parts: Parts): readonly vscode.Disposable[] {
  return Object.entries(HANDLERS).map(([id, handler]) =>
    vscode.commands.registerCommand(id, (...args: readonly unknown[]) => handler(parts, ...args)),
  )
}

/** A command that runs a task: finds crate and tool, and says what is missing instead of failing in a terminal. */
function task(command: Command): Handler {
  return async (parts) => {
    // The palette hides these commands in a restricted workspace; keybindings and other extensions can still call them.
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showWarningMessage(
        vscode.l10n.t('This workspace is not trusted: PyO3 Thread Safety runs nothing in it.'),
      )
      return
    }
    const crate = await chooseCrate(command === 'cargo-test')
    if (crate === null) return
    const found = plan(command, crate)
    parts.log.info(`${command} in ${found.cwd}: ${found.executable ?? `${found.tool} not found`}`)
    if (found.executable === null) return offerInstall(found)
    const developing = command === 'develop' || command === 'develop-release'
    // maturin also takes an active conda environment; without either it can only fail.
    if (developing && found.environment === null && process.env['CONDA_PREFIX'] === undefined) return offerEnvironment(found)
    await run(found)
  }
}

async function copyReport(parts: Parts): Promise<void> {
  await vscode.env.clipboard.writeText(await diagnosticsReport(parts))
  void vscode.window.showInformationMessage(vscode.l10n.t('The diagnostics report is in the clipboard. It holds no source code.'))
}

/** Shows a rule's page from the extension's own folder, so that it works offline and fits the version. */
async function openRuleDocs({ context }: Parts, rule: unknown): Promise<void> {
  // The argument may come from a link: nothing but a rule id may reach the path.
  const id = typeof rule === 'string' && /^[a-z0-9-]+$/.test(rule) ? rule : 'README'
  const file = context.asAbsolutePath(path.join('dist', 'docs', 'rules', `${id}.md`))
  if (!existsSync(file)) {
    void vscode.window.showWarningMessage(vscode.l10n.t('There is no page about the rule {0}.', String(rule)))
    return
  }
  await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(file))
}
