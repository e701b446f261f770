import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { analyze } from '../analysis/analyze.ts'
import type { CheckResult, CrateResult } from '../analysis/check-result.ts'
import { type Config, DEFAULT_CONFIG } from '../analysis/config.ts'
import type { RunConfig } from '../analysis/crate-config.ts'
import { compareFindings, type Finding } from '../analysis/finding.ts'
import { projectFindings } from '../analysis/project-findings.ts'
import { runSync } from '../driver/driver.ts'
import { createSession } from '../driver/session.ts'
import { nodeHost } from '../host/node.ts'
import { classWorld } from '../model/world-features.ts'
import { loadFacts, loadGrammar, readEnvironment, slashes } from '../node-setup.ts'
import { isInside } from '../project/paths.ts'
import { workspacesAt } from '../project/workspace.ts'
import type { Database } from '../query/database.ts'
import { type CliOptions, UsageError } from './options.ts'
import type { Sources } from './reporters/json.ts'
import { scopeOf } from './scope.ts'

/** A database for one command, with everything it needs to read on demand. */
export interface Run {
  readonly db: Database
  readonly sources: Sources
  /** Files that are there but could not be read, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>
  /** `performance.now()` when the analysis could begin. */
  readonly began: number
  /** Answers a question, reading what it needs. */
  ask<T>(goal: (db: Database) => T): T
}

/** Prepares a run of the command line. */
export async function startRun(options: CliOptions): Promise<Run> {
  await loadGrammar()
  const unreadable = new Map<string, string>()
  const host = nodeHost((file, reason) => unreadable.set(file, reason))
  const { features, allFeatures, noDefaultFeatures, python, assumePyo3, target } = options
  const db = createSession({
    environment: readEnvironment(target),
    facts: loadFacts(),
    features: { features, allFeatures, noDefaultFeatures },
    cfg: { python },
    model: { python, assumePyo3 },
  })
  const sources: Sources = {
    text: (file) => db.text(file) ?? host.readFileSync(file) ?? '',
    display: (file) => slashes(path.relative(process.cwd(), file)) || '.',
  }
  return { db, sources, unreadable, began: performance.now(), ask: (goal) => runSync(db, host, goal).value }
}

/**
 * The absolute path of an argument.
 * @throws UsageError if there is nothing, or nothing that can be read
 */
export function resolveArgument(argument: string): string {
  if (argument === '') throw new UsageError('a path is empty')
  const absolute = path.resolve(argument)
  const status = statSync(absolute, { throwIfNoEntry: false })
  if (!status) throw new UsageError(`${argument}: no such file or folder`)
  if (status.isFile() && !/\.rs$|(^|[\\/])Cargo\.toml$/.test(absolute))
    throw new UsageError(`${argument}: not a .rs file, Cargo.toml or folder`)
  return slashes(realpathSync(absolute))
}

/** What the command line says: rules and interpreter below the manifests' settings, `--profile` above them. */
export function runConfig({ select, ignore, python, assumePyo3, profile }: CliOptions): RunConfig {
  const base: Config = { ...DEFAULT_CONFIG, select, ignore, python, assumePyo3 }
  return profile ? { base, forced: { profile } } : { base }
}

/** What was found at one path. */
export interface PathResult {
  readonly crates: readonly CrateResult[]
  readonly findings: readonly Finding[]
  /** Rust files that were looked at. */
  readonly files: ReadonlySet<string>
}

/** Checks what a path stands for: the crates below it, or the crate it lies in. */
export function checkPath(run: Run, target: string, options: CliOptions): PathResult {
  const roots = run.ask((db) => workspacesAt(db, target))
  const parts = (roots.length > 0 ? roots : [target]).map((root): PathResult => {
    const world = run.ask((db) => classWorld(db, root))
    const result = run.ask((db) => ({ ...analyze(db, world, runConfig(options)), project: projectFindings(db, world) }))
    const scope = run.ask((db) => scopeOf(db, world, target))
    return {
      crates: result.crates.filter(({ crate }) => scope.holdsCrate(crate.crate.manifest?.dir ?? null)),
      findings: [...result.findings, ...result.project.findings].filter((it) => scope.holdsFile(it.at.file)),
      files: new Set(result.project.files.filter(scope.holdsFile)),
    }
  })
  return union(parts)
}

/** Everything that several paths found, once, and what the run cost. */
export function joinResults(run: Run, targets: readonly string[], parts: readonly PathResult[]): CheckResult {
  const { crates, findings, files } = union(parts)
  const unreadable = [...run.unreadable.keys()].filter((file) => files.has(file) || targets.some((it) => isInside(file, it)))
  const counters = run.db.counters()
  return {
    crates,
    findings,
    stats: {
      files: files.size,
      filesParsed: counters['filesParsed'] ?? 0,
      bytesParsed: counters['bytesParsed'] ?? 0,
      classes: crates.reduce((sum, it) => sum + it.classes.length, 0),
      unreadable: unreadable.length,
      parseErrors: findings.filter((it) => it.rule === 'parse-error').length,
      milliseconds: Math.round(performance.now() - run.began),
    },
  }
}

/** Paths may overlap: a crate and a finding count once. */
function union(parts: readonly PathResult[]): PathResult {
  const crates = new Map<string, CrateResult>()
  const findings = new Map<string, Finding>()
  for (const part of parts) {
    for (const it of part.crates) {
      const { manifest, root, id } = it.crate.crate
      const key = JSON.stringify([manifest?.path ?? id, root])
      if (!crates.has(key)) crates.set(key, it)
    }
    for (const it of part.findings) {
      const key = JSON.stringify([it.rule, it.at, it.message])
      if (!findings.has(key)) findings.set(key, it)
    }
  }
  return {
    crates: [...crates.values()],
    findings: [...findings.values()].sort(compareFindings),
    files: new Set(parts.flatMap((it) => [...it.files])),
  }
}
