import { startServer } from '../../lsp/server.ts'
import { type CliOptions, UsageError } from '../options.ts'

/** `lsp --stdio`: serves one editor on standard input and output until it says goodbye. */
export async function lspCommand(options: CliOptions): Promise<number> {
  if (!options.stdio) throw new UsageError('lsp needs --stdio')
  await startServer('stdio')
  return 0
}
