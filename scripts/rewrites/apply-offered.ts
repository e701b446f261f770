import { writeFileSync } from 'node:fs'
import { REWRITES, type RewriteName } from '../../server/src/rewrites/index.ts'
import { applyEdits } from '../../server/src/syntax/edits.ts'
import { type Attempt, rewriteAll } from './rewrite-all.ts'

/** A class that was rewritten on the disk. */
export interface Applied {
  readonly className: string
  readonly file: string
  readonly title: string
}

/** What came of a folder. */
export interface AppliedAll {
  readonly applied: readonly Applied[]
  /** Classes that are offered a rewrite that they have had: the second time must find nothing. */
  readonly again: readonly string[]
}

/** A rewrite changes what the next one sees; more rounds than any crate has classes in one file. */
const MAX_ROUNDS = 60

/**
 * Writes everything that is offered below a folder, for classes that `wanted` takes. In one round only edits of different files are
 * made, each on the text that the analysis saw.
 */
export function applyOffered(root: string, rewrites: readonly RewriteName[], wanted: (it: Attempt) => boolean): AppliedAll {
  const applied: Applied[] = []
  const again: string[] = []
  const keyOf = (it: { className: string; file: string }): string => `${it.file} ${it.className}`
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = applied.length
    rewriteAll(root, rewrites, (db, attempts) => {
      const touched = new Set<string>()
      for (const { fix, className, file } of attempts.filter((it) => it.fix && wanted(it))) {
        if (!fix || fix.changes.some((it) => touched.has(it.file))) continue
        if (applied.some((it) => keyOf(it) === keyOf({ className, file }))) {
          if (!again.includes(className)) again.push(className)
          continue
        }
        for (const change of fix.changes) {
          const text = applyEdits(db.text(change.file) ?? '', change.edits)
          if (text === null) throw new Error(`${className}: edits overlap`)
          writeFileSync(change.file, text)
          touched.add(change.file)
        }
        applied.push({ className, file, title: fix.title })
      }
    })
    if (applied.length === before) break
  }
  return { applied, again }
}

/** The rewrites of a class that one name stands for. */
export function rewritesNamed(name: string | undefined): readonly RewriteName[] {
  return name === undefined ? ['frozen-mutex', 'frozen-atomics'] : REWRITES.filter((it) => it === name)
}
