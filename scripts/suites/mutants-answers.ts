import { analyze } from '../../server/src/analysis/analyze.ts'
import { DEFAULT_CONFIG } from '../../server/src/analysis/config.ts'
import { crateConfig } from '../../server/src/analysis/crate-config.ts'
import type { Finding } from '../../server/src/analysis/finding.ts'
import { classFindings, runKey } from '../../server/src/analysis/run-rules.ts'
import type { FieldCulprit } from '../../server/src/model/culprits.ts'
import { localType } from '../../server/src/model/local-types.ts'
import type { PyClass } from '../../server/src/model/pyclass.ts'
import { pyClass, pyClassIds } from '../../server/src/model/pyclasses.ts'
import { pyCrate, pyCrateIds } from '../../server/src/model/pycrates.ts'
import { crateView } from '../../server/src/model/view.ts'
import type { Database } from '../../server/src/query/database.ts'
import type { DefId } from '../../server/src/resolve/defs.ts'
import { crateOfId } from '../../server/src/resolve/ids.ts'
import { openCrate } from './edited-crate.ts'
import { lineOf } from './source-text.ts'

/** The rules `not-send` and `not-sync` are for this minor version and later ones. */
const OLDEST_PYO3 = 21

/** The analyser's answer for one class. */
export interface ClassAnswer {
  readonly send: Answer
  readonly sync: Answer
  /** Fields that keep the class from being one or the other, each with the way to what decides. */
  readonly culprits: readonly CulpritAnswer[]
  /** Which of the two the findings complain of. */
  readonly reported: readonly string[]
  /** Whether rules speak of it at all: not of an `unsendable` class, and of no PyO3 that is older than they know. */
  readonly spokenOf: boolean
}

export type Answer = 'yes' | 'no' | 'unknown'

export interface CulpritAnswer {
  readonly trait: 'Send' | 'Sync'
  readonly verdict: 'no' | 'unknown'
  readonly reason: string
  readonly steps: FieldCulprit['steps']
  /** The type that holds the last field of the way, by file and name. */
  readonly owner: { readonly file: string; readonly name: string } | null
}

/** A crate whose files change in memory as in an editor, and whose classes are judged one by one. */
export interface AnsweringCrate {
  /** Null if the analyser knows of no such class. `line` is where the `struct` or `enum` stands, 1-based. */
  readonly find: (file: string, line: number, name: string) => DefId | null
  readonly answer: (cls: DefId) => ClassAnswer | null
  /** The answer while a file holds another text. */
  readonly answerWith: (cls: DefId, file: string, text: string) => ClassAnswer | null
}

/** Opens the workspace in a folder and looks at everything once. */
export async function answeringCrate(folder: string, features: readonly string[]): Promise<AnsweringCrate> {
  const { db, ask, worlds } = await openCrate(folder, features)
  for (const world of worlds) ask((at) => analyze(at, world, { base: DEFAULT_CONFIG }))
  const worldOf = new Map<DefId, string>()
  for (const world of worlds)
    for (const crate of ask((at) => pyCrateIds(at, world)))
      for (const id of ask((at) => pyClassIds(at, crate))) worldOf.set(id, world)
  const answer = (cls: DefId): ClassAnswer | null => {
    const world = worldOf.get(cls)
    return world === undefined ? null : ask((at) => answerOf(at, world, cls))
  }
  return {
    find: (file, line, name) =>
      [...worldOf.keys()].find((id) => {
        const cls = ask((at) => pyClass(at, id))
        return cls && cls.name === name && cls.headAt.file === file && lineOf(db.text(file) ?? '', cls.headAt.span.start) === line
      }) ?? null,
    answer,
    answerWith: (cls, file, text) => {
      const before = db.text(file)
      db.setText(file, text)
      try {
        return answer(cls)
      } finally {
        db.setText(file, before)
      }
    },
  }
}

function answerOf(db: Database, world: string, id: DefId): ClassAnswer | null {
  const crate = crateOfId(id)
  const config = crateConfig(db, world, crate, { base: DEFAULT_CONFIG })
  const found = classFindings(db, runKey(world, config), id)
  if (!found) return null
  const { cls, verdicts } = found.result
  const view = crateView(db, world, pyCrate(db, world, crate))
  return {
    send: verdicts.send.verdict,
    sync: verdicts.sync.verdict,
    culprits: view.culprits(cls).map((it) => culpritAnswer(db, it)),
    reported: found.findings.flatMap((it) => complaint(it, cls)),
    spokenOf: !cls.options.unsendable && (view.crate.pyo3.minor ?? OLDEST_PYO3) >= OLDEST_PYO3,
  }
}

function culpritAnswer(db: Database, { trait, verdict, reason, steps, owner }: FieldCulprit): CulpritAnswer {
  const type = localType(db, owner)
  const place = type && { file: type.headAt.file, name: type.name }
  return { trait, verdict, reason: reason?.text ?? '', steps, owner: place }
}

function complaint({ rule, at }: Finding, cls: PyClass): readonly string[] {
  const inside = at.file === cls.itemAt.file && cls.itemAt.span.start <= at.span.start && at.span.end <= cls.itemAt.span.end
  if (!inside) return []
  return rule === 'not-send' ? ['Send'] : rule === 'not-sync' ? ['Sync'] : []
}
