import type { Diagnostic } from 'vscode-languageserver/node'
import type { CrateResult } from '../analysis/check-result.ts'
import type { ServerContext } from './server.ts'
import { rangesOf, toDiagnostic } from './to-lsp.ts'
import { pathOfUri } from './uris.ts'

/** Kind of the code action that applies all safe fixes of a file. */
export const FIX_ALL = 'source.fixAll.pyo3ThreadSafety'

/** The findings of one document, and the crates of its workspace for the status; null crates where nothing was analysed. */
export interface DocumentDiagnostics {
  readonly items: readonly Diagnostic[]
  readonly crates: readonly CrateResult[] | null
}

/** Analyses the workspace of a document. No diagnostics where nothing depends on PyO3; null if newer edits overtook it. */
export async function documentDiagnostics({ workspace }: ServerContext, uri: string): Promise<DocumentDiagnostics | null> {
  const path = pathOfUri(uri)
  if (!workspace.isEnabled(path)) return { items: [], crates: null }
  const result = await workspace.analyzeFile(path)
  if (!result) return null
  const ranges = rangesOf(workspace.db)
  const own = result.usesPyo3 ? result.findings.filter((it) => it.at.file === path) : []
  return { items: own.map((it) => toDiagnostic(it, ranges)), crates: result.analysis.crates }
}
