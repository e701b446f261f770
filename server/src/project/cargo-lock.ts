import { type Database, query } from '../query/database.ts'
import type { LockedPackage, LockFile } from './manifest.ts'
import { lookup, stringAt, stringsAt, type TomlProblem } from './toml.ts'
import { readToml } from './toml-reader.ts'

/** Newest format of Cargo.lock that is known to be read correctly. */
const NEWEST_FORMAT = 4

/** The lock file at `path`; null if there is none. */
export const lockFile = query('lockFile', (db: Database, path: string): LockFile | null => {
  const text = db.text(path)
  return text === null ? null : readLockFile(path, text)
})

/** Reads the text of a Cargo.lock of any format; entries without name or version are left out. */
export function readLockFile(path: string, text: string): LockFile {
  const { root, problems: unreadable } = readToml(text)
  const problems: TomlProblem[] = [...unreadable]
  const format = lookup(root, 'version')
  const version = format?.kind === 'number' ? format.value : 1
  if (version > NEWEST_FORMAT && format) {
    problems.push({
      message: `lock file format ${version} is newer than this tool knows; read as format ${NEWEST_FORMAT}`,
      span: format.span,
    })
  }
  const packages: LockedPackage[] = []
  const tables = lookup(root, 'package')
  for (const item of tables?.kind === 'array' ? tables.items : []) {
    if (item.kind !== 'table') continue
    const name = stringAt(item, 'name')
    const locked = stringAt(item, 'version')
    if (name === null || locked === null) continue
    packages.push({ name, version: locked, source: stringAt(item, 'source'), dependencies: stringsAt(item, 'dependencies') })
  }
  return { path, version, packages, problems }
}
