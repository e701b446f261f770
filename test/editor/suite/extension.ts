/** What the tests ask the extension and the editor. */
import assert from 'node:assert/strict'
import path from 'node:path'
import * as vscode from 'vscode'
import type { Api } from '../../../client/src/extension.ts'

export const EXTENSION = 'pyo3-thread-safety.pyo3-thread-safety'
const WAIT_MS = 20_000

/** A file of the workspace: folder by index, then path segments. */
export function file(folder: number, ...segments: readonly string[]): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[folder]
  assert.ok(root, `no workspace folder ${folder}`)
  return vscode.Uri.file(path.join(root.uri.fsPath, ...segments))
}

/** The extension's own diagnostics of a file. */
export const findings = (uri: vscode.Uri): readonly vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'pyo3')

/** The rule of a diagnostic, and the link that its code shows; nulls where it has none. */
export function codeOf({ code }: vscode.Diagnostic): { readonly rule: string | null; readonly link: vscode.Uri | null } {
  if (typeof code === 'object') return { rule: String(code.value), link: code.target }
  return { rule: code === undefined ? null : String(code), link: null }
}

/** The extension, active. */
export async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>(EXTENSION)
  assert.ok(extension, 'the extension is not installed')
  const result = await extension.activate()
  await result.started
  return result
}

/** Waits for `probe` to give something other than null, undefined or false, at most 20 seconds. */
export async function until<T>(what: string, probe: () => T | null | undefined | false): Promise<T> {
  const end = Date.now() + WAIT_MS
  for (;;) {
    const value = probe()
    if (value !== null && value !== undefined && value !== false) return value
    if (Date.now() > end) throw new Error(`still waiting for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Waits until a rule has reported in a file, and gives its diagnostics. */
export function reported(uri: vscode.Uri, rule: string): Promise<readonly vscode.Diagnostic[]> {
  return until(`${rule} in ${path.basename(uri.fsPath)}`, () => {
    const found = findings(uri).filter((diagnostic) => codeOf(diagnostic).rule === rule)
    return found.length > 0 && found
  })
}

/** Opens a file in a tab that stays when the next one opens. */
export async function open(uri: vscode.Uri): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false })
}

/** The quick fixes and refactorings at a place. */
export async function actionsAt(
  uri: vscode.Uri,
  range: vscode.Range,
  kind: vscode.CodeActionKind,
): Promise<readonly vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, range, kind.value, 50)
}
