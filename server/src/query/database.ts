/**
 * Memoized, demand-driven queries over versioned inputs (red-green as in salsa).
 *
 * Everything here is synchronous and pure. A query may read inputs and other queries; the database records what it
 * read. After an input changed, a query runs again only if the *value* of something it read changed. An input that is
 * not there yet is recorded as missing and read as absent: results that saw it are provisional and are forgotten when
 * the driver ends the round, fetches what was missing and asks again.
 */

import { type Definition, type Frame, type Memo, NO_CYCLE, newMemo } from './memo.ts'

/** Keys are interned ids or short strings; composite keys are joined by the caller. */
export type Key = string | number

export interface QueryOptions<V> {
  /** Whether a recomputed value is interchangeable with the old one; default `Object.is`. */
  readonly equals?: (before: V, after: V) => boolean
  /** Value to use when the query asks for itself; without it a cycle throws. */
  readonly cycle?: () => V
}

/** A query: call it with the database and a key. */
export interface Query<K extends Key, V> {
  (db: Database, key: K): V
  readonly queryName: string
}

/** Thrown by `Database.checkpoint` when a newer revision made the running work pointless. */
export class Cancelled extends Error {
  override name = 'Cancelled'
}

/** How many times things happened since `resetCounters`; asserted by tests of incrementality. */
export type Counters = Readonly<Record<string, number>>

/** Wanted inputs that were not loaded when a query asked for them. */
export interface MissingInputs {
  readonly files: ReadonlySet<string>
  readonly directories: ReadonlySet<string>
}

/** Answers for inputs the moment they are asked for; null for what does not exist. */
export interface Loader {
  readonly text: (path: string) => string | null
  readonly directory: (path: string) => readonly string[] | null
}

const CHECKPOINT_INTERVAL = 256

/** Holds inputs and memoized results. One per analysis session; not safe for concurrent runs (JavaScript has none). */
export class Database {
  /** Called every few hundred queries; may throw `Cancelled`. */
  onCheckpoint: (() => void) | null = null
  /** Where inputs come from that are not loaded yet; null: they are recorded as missing. */
  loader: Loader | null = null

  private revision = 1
  private readonly memos = new Map<Definition, Map<Key, Memo>>()
  private readonly inputs = new Map<string, Memo>()
  private readonly stack: Frame[] = []
  private readonly provisionals = new Set<Memo>()
  private readonly inCycle = new Set<Memo>()
  private missingFiles = new Set<string>()
  private missingDirectories = new Set<string>()
  private counts: Record<string, number> = {}
  private steps = 0
  private finished = 0
  private readonly slots = new Map<symbol, unknown>()

  /** Text of a file, null if it does not exist (or is not loaded yet: then it is recorded as missing). */
  text(path: string): string | null {
    return this.readInput(`text:${path}`, path, this.missingFiles, this.loader?.text) as string | null
  }

  /** Names in a directory (directories with a trailing `/`), null if it does not exist or is not loaded yet. */
  directory(path: string): readonly string[] | null {
    return this.readInput(`dir:${path}`, path, this.missingDirectories, this.loader?.directory) as readonly string[] | null
  }

  /** Any other input (settings, environment), undefined if never set. */
  setting<T>(name: string): T | undefined {
    return this.readInput(`setting:${name}`, name, null) as T | undefined
  }

  /** Sets a file's text; null says that it does not exist. Starts a new revision if that is news. */
  setText(path: string, text: string | null): void {
    this.writeInput(`text:${path}`, text, Object.is)
  }

  setDirectory(path: string, names: readonly string[] | null): void {
    this.writeInput(`dir:${path}`, names, sameNames)
  }

  setSetting(name: string, value: unknown): void {
    this.writeInput(`setting:${name}`, value, (a, b) => JSON.stringify(a) === JSON.stringify(b))
  }

  /** Forgets an input, so that it is asked for again. */
  forget(path: string): void {
    for (const prefix of ['text:', 'dir:']) {
      const memo = this.inputs.get(prefix + path)
      if (!memo) continue
      this.inputs.delete(prefix + path)
      memo.changedAt = ++this.revision
    }
  }

  /** Number of the state of all inputs: grows whenever one of them changes. */
  get currentRevision(): number {
    return this.revision
  }

  /** Query results computed so far, over all revisions: grows as long as work goes on. */
  get completed(): number {
    return this.finished
  }

  /** Whether the text of this file has been loaded (null counts). */
  knows(path: string): boolean {
    return this.inputs.get(`text:${path}`) !== undefined && this.inputs.get(`text:${path}`)?.provisional === false
  }

  /** Whether the listing of this directory has been loaded (null counts). */
  knowsDirectory(path: string): boolean {
    return this.inputs.get(`dir:${path}`)?.provisional === false
  }

  /** Inputs asked for and not there since the last call; forgets provisional results so that the next round is clean. */
  endRound(): MissingInputs {
    const missing = { files: this.missingFiles, directories: this.missingDirectories }
    this.missingFiles = new Set()
    this.missingDirectories = new Set()
    for (const memo of this.provisionals) {
      if (memo.definition) this.memos.get(memo.definition)?.delete(memo.key)
    }
    this.provisionals.clear()
    return missing
  }

  /** A per-database singleton (interners, caches of pure functions). */
  slot<T>(id: symbol, create: () => T): T {
    let value = this.slots.get(id)
    if (value === undefined) {
      value = create()
      this.slots.set(id, value)
    }
    return value as T
  }

  /** Adds to a counter. */
  count(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by
  }

  counters(): Counters {
    return { ...this.counts }
  }

  resetCounters(): void {
    this.counts = {}
  }

  /** Runs or recalls a query. Used by `query()`. */
  fetch(definition: Definition, key: Key): unknown {
    let table = this.memos.get(definition)
    if (!table) {
      table = new Map()
      this.memos.set(definition, table)
    }
    let memo = table.get(key)
    if (memo?.running) {
      if (!definition.cycle) throw new Error(`query ${definition.name}(${key}) depends on itself`)
      const frame = this.stack.at(-1)
      const head = this.stack.findLastIndex((candidate) => candidate.memo === memo)
      if (frame) frame.cycleHead = Math.min(frame.cycleHead, head)
      return definition.cycle()
    }
    if (!memo) {
      memo = newMemo(definition, key, undefined, 0, false)
      table.set(key, memo)
    }
    if (!this.isCurrent(memo)) this.recompute(memo)
    this.record(memo)
    return memo.value
  }

  private isCurrent(memo: Memo): boolean {
    if (memo.verifiedAt === this.revision) return true
    if (memo.verifiedAt === 0) return false
    for (const dependency of memo.dependencies) {
      if (dependency.definition !== null && dependency.verifiedAt !== this.revision) {
        // A provisional dependency was dropped from its table: it has to be asked for anew.
        if (this.memos.get(dependency.definition)?.get(dependency.key) !== dependency || dependency.running) return false
        if (!this.isCurrent(dependency)) this.recompute(dependency)
      } else if (dependency.definition === null && this.inputs.get(dependency.key as string) !== dependency) return false
      if (dependency.changedAt > memo.verifiedAt) return false
    }
    memo.verifiedAt = this.revision
    return true
  }

  private recompute(memo: Memo): void {
    const definition = memo.definition
    if (!definition) return
    if (++this.steps % CHECKPOINT_INTERVAL === 0) this.onCheckpoint?.()
    const frame: Frame = { memo, dependencies: new Set(), provisional: false, cycleHead: NO_CYCLE }
    this.stack.push(frame)
    memo.running = true
    this.count(`query:${definition.name}`)
    let completed = false
    try {
      const value = definition.compute(this, memo.key as never)
      const same = memo.changedAt !== 0 && definition.equals(memo.value as never, value as never)
      if (!same) {
        memo.value = value
        memo.changedAt = this.revision
      }
      memo.verifiedAt = this.revision
      memo.dependencies = [...frame.dependencies]
      memo.provisional = frame.provisional
      if (frame.provisional) this.provisionals.add(memo)
      this.finished++
      this.closeCycle(memo, frame)
      completed = true
    } finally {
      if (!completed) this.forgetCycle(this.stack.length - 1)
      memo.running = false
      this.stack.pop()
    }
  }

  /**
   * A result that saw the stand-in of a running query holds only inside of that query. When that one is done, those
   * results are forgotten and, when asked for again, computed from its real value.
   */
  private closeCycle(memo: Memo, frame: Frame): void {
    const depth = this.stack.length - 1
    if (frame.cycleHead < depth) {
      memo.cycleHead = frame.cycleHead
      this.inCycle.add(memo)
      return
    }
    if (frame.cycleHead === depth) this.forgetCycle(depth)
  }

  /** Forgets results that hold only inside of the running queries from `depth` on. */
  private forgetCycle(depth: number): void {
    for (const inner of this.inCycle) {
      if (inner.cycleHead < depth) continue
      inner.verifiedAt = 0
      inner.cycleHead = NO_CYCLE
      this.inCycle.delete(inner)
    }
  }

  private record(memo: Memo): void {
    const frame = this.stack.at(-1)
    if (!frame) return
    frame.dependencies.add(memo)
    if (memo.provisional) frame.provisional = true
    frame.cycleHead = Math.min(frame.cycleHead, memo.cycleHead)
  }

  private readInput(id: string, path: string, missing: Set<string> | null, load?: (path: string) => unknown): unknown {
    let memo = this.inputs.get(id)
    if (!memo) {
      memo = newMemo(null, id, missing ? null : undefined, this.revision, missing !== null)
      this.inputs.set(id, memo)
    }
    if (memo.provisional && load) {
      // Whoever read it as missing is provisional and is asked anew in the next round: no new revision is needed.
      memo.value = load(path)
      memo.changedAt = this.revision
      memo.provisional = false
    }
    if (memo.provisional) missing?.add(path)
    this.record(memo)
    return memo.value
  }

  private writeInput(id: string, value: unknown, same: (a: never, b: never) => boolean): void {
    const memo = this.inputs.get(id)
    if (memo && !memo.provisional && same(memo.value as never, value as never)) return
    this.revision++
    if (memo) {
      memo.value = value
      memo.changedAt = this.revision
      memo.provisional = false
    } else {
      this.inputs.set(id, newMemo(null, id, value, this.revision, false))
    }
  }
}

function sameNames(before: readonly string[] | null, after: readonly string[] | null): boolean {
  if (before === null || after === null) return before === after
  return before.length === after.length && before.every((name, i) => name === after[i])
}

/**
 * Defines a query. `compute` must be pure: all it may read are inputs and other queries of `db`, and what it returns
 * must not be mutated. `name` shows up in counters as `query:<name>`.
 */
export function query<K extends Key, V>(
  name: string,
  compute: (db: Database, key: K) => V,
  options: QueryOptions<V> = {},
): Query<K, V> {
  const definition: Definition = {
    name,
    compute: compute as Definition['compute'],
    equals: (options.equals ?? Object.is) as Definition['equals'],
    cycle: options.cycle ?? null,
  }
  const run = (db: Database, key: K): V => db.fetch(definition, key) as V
  return Object.assign(run, { queryName: name })
}
