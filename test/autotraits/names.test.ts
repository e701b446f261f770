import { describe, expect, it } from 'vitest'
import { definitionVerdict, typeVerdict } from '../../server/src/autotraits/queries.ts'
import { verdictText } from '../../server/src/autotraits/verdicts.ts'
import { runSync } from '../../server/src/driver/driver.ts'
import { createSession } from '../../server/src/driver/session.ts'
import { nodeHost } from '../../server/src/host/node.ts'
import { classWorld } from '../../server/src/model/world-features.ts'
import { loadFacts, readEnvironment, slashes } from '../../server/src/node-setup.ts'
import { crateGraph } from '../../server/src/project/crate-graph.ts'
import type { Database } from '../../server/src/query/database.ts'
import { type CrateItem, crateItems } from '../../server/src/resolve/items.ts'
import { lowerType } from '../../server/src/resolve/lowering.ts'
import { absolutePlace, itemPosition } from '../../server/src/resolve/positions.ts'
import { scopeInside } from '../../server/src/resolve/type-scope.ts'
import { indexLines, positionAt } from '../../server/src/syntax/lines.ts'
import { caseRows } from './cases.ts'
import { NAMES_DIR, nameFiles } from './name-rows.ts'

const db = createSession({
  // PyO3 is known from the facts alone, so that the answers do not depend on what is downloaded.
  environment: { ...readEnvironment(null), cargoHome: null },
  facts: loadFacts(),
  features: { features: [], allFeatures: false, noDefaultFeatures: false },
  cfg: { python: 'auto' },
  model: { python: 'auto', assumePyo3: null },
})
const host = nodeHost(() => undefined)
const ask = <T>(goal: (at: Database) => T): T => runSync(db, host, goal).value

/** What is found on a line of a file of the crates, as in the rows; `FILE:LINE NAME`. */
const answers = ask((at) => {
  const graph = crateGraph(at, classWorld(at, slashes(NAMES_DIR)))
  const items = [...graph.crates.values()].flatMap((crate) => (crate.root === null ? [] : crateItems(at, crate.id)))
  return new Map(items.flatMap((each) => answer(at, each)))
})

function answer(at: Database, each: CrateItem): readonly (readonly [string, string])[] {
  const { item, origin, id } = each
  const position = itemPosition(at, origin, item.key)
  const place = position && absolutePlace(at, origin, { start: position.headStart, end: position.end })
  if (!place) return []
  const line = positionAt(indexLines(at.text(place.file) ?? ''), place.span.start).line + 1
  const key = `${place.file.slice(slashes(NAMES_DIR).length + 1)}:${line} ${item.name}`
  if (item.kind === 'struct' || item.kind === 'enum') {
    return [[key, `${verdictText(definitionVerdict(at, id, 'Send'))} | ${verdictText(definitionVerdict(at, id, 'Sync'))}`]]
  }
  if (item.kind !== 'type' || !item.type) return []
  const ty = lowerType(at, scopeInside(each), item.type)
  return [[key, `${verdictText(typeVerdict(at, ty, 'Send'))} | ${verdictText(typeVerdict(at, ty, 'Sync'))}`]]
}

describe('names mean what rustc says they mean', () => {
  const files = nameFiles().map(({ path, text }) => ({ path, rows: caseRows(path, text) }))
  it('in many rows', () => {
    expect(files.reduce((sum, { rows }) => sum + rows.length, 0)).toBeGreaterThanOrEqual(170)
  })
  it.each(files.filter(({ rows }) => rows.length > 0))('$path', ({ path, rows }) => {
    const expected = rows.map(({ line, name, send, sync }) => [`${path}:${line} ${name}`, `${send} | ${sync}`])
    expect(expected.map(([key = '']) => [key, answers.get(key) ?? 'not found'])).toEqual(expected)
  })
})
