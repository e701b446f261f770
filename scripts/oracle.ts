/**
 * Asks rustc which types of a crate are Send and Sync, and prints one row per struct, enum and union.
 *
 *   node scripts/oracle.ts CRATE_DIR [--package NAME] [--features a,b] [--all-features] [--no-default-features] [--timeout SECONDS]
 *
 * Columns, tab-separated: crate, file, line, kind, path, send, sync, as `pyo3-thread-safety types` prints them. The source is the
 * list of auto-trait impls that rustdoc writes into its JSON output, private items included, so the answers are the compiler's own.
 * Needs a toolchain that can type-check the crate; RUSTC_BOOTSTRAP lets a stable rustdoc write JSON. Build output stays in
 * $CARGO_TARGET_DIR or, per crate, in the user's cache folder.
 */
import { createHash } from 'node:crypto'
import { basename, join, relative, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { cacheRoot } from './corpus/packages.ts'
import { formatRow, oracleRows } from './oracle/rows.ts'
import { DEFAULT_TIMEOUT_SECONDS, documentCrate } from './oracle/run-rustdoc.ts'

interface Options {
  readonly crateDir: string
  readonly package: string | undefined
  readonly cargoFlags: readonly string[]
  readonly timeoutSeconds: number
}

async function main(): Promise<void> {
  const options = readOptions()
  const target = process.env['CARGO_TARGET_DIR'] ?? targetFolder(options.crateDir)
  const { doc, workspaceRoot } = await documentCrate({ ...options, target })
  const rows = oracleRows(doc, (file) => relative(workspaceRoot, resolve(workspaceRoot, file)).split(sep).join('/'))
  for (const row of rows) console.log(formatRow(row))
  const count = (column: 'send' | 'sync'): number => rows.filter((row) => row[column] === 'no').length
  console.error(
    `oracle: ${rows[0]?.crate ?? options.crateDir}: ${rows.length} types, ${count('send')} not Send, ${count('sync')} not Sync`,
  )
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      package: { type: 'string' },
      features: { type: 'string' },
      'all-features': { type: 'boolean', default: false },
      'no-default-features': { type: 'boolean', default: false },
      timeout: { type: 'string', default: String(DEFAULT_TIMEOUT_SECONDS) },
    },
  })
  const [crateDir] = positionals
  if (crateDir === undefined || positionals.length > 1) throw new Error('expected one crate folder')
  return {
    crateDir: resolve(crateDir),
    package: values.package,
    cargoFlags: [
      ...(values.features === undefined ? [] : ['--features', values.features]),
      ...(values['all-features'] ? ['--all-features'] : []),
      ...(values['no-default-features'] ? ['--no-default-features'] : []),
    ],
    timeoutSeconds: Number(values.timeout),
  }
}

/** A folder of its own per crate: two workspaces with a library of one name would take each other's JSON for fresh. */
function targetFolder(crateDir: string): string {
  const hash = createHash('sha256').update(crateDir).digest('hex').slice(0, 12)
  return join(cacheRoot(), 'oracle', `${basename(crateDir)}-${hash}`)
}

main().catch((error: unknown) => {
  console.error(`oracle: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 2
})
