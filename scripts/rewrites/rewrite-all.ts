import { runSync } from '../../server/src/driver/driver.ts'
import { createSession } from '../../server/src/driver/session.ts'
import type { Fix, Refusal } from '../../server/src/fixes/fix.ts'
import { nodeHost } from '../../server/src/host/node.ts'
import { pyCrates } from '../../server/src/model/pycrates.ts'
import { crateView } from '../../server/src/model/view.ts'
import { classWorld } from '../../server/src/model/world-features.ts'
import { loadFacts, loadGrammar, readEnvironment } from '../../server/src/node-setup.ts'
import { workspacesAt } from '../../server/src/project/workspace.ts'
import type { Database } from '../../server/src/query/database.ts'
import { isRewritable, type RewriteName, rewriteOffer } from '../../server/src/rewrites/index.ts'

/** What a rewrite says of one class. */
export interface Attempt {
  readonly rewrite: RewriteName
  readonly crate: string
  readonly manifest: string
  readonly className: string
  readonly file: string
  /** Whether a `#[pymethods]` method takes the exclusive borrow (not only settable fields). */
  readonly hasMethods: boolean
  readonly frozen: boolean
  readonly fix: Fix | null
  readonly refusal: Refusal | null
}

const facts = loadFacts()
await loadGrammar()

/**
 * Tries rewrites on every class below a folder; classes that need none are told too, with neither fix nor refusal. The database is
 * left to the caller's callback.
 */
export function rewriteAll(
  folder: string,
  rewrites: readonly RewriteName[],
  use: (db: Database, attempts: readonly Attempt[]) => void = () => {},
): readonly Attempt[] {
  const db = createSession({
    environment: readEnvironment(null),
    facts,
    cfg: { python: 'auto' },
    model: { python: 'auto', assumePyo3: null },
  })
  const host = nodeHost()
  const ask = <T>(goal: (it: Database) => T): T => runSync(db, host, goal).value
  const found: Attempt[] = []
  const roots = ask((it) => workspacesAt(it, folder))
  for (const root of roots.length > 0 ? roots : [folder]) {
    const world = ask((it) => classWorld(it, root))
    found.push(...ask((it) => attemptsIn(it, world, rewrites)))
  }
  ask((it) => use(it, found))
  return found
}

function attemptsIn(db: Database, world: string, rewrites: readonly RewriteName[]): Attempt[] {
  return pyCrates(db, world).flatMap((crate) => {
    const view = crateView(db, world, crate)
    return crate.classes.flatMap((cls) =>
      rewrites.map((rewrite): Attempt => {
        const { fixes, refused } = isRewritable(cls) ? rewriteOffer(view, cls, rewrite) : { fixes: [], refused: [] }
        return {
          rewrite,
          crate: crate.crate.name,
          manifest: crate.crate.manifest?.path ?? '',
          className: cls.name,
          file: cls.itemAt.file,
          hasMethods: cls.methods.some((it) => it.receiver === '&mut self' || it.receiver === 'PyRefMut'),
          frozen: cls.options.frozen,
          fix: fixes[0] ?? null,
          refusal: refused[0] ?? null,
        }
      }),
    )
  })
}
