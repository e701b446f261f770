import { canBeJustified } from '../fixes/auto-trait-fixes.ts'
import type { Fix } from '../fixes/fix.ts'
import { assertionFix, unsafeImplFix } from '../fixes/unsafe-impl.ts'
import { pyCrates } from '../model/pycrates.ts'
import { crateView } from '../model/view.ts'
import type { Database } from '../query/database.ts'
import { rewriteOffers } from '../rewrites/index.ts'

/**
 * What is on offer with the cursor anywhere in a class, finding or not: rewrites of the whole class, an `unsafe impl` where
 * that can be true, and an assertion where the compiler does not check the class anyway.
 * @param offset of the cursor in `file`
 */
export function refactorings(db: Database, world: string, file: string, offset: number): readonly Fix[] {
  for (const crate of pyCrates(db, world)) {
    const view = crateView(db, world, crate)
    for (const cls of crate.classes) {
      const { span } = cls.itemAt
      if (cls.itemAt.file !== file || offset < span.start || span.end < offset) continue
      const culprits = view.culprits(cls).filter((it) => it.verdict === 'no')
      const fixes: Fix[] = culprits.every(canBeJustified) && !cls.options.unsendable ? unsafeImplFix(view, cls) : []
      const locked = view.lockedLocalType(cls)
      const { minor } = crate.pyo3
      const unchecked = cls.condition !== null || (minor !== null && minor < 23)
      const name = locked?.typeName ?? (unchecked ? cls.name : null)
      const { send, sync } = view.verdicts(cls)
      if (name && send.verdict === 'yes' && sync.verdict === 'yes' && !view.isAsserted(cls))
        fixes.push(...assertionFix(view, cls, name))
      return [...rewriteOffers(view, cls).fixes, ...fixes].map((it) => ({ ...it, kind: 'refactor.rewrite.pyo3' as const }))
    }
  }
  return []
}
