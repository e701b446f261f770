import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterGroup, blankLiterals } from '../../suites/source-text.ts'
import { crateFolderOf, rustFilesIn } from './crates.ts'
import { expandedFiles, type TextFile } from './expand.ts'

/** A crate as its files are, whatever modules and features make of them. */
export interface TextCrate {
  readonly name: string
  /** Relative to the package. */
  readonly folder: string
  readonly manifest: string
  /** Manifest of the workspace that it is a member of, or its own. */
  readonly workspaceManifest: string
  /** Without comments and literals; with what the crate's own macros write. */
  readonly files: readonly TextFile[]
}

/** The crates below a folder that have Rust files, by folder. Code that only tests compile is blanked. */
export function textCrates(root: string): readonly TextCrate[] {
  const files = new Map<string, { file: string; text: string }[]>()
  for (const file of rustFilesIn(root)) {
    const folder = crateFolderOf(root, file)
    if (folder === null) continue
    const text = withoutTests(blankLiterals(readFileSync(path.join(root, file), 'utf8')))
    files.set(folder, [...(files.get(folder) ?? []), { file, text }])
  }
  return [...files].map(([folder, own]) => {
    const manifest = readFileSync(path.join(root, folder, 'Cargo.toml'), 'utf8')
    return {
      name: packageName(manifest),
      folder,
      manifest,
      workspaceManifest: workspaceManifest(root, folder),
      files: expandedFiles(own),
    }
  })
}

function packageName(manifest: string): string {
  return /^\s*name\s*=\s*"([^"]+)"/m.exec(section(manifest, 'package'))?.[1] ?? '?'
}

/** Lines of one table of a manifest. */
export function section(manifest: string, table: string): string {
  const start = manifest.search(new RegExp(`^\\s*\\[${table.replace('.', '\\.')}\\]`, 'm'))
  if (start < 0) return ''
  const rest = manifest.slice(manifest.indexOf(']', start) + 1)
  const end = rest.search(/^\s*\[/m)
  return end < 0 ? rest : rest.slice(0, end)
}

function workspaceManifest(root: string, folder: string): string {
  for (let above = folder; ; above = path.posix.dirname(above)) {
    const manifest = readOrEmpty(path.join(root, above, 'Cargo.toml'))
    if (/^\s*\[workspace/m.test(manifest) || above === '.') return manifest
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function withoutTests(text: string): string {
  let kept = text
  for (const match of text.matchAll(
    /#\s*\[\s*cfg\s*\(\s*(?:test|all\s*\(\s*test\b[^\]]*)\s*\)\s*\]\s*(?:pub\s+)?mod\s+\w+\s*\{/g,
  )) {
    const end = afterGroup(text, match.index + match[0].length - 1)
    kept = kept.slice(0, match.index) + text.slice(match.index, end).replaceAll(/[^\n]/g, ' ') + kept.slice(end)
  }
  return kept
}
