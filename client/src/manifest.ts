/** Finds the crate that a command is about: the nearest manifest of the active file, or one the user picks. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'

const MAX_DEPTH = 64
const MAX_FOUND = 50

/** A crate's manifest and where its tools run. All paths are absolute file system paths. */
export interface Crate {
  readonly manifest: string
  /** The folder for cargo: the manifest's own. */
  readonly folder: string
  /** The folder for maturin and pytest: that of the pyproject.toml which builds this crate, else the manifest's own. */
  readonly project: string
  /** Root of the Cargo workspace: rustc's messages name files relative to it. */
  readonly cargoRoot: string
}

/** The text of a file; empty if it cannot be read. */
function text(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** `folder` and the folders above it, nearest first, up to and including `top` (to the root if `top` is null). */
function* upwards(folder: string, top: string | null): Generator<string> {
  let current = folder
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    yield current
    const parent = path.dirname(current)
    if (current === top || parent === current) return
    current = parent
  }
}

const isPackage = (manifest: string): boolean => /^\s*\[\s*package\s*\]/m.test(text(manifest))
const namesPyo3 = (manifest: string): boolean => /\bpyo3\b/.test(text(manifest))

/** The nearest Cargo.toml with a `[package]` at or above `folder`; null if there is none. */
function nearestManifest(folder: string, top: string | null): string | null {
  for (const each of upwards(folder, top)) {
    const manifest = path.join(each, 'Cargo.toml')
    if (existsSync(manifest) && isPackage(manifest)) return manifest
  }
  return null
}

/** The crate of a manifest. `top` bounds the search for a pyproject.toml above it, normally the workspace folder. */
export function crateOf(manifest: string, top: string | null): Crate {
  const folder = path.dirname(manifest)
  return { manifest, folder, project: pythonProject(manifest, top), cargoRoot: cargoRoot(folder) }
}

/** maturin is run where the pyproject.toml is that names this manifest: `manifest-path` in a folder above, or one beside it. */
function pythonProject(manifest: string, top: string | null): string {
  const own = path.dirname(manifest)
  for (const folder of upwards(own, top)) {
    const file = path.join(folder, 'pyproject.toml')
    if (!existsSync(file)) continue
    const named = /^\s*manifest-path\s*=\s*["']([^"']+)["']/m.exec(text(file))?.[1]
    if (folder === own || (named !== undefined && path.resolve(folder, named) === manifest)) return folder
  }
  return own
}

/** The nearest folder at or above whose Cargo.toml has a `[workspace]`, else `folder` itself. */
function cargoRoot(folder: string): string {
  for (const each of upwards(folder, null)) {
    if (/^\s*\[\s*workspace\b/m.test(text(path.join(each, 'Cargo.toml')))) return each
  }
  return folder
}

/**
 * The crate a command should work on. Asks only if the active file does not decide it and several crates are possible.
 * Null: there is none (the user has been told), or the user picked none.
 * @param anyCrate true if a crate without pyo3 will do
 */
export async function chooseCrate(anyCrate: boolean): Promise<Crate | null> {
  const near = activeCrate()
  if (near !== null && (anyCrate || namesPyo3(near.manifest))) return near
  const found = await findCrates()
  const candidates = found.filter(({ manifest }) => anyCrate || namesPyo3(manifest))
  if (candidates.length === 0) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('No Cargo.toml of a PyO3 crate was found. Open a file of the crate and run the command again.'),
    )
    return null
  }
  return candidates.length === 1 ? (candidates[0] ?? null) : pick(candidates)
}

/** The crate of the active editor's file; null if there is no file or it lies in no crate. */
export function activeCrate(): Crate | null {
  const document = vscode.window.activeTextEditor?.document
  if (document === undefined || document.uri.scheme !== 'file') return null
  const top = vscode.workspace.getWorkspaceFolder(document.uri)?.uri.fsPath ?? null
  const manifest = nearestManifest(path.dirname(document.uri.fsPath), top)
  return manifest === null ? null : crateOf(manifest, top)
}

/** The crates at the root of the workspace folders; no search. */
export function rootCrates(): readonly Crate[] {
  const crates: Crate[] = []
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const manifest = path.join(uri.fsPath, 'Cargo.toml')
    if (uri.scheme === 'file' && existsSync(manifest) && isPackage(manifest)) crates.push(crateOf(manifest, uri.fsPath))
  }
  return crates
}

async function findCrates(): Promise<readonly Crate[]> {
  const files = await vscode.workspace.findFiles(
    '**/Cargo.toml',
    '**/{target,node_modules,.venv,venv,site-packages}/**',
    MAX_FOUND,
  )
  return files
    .filter((file) => isPackage(file.fsPath))
    .map((file) => crateOf(file.fsPath, vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? null))
    .sort((a, b) => a.manifest.localeCompare(b.manifest))
}

async function pick(crates: readonly Crate[]): Promise<Crate | null> {
  const items = crates.map((crate) => ({
    label: path.basename(crate.folder),
    description: vscode.workspace.asRelativePath(crate.folder, true),
    crate,
  }))
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Which crate?'),
    matchOnDescription: true,
  })
  return chosen?.crate ?? null
}
