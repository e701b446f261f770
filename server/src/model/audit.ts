import { basename } from '../project/paths.ts'
import type { Database } from '../query/database.ts'
import { crateItems } from '../resolve/items.ts'
import type { AuditBlocker } from './crate-view.ts'
import type { Location } from './location.ts'
import { placeOf } from './place.ts'
import type { PyCrate } from './pycrate.ts'
import { unsafeImplsOf } from './unsafe-impls.ts'

/** What a person has to audit before a crate can say that it needs no GIL: `static mut`, `unsafe impl`, `ffi::`, `unsendable`. */
export function auditBlockersOf(db: Database, crate: PyCrate): readonly AuditBlocker[] {
  const found: AuditBlocker[] = []
  const id = crate.crate.id
  for (const it of crateItems(db, id)) {
    if (it.item.kind !== 'static' || !it.item.mutable) continue
    const place = placeOf(db, it.origin, it.item)
    if (place) found.push(blocker(db, 'unsafe-code', `\`static mut ${it.item.name}\``, place.name))
  }
  for (const impl of unsafeImplsOf(db, id))
    found.push(blocker(db, 'unsafe-code', `\`unsafe impl ${impl.trait} for ${impl.typeName}\``, impl.headAt))
  for (const cls of crate.classes) {
    if (cls.options.unsendable) found.push(blocker(db, 'unsendable-class', `\`${cls.name}\` is \`unsendable\``, cls.nameAt))
  }
  for (const file of new Set(crateItems(db, id).map((it) => it.origin.file))) {
    const match = /\bffi::\w/.exec(db.text(file) ?? '')
    if (match)
      found.push(blocker(db, 'unsafe-code', '`ffi::` is used', { file, span: { start: match.index, end: match.index + 3 } }))
  }
  return found
}

function blocker(db: Database, reason: AuditBlocker['reason'], what: string, at: Location): AuditBlocker {
  const line = (db.text(at.file) ?? '').slice(0, at.span.start).split('\n').length
  return { reason, detail: `${what} (${basename(at.file)}:${line})`, at }
}
