import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { analyze } from '../analysis/analyze.ts'
import type { CheckResult, CrateResult } from '../analysis/check-result.ts'
import { type Config, DEFAULT_CONFIG } from '../analysis/config.ts'
import { compareFindings, type Finding } from '../analysis/finding.ts'
import { projectFindings } from '../analysis/project-findings.ts'
import { workspaceConfig } from '../analysis/workspace-config.ts'
import { runSync } from '../driver/driver.ts'
import { createSession } from '../driver/session.ts'
import { nodeHost } from '../host/node.ts'
import { classWorld } from '../model/world-features.ts'
import { loadFacts, loadGrammar, readEnvironment, slashes } from '../node-setup.ts'
import { workspacesAt } from '../project/workspace.ts'
import type { Database } from '../query/database.ts'
import { type CliOptions, UsageError } from './options.ts'
import type { Sources } from './reporters/json.ts'

/** A database for one command, with everything it needs to read on demand. */
export interface Run {
  readonly db: Database
  readonly sources: Sources
  /** Files that are there but could not be read, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>
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
  return { db, sources, unreadable, ask: (goal) => runSync(db, host, goal).value }
}

/**
 * The absolute path of an argument.
 * @throws UsageError if there is nothing, or nothing that can be read
 */
export function resolveArgument(argument: string): string {
  const absolute = path.resolve(argument)
  const status = statSync(absolute, { throwIfNoEntry: false })
  if (!status) throw new UsageError(`${argument}: no such file or folder`)
  if (status.isFile() && !/\.rs$|(^|[\\/])Cargo\.toml$/.test(absolute))
    throw new UsageError(`${argument}: not a .rs file, Cargo.toml or folder`)
  return slashes(realpathSync(absolute))
}

/** The settings for a workspace: its manifest's, with those of the command line on top. */
export function configFor(db: Database, world: string, options: CliOptions): Config {
  const { select, ignore, python, assumePyo3, profile } = options
  const { config } = workspaceConfig(db, world, { ...DEFAULT_CONFIG, select, ignore, python, assumePyo3 })
  return profile ? { ...config, profile } : config
}

/** Checks everything at one path. */
export function checkPath(run: Run, target: string, options: CliOptions): CheckResult {
  const began = performance.now()
  run.db.resetCounters()
  const roots = run.ask((db) => workspacesAt(db, target))
  const crates: CrateResult[] = []
  const findings: Finding[] = []
  const files = new Set<string>()
  for (const root of roots.length > 0 ? roots : [target]) {
    const world = run.ask((db) => classWorld(db, root))
    const config = run.ask((db) => configFor(db, world, options))
    const result = run.ask((db) => ({ ...analyze(db, world, config), project: projectFindings(db, world) }))
    crates.push(...result.crates)
    findings.push(...result.findings, ...result.project.findings)
    for (const file of result.project.files) files.add(file)
  }
  const inside = crates.filter(({ crate }) => isInside(crate.crate.manifest?.dir ?? target, target))
  const shown = inside.length > 0 ? inside : crates
  const folders = shown.map(({ crate }) => crate.crate.manifest?.dir ?? target)
  const visible = inside.length > 0 ? findings.filter((it) => folders.some((folder) => isInside(it.at.file, folder))) : findings
  const unreadable = [...run.unreadable].filter(([file]) => files.has(file) || isInside(file, target))
  const counters = run.db.counters()
  return {
    crates: shown,
    findings: visible.sort(compareFindings),
    stats: {
      files: files.size,
      filesParsed: counters['filesParsed'] ?? 0,
      bytesParsed: counters['bytesParsed'] ?? 0,
      classes: shown.reduce((sum, it) => sum + it.classes.length, 0),
      unreadable: unreadable.length,
      parseErrors: visible.filter((it) => it.rule === 'parse-error').length,
      milliseconds: Math.round(performance.now() - began),
    },
  }
}

function isInside(file: string, folder: string): boolean {
  const base = folder.endsWith('.rs') || folder.endsWith('Cargo.toml') ? path.posix.dirname(folder) : folder
  return file === base || file.startsWith(`${base}/`)
}

/** Joins the results of several paths. */
export function joinResults(results: readonly CheckResult[]): CheckResult {
  const [first, ...rest] = results
  if (!first) throw new UsageError('no path given')
  return rest.reduce(
    (all, it) => ({
      crates: [...all.crates, ...it.crates],
      findings: [...all.findings, ...it.findings].sort(compareFindings),
      stats: {
        files: all.stats.files + it.stats.files,
        filesParsed: all.stats.filesParsed + it.stats.filesParsed,
        bytesParsed: all.stats.bytesParsed + it.stats.bytesParsed,
        classes: all.stats.classes + it.stats.classes,
        unreadable: all.stats.unreadable + it.stats.unreadable,
        parseErrors: all.stats.parseErrors + it.stats.parseErrors,
        milliseconds: all.stats.milliseconds + it.stats.milliseconds,
      },
    }),
    first,
  )
}
