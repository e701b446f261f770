/**
 * The outside world as the driver sees it. Implemented in `host/` for Node, memory (tests) and, later, the browser.
 *
 * Paths are absolute, `/`-separated and opaque to the core: a file system path on Node (`C:/…` on Windows), a URI in a
 * browser. `dirname`/`join` of `paths.ts` are the only operations on them.
 */
export interface Host {
  /** Text of a file, decoded as UTF-8 (BOM kept); null if it cannot be read. */
  readFile(path: string): Promise<string | null>
  /** Names in a directory, directories with a trailing `/`, symbolic links to directories left out; null if unreadable. */
  readDirectory(path: string): Promise<readonly string[] | null>
}

/** A host that can answer at once; with it the driver needs one round. */
export interface SyncHost {
  readFileSync(path: string): string | null
  readDirectorySync(path: string): readonly string[] | null
}

/** What the environment says and the core may not ask for itself. Given to the database as a setting. */
export interface Environment {
  /** `$CARGO_HOME`, default `~/.cargo`; null where there is none (browser). */
  readonly cargoHome: string | null
  /** Version of the Rust toolchain assumed for std facts, `1.95.0`; null for the newest known. */
  readonly rustVersion: string | null
  /** Target triple to evaluate `cfg` for. */
  readonly target: string
}
