import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Folders that hold other crates (examples, benchmarks), templates or build output. */
const SKIPPED = new Set(['target', 'tests', 'benches', 'examples', 'template', 'templates', 'node_modules', 'fuzz', '.git'])

/** Rust files below a folder, `/`-separated and relative to it, in order. */
export function rustFilesIn(folder: string, below = ''): readonly string[] {
  const entries = readdirSync(path.join(folder, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const file = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : rustFilesIn(folder, file)
    return entry.isFile() && entry.name.endsWith('.rs') ? [file] : []
  })
}

/** Folder of the crate that a file is in, relative to the package; null if no manifest with a `[package]` stands above it. */
export function crateFolderOf(root: string, file: string): string | null {
  for (let folder = path.posix.dirname(file); ; folder = path.posix.dirname(folder)) {
    const manifest = path.join(root, folder, 'Cargo.toml')
    if (existsSync(manifest) && /^\s*\[package\]/m.test(readFileSync(manifest, 'utf8'))) return folder
    if (folder === '.') return null
  }
}

/** Folders of the crates in which a method that Python calls seems to take an exclusive borrow. */
export function exclusiveCrates(root: string): readonly string[] {
  const folders = rustFilesIn(root).flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    if (!text.includes('pymethods') || !/&(?:'\w+\s+)?mut\s+self\b|\bPyRefMut\b|\bPyClassGuardMut\b/.test(text)) return []
    return crateFolderOf(root, file) ?? []
  })
  return [...new Set(folders)]
}
