/**
 * Finds out which crates of the corpus `cargo check` can check on this machine with their own lock files, and prints them as rows of
 * `building.tsv`. What was found out is kept in the user's cache; `--again` asks anew.
 *
 *   node scripts/rewrites/building.ts [--again] [--minutes 6] [--features LIST] [NAME…]
 *
 * `--features` is for a crate whose own need a C compiler for minutes: `-default,ring`.
 */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type CorpusPackage, cacheRoot, corpusPackages, packageFolder } from '../corpus/packages.ts'
import { type CrateCheck, checkCrate, exclusively, syncFolder, type Targets } from './crate-check.ts'
import { exclusiveCrates } from './list/crates.ts'

const { values, positionals } = parseArgs({
  options: {
    features: { type: 'string' },
    again: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '6' },
  },
  allowPositionals: true,
})

/** What came out for one crate. */
interface Survey {
  readonly package: string
  /** Folder of the crate, relative to the package. */
  readonly folder: string
  readonly targets: Targets | 'none'
  readonly features: readonly string[]
  readonly unstable: readonly string[]
  readonly seconds: number
  /** First error where nothing compiles. */
  readonly error: string
}

const STORE = path.join(cacheRoot(), 'rewrites', 'building')

function main(): void {
  mkdirSync(STORE, { recursive: true })
  const packages = corpusPackages().filter((it) => positionals.length === 0 || positionals.includes(it.name))
  const ordered = packages.filter((it) => existsSync(packageFolder(it))).sort((a, b) => dependencies(a) - dependencies(b))
  for (const pack of ordered) {
    for (const folder of exclusiveCrates(packageFolder(pack))) {
      const found = surveyed(pack, folder)
      const { targets, features, seconds, unstable, error } = found
      console.log([found.package, found.folder, targets, features.join(','), seconds, unstable.join(','), error].join('\t'))
    }
  }
}

/** Packages in the lock file: the small ones first, so that a run that is ended early has found the most. */
function dependencies(pack: CorpusPackage): number {
  const lock = path.join(packageFolder(pack), 'Cargo.lock')
  return existsSync(lock) ? readFileSync(lock, 'utf8').split('[[package]]').length : 1000
}

function surveyed(pack: CorpusPackage, folder: string): Survey {
  const store = path.join(STORE, `${pack.name}-${pack.version}-${folder.replaceAll('/', '+')}.json`)
  if (!values.again && existsSync(store)) return JSON.parse(readFileSync(store, 'utf8')) as Survey
  const copy = path.join(cacheRoot(), 'rewrites', 'in-place', `${pack.name}-${pack.version}`)
  const found = exclusively(copy, () => survey(pack, folder, copy))
  if (!found) return { package: pack.name, folder, targets: 'none', features: [], unstable: [], seconds: 0, error: 'busy' }
  writeFileSync(store, `${JSON.stringify(found)}\n`)
  return found
}

function survey(pack: CorpusPackage, folder: string, copy: string): Survey {
  syncFolder(packageFolder(pack), copy)
  const crate = path.join(copy, folder)
  const features = values.features?.split(',') ?? [...new Set([...pack.features, ...maturinFeatures(copy, crate)])]
  const timeoutMs = Number(values.minutes) * 60_000
  const unstable = unstableBenches(crate)
  const rest = { package: pack.name, folder, features, unstable }
  const check = (targets: Targets): CrateCheck => checkCrate(crate, { targets, features, unstable, timeoutMs })
  const all = check('all-targets')
  if (all.status === 0) return { ...rest, targets: 'all-targets', seconds: all.seconds, error: '' }
  const error = all.status === null ? 'out of time' : (all.lines.find((it) => it.includes('error')) ?? 'error').slice(0, 160)
  const lib = all.status === null ? null : check('lib')
  if (lib?.status !== 0) return { ...rest, targets: 'none', seconds: 0, error }
  const most = check('keep-going')
  return { ...rest, targets: most.status === null ? 'lib' : 'keep-going', seconds: lib.seconds, error: '' }
}

/** Benchmarks that ask for a nightly compiler. */
function unstableBenches(crate: string): readonly string[] {
  return globSync('benches/*.rs', { cwd: crate })
    .filter((it) => /^#!\[feature\(/m.test(readFileSync(path.join(crate, it), 'utf8')))
    .map((it) => path.basename(it, '.rs'))
    .sort()
}

/** `[tool.maturin] features` of the pyproject.toml next to the crate or of the package, without what only linking needs. */
function maturinFeatures(root: string, crate: string): readonly string[] {
  const [file] = [path.join(crate, 'pyproject.toml'), path.join(root, 'pyproject.toml')].filter((it) => existsSync(it))
  const table = file ? (/^\[tool\.maturin\]$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '') : ''
  const list = /^features\s*=\s*\[([^\]]*)\]/m.exec(table)?.[1] ?? ''
  return [...list.matchAll(/"([^"]+)"/g)].map((it) => it[1] ?? '')
}

main()
