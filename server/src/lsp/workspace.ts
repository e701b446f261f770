import { analyze, type WorkspaceAnalysis } from '../analysis/analyze.ts'
import { type Config, DEFAULT_CONFIG, readConfig } from '../analysis/config.ts'
import type { Finding } from '../analysis/finding.ts'
import { projectFindings } from '../analysis/project-findings.ts'
import { run } from '../driver/driver.ts'
import { configureSession, createSession } from '../driver/session.ts'
import type { FactsDb } from '../facts/facts.ts'
import { classWorld } from '../model/world-features.ts'
import type { Environment, Host, SyncHost } from '../project/host.ts'
import { Cancelled, type Database } from '../query/database.ts'
import type { Settings } from './protocol.ts'

/** What the server needs from its surroundings. */
export interface WorkspaceParts {
  readonly host: Host & SyncHost
  readonly environment: Environment
  readonly facts: FactsDb
}

/** The analysis of the workspace that a file belongs to. */
export interface FileAnalysis {
  readonly world: string
  readonly analysis: WorkspaceAnalysis
  readonly findings: readonly Finding[]
  /** Whether any crate of the workspace depends on PyO3. */
  readonly usesPyo3: boolean
}

/** Keeps the database in step with the editor and answers questions about files. One question at a time is worked on. */
export class Workspace {
  readonly db: Database
  private readonly parts: WorkspaceParts
  private settings: Settings = {}
  /** By path, of open files: in a workspace of several folders each folder has its own. */
  private readonly fileSettings = new Map<string, Settings>()
  private queue: Promise<unknown> = Promise.resolve()

  constructor(parts: WorkspaceParts) {
    this.parts = parts
    this.db = createSession(parts)
  }

  /** An open document's text wins over the disk. */
  open(path: string, text: string): void {
    this.db.setText(path, text)
  }

  /** Back to the disk's text, which is read when it is asked for. */
  close(path: string): void {
    this.db.forget(path)
  }

  /**
   * A file or folder changed, came or went on disk. Editors name the file only: the folders above it may be new or gone too.
   * @param isOpen whether the editor holds the file's text, which wins
   */
  changedOnDisk(path: string, isOpen: boolean): void {
    if (!isOpen) this.db.forget(path)
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) this.db.forget(path.slice(0, end))
  }

  configure(settings: Settings): void {
    this.settings = settings
    configureSession(this.db, {
      environment: this.parts.environment,
      features: { features: settings.cargo?.features ?? [], allFeatures: false, noDefaultFeatures: false },
      cfg: { python: settings.lint?.targetPython ?? 'auto' },
      model: { python: settings.lint?.targetPython ?? 'auto', assumePyo3: null },
    })
  }

  /**
   * The settings of one file; null: the window's. Of these `enable` and `lint` count; features and the target Python are one
   * for the window, since crates of several folders may be analysed together.
   */
  configureFile(path: string, settings: Settings | null): void {
    if (settings === null) this.fileSettings.delete(path)
    else this.fileSettings.set(path, settings)
  }

  /** Whether a file is to be analysed at all. */
  isEnabled(path: string): boolean {
    return this.settingsOf(path).enable !== false
  }

  /** Analyses the workspace of a file. null if the analysis is switched off or a newer change made it pointless. */
  analyzeFile(path: string): Promise<FileAnalysis | null> {
    if (!this.isEnabled(path)) return Promise.resolve(null)
    const settings = this.settingsOf(path)
    return this.ask((db) => {
      const world = classWorld(db, path)
      const analysis = analyze(db, world, { base: this.baseConfig(settings) })
      return {
        world,
        analysis,
        findings: [...analysis.findings, ...projectFindings(db, world).findings],
        usesPyo3: analysis.crates.length > 0,
      }
    })
  }

  /** Answers any question; one after the other, so that none cancels another. null if an edit overtook it. */
  ask<T>(goal: (db: Database) => T): Promise<T | null> {
    const answer = this.queue.then(async () => {
      for (let tries = 0; tries < 3; tries++) {
        try {
          return (await run(this.db, this.parts.host, goal, { sync: this.parts.host })).value
        } catch (error) {
          if (!(error instanceof Cancelled)) throw error
        }
      }
      return null
    })
    this.queue = answer.catch(() => undefined)
    return answer
  }

  private settingsOf(path: string): Settings {
    return this.fileSettings.get(path) ?? this.settings
  }

  /** The editor's settings, over which the manifests' go. */
  private baseConfig({ lint }: Settings): Config {
    const base: Config = { ...DEFAULT_CONFIG, python: this.settings.lint?.targetPython ?? 'auto' }
    return readConfig({ profile: lint?.profile ?? 'default', rules: lint?.rules ?? {} }, base).config
  }
}
