import { indentationAt, type TextEdit } from '../../syntax/edits.ts'
import type { ClassSource, ImplSource } from '../class-source.ts'
import { codePositions, codeText } from '../code-texts.ts'
import { codeToSearch } from '../crate-code.ts'
import { partedLead, withSelf } from './face-attributes.ts'

/** A member that leaves the data's impl. */
export interface Removed {
  readonly impl: ImplSource
  readonly start: number
  readonly end: number
}

/** What becomes of the constants of a `#[pymethods]`. */
export interface ClassConstants {
  /** For the face, indented. */
  readonly texts: readonly string[]
  readonly edits: readonly TextEdit[]
  readonly removed: readonly Removed[]
}

/**
 * `#[classattr] const X: T = …;` goes to the face where nothing else names it, as nothing does `__hash__`; else the face has one of the
 * same value. null where there are members of other kinds.
 */
export function classConstants(source: ClassSource, impl: ImplSource): ClassConstants | null {
  const { db } = source.view
  const positions = codePositions(db, impl.file)?.items
  const texts: string[] = []
  const edits: TextEdit[] = []
  const removed: Removed[] = []
  for (const child of impl.item.children) {
    if (child.kind === 'fn') continue
    const at = positions?.get(child.key)
    if (child.kind !== 'const' || !at || !child.type) return null
    const lead = partedLead(impl.text, at.start, at.headStart, child.attrs, impl.self)
    if ('reason' in lead || !lead.lines.some((it) => /^#\[\s*classattr\s*\]$/.test(it))) return null
    const indent = indentationAt(impl.text, at.headStart)
    const named = new RegExp(`::\\s*${child.name}\\b`)
    const used = [...codeToSearch(source)].some((it) => named.test(codeText(db, it) ?? ''))
    if (!used) {
      const head = impl.text.slice(at.headStart, at.end).replace(/^pub(?:\s*\([^)]*\))?\s+/, '')
      texts.push([...lead.lines, withSelf(head, impl.self)].map((it) => indent + it).join('\n'))
      removed.push({ impl, start: at.start, end: at.end })
      continue
    }
    const type = withSelf(impl.text.slice(at.start + child.type.span.start, at.start + child.type.span.end), impl.self)
    texts.push([...lead.lines, `const ${child.name}: ${type} = ${impl.self}::${child.name};`].map((it) => indent + it).join('\n'))
    edits.push(...lead.cuts)
  }
  return { texts, edits, removed }
}
