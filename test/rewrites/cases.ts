import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { RewriteName } from '../../server/src/rewrites/index.ts'

/** What a fixture expects of one class and one rewrite. */
export interface RewriteCase {
  readonly className: string
  /** `frozen-mutex` stands for its first form, which splits the struct; `face` for what comes of both. */
  readonly rewrite: RewriteName | 'face'
  /** `offered`, `nothing`, or the reason of the refusal. */
  readonly expected: string
}

/**
 * A Rust file of test/fixtures/rewrites with its `//@ Class: rewrite offered` lines, or a folder of them that is one module: its
 * `mod.rs` has the lines for all.
 */
export interface RewriteFixture {
  readonly name: string
  /** Of the file, or of `mod.rs`. */
  readonly text: string
  /** All files by their paths below `src`: `NAME.rs`, or `NAME/mod.rs` and others. */
  readonly files: Readonly<Record<string, string>>
  readonly cases: readonly RewriteCase[]
}

const DIRECTIVE = /^\/\/@ (\w+): ([\w-]+) (?:refused )?([\w-]+)$/gm

/** All fixtures, by name. */
export function rewriteFixtures(): readonly RewriteFixture[] {
  const folder = join(import.meta.dirname, '../fixtures/rewrites')
  return globSync(['*.rs', '*/mod.rs'], { cwd: folder })
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      const name = basename(file) === 'mod.rs' ? dirname(file) : basename(file, '.rs')
      const paths = basename(file) === 'mod.rs' ? globSync(`${name}/**/*.rs`, { cwd: folder }).sort() : [file]
      const files = Object.fromEntries(paths.map((it) => [it, readFileSync(join(folder, it), 'utf8')]))
      const cases = [...text.matchAll(DIRECTIVE)].map(([, className = '', rewrite = '', expected = '']) => ({
        className,
        rewrite: rewrite as RewriteCase['rewrite'],
        expected,
      }))
      return { name, text, files, cases }
    })
}
