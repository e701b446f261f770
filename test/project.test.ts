import { describe, expect, test } from 'vitest'
import { runSync } from '../server/src/driver/driver.ts'
import { memoryHost } from '../server/src/host/memory.ts'
import { manifestAt } from '../server/src/project/cargo-manifest.ts'
import { type CrateGraph, type CrateId, crateGraph, crateOf, memberAt } from '../server/src/project/crate-graph.ts'
import { FEATURES_SETTING, type FeatureOptions } from '../server/src/project/feature-roots.ts'
import { pyo3Of } from '../server/src/project/pyo3.ts'
import { workspacesAt } from '../server/src/project/workspace.ts'
import { worldKey } from '../server/src/project/world.ts'
import { Database } from '../server/src/query/database.ts'

const ENVIRONMENT = { cargoHome: '/cargo', rustVersion: null, target: 'x86_64-unknown-linux-gnu' }
const REGISTRY = '/cargo/registry/src/index-1'

interface Session {
  readonly db: Database
  readonly asked: readonly string[]
  run<T>(goal: (db: Database) => T): T
}

function open(files: Readonly<Record<string, string>>, options?: Partial<FeatureOptions>): Session {
  const host = memoryHost(files)
  const db = new Database()
  db.setSetting('environment', ENVIRONMENT)
  if (options) db.setSetting(FEATURES_SETTING, { features: [], allFeatures: false, noDefaultFeatures: false, ...options })
  return { db, asked: host.asked, run: (goal) => runSync(db, host, goal).value }
}

/** A package of a registry with a library. */
function registry(name: string, version: string, manifest = ''): Record<string, string> {
  return {
    [`${REGISTRY}/${name}-${version}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n${manifest}`,
    [`${REGISTRY}/${name}-${version}/src/lib.rs`]: '',
  }
}

function locked(name: string, version: string, dependencies: readonly string[] = [], isLocal = false): string {
  const source = isLocal ? '' : 'source = "registry+https://example.org/index"\n'
  return `[[package]]\nname = "${name}"\nversion = "${version}"\n${source}dependencies = [${dependencies.map((d) => `"${d}"`).join(', ')}]\n`
}

function lock(...packages: readonly string[]): string {
  return `version = 4\n${packages.join('\n')}`
}

function only(graph: CrateGraph): CrateId {
  expect(graph.members).toHaveLength(1)
  return graph.members[0] ?? ''
}

/** Features of a crate that are on, and those with another state as `name?`. */
function features(session: Session, id: CrateId): string {
  const states = session.run((db) => crateOf(db, id))?.features ?? new Map()
  return [...states]
    .flatMap(([name, state]) => (state === 'on' ? [name] : state === 'unknown' ? [`${name}?`] : []))
    .sort()
    .join(' ')
}

/** The crate that a chain of names leads to. */
function follow(session: Session, from: CrateId, ...names: readonly string[]): CrateId {
  return names.reduce((id, name) => session.run((db) => crateOf(db, id)?.dependencies.get(name)) ?? `${id}→${name}?`, from)
}

const DEMO = `[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n`

describe('one crate', () => {
  const files = {
    '/w/Cargo.toml': `${DEMO}[lib]\nname = "_demo"\npath = "rust/mod.rs"\ncrate-type = ["cdylib"]\n[dependencies]\npy = { package = "pyo3", version = "0.29" }\nfancy-name = "1"\n`,
    '/w/rust/mod.rs': '',
    '/w/Cargo.lock': lock(
      locked('demo', '0.1.0', ['pyo3', 'fancy-name'], true),
      locked('pyo3', '0.29.2'),
      locked('fancy-name', '1.2.3'),
    ),
    ...registry('pyo3', '0.29.2'),
    ...registry('fancy-name', '1.2.3', '[lib]\nname = "fancy"\n'),
  }

  test('names, root, edition, dependencies by their names in code', () => {
    const session = open(files)
    const graph = session.run((db) => crateGraph(db, '/w'))
    const crate = graph.crates.get(only(graph))
    expect(crate).toMatchObject({
      name: '_demo',
      package: 'demo',
      version: '0.1.0',
      edition: '2021',
      root: '/w/rust/mod.rs',
      local: true,
    })
    expect([...(crate?.dependencies.keys() ?? [])]).toEqual(['py', 'fancy'])
    expect(session.run((db) => crateOf(db, follow(session, only(graph), 'fancy')))).toMatchObject({
      package: 'fancy-name',
      version: '1.2.3',
      root: `${REGISTRY}/fancy-name-1.2.3/src/lib.rs`,
      local: false,
      missing: null,
    })
  })

  test('the same graph for a file in it, and the member it is in', () => {
    const session = open(files)
    expect(session.run((db) => crateGraph(db, '/w/rust/mod.rs') === crateGraph(db, '/w'))).toBe(true)
    expect(session.run((db) => memberAt(db, '/w/rust/mod.rs'))).toBe(only(session.run((db) => crateGraph(db, '/w'))))
  })

  test('PyO3 under another name, with locked version', () => {
    const session = open(files)
    const id = only(session.run((db) => crateGraph(db, '/w')))
    expect(session.run((db) => pyo3Of(db, '/w', id))).toMatchObject({
      name: 'py',
      requirement: '0.29',
      locked: '0.29.2',
      lowest: '0.29.2',
      via: null,
    })
  })

  test('manifests of packages that nobody asks about are not read', () => {
    const deep = {
      ...files,
      '/w/Cargo.lock': `${files['/w/Cargo.lock']}${locked('deep', '1.0.0')}`,
      ...registry('deep', '1.0.0'),
    }
    const session = open(deep)
    session.run((db) => crateGraph(db, '/w'))
    expect(session.asked.filter((path) => path.includes('deep'))).toEqual([])
  })

  test('an edit of Rust code recomputes nothing here', () => {
    const session = open(files)
    session.run((db) => crateGraph(db, '/w'))
    session.db.resetCounters()
    session.db.setText('/w/rust/mod.rs', 'fn main() {}')
    session.run((db) => crateGraph(db, '/w'))
    expect(session.db.counters()).toEqual({})
  })
})

describe('workspaces', () => {
  const files = {
    '/w/Cargo.toml': `[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/fuzz"]\n[workspace.package]\nversion = "3.1.4"\nedition = "2024"\n[workspace.dependencies]\npyo3 = { version = "0.28", default-features = false, features = ["macros"] }\ncore = { path = "crates/core", package = "demo-core" }\n`,
    '/w/crates/core/Cargo.toml': `[package]\nname = "demo-core"\nversion.workspace = true\nedition.workspace = true\n[features]\nfast = []\n`,
    '/w/crates/core/src/lib.rs': '',
    '/w/crates/py/Cargo.toml': `[package]\nname = "demo-py"\nversion = "0.1.0"\nedition = { workspace = true }\n[dependencies]\npyo3 = { workspace = true, features = ["abi3"] }\ncore = { workspace = true, features = ["fast"] }\nhelper = { path = "../../tools/helper" }\n`,
    '/w/crates/py/src/lib.rs': '',
    '/w/crates/fuzz/Cargo.toml': '[package]\nname = "fuzz"\n',
    '/w/crates/fuzz/src/lib.rs': '',
    '/w/tools/helper/Cargo.toml': '[package]\nname = "helper"\nversion = "0.0.0"\n',
    '/w/tools/helper/src/main.rs': '',
    '/w/crates/notes/README.md': '',
  }

  test('members by glob, path dependencies are members, excluded ones are their own', () => {
    const session = open(files)
    const graph = session.run((db) => crateGraph(db, '/w/crates/py/src/lib.rs'))
    expect(graph.workspaceRoot).toBe('/w')
    expect(graph.members.map((id) => graph.crates.get(id)?.name)).toEqual(['demo_core', 'demo_py', 'helper'])
    expect(graph.problems).toEqual([])
    expect(session.run((db) => workspacesAt(db, '/w'))).toEqual(['/w/Cargo.toml', '/w/crates/fuzz/Cargo.toml'])
    expect(session.run((db) => crateGraph(db, '/w/crates/fuzz')).workspaceRoot).toBe('/w/crates/fuzz')
  })

  test('what is inherited', () => {
    const session = open(files)
    const core = session.run((db) => manifestAt(db, '/w/crates/core/Cargo.toml'))
    expect(core?.package).toMatchObject({ version: '3.1.4', edition: '2024' })
    const py = session.run((db) => manifestAt(db, '/w/crates/py/Cargo.toml'))
    expect(py?.dependencies).toMatchObject([
      { name: 'pyo3', requirement: '0.28', defaultFeatures: false, features: ['macros', 'abi3'], inherited: true },
      { name: 'core', package: 'demo-core', path: '/w/crates/core', features: ['fast'] },
      { name: 'helper', path: '/w/tools/helper' },
    ])
  })

  test('features that a dependent asks for are on; PyO3 is found through the dependent', () => {
    const session = open(files)
    const graph = session.run((db) => crateGraph(db, '/w'))
    const [core = '', py = ''] = graph.members
    expect(features(session, core)).toBe('fast')
    expect(follow(session, py, 'core')).toBe(core)
    expect(session.run((db) => pyo3Of(db, '/w', core))).toMatchObject({
      name: 'pyo3',
      requirement: '0.28',
      locked: null,
      lowest: '0.28.0',
      via: py,
    })
  })

  test('a folder above several workspaces', () => {
    const session = open({
      '/all/a/Cargo.toml': DEMO,
      '/all/b/py/Cargo.toml': '[package]\nname = "b"\n',
      '/all/b/py/target/x/Cargo.toml': DEMO,
      '/all/.hidden/Cargo.toml': DEMO,
      '/all/node_modules/x/Cargo.toml': DEMO,
    })
    expect(session.run((db) => workspacesAt(db, '/all'))).toEqual(['/all/a/Cargo.toml', '/all/b/py/Cargo.toml'])
  })

  test('pyproject.toml above points to the crate and asks for features', () => {
    const session = open({
      '/s/pyproject.toml': `[project]\nname = "demo"\nclassifiers = ["Programming Language :: Rust"]\n[tool.maturin]\nmanifest-path = "bindings/Cargo.toml"\nfeatures = ["python"]\nno-default-features = true\n`,
      '/s/bindings/Cargo.toml': `${DEMO}[features]\ndefault = ["a"]\na = []\npython = ["b"]\nb = []\n`,
      '/s/bindings/src/lib.rs': '',
    })
    const graph = session.run((db) => crateGraph(db, '/s/bindings'))
    expect(graph.pyproject?.name).toBe('demo')
    expect(features(session, only(graph))).toBe('b python')
  })
})

describe('features', () => {
  const manifest = `${DEMO}[features]\ndefault = ["std"]\nstd = ["serde?/std"]\npython = ["dep:pyo3", "json"]\njson = ["serde/derive"]\nboth = ["hidden"]\n[dependencies]\nserde = { version = "1", optional = true, default-features = false }\npyo3 = { version = "0.29", optional = true }\nhidden = { version = "1", optional = true }\n[target.'cfg(windows)'.dependencies]\nwinapi = "1"\n[target.'cfg(my_flag)'.dependencies]\nflagged = "1"\n`
  const files = {
    '/w/Cargo.toml': manifest,
    '/w/src/lib.rs': '',
    '/w/Cargo.lock': lock(
      locked('demo', '0.1.0', ['flagged', 'hidden', 'pyo3', 'serde', 'winapi'], true),
      ...['flagged', 'hidden', 'pyo3', 'serde', 'winapi'].map((name) => locked(name, name === 'pyo3' ? '0.29.0' : '1.0.0')),
    ),
    ...registry('serde', '1.0.0', '[features]\ndefault = ["std"]\nstd = []\nderive = []\n'),
    ...registry('pyo3', '0.29.0', '[features]\ndefault = ["macros"]\nmacros = []\n'),
    ...registry('hidden', '1.0.0'),
    ...registry('winapi', '1.0.0'),
    ...registry('flagged', '1.0.0', '[features]\ndefault = ["x"]\nx = []\n'),
  }
  const demo = (session: Session, key = '/w'): CrateId => only(session.run((db) => crateGraph(db, key)))
  const names = (session: Session, id: CrateId): readonly string[] => [
    ...(session.run((db) => crateOf(db, id))?.dependencies.keys() ?? []),
  ]

  test('by default: default features; optional and foreign dependencies are out, undecided ones in', () => {
    const session = open(files)
    expect(features(session, demo(session))).toBe('default std')
    expect(names(session, demo(session))).toEqual(['flagged'])
    expect(features(session, follow(session, demo(session), 'flagged'))).toBe('default? x?')
  })

  test('what a class needs is added: dep:, x/f, x?/f of a dependency that is on', () => {
    const session = open(files)
    const key = worldKey('/w', new Map([['demo', ['python', 'no-such-feature']]]))
    const id = demo(session, key)
    expect(id).not.toBe(demo(session))
    expect(features(session, id)).toBe('default json python serde std')
    expect(names(session, id)).toEqual(['serde', 'pyo3', 'flagged'])
    expect(features(session, follow(session, id, 'serde'))).toBe('derive std')
    expect(features(session, follow(session, id, 'pyo3'))).toBe('default macros')
  })

  test.each([
    ['2021', 'default net'],
    ['2018', 'default net sys'],
  ])('x/f turns on the feature x only where x is built at all (edition %s)', (edition, expected) => {
    const session = open({
      '/w/Cargo.toml': `[package]\nname = "demo"\nversion = "0.1.0"\nedition = "${edition}"\n[features]\ndefault = ["net"]\nnet = ["sys/fast"]\n[target.'cfg(windows)'.dependencies]\nsys = { version = "1", optional = true }\n`,
      '/w/src/lib.rs': '',
      '/w/Cargo.lock': lock(locked('demo', '0.1.0', ['sys'], true), locked('sys', '1.0.0')),
      ...registry('sys', '1.0.0', '[features]\nfast = []\n'),
    })
    expect(features(session, demo(session))).toBe(expected)
    expect(names(session, demo(session))).toEqual([])
  })

  test('options replace the defaults', () => {
    const none = open(files, { noDefaultFeatures: true, features: ['hidden'] })
    expect(features(none, demo(none))).toBe('hidden')
    const all = open(files, { allFeatures: true })
    expect(features(all, demo(all))).toBe('both default hidden json python serde std')
    const own = open(files, { features: ['demo/json'] })
    expect(features(own, demo(own))).toBe('default json serde std')
  })

  test('a manifest that is not there leaves what it may ask for undecided', () => {
    const session = open({
      '/w/Cargo.toml': `${DEMO}[dependencies]\nmiddle = "1"\nsure = { version = "1", features = ["b"] }\n`,
      '/w/src/lib.rs': '',
      '/w/Cargo.lock': lock(
        locked('demo', '0.1.0', ['middle', 'sure'], true),
        locked('middle', '1.0.0', ['sure']),
        locked('sure', '1.0.0'),
      ),
      ...registry('sure', '1.0.0', '[features]\na = []\nb = []\n'),
    })
    const id = only(session.run((db) => crateGraph(db, '/w')))
    expect(features(session, follow(session, id, 'sure'))).toBe('a? b')
    expect(session.run((db) => crateOf(db, follow(session, id, 'middle')))?.missing).toBe(
      'crate middle is not downloaded (cargo fetch)',
    )
  })

  test.each([
    ['2021', ''],
    ['2018', 'host'],
  ])('build scripts share features with the library only under resolver 1 (edition %s)', (edition, expected) => {
    const session = open({
      '/w/Cargo.toml': `[package]\nname = "demo"\nversion = "0.1.0"\nedition = "${edition}"\n[dependencies]\nshared = "1"\n[build-dependencies]\nshared = { version = "1", features = ["host"] }\n`,
      '/w/src/lib.rs': '',
      '/w/Cargo.lock': lock(locked('demo', '0.1.0', ['shared'], true), locked('shared', '1.0.0')),
      ...registry('shared', '1.0.0', '[features]\nhost = []\n'),
    })
    const id = only(session.run((db) => crateGraph(db, '/w')))
    expect(features(session, follow(session, id, 'shared'))).toBe(expected)
  })

  test('two versions of one package: each name leads to its own', () => {
    const session = open({
      '/w/Cargo.toml': `${DEMO}[dependencies]\nrand = "0.8"\nrand_old = { package = "rand", version = "0.7" }\n`,
      '/w/src/lib.rs': '',
      '/w/Cargo.lock': lock(
        locked('demo', '0.1.0', ['rand 0.7.3', 'rand 0.8.5'], true),
        locked('rand', '0.7.3'),
        locked('rand', '0.8.5'),
      ),
      ...registry('rand', '0.7.3'),
      ...registry('rand', '0.8.5'),
    })
    const id = only(session.run((db) => crateGraph(db, '/w')))
    const version = (name: string) => session.run((db) => crateOf(db, follow(session, id, name)))?.version
    expect([version('rand'), version('rand_old')]).toEqual(['0.8.5', '0.7.3'])
  })
})

describe('without a lock file', () => {
  test('the newest version on this machine that the requirement allows is assumed', () => {
    const session = open({
      '/w/Cargo.toml': `${DEMO}[dependencies]\npyo3 = ">=0.26, <0.29"\nabsent = "1"\n`,
      '/w/src/lib.rs': '',
      ...registry('pyo3', '0.25.0'),
      ...registry('pyo3', '0.27.1', '[dependencies]\nlibc = "0.2"\n'),
      ...registry('pyo3', '0.29.0'),
      ...registry('libc', '0.2.9'),
      ...registry('libc', '0.2.100'),
    })
    const id = only(session.run((db) => crateGraph(db, '/w')))
    expect(session.run((db) => crateOf(db, follow(session, id, 'pyo3')))).toMatchObject({ version: '0.27.1', assumed: true })
    expect(session.run((db) => crateOf(db, follow(session, id, 'pyo3', 'libc')))).toMatchObject({ version: '0.2.100' })
    expect(session.run((db) => crateOf(db, follow(session, id, 'absent')))).toMatchObject({
      package: 'absent',
      version: null,
      root: null,
    })
    expect(session.run((db) => pyo3Of(db, '/w', id))).toMatchObject({ locked: null, lowest: '0.26.0' })
  })
})

describe('git dependencies', () => {
  test('the checkout of the locked revision, the package inside its workspace', () => {
    const revision = '0123456789abcdef0123456789abcdef01234567'
    const checkout = '/cargo/git/checkouts/repo-99aa99aa99aa99aa'
    const session = open({
      '/w/Cargo.toml': `${DEMO}[dependencies]\ninner = { git = "https://example.org/x/repo.git" }\n`,
      '/w/src/lib.rs': '',
      '/w/Cargo.lock': lock(
        locked('demo', '0.1.0', ['inner'], true),
        `[[package]]\nname = "inner"\nversion = "2.0.0"\nsource = "git+https://example.org/x/repo.git?branch=main#${revision}"\n`,
      ),
      [`${checkout}/fedcba9/Cargo.toml`]: DEMO,
      [`${checkout}/0123456/Cargo.toml`]: '[workspace]\nmembers = ["inner"]\n[workspace.package]\nedition = "2024"\n',
      [`${checkout}/0123456/inner/Cargo.toml`]: '[package]\nname = "inner"\nversion = "2.0.0"\nedition.workspace = true\n',
      [`${checkout}/0123456/inner/src/lib.rs`]: '',
    })
    const id = only(session.run((db) => crateGraph(db, '/w')))
    expect(session.run((db) => crateOf(db, follow(session, id, 'inner')))).toMatchObject({
      root: `${checkout}/0123456/inner/src/lib.rs`,
      edition: '2024',
      local: false,
    })
  })
})

describe('bad input', () => {
  test('no Cargo.toml: the file is a crate of its own that may use any PyO3', () => {
    const session = open({ '/x/one.rs': '' })
    const graph = session.run((db) => crateGraph(db, '/x/one.rs'))
    const crate = graph.crates.get(only(graph))
    expect(crate).toMatchObject({ name: 'one', root: '/x/one.rs', manifest: null, version: null, openDependencies: true })
    expect(session.run((db) => pyo3Of(db, '/x/one.rs', only(graph)))).toMatchObject({
      name: 'pyo3',
      requirement: null,
      locked: null,
    })
    expect(session.run((db) => crateGraph(db, '/x')).problems).toHaveLength(1)
    expect(session.run((db) => workspacesAt(db, '/x'))).toEqual([])
  })

  test('invalid TOML: the rest counts, the problem is told', () => {
    const session = open({ '/w/Cargo.toml': `${DEMO}[dependencies]\npyo3 = { version = \nserde = "1"\n`, '/w/src/lib.rs': '' })
    const graph = session.run((db) => crateGraph(db, '/w'))
    expect(graph.crates.get(only(graph))?.manifest?.dependencies.map(({ name }) => name)).toEqual(['serde'])
    expect(graph.problems).toMatchObject([{ file: '/w/Cargo.toml' }])
  })

  test('a lock file from the future is read and noted', () => {
    const session = open({
      '/w/Cargo.toml': `${DEMO}[dependencies]\npyo3 = "0.29"\n`,
      '/w/src/lib.rs': '',
      '/w/Cargo.lock': `version = 99\n${locked('demo', '0.1.0', ['pyo3'], true)}${locked('pyo3', '0.29.5')}`,
    })
    const graph = session.run((db) => crateGraph(db, '/w'))
    expect(graph.problems).toMatchObject([{ file: '/w/Cargo.lock', message: expect.stringContaining('99') }])
    expect(session.run((db) => pyo3Of(db, '/w', only(graph)))?.locked).toBe('0.29.5')
  })

  test('a member that is nowhere is a problem, the others stay', () => {
    const session = open({ '/w/Cargo.toml': `${DEMO}[workspace]\nmembers = ["nowhere", "none/*"]\n`, '/w/src/lib.rs': '' })
    const graph = session.run((db) => crateGraph(db, '/w'))
    expect(graph.problems.map(({ message }) => message)).toEqual([
      'workspace member `nowhere` does not exist',
      'workspace member `none/*` does not exist',
    ])
    only(graph)
  })

  test.each([
    ['with a lock file', true],
    ['without', false],
  ])('crates that depend on each other by path, %s', (_, hasLock) => {
    const crate = (name: string, table: string): string =>
      `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2018"\n[features]\nf = []\ng = ["f"]\n${table}`
    const session = open({
      '/w/Cargo.toml': '[workspace]\nmembers = ["a", "b"]\n',
      '/w/a/Cargo.toml': crate('a', '[dependencies]\nb = { path = "../b", features = ["g"] }\n'),
      '/w/a/src/lib.rs': '',
      '/w/b/Cargo.toml': crate('b', '[dependencies]\na = { path = "../a", features = ["f"] }\n'),
      '/w/b/src/lib.rs': '',
      ...(hasLock ? { '/w/Cargo.lock': lock(locked('a', '0.1.0', ['b'], true), locked('b', '0.1.0', ['a'], true)) } : {}),
    })
    const [a = '', b = ''] = session.run((db) => crateGraph(db, '/w')).members
    expect([features(session, a), features(session, b)]).toEqual(['f', 'f g'])
    expect(follow(session, a, 'b', 'a')).toBe(a)
  })

  // Optional dependencies may: cargo only minds circles that a build really has.
  test.each([
    ['of a lock file', true],
    ['without one', false],
  ])('downloaded packages %s that depend on each other in a circle', (_, hasLock) => {
    const session = open({
      '/w/Cargo.toml': `${DEMO}[dependencies]\nx = "1"\n`,
      '/w/src/lib.rs': '',
      ...(hasLock
        ? {
            '/w/Cargo.lock': lock(
              locked('demo', '0.1.0', ['x'], true),
              locked('x', '1.0.0', ['y']),
              locked('y', '1.0.0', ['x', 'z']),
              locked('z', '1.0.0'),
            ),
          }
        : {}),
      ...registry('x', '1.0.0', '[features]\nf = []\n[dependencies]\ny = "1"\n'),
      ...registry(
        'y',
        '1.0.0',
        '[dependencies]\nx = { version = "1", features = ["f"] }\nz = { version = "1", features = ["g"] }\n',
      ),
      ...registry('z', '1.0.0', '[features]\ng = []\n'),
    })
    const id = only(session.run((db) => crateGraph(db, '/w')))
    expect(follow(session, id, 'x', 'y', 'x')).toBe(follow(session, id, 'x'))
    expect(features(session, follow(session, id, 'x', 'y', 'z'))).toBe('g')
    expect(features(session, follow(session, id, 'x'))).toBe('f')
  })
})
