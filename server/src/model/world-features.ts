import { type CfgEnv, type CfgExpr, conjunction, evaluateAtom, evaluateWith } from '../project/cfg.ts'
import { type CfgAssumptions, cfgEnv } from '../project/cfg-env.ts'
import { atomsOf, decide, positiveFeatures } from '../project/cfg-logic.ts'
import { type Crate, crateGraph } from '../project/crate-graph.ts'
import { dirname, join } from '../project/paths.ts'
import { readWorldKey, worldKey } from '../project/world.ts'
import { type Database, query } from '../query/database.ts'
import { CFG_SETTING, cfgEnvOf } from '../resolve/conditions.ts'
import { fileSummary } from '../syntax/queries.ts'
import type { Item } from '../syntax/summary.ts'
import { cfgConditions, effectiveMetas, lastSegment } from './attributes.ts'

/**
 * Key of the world in which the classes of a workspace exist: the features that their own `cfg`s and `cfg_attr`s, and those
 * of the modules they stand in, ask for. Many crates keep PyO3 behind a feature that is off by default (anise, hifitime).
 * Looks at written items only, without knowing which features are on.
 */
export const classWorld = query<string, string>('classWorld', (db, path) => {
  const graph = crateGraph(db, path)
  const extra = new Map<string, Set<string>>()
  for (const crate of graph.crates.values()) {
    const wanted = wantedFeatures(db, crate)
    if (wanted.size > 0) extra.set(crate.package, wanted)
  }
  return worldKey(path, extra)
})

/** Targets to look at where a class does not exist on the one that is analysed. */
const OTHER_TARGETS = ['x86_64-pc-windows-msvc', 'aarch64-apple-darwin', 'x86_64-unknown-linux-gnu']

/**
 * Keys of further worlds: those of other targets, for classes that the target of `world` does not have (`#[cfg(windows)]`).
 * Empty for most workspaces.
 */
export const otherWorlds = query<string, readonly string[]>(
  'otherWorlds',
  (db, world) => {
    const { path, extra } = readWorldKey(world)
    const targets = new Set<string>()
    for (const crate of crateGraph(db, world).crates.values()) {
      const own = cfgEnvOf(db, crate.id)
      for (const condition of classesWithConditions(db, crate)) {
        if (decide(condition, own) !== false) continue
        const assumptions = db.setting<CfgAssumptions>(CFG_SETTING) ?? {}
        const elsewhere = OTHER_TARGETS.find(
          (target) => decide(condition, cfgEnv(crate.features, { ...assumptions, target })) !== false,
        )
        if (elsewhere !== undefined) targets.add(elsewhere)
      }
    }
    return [...targets].sort().map((target) => worldKey(path, extra, target))
  },
  { equals: (a, b) => a.length === b.length && a.every((it, i) => it === b[i]) },
)

function classesWithConditions(db: Database, crate: Crate): CfgExpr[] {
  const folder = crate.root === null || !crate.local ? null : dirname(crate.root)
  return folder === null
    ? []
    : rustFiles(db, folder).flatMap((file) => classConditions(fileSummary(db, file)?.items ?? [], file, db))
}

function wantedFeatures(db: Database, crate: Crate): Set<string> {
  const found = new Set<string>()
  const env = cfgEnvOf(db, crate.id)
  for (const condition of classesWithConditions(db, crate)) {
    if (decide(condition, env) !== false) continue
    for (const feature of featuresFor(condition, env)) if (crate.features.has(feature)) found.add(feature)
  }
  return found
}

/** More alternatives than this are not gone through. */
const MAX_CANDIDATES = 12

/**
 * Features that make a condition hold which does not hold now: the least set there is, else (`any(feature = "a", feature =
 * "b")`) the first one or two, in the order written, that do. Empty if features cannot: then it is another target's.
 */
function featuresFor(condition: CfgExpr, env: CfgEnv): readonly string[] {
  const unknown = new Map([...(env.features?.keys() ?? [])].map((name) => [name, 'unknown'] as const))
  const least = positiveFeatures(condition, { ...env, features: unknown })
  if (least) return least
  const names = atomsOf(condition).flatMap((atom) => (atom.kind === 'value' && atom.key === 'feature' ? [atom.value] : []))
  const candidates = [...new Set(names)].slice(0, MAX_CANDIDATES)
  const holds = (on: readonly string[]): boolean =>
    evaluateWith(condition, (atom) => {
      if (atom.kind === 'value' && atom.key === 'feature' && on.includes(atom.value)) return true
      return evaluateAtom(atom, env)
    }) !== false
  const one = candidates.find((name) => holds([name]))
  if (one !== undefined) return [one]
  for (const [i, first] of candidates.entries()) {
    const second = candidates.slice(i + 1).find((name) => holds([first, name]))
    if (second !== undefined) return [first, second]
  }
  return []
}

const SKIPPED = new Set(['target/', 'tests/', 'benches/', 'examples/', 'node_modules/', '.git/'])

/** Every `.rs` file below a folder. */
const rustFilesOf = query<string, readonly string[]>('rustFiles', (db, folder) => {
  const found: string[] = []
  const pending = [folder]
  for (let fuel = 20_000; pending.length > 0 && fuel > 0; fuel--) {
    const at = pending.pop() ?? folder
    for (const name of db.directory(at) ?? []) {
      if (name.endsWith('/')) {
        if (!SKIPPED.has(name)) pending.push(join(at, name.slice(0, -1)))
      } else if (name.endsWith('.rs')) found.push(join(at, name))
    }
  }
  return found.sort()
})

function rustFiles(db: Database, folder: string): readonly string[] {
  return rustFilesOf(db, folder).filter((file) => MENTIONS.test(db.text(file) ?? ''))
}

/** Files that have nothing to do with PyO3 need no look. */
const MENTIONS = /\bpy(?:class|methods|module|function)\b|\bmod\s+\w+\s*;/

/** Conditions under which something of PyO3's exists, one for each thing. */
function classConditions(items: readonly Item[], file: string, db: Database): CfgExpr[] {
  const found: CfgExpr[] = []
  const visit = (item: Item, outer: readonly CfgExpr[]): void => {
    const here = [...outer, ...cfgConditions(item.attrs)]
    for (const { meta, conditions } of effectiveMetas(item.attrs)) {
      if (PYO3_ITEMS.has(lastSegment(meta.path)) && here.length + conditions.length > 0)
        found.push(conjunction([...here, ...conditions]))
    }
    if (item.kind === 'mod' && item.children === null && here.length > 0 && holdsClasses(db, file, item.name))
      found.push(conjunction(here))
    if ('children' in item && item.children) for (const child of item.children) visit(child, here)
  }
  for (const item of items) visit(item, [])
  return found
}

const PYO3_ITEMS = new Set(['pyclass', 'pymethods', 'pymodule', 'pyfunction'])

/** Whether the file of `mod name;`, or one in its folder, speaks of PyO3. `#[path]` is not followed: those are rare. */
function holdsClasses(db: Database, file: string, name: string): boolean {
  const folder = dirname(file) ?? ''
  const stem = file.slice(folder.length + 1).replace(/\.rs$/, '')
  const bases = stem === 'lib' || stem === 'main' || stem === 'mod' ? [folder] : [join(folder, stem), folder]
  return bases.some((base) => {
    const own = join(base, `${name}.rs`)
    const below = join(base, name)
    return rustFilesOf(db, folder).some(
      (it) => (it === own || it.startsWith(`${below}/`)) && /\bpy(?:class|methods|module|function)\b/.test(db.text(it) ?? ''),
    )
  })
}
