import { typeVerdict } from '../../server/src/autotraits/queries.ts'
import type { StructuralVerdict } from '../../server/src/autotraits/verdicts.ts'
import { runSync } from '../../server/src/driver/driver.ts'
import { memoryHost } from '../../server/src/host/memory.ts'
import { loadFacts } from '../../server/src/node-setup.ts'
import type { Crate } from '../../server/src/project/crate-graph.ts'
import { Database } from '../../server/src/query/database.ts'
import { CFG_SETTING } from '../../server/src/resolve/conditions.ts'
import { ENVIRONMENT_SETTING, provideCrates, provideFacts } from '../../server/src/resolve/crates.ts'
import { type CrateItem, crateItems } from '../../server/src/resolve/items.ts'
import { lowerType } from '../../server/src/resolve/lowering.ts'
import { scopeInside } from '../../server/src/resolve/type-scope.ts'

/** A crate in memory with the shipped facts. */
export interface LoadedCrate {
  readonly db: Database
  /** Asks a question with the files at hand. */
  ask<T>(goal: (db: Database) => T): T
  /** All items of the crate. */
  items(): readonly CrateItem[]
  /** Send and Sync of a `type` item without parameters. */
  alias(item: CrateItem): readonly [StructuralVerdict, StructuralVerdict]
}

const DEMO = 'demo'

/** Loads files by name (`lib.rs` is the root) as crate `demo`, with PyO3 of a version if one is given. */
export function loadCrate(files: ReadonlyMap<string, string>, pyo3: string | null = null, facts = loadFacts()): LoadedCrate {
  const db = new Database()
  const host = memoryHost(Object.fromEntries([...files].map(([name, text]) => [`/demo/src/${name}`, text])))
  const crates = new Map([[DEMO, crateOfDemo(pyo3)]])
  if (pyo3 !== null)
    crates.set('pyo3', {
      ...crateOfDemo(null),
      id: 'pyo3',
      name: 'pyo3',
      package: 'pyo3',
      version: pyo3,
      root: null,
      local: false,
    })
  provideCrates(db, (_, id) => crates.get(id) ?? null)
  provideFacts(db, facts)
  db.setSetting(ENVIRONMENT_SETTING, { cargoHome: null, rustVersion: null, target: 'x86_64-unknown-linux-gnu' })
  db.setSetting(CFG_SETTING, {})
  const ask = <T>(goal: (db: Database) => T): T => runSync(db, host, goal).value
  return {
    db,
    ask,
    items: () => ask((at) => crateItems(at, DEMO)),
    alias: (item) =>
      ask((at) => {
        if (item.item.kind !== 'type' || !item.item.type) throw new Error(`${item.item.name} is no alias`)
        const ty = lowerType(at, scopeInside(item), item.item.type)
        return [typeVerdict(at, ty, 'Send'), typeVerdict(at, ty, 'Sync')]
      }),
  }
}

function crateOfDemo(pyo3: string | null): Crate {
  return {
    id: DEMO,
    name: DEMO,
    package: DEMO,
    version: '0.1.0',
    edition: '2021',
    root: '/demo/src/lib.rs',
    manifest: null,
    local: true,
    procMacro: false,
    dependencies: new Map(pyo3 === null ? [] : [['pyo3', 'pyo3']]),
    features: new Map(),
    missing: null,
    assumed: false,
    openDependencies: false,
  }
}
