import { dependentsOf } from '../project/crate-graph.ts'
import { dirname, join } from '../project/paths.ts'
import { query } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'
import { moduleTree } from '../resolve/module-tree.ts'
import type { ClassSource } from './class-source.ts'
import { expansionsOf } from './code-texts.ts'

/** All written code that may name a class, and what its macro calls stand for: of its crate, and of those that depend on it. */
export function codeToSearch(source: ClassSource): ReadonlySet<string> {
  const { db } = source.view
  const crates = [source.cls.crate, ...(source.struct.vis === 'pub' ? dependentsOf(db, source.cls.crate) : [])]
  return new Set(crates.flatMap((it) => [...codeOfCrate(db, it)]))
}

/** All written code of a crate, and what its macro calls stand for. */
export const codeOfCrate = query<string, ReadonlySet<string>>(
  'rewriteCode',
  (db, crate) => new Set([...filesOfCrate(db, crate), ...expansionsOf(db, crate).map((it) => it.id)]),
)

/** The files of the crate's modules and all others below its sources (under a `cfg` that is off), its tests, benches and examples. */
export const filesOfCrate = query<string, ReadonlySet<string>>('rewriteFilesOfCrate', (db, crate) => {
  const files = new Set(moduleTree(db, crate).files)
  const { root, manifest } = crateOf(db, crate) ?? {}
  const src = root ? dirname(root) : null
  const pending = [
    ...(src === null ? [] : [src]),
    ...(manifest ? ['tests', 'benches', 'examples'].map((it) => join(manifest.dir, it)) : []),
  ]
  for (let fuel = 10_000; pending.length > 0 && fuel > 0; fuel--) {
    const folder = pending.pop() ?? ''
    for (const name of db.directory(folder) ?? []) {
      if (name.endsWith('.rs')) files.add(join(folder, name))
      else if (name.endsWith('/') && name !== 'target/' && !name.startsWith('.')) pending.push(join(folder, name.slice(0, -1)))
    }
  }
  return files
})
