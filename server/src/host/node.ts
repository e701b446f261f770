import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import type { Host, SyncHost } from '../project/host.ts'

/** Files above this are not read: no one writes them by hand, and they would hold up everything else. */
export const MAX_FILE_BYTES = 5 * 1024 * 1024

/** Told of a file that is there and was not read, and why. */
export type OnUnreadable = (path: string, reason: string) => void

/** The file system. Decodes UTF-8 with U+FFFD for what is invalid and keeps a byte order mark. */
export function nodeHost(onUnreadable: OnUnreadable = () => {}): Host & SyncHost {
  return {
    readFileSync: (path) => attempt(path, onUnreadable, () => readTextSync(path, onUnreadable)),
    readDirectorySync: (path) => attempt(path, onUnreadable, () => names(path, readdirSync(path, { withFileTypes: true }))),
    readFile: async (path) => {
      try {
        return await readText(path, onUnreadable)
      } catch (error) {
        return unreadable(path, error, onUnreadable)
      }
    },
    readDirectory: async (path) => {
      try {
        return names(path, await readdir(path, { withFileTypes: true }))
      } catch (error) {
        return unreadable(path, error, onUnreadable)
      }
    },
  }
}

function attempt<T>(path: string, onUnreadable: OnUnreadable, read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    return unreadable(path, error, onUnreadable)
  }
}

const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR'])

/** Absence is an answer; anything else is told. */
function unreadable(path: string, error: unknown, onUnreadable: OnUnreadable): null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  if (!ABSENT.has(code)) onUnreadable(path, code)
  return null
}

/** Also keeps out pipes and devices, which could block for ever. */
function isReadable(path: string, size: number, isFile: boolean, onUnreadable: OnUnreadable): boolean {
  if (!isFile) return false
  if (size <= MAX_FILE_BYTES) return true
  onUnreadable(path, `larger than ${MAX_FILE_BYTES / 1024 / 1024} MB`)
  return false
}

function readTextSync(path: string, onUnreadable: OnUnreadable): string | null {
  const status = statSync(path, { throwIfNoEntry: false })
  if (!status || !isReadable(path, status.size, status.isFile(), onUnreadable)) return null
  return decode(readFileSync(path))
}

async function readText(path: string, onUnreadable: OnUnreadable): Promise<string | null> {
  // Looked at before it is opened: opening a pipe waits for its other end.
  const status = await stat(path)
  if (!isReadable(path, status.size, status.isFile(), onUnreadable)) return null
  const file = await open(path)
  try {
    return decode(await file.readFile())
  } finally {
    await file.close()
  }
}

function decode(bytes: Buffer): string {
  return bytes.toString('utf8')
}

/** Links to directories are left out, so that no walk can go in circles; links to files are files. */
function names(path: string, entries: readonly Dirent[]): readonly string[] {
  const found: string[] = []
  for (const entry of entries) {
    if (entry.isDirectory()) found.push(`${entry.name}/`)
    else if (entry.isFile()) found.push(entry.name)
    else if (entry.isSymbolicLink() && isFile(`${path}/${entry.name}`)) found.push(entry.name)
  }
  return found.sort()
}

/** Whether a link leads to a file. One that leads to itself is an error (ELOOP) that `throwIfNoEntry` does not cover. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
