import { definitionVerdict } from '../../autotraits/queries.ts'
import { verdictText } from '../../autotraits/verdicts.ts'
import { placeOf } from '../../model/place.ts'
import { classWorld } from '../../model/world-features.ts'
import { crateGraph } from '../../project/crate-graph.ts'
import { workspacesAt } from '../../project/workspace.ts'
import type { Database } from '../../query/database.ts'
import { displayPath } from '../../resolve/ids.ts'
import { crateItems } from '../../resolve/items.ts'
import { indexLines, positionAt } from '../../syntax/lines.ts'
import type { CliOptions } from '../options.ts'
import { resolveArgument, startRun } from '../run.ts'

/** `types [PATH]`: one row per struct, enum and union: crate, file, line, kind, path, send, sync. */
export async function typesCommand(options: CliOptions): Promise<number> {
  const run = await startRun(options)
  const target = resolveArgument(options.paths[0] ?? '.')
  const roots = run.ask((db) => workspacesAt(db, target))
  for (const root of roots.length > 0 ? roots : [target]) {
    const world = run.ask((db) => classWorld(db, root))
    const rows = run.ask((db) => typeRows(db, world))
    process.stdout.write(rows.map((row) => `${row.join('\t')}\n`).join(''))
  }
  return 0
}

/** Rows for all types written in (or made by macros of) the crates of a world; files relative to the workspace, lines 1-based. */
function typeRows(db: Database, world: string): string[][] {
  const graph = crateGraph(db, world)
  const rows: string[][] = []
  for (const crate of graph.crates.values()) {
    if (crate.root === null) continue
    for (const it of crateItems(db, crate.id)) {
      const { kind } = it.item
      const place = kind === 'struct' || kind === 'enum' || kind === 'union' ? placeOf(db, it.origin, it.item) : null
      if (!place) continue
      const line = positionAt(indexLines(db.text(place.file) ?? ''), place.head.span.start).line + 1
      const file = place.file.startsWith(`${graph.workspaceRoot}/`)
        ? place.file.slice(graph.workspaceRoot.length + 1)
        : place.file
      const verdicts = (['Send', 'Sync'] as const).map((trait) => verdictText(definitionVerdict(db, it.id, trait)))
      rows.push([crate.name, file, String(line), kind, displayPath(it.id, crate.name), ...verdicts])
    }
  }
  return rows
}
