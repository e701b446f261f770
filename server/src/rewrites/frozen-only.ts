import type { Fix } from '../fixes/fix.ts'
import { replace } from '../syntax/edits.ts'
import { accessesOf } from './accesses.ts'
import { frozenHead } from './class-head.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { byFile, type PlacedEdit, placed } from './file-edits.ts'
import { mentionsOf } from './mentions.ts'
import { handsBack, type MovePlan } from './plan.ts'
import type { Problem } from './problems.ts'

/** The class with `&self` in place of the exclusive borrows that nothing uses. */
export function withShared(source: ClassSource, needless: ReadonlySet<MethodSource>): ClassSource {
  return { ...source, methods: source.methods.map((it) => (needless.has(it) ? { ...it, self: 'ref', relaxed: true } : it)) }
}

/** `&mut self` → `&self` in relaxed methods that stay where they are. */
export function relaxedReceivers(source: ClassSource, moved: readonly MethodSource[]): PlacedEdit[] {
  return source.methods.flatMap((it) => {
    const span = it.fn.receiver?.span
    if (!it.relaxed || !span || moved.includes(it)) return []
    return placed(it.impl.file, [replace({ start: it.start + span.start, end: it.start + span.end }, '&self')])
  })
}

/**
 * The class made frozen and nothing else, where no method that Python calls uses an exclusive borrow; null where one does, or
 * where an attribute can be set. What only Rust calls may go on taking `&mut self`: it has the object before Python does.
 */
export function frozenOnly(source: ClassSource): Fix | Problem | null {
  const { cls } = source
  const exclusive = source.methods.filter((it) => it.self === 'mut' || (it.self === 'guard-mut' && !handsBack(it)))
  if (cls.options.setAll || cls.fields.some((it) => it.set) || exclusive.some((it) => it.impl.kind === 'pymethods')) return null
  const relaxed = source.methods.filter((it) => it.relaxed)
  if (relaxed.length === 0) return null
  const head = frozenHead(source)
  if ('reason' in head) return head
  const { mentions, problem } = mentionsOf(source)
  if (problem) return problem
  const nothing: MovePlan = { fields: new Set(), moved: [], uses: new Map() }
  const accesses = accessesOf(source, nothing, mentions)
  if (accesses.problem) return accesses.problem
  const edits = [...placed(source.file, [head]), ...relaxedReceivers(source, []), ...accesses.edits]
  return {
    title: `Make \`${cls.name}\` frozen: ${relaxed.length === 1 ? '1 method needs' : `${relaxed.length} methods need`} no \`&mut self\``,
    grade: 'risky',
    kind: 'refactor.rewrite.pyo3',
    changes: byFile(edits, (file) => source.view.db.text(file)),
  }
}
