import { analyze, type WorkspaceAnalysis } from '../../server/src/analysis/analyze.ts'
import { type Config, DEFAULT_CONFIG } from '../../server/src/analysis/config.ts'
import { runSync } from '../../server/src/driver/driver.ts'
import { createSession } from '../../server/src/driver/session.ts'
import { memoryHost } from '../../server/src/host/memory.ts'
import { classWorld } from '../../server/src/model/world-features.ts'
import { loadFacts, loadGrammar } from '../../server/src/node-setup.ts'
import type { Database } from '../../server/src/query/database.ts'

const facts = loadFacts()
await loadGrammar()

/** A crate in memory, analysed as the command line would. */
export interface TestCrate {
  readonly db: Database
  /** Key of the world that was analysed. */
  readonly world: string
  readonly analysis: WorkspaceAnalysis
  /** Analyses again, after inputs of `db` were changed. */
  again(): WorkspaceAnalysis
}

/** Full versions that Cargo.lock would name, by `0.N`. */
const PYO3_PATCH: Readonly<Record<string, string>> = {
  '0.22': '0.22.6',
  '0.23': '0.23.5',
  '0.24': '0.24.2',
  '0.25': '0.25.1',
  '0.26': '0.26.0',
  '0.27': '0.27.2',
  '0.28': '0.28.3',
  '0.29': '0.29.2',
  '0.30': '0.30.1',
}

/** Where Cargo keeps what it downloads, if a test has a file there. */
const CARGO_HOME = '/cargo'

/**
 * A crate `demo` with PyO3 `pyo3` (as `0.30`) and these files below its folder (`src/lib.rs`, …), or at their path if that begins
 * with `/`. A Cargo.toml and a Cargo.lock are made up unless given.
 */
export function crateOfFiles(files: Readonly<Record<string, string>>, pyo3 = '0.30', config: Partial<Config> = {}): TestCrate {
  const version = PYO3_PATCH[pyo3] ?? `${pyo3}.0`
  const all: Record<string, string> = {
    'Cargo.toml': `[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n[features]\npython = []\n[dependencies]\npyo3 = "${pyo3}"\n`,
    'Cargo.lock': `version = 4\n[[package]]\nname = "demo"\nversion = "0.1.0"\ndependencies = ["pyo3"]\n[[package]]\nname = "pyo3"\nversion = "${version}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n`,
    ...files,
  }
  const host = memoryHost(
    Object.fromEntries(Object.entries(all).map(([name, text]) => [name.startsWith('/') ? name : `/demo/${name}`, text])),
  )
  const { python = 'auto' } = config
  const environment = {
    cargoHome: Object.keys(files).some((it) => it.startsWith(CARGO_HOME)) ? CARGO_HOME : null,
    rustVersion: null,
    target: 'x86_64-unknown-linux-gnu',
  }
  const db = createSession({ environment, facts, model: { python, assumePyo3: null }, cfg: { python } })
  const again = (): WorkspaceAnalysis => {
    const key = runSync(db, host, (it) => classWorld(it, '/demo/Cargo.toml')).value
    return runSync(db, host, (it) => analyze(it, key, { base: { ...DEFAULT_CONFIG, ...config } })).value
  }
  const analysis = again()
  const world = runSync(db, host, (it) => classWorld(it, '/demo/Cargo.toml')).value
  return { db, world, analysis, again }
}
