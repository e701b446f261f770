import type { Fix, Refusal } from '../../server/src/fixes/fix.ts'
import { pyCrates } from '../../server/src/model/pycrates.ts'
import { crateView } from '../../server/src/model/view.ts'
import { type RewriteName, rewriteOffer } from '../../server/src/rewrites/index.ts'
import { applyEdits } from '../../server/src/syntax/edits.ts'
import { crateOfFiles, type TestCrate } from '../support/analyze.ts'

/** What a rewrite makes of a class in `src/lib.rs`: the new text, or why it is refused; both null where it has nothing to do. */
export interface Rewritten {
  readonly fix: Fix | null
  readonly text: string | null
  readonly refusal: Refusal | null
}

/** Runs one rewrite of one class of a crate that is one file. */
export function rewritten(
  text: string,
  className: string,
  rewrite: RewriteName,
  pyo3 = '0.30',
  files: Readonly<Record<string, string>> = {},
): Rewritten {
  return rewrittenIn(crateOfFiles({ 'src/lib.rs': text, ...files }, pyo3), '/demo/src/lib.rs', className, rewrite)
}

/** The same in a crate that is analysed already. */
export function rewrittenIn(
  { db, world }: Pick<TestCrate, 'db' | 'world'>,
  file: string,
  className: string,
  rewrite: RewriteName,
): Rewritten {
  for (const crate of pyCrates(db, world)) {
    const cls = crate.classes.find((it) => it.name === className && it.itemAt.file === file)
    if (!cls) continue
    const { fixes, refused } = rewriteOffer(crateView(db, world, crate), cls, rewrite)
    const fix = fixes[0] ?? null
    const edits = fix?.changes.find((it) => it.file === file)?.edits ?? []
    return { fix, text: fix ? applyEdits(db.text(file) ?? '', edits) : null, refusal: refused[0] ?? null }
  }
  throw new Error(`no class ${className} in ${file}`)
}
