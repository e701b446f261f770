/**
 * Compares our feature resolver with cargo's on real crates:
 *
 *   node scripts/check-features.ts FOLDER…          folders with a Cargo.toml, or above some
 *   node scripts/check-features.ts --fetch FOLDER…  lets cargo download what the lock file names
 *
 * `cargo tree` is the judge: unlike `cargo metadata` it prints what a build is really made with (resolver 2 keeps build
 * scripts and other targets apart). It runs on a copy, since it may rewrite Cargo.lock. Exit status 1 if anything differs.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { runSync } from '../server/src/driver/driver.ts'
import { nodeHost } from '../server/src/host/node.ts'
import { crateGraph } from '../server/src/project/crate-graph.ts'
import { FEATURES_SETTING, type FeatureOptions, resolverOf } from '../server/src/project/feature-roots.ts'
import { packageFeatures, packageKey, readPackageKey } from '../server/src/project/features.ts'
import { manifestPathOf, packageGraph } from '../server/src/project/package-graph.ts'
import { dirname, join } from '../server/src/project/paths.ts'
import { pyprojectFor, workspacesAt } from '../server/src/project/workspace.ts'
import { Database } from '../server/src/query/database.ts'

const TARGET = 'x86_64-unknown-linux-gnu'
const args = process.argv.slice(2)
const fetch = args.includes('--fetch')
const folders = args.filter((arg) => !arg.startsWith('--')).map((arg) => resolve(arg))

interface Variant {
  readonly name: string
  readonly options: FeatureOptions | null
  readonly flags: readonly string[]
}

const VARIANTS: readonly Variant[] = [
  { name: 'default', options: null, flags: [] },
  {
    name: 'no default features',
    options: { features: [], allFeatures: false, noDefaultFeatures: true },
    flags: ['--no-default-features'],
  },
  { name: 'all features', options: { features: [], allFeatures: true, noDefaultFeatures: false }, flags: ['--all-features'] },
]

function database(options: FeatureOptions | null): Database {
  const db = new Database()
  db.setSetting('environment', {
    cargoHome: process.env['CARGO_HOME'] ?? `${homedir()}/.cargo`,
    rustVersion: null,
    target: TARGET,
  })
  if (options) db.setSetting(FEATURES_SETTING, options)
  return db
}

/** `name version` → the feature sets that cargo builds it with; null with cargo's complaint if it cannot say. */
function cargoTree(root: string, flags: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> | string {
  const argv = [
    'tree',
    '--manifest-path',
    root,
    '--workspace',
    '-e',
    'normal,build',
    '--target',
    TARGET,
    '--prefix',
    'none',
    '-f',
    '{p}|{f}',
  ]
  const result = spawnSync('cargo', [...argv, ...(fetch ? [] : ['--offline']), ...flags], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, RUSTUP_TOOLCHAIN: process.env['RUSTUP_TOOLCHAIN'] ?? 'stable' },
  })
  if (result.status !== 0) return result.stderr.trim().split('\n').slice(0, 12).join(' / ')
  const found = new Map<string, Set<string>>()
  for (const line of result.stdout.split('\n')) {
    const match = /^(\S+) v(\S+)[^|]*\|(.*?)(?: \(\*\))?$/.exec(line)
    if (!match) continue
    const key = `${match[1]} ${match[2]}`
    const sets = found.get(key) ?? new Set<string>()
    found.set(key, sets.add((match[3] ?? '').split(',').filter(Boolean).sort().join(',')))
  }
  return found
}

interface Tally {
  packages: number
  same: number
  unknown: number
  different: number
}

/** Prints how one variant compares, or why it cannot be compared. */
function compare(root: string, variant: Variant, tally: Tally): void {
  console.log(`  ${variant.name}: ${outcome(root, variant, tally)}`)
}

function outcome(root: string, variant: Variant, tally: Tally): string {
  const db = database(variant.options)
  const world = runSync(db, nodeHost(), (d) => {
    const graph = crateGraph(d, root)
    const wanted = [...graph.crates.values()].flatMap((crate) => {
      const project = crate.manifest ? pyprojectFor(d, crate.manifest.path) : null
      return (project?.maturin?.features ?? []).map((feature) => ({
        crate: crate.package,
        feature,
        noDefault: project?.maturin?.noDefaultFeatures,
      }))
    })
    return { graph, wanted }
  }).value
  const first = [...world.graph.crates.keys()][0]
  if (first === undefined) return 'no crate'
  const extra = variant.options === null ? world.wanted : []
  if (extra.some((item) => item.noDefault)) return 'skipped, maturin builds without default features'
  const features = extra.filter((item) => !item.feature.includes('/')).map((item) => `${item.crate}/${item.feature}`)
  // `a/b/c` is no syntax of cargo: with one member the prefix can be left out.
  if (world.graph.members.length === 1) features.splice(0, features.length, ...extra.map((item) => item.feature))
  else if (features.length < extra.length) return "skipped, maturin asks for a dependency's features"
  const tree = cargoTree(root, [...variant.flags, ...(features.length > 0 ? ['--features', features.join(',')] : [])])
  if (typeof tree === 'string') return `cargo says ${tree.slice(0, 300)}`
  const { world: worldId } = readPackageKey(first)
  const started = performance.now()
  const lines = runSync(db, nodeHost(), (d) => differences(d, worldId, root, tree, tally)).value
  const summary = `${tree.size} packages, ${lines.length} different, ${(performance.now() - started).toFixed(0)} ms`
  return [summary, ...lines.slice(0, 12).map((line) => `    ${line}`)].join('\n')
}

function differences(
  db: Database,
  worldId: string,
  root: string,
  tree: ReadonlyMap<string, ReadonlySet<string>>,
  tally: Tally,
): readonly string[] {
  const lines: string[] = []
  for (const node of packageGraph(db, root).packages.values()) {
    const ours = packageFeatures(db, packageKey(worldId, node.id))
    const theirs = tree.get(`${node.name} ${node.version}`)
    // Resolver 1 counts what tests and other targets ask for, which the tree leaves out.
    if (!theirs && (ours.active !== 'on' || resolverOf(db, root) === 1)) continue
    tally.packages++
    const on = [...ours.features].flatMap(([name, state]) => (state === 'on' ? [name] : [])).sort()
    const undecided =
      [...ours.features.values()].includes('unknown') || ours.active === 'unknown' || manifestPathOf(db, node) === null
    if (theirs?.has(on.join(',')) && ours.active === 'on') tally.same++
    else if (undecided) {
      tally.unknown++
      console.log(`    undecided: ${node.id}${manifestPathOf(db, node) === null ? ' (not downloaded)' : ''}, ${ours.active}`)
    } else {
      tally.different++
      lines.push(
        `${node.id}: ours ${ours.active} [${on.join(',')}], cargo ${theirs ? [...theirs].map((set) => `[${set}]`).join(' or ') : 'does not build it'}`,
      )
    }
  }
  return lines
}

const tally: Tally = { packages: 0, same: 0, unknown: 0, different: 0 }
for (const folder of folders) {
  const temporary = mkdtempSync(`${tmpdir()}/check-features-`)
  try {
    cpSync(folder, `${temporary}/crate`, { recursive: true })
    for (const root of runSync(database(null), nodeHost(), (d) => workspacesAt(d, join(temporary, 'crate'))).value) {
      console.log(root.slice(temporary.length))
      if (nodeHost().readFileSync(join(dirname(root) ?? root, 'Cargo.lock')) === null) console.log('  no Cargo.lock')
      else for (const variant of VARIANTS) compare(root, variant, tally)
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}
console.log(tally)
process.exitCode = tally.different > 0 ? 1 : 0
