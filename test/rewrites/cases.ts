import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { RewriteName } from '../../server/src/rewrites/index.ts'

/** What a fixture expects of one class and one rewrite. */
export interface RewriteCase {
  readonly className: string
  readonly rewrite: RewriteName
  /** `offered`, `nothing`, or the reason of the refusal. */
  readonly expected: string
}

/** A Rust file of test/fixtures/rewrites with its `//@ Class: rewrite offered` lines. */
export interface RewriteFixture {
  readonly name: string
  readonly text: string
  readonly cases: readonly RewriteCase[]
}

const DIRECTIVE = /^\/\/@ (\w+): ([\w-]+) (?:refused )?([\w-]+)$/gm

/** All fixtures, by name. */
export function rewriteFixtures(): readonly RewriteFixture[] {
  const folder = join(import.meta.dirname, '../fixtures/rewrites')
  return globSync('*.rs', { cwd: folder })
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      const cases = [...text.matchAll(DIRECTIVE)].map(([, className = '', rewrite = '', expected = '']) => ({
        className,
        rewrite: rewrite as RewriteName,
        expected,
      }))
      return { name: basename(file, '.rs'), text, cases }
    })
}
