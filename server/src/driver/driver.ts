import type { Host, SyncHost } from '../project/host.ts'
import { Cancelled, type Database, type Loader, type MissingInputs } from '../query/database.ts'

/** What a run cost, and whether it saw everything it asked for. */
export interface RunStats {
  readonly rounds: number
  readonly filesRead: number
  readonly directoriesRead: number
  /** UTF-16 code units of text read. */
  readonly charactersRead: number
  /** False if the run gave up after `MAX_ROUNDS`: the value was computed with some inputs taken as absent. */
  readonly complete: boolean
}

/** The answer of a goal. */
export interface RunResult<T> {
  readonly value: T
  readonly stats: RunStats
}

/** Rounds after which a run makes do with what it has. A round goes one step deeper; real workspaces need about ten. */
export const MAX_ROUNDS = 64
const BATCH = 64

interface Tally {
  rounds: number
  filesRead: number
  directoriesRead: number
  charactersRead: number
}

/**
 * Runs a goal to the end, reading what it asks for as soon as it asks (command line, tests).
 * A goal must be a pure function of the database.
 */
export function runSync<T>(db: Database, host: SyncHost, goal: (db: Database) => T): RunResult<T> {
  const tally: Tally = { rounds: 0, filesRead: 0, directoriesRead: 0, charactersRead: 0 }
  const loader = db.loader
  db.loader = loaderOf(host, tally)
  try {
    for (;;) {
      tally.rounds++
      const value = goal(db)
      const missing = db.endRound()
      const done = missing.files.size === 0 && missing.directories.size === 0
      if (done || tally.rounds >= MAX_ROUNDS) return { value, stats: { ...tally, complete: done } }
    }
  } finally {
    db.loader = loader
  }
}

/** How a run behaves towards others. */
export interface RunOptions {
  /** Stops the run with `Cancelled`. */
  readonly signal?: AbortSignal
  /** Asked first: a host that can answer at once spares the rounds. */
  readonly sync?: SyncHost
  /** Milliseconds of work after which other events get their turn; default 8. */
  readonly yieldEvery?: number
  /** Milliseconds after which a read that does not answer counts as failed; default 2000. */
  readonly readTimeout?: number
  /** Told of reads that failed or did not answer in time: they count as "does not exist". */
  readonly onUnreadable?: (path: string, reason: string) => void
}

/**
 * Runs a goal without holding up the event loop: works in slices, reads what is missing in batches, asks again.
 * Rejects with `Cancelled` if the signal aborts or somebody else changes an input meanwhile; what has been computed by
 * then stays valid as far as its inputs are unchanged.
 */
export async function run<T>(
  db: Database,
  host: Host,
  goal: (db: Database) => T,
  options: RunOptions = {},
): Promise<RunResult<T>> {
  const tally: Tally = { rounds: 0, filesRead: 0, directoriesRead: 0, charactersRead: 0 }
  for (;;) {
    tally.rounds++
    const value = await runRound(db, goal, options, options.sync ? loaderOf(options.sync, tally) : null)
    const missing = db.endRound()
    const done = missing.files.size === 0 && missing.directories.size === 0
    if (done || tally.rounds >= MAX_ROUNDS) return { value, stats: { ...tally, complete: done } }
    await load(db, host, missing, tally, options)
  }
}

/** Answers at once what a host can answer at once, and counts it. */
function loaderOf(host: SyncHost, tally: Tally): Loader {
  return {
    text: (path) => noteText(tally, host.readFileSync(path)),
    directory: (path) => noteDirectory(tally, host.readDirectorySync(path)),
  }
}

/** Thrown through the goal to end a slice. */
class SliceOver extends Error {}

/** One pass over the goal, in slices: what is finished at the end of one is recalled, not repeated, in the next. */
async function runRound<T>(db: Database, goal: (db: Database) => T, options: RunOptions, loader: Loader | null): Promise<T> {
  const revision = db.currentRevision
  let slice = options.yieldEvery ?? 8
  for (;;) {
    if (options.signal?.aborted || db.currentRevision !== revision) {
      db.endRound()
      throw new Cancelled()
    }
    const finished = db.completed
    const end = performance.now() + slice
    const { onCheckpoint: checkpoint, loader: outer } = db
    db.loader = loader ?? outer
    db.onCheckpoint = () => {
      checkpoint?.()
      if (performance.now() > end) throw new SliceOver()
    }
    try {
      return goal(db)
    } catch (error) {
      if (!(error instanceof SliceOver)) throw error
    } finally {
      db.onCheckpoint = checkpoint
      db.loader = outer
    }
    // A chain of unfinished queries would start over for ever: give it more time until something gets finished.
    if (db.completed === finished) slice = Math.max(1, slice * 2)
    await turn()
  }
}

async function load(db: Database, host: Host, missing: MissingInputs, tally: Tally, options: RunOptions): Promise<void> {
  const { signal } = options
  for (const paths of batches([...missing.directories])) {
    const lists = await Promise.all(paths.map((path) => settle(path, host.readDirectory(path), options)))
    if (signal?.aborted) throw new Cancelled()
    for (const [i, path] of paths.entries()) {
      const names = noteDirectory(tally, lists[i] ?? null)
      if (!db.knowsDirectory(path)) db.setDirectory(path, names)
    }
  }
  for (const paths of batches([...missing.files])) {
    const texts = await Promise.all(paths.map((path) => settle(path, host.readFile(path), options)))
    if (signal?.aborted) throw new Cancelled()
    // An editor may have opened the file meanwhile: its text wins.
    for (const [i, path] of paths.entries()) {
      const text = noteText(tally, texts[i] ?? null)
      if (!db.knows(path)) db.setText(path, text)
    }
  }
}

/** The answer of a read; null if it fails or takes too long, so that one dead mount does not stop everything. */
async function settle<T>(path: string, reading: Promise<T | null>, options: RunOptions): Promise<T | null> {
  const milliseconds = options.readTimeout ?? 2_000
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([reading, late])
  } catch (error) {
    options.onUnreadable?.(path, error instanceof Error ? error.message : String(error))
    return null
  } finally {
    clearTimeout(timer)
  }
}

function batches(paths: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(paths.length / BATCH) }, (_, i) => paths.slice(i * BATCH, (i + 1) * BATCH))
}

function noteText(tally: Tally, text: string | null): string | null {
  if (text !== null) {
    tally.filesRead++
    tally.charactersRead += text.length
  }
  return text
}

function noteDirectory(tally: Tally, names: readonly string[] | null): readonly string[] | null {
  if (names !== null) tally.directoriesRead++
  return names
}

/** Lets other events happen. Not `setTimeout`, which waits for at least a millisecond (four in browsers). */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', () => {
        port1.close()
        resolve()
      })
      port1.start()
      port2.postMessage(null)
    }
  })
}
