import { analyze } from '../../server/src/analysis/analyze.ts'
import { DEFAULT_CONFIG } from '../../server/src/analysis/config.ts'
import type { Finding } from '../../server/src/analysis/finding.ts'
import { runSync } from '../../server/src/driver/driver.ts'
import { createSession } from '../../server/src/driver/session.ts'
import { nodeHost } from '../../server/src/host/node.ts'
import { classWorld } from '../../server/src/model/world-features.ts'
import { loadFacts, loadGrammar, readEnvironment } from '../../server/src/node-setup.ts'
import { workspacesAt } from '../../server/src/project/workspace.ts'
import type { Database } from '../../server/src/query/database.ts'

/** A crate on disk whose files can be changed in memory, as an editor would. */
export interface EditedCrate {
  /** Names of the classes, with their files. */
  readonly classes: () => readonly { readonly name: string; readonly file: string }[]
  /** Findings when `file` (absolute) holds `text`; the file is put back. */
  readonly findingsWith: (file: string, text: string) => readonly Finding[]
  readonly findings: () => readonly Finding[]
}

/** A session over the workspaces in a folder, as the editor and the command line have one. */
export interface OpenCrate {
  readonly db: Database
  readonly ask: <T>(goal: (at: Database) => T) => T
  /** The worlds in which the workspaces' classes exist. */
  readonly worlds: readonly string[]
}

/** Opens the workspaces in a folder. */
export async function openCrate(folder: string, features: readonly string[]): Promise<OpenCrate> {
  await loadGrammar()
  const db = createSession({
    environment: readEnvironment(null),
    facts: loadFacts(),
    features: { features, allFeatures: false, noDefaultFeatures: false },
    cfg: { python: 'auto' },
    model: { python: 'auto', assumePyo3: null },
  })
  const host = nodeHost(() => undefined)
  const ask = <T>(goal: (at: Database) => T): T => runSync(db, host, goal).value
  const worlds = ask((at) => workspacesAt(at, folder)).map((root) => ask((at) => classWorld(at, root)))
  return { db, ask, worlds }
}

/** Opens the workspace in a folder as a crate whose findings are asked for. */
export async function editCrate(folder: string, features: readonly string[]): Promise<EditedCrate> {
  const { db, ask, worlds } = await openCrate(folder, features)
  const result = () => worlds.map((world) => ask((at) => analyze(at, world, { base: DEFAULT_CONFIG })))
  const findings = () => result().flatMap((it) => it.findings)
  return {
    classes: () =>
      result().flatMap((it) =>
        it.crates.flatMap(({ classes }) => classes.map(({ cls }) => ({ name: cls.name, file: cls.headAt.file }))),
      ),
    findings,
    findingsWith: (file, text) => {
      const before = db.text(file)
      db.setText(file, text)
      try {
        return findings()
      } finally {
        db.setText(file, before)
      }
    },
  }
}
