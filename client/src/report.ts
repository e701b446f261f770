/** The text behind "copy diagnostics report": versions, state and settings for a bug report; no source code, no file paths. */
import * as vscode from 'vscode'
import type { Status } from '../../server/src/lsp/protocol.ts'
import type { Parts } from './commands.ts'
import { changedSettings } from './config.ts'

/** Markdown to paste into an issue. Waits at most two seconds for the server's part. */
export async function diagnosticsReport({ context, server, status }: Parts): Promise<string> {
  const report = await server.report()
  const manifest = context.extension.packageJSON as { readonly version?: string }
  const facts: readonly (readonly [string, string])[] = [
    ['extension', manifest.version ?? 'unknown'],
    [
      'VS Code',
      `${vscode.version} (${vscode.env.appName}${vscode.env.remoteName === undefined ? '' : `, remote ${vscode.env.remoteName}`})`,
    ],
    ['platform', `${process.platform} ${process.arch}, node ${process.version}`],
    [
      'workspace',
      `${vscode.workspace.workspaceFolders?.length ?? 0} folders, ${vscode.workspace.isTrusted ? 'trusted' : 'restricted'}`,
    ],
    [
      'server',
      report === null
        ? `${server.state}, no report`
        : `${server.state}, ${report.version}, ${report.runtime}, ${megabytes(report.memory)}`,
    ],
    ['status', describeStatus(report?.status ?? status())],
    ['changed settings', JSON.stringify(changedSettings())],
  ]
  const lines = ['### PyO3 Thread Safety: diagnostics report', '', ...facts.map(([name, value]) => `- ${name}: ${value}`)]
  if (report !== null && report.details.length > 0) lines.push('', '```text', ...report.details, '```')
  return `${lines.join('\n')}\n`
}

const megabytes = (bytes: number | null): string => (bytes === null ? 'memory unknown' : `${Math.round(bytes / 1024 / 1024)} MB`)

function describeStatus(status: Status | null): string {
  if (status === null) return 'none yet'
  const crates = status.crates.map(
    ({ pyo3, classes, blocked, unknown }) => `PyO3 ${pyo3 ?? '?'}: ${classes}/${blocked}/${unknown}`,
  )
  return `${status.text}${crates.length === 0 ? '' : ` (classes/blocked/unknown by crate: ${crates.join('; ')})`}`
}
