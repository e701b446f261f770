/** The extension's settings, typed; the only caller of getConfiguration. */
import * as vscode from 'vscode'
import { SETTINGS_SECTION } from '../../server/src/lsp/protocol.ts'

export const SECTION = SETTINGS_SECTION

function read<T>(key: string, scope: vscode.Uri | undefined, fallback: T): T {
  return vscode.workspace.getConfiguration(SECTION, scope).get<T>(key, fallback)
}

/** Is the extension switched on for at least one folder (or for loose files, where no folder is open)? */
export function enabledAnywhere(): boolean {
  const folders = vscode.workspace.workspaceFolders
  if (folders === undefined || folders.length === 0) return read('enable', undefined, true)
  return folders.some((folder) => read('enable', folder.uri, true))
}

/** When the file is analysed: at each change, or when it is saved. */
export function lintRun(file: vscode.Uri): 'onType' | 'onSave' {
  return read<'onType' | 'onSave'>('lint.run', file, 'onType')
}

/** What the tasks need. Strings are empty where the user set nothing; `~` and `${workspaceFolder}` are expanded in paths. */
export interface ToolSettings {
  /** Folder of the virtual environment. */
  readonly environment: string
  /** The maturin executable. */
  readonly maturin: string
  readonly maturinArgs: readonly string[]
  readonly pytestArgs: readonly string[]
  /** Value for CARGO_TARGET_DIR. */
  readonly targetDir: string
}

/**
 * The tool settings for a file or folder. VS Code itself ignores the workspace's values of these while the workspace is not
 * trusted (`restrictedConfigurations` in the manifest).
 */
export function toolSettings(scope: vscode.Uri): ToolSettings {
  const folder = vscode.workspace.getWorkspaceFolder(scope)?.uri.fsPath ?? ''
  const path = (key: string) => expand(read(key, scope, ''), folder)
  return {
    environment: path('python.environment'),
    maturin: path('maturin.path'),
    maturinArgs: read<string[]>('maturin.args', scope, []),
    pytestArgs: read<string[]>('pytest.args', scope, []),
    targetDir: path('cargo.targetDir'),
  }
}

function expand(value: string, workspaceFolder: string): string {
  const home = process.env['HOME'] ?? process.env['USERPROFILE'] ?? '~'
  return value
    .trim()
    .replaceAll('${workspaceFolder}', workspaceFolder)
    .replace(/^~(?=$|[\\/])/, home)
}

/** Settings that differ from their defaults, for a bug report: key → value. Paths are left out, they may name people. */
export function changedSettings(): Readonly<Record<string, unknown>> {
  const keys = ['enable', 'lint.run', 'lint.profile', 'lint.rules', 'lint.targetPython', 'cargo.features', 'trace.server']
  const settings = vscode.workspace.getConfiguration(SECTION)
  const changed: Record<string, unknown> = {}
  for (const key of keys) {
    const found = settings.inspect(key)
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue
    if (value !== undefined) changed[key] = value
  }
  return changed
}
