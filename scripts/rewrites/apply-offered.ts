import { writeFileSync } from 'node:fs'
import { REWRITES, type RewriteName } from '../../server/src/rewrites/index.ts'
import { applyEdits, overlaps, type TextEdit } from '../../server/src/syntax/edits.ts'
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

/** A rewrite changes what the next one sees; more rounds than any crate has classes in one file that name each other. */
const MAX_ROUNDS = 120

/**
 * Writes everything that is offered below a folder, for classes that `wanted` takes. In one round edits are made that keep clear of
 * each other, all on the text that the analysis saw.
 */
export function applyOffered(root: string, rewrites: readonly RewriteName[], wanted: (it: Attempt) => boolean): AppliedAll {
  const applied: Applied[] = []
  const again: string[] = []
  const keyOf = (it: { className: string; file: string }): string => `${it.file} ${it.className}`
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = applied.length
    rewriteAll(root, rewrites, (db, attempts) => {
      const edits = new Map<string, readonly TextEdit[]>()
      const made: { readonly className: string; readonly text: string }[] = []
      for (const { fix, className, file } of attempts.filter((it) => it.fix && wanted(it))) {
        if (!fix) continue
        if (applied.some((it) => keyOf(it) === keyOf({ className, file }))) {
          if (!again.includes(className)) again.push(className)
          continue
        }
        const together = fix.changes.map((it) => [it.file, joined(edits.get(it.file) ?? [], it.edits)] as const)
        if (together.some(([, it]) => it === null)) continue
        // What one writes may name the other, of which it then knows only the old text.
        const text = fix.changes.flatMap((it) => it.edits.map((edit) => edit.newText)).join('\n')
        if (made.some((it) => hasWord(text, it.className) || hasWord(it.text, className))) continue
        made.push({ className, text })
        for (const [changed, it] of together) if (it) edits.set(changed, it)
        applied.push({ className, file, title: fix.title })
      }
      for (const [file, own] of edits) {
        const text = applyEdits(db.text(file) ?? '', own)
        if (text === null) throw new Error(`${file}: edits overlap`)
        writeFileSync(file, text)
      }
    })
    if (applied.length === before) break
  }
  return { applied, again }
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`\\b${word}\\b`).test(text)
}

/** Edits of two classes as one; the same import is wanted once. Null where they touch the same text, which is left for the next round. */
function joined(some: readonly TextEdit[], more: readonly TextEdit[]): readonly TextEdit[] | null {
  const same = (a: TextEdit, b: TextEdit): boolean =>
    a.span.start === b.span.start && a.span.end === b.span.end && a.newText === b.newText
  const all = [...some, ...more.filter((it) => !some.some((other) => same(it, other)))]
  const starts = new Set(some.map((it) => it.span.start))
  const apart = more.every((it) => some.some((other) => same(it, other)) || !starts.has(it.span.start))
  return apart && !overlaps(all) ? all : null
}

/** The rewrites of a class that one name stands for. */
export function rewritesNamed(name: string | undefined): readonly RewriteName[] {
  return name === undefined ? ['frozen-mutex', 'frozen-atomics'] : REWRITES.filter((it) => it === name)
}
