import { type CrateResult, classState } from '../analysis/check-result.ts'
import type { CrateStatus, Status } from './protocol.ts'
import { uriOfPath } from './uris.ts'

/** Before anything is known, and where nothing depends on PyO3. */
export const NO_STATUS: Status = { crates: [], text: '', busy: false }

/** The crates to show: those of the workspaces of all open documents, each as it was last seen. */
export interface ShownCrates {
  /** The crates of a document's workspace, as just analysed. */
  set(uri: string, crates: readonly CrateResult[]): void
  /** A document was closed. */
  delete(uri: string): void
  all(): readonly CrateResult[]
}

/** Starts empty. */
export function shownCrates(): ShownCrates {
  const byDocument = new Map<string, readonly CrateResult[]>()
  return {
    set(uri, crates) {
      byDocument.delete(uri) // the newest last, so that it wins
      byDocument.set(uri, crates)
    },
    delete: (uri) => void byDocument.delete(uri),
    all() {
      const found = new Map<string, CrateResult>()
      for (const crates of byDocument.values()) {
        for (const it of crates) found.set(it.crate.crate.manifest?.path ?? it.crate.crate.id, it)
      }
      return [...found.values()]
    },
  }
}

/** What the status item says about the crates of a workspace. */
export function statusOf(crates: readonly CrateResult[]): Status {
  const list = crates.filter((it) => it.classes.length > 0 || it.crate.modules.length > 0).map(crateStatus)
  if (crates.length > 0 && list.length === 0) return { crates: crates.map(crateStatus), text: 'no classes', busy: false }
  return { crates: list, text: list.length === 0 ? '' : sentence(list), busy: false }
}

function crateStatus({ crate, classes }: CrateResult): CrateStatus {
  const count = (state: string): number => classes.filter((it) => classState(it) === state).length
  const { manifest } = crate.crate
  return {
    name: crate.crate.package,
    manifest: manifest ? uriOfPath(manifest.path) : '',
    pyo3: crate.pyo3.locked ?? crate.pyo3.requirement,
    classes: classes.length,
    safe: count('sound'),
    blocked: count('blocked'),
    unsendable: count('unsendable'),
    unknown: count('unknown'),
  }
}

function sentence(crates: readonly CrateStatus[]): string {
  const sum = (key: 'classes' | 'safe' | 'blocked' | 'unsendable' | 'unknown'): number => crates.reduce((n, it) => n + it[key], 0)
  const classes = sum('classes')
  const head = `${classes} ${classes === 1 ? 'class' : 'classes'}`
  if (sum('safe') === classes) return `${head}, ${classes === 1 ? '' : 'all '}Send + Sync`
  const rest = [
    [sum('blocked'), 'not Send + Sync'],
    [sum('unsendable'), 'unsendable'],
    [sum('unknown'), 'unknown'],
  ] as const
  return `${head}: ${[[sum('safe'), 'Send + Sync'] as const, ...rest]
    .filter(([n]) => n > 0)
    .map(([n, words]) => `${n} ${words}`)
    .join(', ')}`
}
