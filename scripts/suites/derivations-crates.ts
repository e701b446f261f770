import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runSync } from '../../server/src/driver/driver.ts'
import { createSession } from '../../server/src/driver/session.ts'
import { nodeHost } from '../../server/src/host/node.ts'
import { classWorld } from '../../server/src/model/world-features.ts'
import { loadFacts, loadGrammar, readEnvironment } from '../../server/src/node-setup.ts'
import { type Crate, crateGraph } from '../../server/src/project/crate-graph.ts'
import { workspacesAt } from '../../server/src/project/workspace.ts'
import type { Database } from '../../server/src/query/database.ts'
import { cacheRoot, packageFolder } from '../corpus/packages.ts'
import { documentCrate } from '../oracle/run-rustdoc.ts'
import { generateTypes, LOCAL_ITEMS } from '../solver/generator.ts'
import { type OracleCrate, oracleAnswers, oracleFolder } from './oracle-crates.ts'
import { random, shuffled } from './random.ts'
import { fetchSources } from './sources.ts'

/** A crate on disk that may be changed. */
export interface Sample {
  readonly name: string
  readonly folder: string
  /** Name of its library. */
  readonly library: string
  readonly features: readonly string[]
  /** Whether fields are exchanged in it. */
  readonly mutable: boolean
}

const ROOT = join(cacheRoot(), 'derivations')
const PYO3 = '0.27.2'
const GENERATED_TYPES = 400

/** A copy of a crate that rustc was asked about before. */
export async function copyOf(crate: OracleCrate): Promise<Sample> {
  const source = await oracleFolder(crate)
  fetchSources(source)
  const { name, version, folder, features } = crate.pack
  const copy = join(ROOT, `${name}-${version}`)
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  cpSync(packageFolder(crate.pack), copy, { recursive: true, filter: (path) => !/[\\/](?:target|\.git)$/.test(path) })
  const library = oracleAnswers(crate)[0]?.crate ?? name.replaceAll('-', '_')
  return { name, folder: join(copy, folder), library, features, mutable: true }
}

/** A crate of generated types, each the field of a struct. */
export function generatedCrate(seed: number): Sample {
  const folder = join(ROOT, 'generated')
  mkdirSync(join(folder, 'src'), { recursive: true })
  const all = generateTypes({ seed, perConstructor: 10, maxDepth: 4, pyo3: true })
  const types = shuffled(all, random(seed)).slice(0, GENERATED_TYPES)
  const structs = types.map(({ text }, i) => `pub struct G${i}(${text});`)
  const source = `#![feature(negative_impls)]\n#![allow(warnings)]\n${LOCAL_ITEMS}\n${structs.join('\n')}\n`
  writeFileSync(join(folder, 'src', 'lib.rs'), source)
  writeFileSync(
    join(folder, 'Cargo.toml'),
    `[package]\nname = "generated"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\npyo3 = { version = "=${PYO3}", features = ["extension-module"] }\n[workspace]\n`,
  )
  execFileSync('cargo', ['fetch', '--quiet'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  return { name: 'generated', folder, library: 'generated', features: [], mutable: false }
}

/** The analyser at work on a crate. */
export interface Opened {
  readonly db: Database
  readonly crate: Crate
  ask<T>(goal: (db: Database) => T): T
}

/** Reads the crate as it is on disk now. */
export async function openCrate(sample: Sample): Promise<Opened> {
  await loadGrammar()
  const db = createSession({
    environment: readEnvironment(null),
    facts: loadFacts(),
    features: { features: sample.features, allFeatures: false, noDefaultFeatures: false },
    cfg: { python: 'auto' },
    model: { python: 'auto', assumePyo3: null },
  })
  const host = nodeHost(() => undefined)
  const ask = <T>(goal: (at: Database) => T): T => runSync(db, host, goal).value
  for (const root of ask((at) => workspacesAt(at, sample.folder))) {
    const world = ask((at) => classWorld(at, root))
    const graph = ask((at) => crateGraph(at, world))
    const crate = [...graph.crates.values()].find((each) => each.name === sample.library && each.local && each.root !== null)
    if (crate) return { db, crate, ask }
  }
  throw new Error(`${sample.name}: no crate ${sample.library} in ${sample.folder}`)
}

/** What rustdoc says of the crate as it is on disk now. */
export function askRustdoc(sample: Sample): ReturnType<typeof documentCrate> {
  const { folder, features } = sample
  return documentCrate({
    crateDir: folder,
    cargoFlags: features.length > 0 ? ['--features', features.join(',')] : [],
    rustdocFlags: ['-Z', 'crate-attr=feature(allocator_api)', '-Z', 'crate-attr=feature(never_type)'],
    target: join(ROOT, 'target'),
    shortMessages: true,
  })
}
