/**
 * Where older toolchains differ from the std that the data describes. Source: the release notes of the versions named
 * (RELEASES.md of rust-lang/rust, sections Libraries and Compatibility Notes) from 1.63 on, the oldest Rust that a PyO3 with
 * support for free-threaded Python accepts.
 */
interface StdChange {
  readonly path: string
  readonly trait: 'Send' | 'Sync'
  /** The first toolchain for which the data is right. */
  readonly since: string
  /** The condition before that, as in the data. */
  readonly before: string
}

const changes: readonly StdChange[] = [
  { path: 'std::sync::mpsc::Sender', trait: 'Sync', since: '1.72.0', before: '-' },
  { path: 'std::task::Context', trait: 'Send', since: '1.68.0', before: '+' },
  { path: 'std::task::Context', trait: 'Sync', since: '1.68.0', before: '+' },
]

/** The older conditions of a std type, as in the data, or null when the data holds for the toolchain. */
export function olderStd(path: string, trait: 'Send' | 'Sync', isBefore: (version: string) => boolean): string | null {
  return changes.find((change) => change.path === path && change.trait === trait && isBefore(change.since))?.before ?? null
}
