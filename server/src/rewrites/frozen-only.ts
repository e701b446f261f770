import type { Fix } from '../fixes/fix.ts'
import { replace } from '../syntax/edits.ts'
import { accessesOf } from './accesses.ts'
import { frozenHead } from './class-head.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { byFile, type PlacedEdit, placed } from './file-edits.ts'
import { mentionsOf } from './mentions.ts'
import { isExclusive, type MovePlan } from './plan.ts'
import type { Problem } from './problems.ts'
import { tokensIn } from './tokens.ts'
import { sharedGuards } from './wrapper.ts'

/** The class with `&self` in place of the exclusive borrows that nothing uses. */
export function withShared(source: ClassSource, needless: ReadonlySet<MethodSource>): ClassSource {
  return { ...source, methods: source.methods.map((it) => (needless.has(it) ? { ...it, self: 'ref', relaxed: true } : it)) }
}

/** `&mut self` → `&self` in relaxed methods that stay where they are, and `PyRefMut` → `PyRef` in all that stay. */
export function sharedReceivers(source: ClassSource, moved: readonly MethodSource[]): PlacedEdit[] {
  return source.methods.flatMap((it) => {
    const span = it.fn.receiver?.span
    if (moved.includes(it)) return []
    if (it.relaxed && span)
      return placed(it.impl.file, [replace({ start: it.start + span.start, end: it.start + span.end }, '&self')])
    if (it.self !== 'guard-mut') return []
    const words = tokensIn(it.impl.text, { start: it.headStart, end: it.body.start })
    return words
      .filter(({ text }) => /^Py(?:Ref|ClassGuard)Mut$/.test(text))
      .flatMap(({ text, ...at }) => placed(it.impl.file, [replace(at, sharedGuards(source, it, text))]))
  })
}

/**
 * The class made frozen and nothing else, where no method that Python calls uses an exclusive borrow; null where one does, or
 * where an attribute can be set. What only Rust calls may go on taking `&mut self`: it has the object before Python does.
 */
export function frozenOnly(source: ClassSource): Fix | Problem | null {
  const { cls } = source
  const exclusive = source.methods.filter(isExclusive)
  if (cls.options.setAll || cls.fields.some((it) => it.set) || exclusive.some((it) => it.impl.kind === 'pymethods')) return null
  const relaxed = source.methods.filter((it) => it.relaxed || it.self === 'guard-mut')
  if (relaxed.length === 0) return null
  const head = frozenHead(source)
  if ('reason' in head) return head
  const found = mentionsOf(source)
  const { problem } = found
  if (problem) return problem
  const nothing: MovePlan = { fields: new Set(), moved: [], uses: new Map(), narrowed: new Map() }
  const accesses = accessesOf(source, nothing, found, null)
  if (accesses.problem) return accesses.problem
  const edits = [...placed(source.file, head), ...sharedReceivers(source, []), ...accesses.edits]
  return {
    title: `Make \`${cls.name}\` frozen: ${relaxed.length === 1 ? '1 method needs' : `${relaxed.length} methods need`} no exclusive borrow`,
    grade: 'risky',
    kind: 'refactor.rewrite.pyo3',
    changes: byFile(edits, (file) => source.view.db.text(file)),
  }
}
