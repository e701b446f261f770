import type { CrateId } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import { crateOf } from '../resolve/crates.ts'

/** What a crate calls PyO3 in code: `pyo3` unless the dependency is renamed. */
export function pyo3NameOf(db: Database, crate: CrateId): string {
  const manifest = crateOf(db, crate)?.manifest
  const dependency = manifest?.dependencies.find((it) => it.package === 'pyo3' && it.kind === 'normal')
  return dependency?.name.replaceAll('-', '_') ?? 'pyo3'
}
