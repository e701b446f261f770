import type { Host, SyncHost } from '../project/host.ts'

/** A host over a table of paths and texts, for tests. Directories are what the paths imply. Counts what it is asked. */
export interface MemoryHost extends Host, SyncHost {
  readonly files: Map<string, string>
  /** Every path asked for, in order; directories end in `/`. */
  readonly asked: string[]
}

/** Builds a host from absolute paths and texts. */
export function memoryHost(files: Readonly<Record<string, string>>): MemoryHost {
  const table = new Map(Object.entries(files))
  const asked: string[] = []
  const readFileSync = (path: string): string | null => {
    asked.push(path)
    return table.get(path) ?? null
  }
  const readDirectorySync = (path: string): readonly string[] | null => {
    asked.push(`${path}/`)
    return list(table, path)
  }
  return {
    files: table,
    asked,
    readFileSync,
    readDirectorySync,
    readFile: async (path) => readFileSync(path),
    readDirectory: async (path) => readDirectorySync(path),
  }
}

function list(files: ReadonlyMap<string, string>, path: string): readonly string[] | null {
  const prefix = path.endsWith('/') ? path : `${path}/`
  const names = new Set<string>()
  for (const file of files.keys()) {
    if (!file.startsWith(prefix)) continue
    const rest = file.slice(prefix.length)
    const slash = rest.indexOf('/')
    names.add(slash < 0 ? rest : rest.slice(0, slash + 1))
  }
  return names.size > 0 ? [...names].sort() : null
}
