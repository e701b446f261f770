/** Messages about tasks: what is missing before one starts, and what a failed build means after it ended. */
import * as vscode from 'vscode'
import { OPEN_RULE_DOCS_COMMAND } from '../../server/src/lsp/protocol.ts'
import { commandOf, type Plan } from './tasks.ts'
import { createEnvironmentCommand, installCommand } from './toolchain.ts'

/** The page that tells the ways in which a class can be missing from a module that imports fine. */
const MISSING_CLASS_RULE = 'class-not-exported'

/** Says that a tool is missing and how to install it. Installs nothing. */
export async function offerInstall({ tool, environment }: Plan): Promise<void> {
  const command = installCommand(tool, environment)
  const where = environment === null ? vscode.l10n.t('on PATH') : vscode.l10n.t('in {0} or on PATH', environment.folder)
  await offerCopy(vscode.l10n.t('{0} was not found {1}. Install it with: {2}', tool, where, command), command)
}

/** Says that maturin develop has no environment to install into, and how to make one. Makes none. */
export async function offerEnvironment({ crate }: Plan): Promise<void> {
  const command = createEnvironmentCommand(crate.project)
  const message = vscode.l10n.t(
    'No virtual environment (.venv, venv, env or $VIRTUAL_ENV) was found for this crate. Create one with: {0}',
    command,
  )
  await offerCopy(message, command)
}

async function offerCopy(message: string, command: string): Promise<void> {
  const copy = vscode.l10n.t('Copy Command')
  if ((await vscode.window.showErrorMessage(message, copy)) === copy) await vscode.env.clipboard.writeText(command)
}

/** After a failed `maturin develop`: Python goes on importing the library of the build before, which looks like a lost class. */
export function watchOutcomes(): vscode.Disposable {
  return vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
    const command = commandOf(execution.task)
    const failed = exitCode !== undefined && exitCode !== 0 // undefined: the user ended it
    if (failed && (command === 'develop' || command === 'develop-release')) void tellOldLibrary(execution.task.name)
  })
}

async function tellOldLibrary(taskName: string): Promise<void> {
  const show = vscode.l10n.t('Show Output')
  const docs = vscode.l10n.t('Open Docs')
  const message = vscode.l10n.t('{0}: build failed: Python still imports the previous library', taskName)
  const choice = await vscode.window.showErrorMessage(message, show, docs)
  if (choice === show) showTerminal(taskName)
  if (choice === docs) await vscode.commands.executeCommand(OPEN_RULE_DOCS_COMMAND, MISSING_CLASS_RULE)
}

function showTerminal(taskName: string): void {
  const terminal = vscode.window.terminals.find(({ name }) => name.includes(taskName))
  if (terminal === undefined) void vscode.commands.executeCommand('workbench.action.terminal.focus')
  else terminal.show(true)
}
