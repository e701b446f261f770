import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type CorpusPackage, corpusRoot, packageFolder } from './packages.ts'

const run = promisify(execFile)
/** Not tar: its gzip fails on the bytes that some published archives carry after their end. The filter came with Python 3.11.4. */
const UNPACK = `import sys, tarfile
with tarfile.open(sys.argv[1]) as archive:
    archive.extractall(sys.argv[2], **({'filter': 'data'} if hasattr(tarfile, 'data_filter') else {}))`
const PAGE_LIMIT_BYTES = 64 * 1024 * 1024

/**
 * Puts `pack` into the corpus folder and returns its folder there. A package that is already unpacked is left as it is.
 * Nothing of the package is built or run. Throws when it cannot be had or its archive is not the pinned one.
 */
export async function downloadPackage(pack: CorpusPackage): Promise<string> {
  const folder = packageFolder(pack)
  if (existsSync(folder)) return folder
  const archives = join(corpusRoot(), 'archives')
  mkdirSync(archives, { recursive: true })
  const archive = join(archives, `${pack.name}-${pack.version}.tar.gz`)
  if (!existsSync(archive)) await fetchArchive(pack, archive)
  verify(pack, archive)
  await unpack(archive, folder)
  return folder
}

/** Downloads to a name of its own first, so that an interrupted download never passes for an archive. */
async function fetchArchive(pack: CorpusPackage, archive: string): Promise<void> {
  const partial = `${archive}.${process.pid}.partial`
  try {
    if (pack.registry === 'pypi') await fetchFromPythonIndex(pack, partial)
    else await fetchFromCargo(pack, partial)
    renameSync(partial, archive)
  } finally {
    rmSync(partial, { force: true })
  }
}

/**
 * The file of the package's index page whose link carries the pinned hash (the simple repository API puts the SHA-256 into the
 * fragment). curl rather than `fetch`: it follows the machine's own proxy and certificate settings, as pip and cargo do; and not
 * `pip download`, which runs a source package's build backend to learn its metadata.
 */
async function fetchFromPythonIndex(pack: CorpusPackage, file: string): Promise<void> {
  const page = `${(await pythonIndex()).replace(/\/+$/, '')}/${pack.name.toLowerCase().replaceAll(/[-_.]+/g, '-')}/`
  const { stdout: html } = await run('curl', ['-fsSL', '--retry', '3', '-H', 'Accept: text/html', page], {
    maxBuffer: PAGE_LIMIT_BYTES,
  })
  for (const [, href] of html.matchAll(/href\s*=\s*"([^"]+)"/g)) {
    const url = new URL((href ?? '').replaceAll('&amp;', '&'), page)
    if (url.hash !== `#sha256=${pack.sha256}`) continue
    url.hash = ''
    await run('curl', ['-fsSL', '--retry', '3', '-o', file, url.href])
    return
  }
  throw new Error('the Python index lists no file with the pinned SHA-256')
}

/** The index pip is set to: its environment, its configuration files, or its built-in default. */
async function pythonIndex(): Promise<string> {
  const fromEnvironment = process.env['PIP_INDEX_URL']
  if (fromEnvironment) return fromEnvironment
  const ask = async (...args: string[]): Promise<string> =>
    run('python3', args).then(
      ({ stdout }) => stdout.trim(),
      () => '',
    )
  const configured = await ask('-m', 'pip', 'config', 'get', 'global.index-url')
  const index = configured || (await ask('-c', 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)'))
  if (!index) throw new Error('pip is needed to find the Python index, and python3 has none')
  return index
}

/** cargo downloads a dependency's archive into its own cache, which is where it is taken from. */
async function fetchFromCargo(pack: CorpusPackage, file: string): Promise<void> {
  const project = mkdtempSync(join(tmpdir(), 'corpus-'))
  try {
    mkdirSync(join(project, 'src'))
    writeFileSync(join(project, 'src', 'lib.rs'), '')
    const dependency = `${pack.name} = { version = "=${pack.version}", default-features = false }`
    writeFileSync(
      join(project, 'Cargo.toml'),
      `[package]\nname = "download"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n${dependency}\n`,
    )
    await run('cargo', ['fetch', '--quiet'], { cwd: project })
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
  const cache = join(process.env['CARGO_HOME'] || join(homedir(), '.cargo'), 'registry', 'cache')
  const found = readdirSync(cache)
    .map((registry) => join(cache, registry, `${pack.name}-${pack.version}.crate`))
    .find((candidate) => existsSync(candidate))
  if (!found) throw new Error(`cargo fetched it, but ${cache} does not hold it`)
  copyFileSync(found, file)
}

function verify(pack: CorpusPackage, archive: string): void {
  const found = createHash('sha256').update(readFileSync(archive)).digest('hex')
  if (found === pack.sha256) return
  rmSync(archive)
  throw new Error(`the archive's SHA-256 is ${found}, pinned is ${pack.sha256}`)
}

/** Unpacks beside `folder` and renames, so that `folder` is there whole or not at all. */
async function unpack(archive: string, folder: string): Promise<void> {
  const partial = `${folder}.${process.pid}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial)
  try {
    await run('python3', ['-c', UNPACK, archive, partial])
    const entries = readdirSync(partial, { withFileTypes: true })
    const [only] = entries
    renameSync(entries.length === 1 && only?.isDirectory() ? join(partial, only.name) : partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}
