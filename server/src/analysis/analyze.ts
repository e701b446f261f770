import type { PyClass } from '../model/pyclass.ts'
import { pyClass, pyClassIds } from '../model/pyclasses.ts'
import { pyCrate, pyCrateIds } from '../model/pycrates.ts'
import { crateView } from '../model/view.ts'
import { otherWorlds } from '../model/world-features.ts'
import { crateGraph } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import { rules } from '../rules/index.generated.ts'
import { filePositions } from '../syntax/queries.ts'
import { type CrateResult, classResult } from './check-result.ts'
import { crateConfig, type RunConfig } from './crate-config.ts'
import { compareFindings, type Finding } from './finding.ts'
import { classFindings, crateFindings, runKey, runRule } from './run-rules.ts'
import { covers, type Suppression, suppressions } from './suppressions.ts'

/** A workspace's crates and findings, before what the run cost is known. */
export interface WorkspaceAnalysis {
  readonly crates: readonly CrateResult[]
  readonly findings: readonly Finding[]
}

/** Runs all rules over the crates of a world. Pure: reads the database only. */
export function analyze(db: Database, world: string, config: RunConfig): WorkspaceAnalysis {
  const findings: Finding[] = []
  const results = pyCrateIds(db, world).map((id): CrateResult => {
    const run = runKey(world, crateConfig(db, world, id, config))
    findings.push(...crateFindings(db, run, id))
    const classes = pyClassIds(db, id).flatMap((cls) => classFindings(db, run, cls) ?? [])
    for (const each of classes) findings.push(...each.findings)
    return { crate: pyCrate(db, world, id), classes: classes.map((each) => each.result) }
  })
  const all = otherWorlds(db, world).reduce((known, other) => withOtherTarget(db, other, known, config, findings), results)
  const kept = dropSuppressed(db, deduplicate(findings))
  return { crates: all, findings: kept.sort(compareFindings) }
}

/** Adds the classes that only another target has, with what is found of them; modules and exports are the main target's. */
function withOtherTarget(
  db: Database,
  world: string,
  known: readonly CrateResult[],
  config: RunConfig,
  findings: Finding[],
): CrateResult[] {
  const crates = [...crateGraph(db, world).crates.values()]
  return known.map((result) => {
    const crate = crates.find((it) => it.package === result.crate.crate.package && it.root === result.crate.crate.root)
    const seen = new Set(result.classes.map(({ cls }) => placeKey(cls)))
    const classes = crate ? pyClassIds(db, crate.id).flatMap((id) => pyClass(db, id) ?? []) : []
    const added = classes.filter((cls) => !seen.has(placeKey(cls)))
    if (!crate || added.length === 0) return result
    const shell = { ...result.crate, crate, classes: added, modules: [] }
    const view = { ...crateView(db, world, shell), exportGap: () => null }
    const own = crateConfig(db, world, crate.id, config)
    for (const rule of rules) {
      for (const cls of added) findings.push(...runRule(rule, view, own, cls.name, (cx) => rule.checkClass?.(cx, cls)))
    }
    return { ...result, classes: [...result.classes, ...added.map((cls) => classResult(view, cls))] }
  })
}

function placeKey({ itemAt }: PyClass): string {
  return `${itemAt.file}:${itemAt.span.start}`
}

/** A file in two module trees is reported once. */
function deduplicate(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>()
  for (const finding of findings) {
    const { file, span } = finding.at
    const key = [finding.rule, file, span.start, span.end, finding.message].join('\n')
    if (!seen.has(key)) seen.set(key, finding)
  }
  return [...seen.values()]
}

function dropSuppressed(db: Database, findings: readonly Finding[]): Finding[] {
  const byFile = new Map<string, readonly Suppression[]>()
  return findings.filter((finding) => {
    const { file, span } = finding.at
    const positions = filePositions(db, file)
    if (!positions) return true
    let active = byFile.get(file)
    if (!active) {
      active = suppressions(positions).valid
      byFile.set(file, active)
    }
    return !active.some((it) => it.rules.includes(finding.rule) && covers(it, span.start, db.text(file) ?? '', positions))
  })
}
