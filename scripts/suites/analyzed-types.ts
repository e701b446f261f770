import { definitionVerdict } from '../../server/src/autotraits/queries.ts'
import { verdictText } from '../../server/src/autotraits/verdicts.ts'
import { runSync } from '../../server/src/driver/driver.ts'
import { createSession } from '../../server/src/driver/session.ts'
import type { FactsDb } from '../../server/src/facts/facts.ts'
import { nodeHost } from '../../server/src/host/node.ts'
import { placeOf } from '../../server/src/model/place.ts'
import { classWorld } from '../../server/src/model/world-features.ts'
import { loadFacts, loadGrammar, readEnvironment } from '../../server/src/node-setup.ts'
import { crateGraph } from '../../server/src/project/crate-graph.ts'
import { workspacesAt } from '../../server/src/project/workspace.ts'
import type { Database } from '../../server/src/query/database.ts'
import { displayPath } from '../../server/src/resolve/ids.ts'
import { crateItems } from '../../server/src/resolve/items.ts'
import { indexLines, positionAt } from '../../server/src/syntax/lines.ts'

/** The analyser's answer for one type, with what the `types` command leaves out: why it is unknown. */
export interface AnalyzedType {
  readonly crate: string
  /** Relative to the workspace. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly path: string
  readonly send: string
  readonly sync: string
  /** Code and text of the reason, for each that is unknown. */
  readonly reasons: readonly (readonly [code: string, text: string])[]
}

/**
 * Every struct, enum and union of the workspace in a folder. `cargoHome` is null to leave out the sources of dependencies;
 * `facts` are those that ship unless given.
 */
export async function analyzedTypes(
  folder: string,
  features: readonly string[],
  cargoHome: 'own' | null = 'own',
  facts: FactsDb = loadFacts(),
): Promise<readonly AnalyzedType[]> {
  await loadGrammar()
  const environment = readEnvironment(null)
  const db = createSession({
    environment: cargoHome === null ? { ...environment, cargoHome } : environment,
    facts,
    features: { features, allFeatures: false, noDefaultFeatures: false },
    cfg: { python: 'auto' },
    model: { python: 'auto', assumePyo3: null },
  })
  const host = nodeHost(() => undefined)
  const ask = <T>(goal: (at: Database) => T): T => runSync(db, host, goal).value
  return ask((at) => workspacesAt(at, folder)).flatMap((root) => {
    const world = ask((at) => classWorld(at, root))
    return ask((at) => typesOf(at, world))
  })
}

function typesOf(db: Database, world: string): AnalyzedType[] {
  const graph = crateGraph(db, world)
  return [...graph.crates.values()].flatMap((crate) => {
    if (crate.root === null) return []
    return crateItems(db, crate.id).flatMap(({ id, item, origin }) => {
      const place = item.kind === 'struct' || item.kind === 'enum' || item.kind === 'union' ? placeOf(db, origin, item) : null
      if (!place) return []
      const [send, sync] = [definitionVerdict(db, id, 'Send'), definitionVerdict(db, id, 'Sync')]
      return {
        crate: crate.name,
        file: place.file.startsWith(`${graph.workspaceRoot}/`) ? place.file.slice(graph.workspaceRoot.length + 1) : place.file,
        line: positionAt(indexLines(db.text(place.file) ?? ''), place.head.span.start).line + 1,
        path: displayPath(id, crate.name),
        send: verdictText(send),
        sync: verdictText(sync),
        reasons: [send, sync].flatMap(({ reason }) => (reason ? [[reason.code, reason.text] as const] : [])),
      }
    })
  })
}
