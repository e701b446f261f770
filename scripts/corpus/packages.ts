import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** One pinned source package of the corpus: a row of `packages.tsv`. */
export interface CorpusPackage {
  readonly name: string
  readonly version: string
  /** Where the archive comes from: Python's package index or cargo's registry. */
  readonly registry: 'pypi' | 'crates'
  /** SHA-256 of the archive, lower-case hexadecimal. */
  readonly sha256: string
  /** Folder to analyse, relative to the unpacked package, `/`-separated; `.` is the package itself. */
  readonly folder: string
  /** Cargo features to switch on besides what the package's own build configuration asks for; empty for none. */
  readonly features: readonly string[]
  /** `#[pyclass]` items spelled out in the source; those that a macro or a build script makes are not counted. */
  readonly classes: number
}

const TABLE = join(import.meta.dirname, 'packages.tsv')
const COLUMNS = ['name', 'version', 'registry', 'sha256', 'folder', 'features', 'classes'] as const

/** Every package of `packages.tsv`, in its order. Throws with the line number when a row is malformed. */
export function corpusPackages(): readonly CorpusPackage[] {
  const lines = readFileSync(TABLE, 'utf8').trimEnd().split('\n')
  if (lines[0] !== COLUMNS.join('\t')) throw new Error(`${TABLE}: line 1 must name the columns ${COLUMNS.join(', ')}`)
  return lines.slice(1).map((line, index) => parseRow(line, index + 2))
}

/** Folder that holds the unpacked packages: `$PYO3_CORPUS`, else a folder of the user's cache. */
export function corpusRoot(): string {
  const override = process.env['PYO3_CORPUS']
  return override ? override : join(cacheRoot(), 'corpus')
}

/** The project's own folder in the user's cache, shared by everything that downloads or builds for the slow suites. */
export function cacheRoot(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'pyo3-thread-safety')
}

/** Folder that `pack` is unpacked into; it exists only after a download. */
export function packageFolder(pack: CorpusPackage): string {
  return join(corpusRoot(), `${pack.name}-${pack.version}`)
}

/** Folder of `pack` to hand to the analyser. */
export function analysisFolder(pack: CorpusPackage): string {
  return join(packageFolder(pack), pack.folder)
}

function parseRow(line: string, lineNumber: number): CorpusPackage {
  const [name, version, registry, sha256, folder, features, classes] = line.split('\t')
  const malformed = (what: string): Error => new Error(`${TABLE}:${lineNumber}: ${what}`)
  if (!name || !version || !folder || features === undefined) throw malformed(`expected ${COLUMNS.length} columns`)
  if (registry !== 'pypi' && registry !== 'crates') throw malformed(`unknown registry ${registry}`)
  if (!/^[0-9a-f]{64}$/.test(sha256 ?? '')) throw malformed('not a SHA-256')
  if (!/^\d+$/.test(classes ?? '')) throw malformed('the number of classes is not a number')
  return {
    name,
    version,
    registry,
    sha256: sha256 ?? '',
    folder,
    features: features === '' ? [] : features.split(','),
    classes: Number(classes),
  }
}
