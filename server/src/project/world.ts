import type { Database } from '../query/database.ts'

/**
 * One way to build a workspace: its root manifest and features asked for beyond those that manifests, pyproject.toml and
 * options ask for. Crates of two worlds are different crates.
 */
export interface World {
  /** Path of the root manifest, or of a lone `.rs` file that no manifest speaks for. */
  readonly root: string
  /** Package name → features that some class needs in order to exist. Unknown names are ignored. */
  readonly extra: ReadonlyMap<string, ReadonlySet<string>>
  /** Target triple whose `cfg`s hold in the sources; null for the environment's. Dependencies are the environment's. */
  readonly target: string | null
}

/** Features by package name, as the model collects them from the conditions of classes. */
export type ExtraFeatures = ReadonlyMap<string, Iterable<string>>

/** Interned world, short and without spaces or tabs. */
export type WorldId = string

interface Worlds {
  readonly byKey: Map<string, WorldId>
  readonly byId: Map<WorldId, World>
}

const WORLDS = Symbol('project: worlds')

/** Key for `crateGraph`: a path, features to add, and a target. Equal worlds have equal keys; an ordinary one is the path itself. */
export function worldKey(path: string, extra: ExtraFeatures = new Map(), target: string | null = null): string {
  const wanted = [...extra].flatMap(([name, features]) => [...features].map((feature) => `${name}/${feature}`))
  const list = [...new Set(wanted)].sort().join(',')
  return target !== null ? `${path}\n${list}\n${target}` : list === '' ? path : `${path}\n${list}`
}

/** Takes a `worldKey` apart. */
export function readWorldKey(key: string): { readonly path: string } & Omit<World, 'root'> {
  const [path = '', wanted = '', target = null] = key.split('\n')
  const extra = new Map<string, Set<string>>()
  for (const item of wanted === '' ? [] : wanted.split(',')) {
    const slash = item.indexOf('/')
    const name = item.slice(0, slash)
    const known = extra.get(name)
    if (known) known.add(item.slice(slash + 1))
    else extra.set(name, new Set([item.slice(slash + 1)]))
  }
  return { path, extra, target }
}

function worldsOf(db: Database): Worlds {
  return db.slot<Worlds>(WORLDS, () => ({ byKey: new Map(), byId: new Map() }))
}

/** Interns the world of a `worldKey` whose path is a root manifest (or a lone file). */
export function internWorld(db: Database, key: string): WorldId {
  const worlds = worldsOf(db)
  const known = worlds.byKey.get(key)
  if (known !== undefined) return known
  const id = `w${worlds.byKey.size + 1}`
  const { path, extra, target } = readWorldKey(key)
  worlds.byKey.set(key, id)
  worlds.byId.set(id, { root: path, extra, target })
  return id
}

/** The world of an id; null for one that was never given out. */
export function worldOf(db: Database, id: WorldId): World | null {
  return worldsOf(db).byId.get(id) ?? null
}
