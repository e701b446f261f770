import { effectiveMetas } from '../../model/attributes.ts'
import { applyEdits, remove, replace, type TextEdit, wholeLines } from '../../syntax/edits.ts'
import type { Span } from '../../syntax/span.ts'
import type { Attr } from '../../syntax/summary.ts'
import type { Problem } from '../problems.ts'
import { tokensIn } from '../tokens.ts'

/** What stands before an item, parted: the data keeps what Rust reads, the face gets what Python reads. */
export interface PartedLead {
  /** Lines for the face, trimmed: doc comments, PyO3's attributes, and what decides whether the item exists and may be so named. */
  readonly lines: readonly string[]
  /** Takes PyO3's attributes away from the data. */
  readonly cuts: readonly TextEdit[]
}

/** Attributes that PyO3's macros (and those of pyo3-stub-gen, which describe what they see) read. */
const PYTHON =
  /^(?:(?:\w+::)*(?:pyclass|pymethods|pyo3|gen_stub_pyclass|gen_stub_pymethods|gen_stub)|pyo3::\w+|new|getter|setter|deleter|staticmethod|classmethod|classattr|args|text_signature)$/
const BOTH = /^(?:doc|cfg|allow|expect)$/

/** Whether an attribute is PyO3's, inside `cfg_attr` or not. */
export function isPythons(attr: Attr): boolean {
  return effectiveMetas([attr]).some(({ meta }) => PYTHON.test(meta.path))
}

/**
 * Parts the doc comments and attributes before an item.
 * @param start of the item in `text`; spans of `attrs` count from there
 * @param headStart where the item begins without them
 * @param self what `Self` is called in the face's impl
 * @param skipped metas that are not copied as they are
 */
export function partedLead(
  text: string,
  start: number,
  headStart: number,
  attrs: readonly Attr[],
  self: string,
  skipped: RegExp | null = null,
): PartedLead | Problem {
  const lines: { at: number; text: string }[] = []
  const cut: Span[] = []
  const own = attrs.filter((it) => start + it.span.end <= headStart)
  for (const attr of own) {
    const at = { start: start + attr.span.start, end: start + attr.span.end }
    const metas = effectiveMetas([attr])
    const pythons = metas.filter(({ meta }) => PYTHON.test(meta.path))
    if (pythons.length > 0 && pythons.length < metas.length)
      return { reason: 'cfg', detail: `one \`cfg_attr\` says things to PyO3 and to Rust` }
    if (pythons.length > 0) cut.push(at)
    if (metas.some(({ meta }) => skipped?.test(meta.path))) continue
    const written = text.slice(at.start, at.end)
    if (pythons.length > 0) lines.push({ at: at.start, text: written })
    else if (metas.every(({ meta }) => BOTH.test(meta.path))) {
      // The face has no need to fulfil an expectation.
      lines.push({ at: at.start, text: written.replace(/^#\[\s*expect\b/, '#[allow') })
    }
  }
  for (const { index, line } of docComments(text, start, headStart, own)) lines.push({ at: index, text: line })
  return {
    lines: lines.sort((a, b) => a.at - b.at).map((it) => withSelf(it.text, self)),
    cuts: attributeCuts(text, cut),
  }
}

/** Doc comments of lines and blocks, outside attributes. */
function docComments(text: string, start: number, end: number, attrs: readonly Attr[]): { index: number; line: string }[] {
  const found: { index: number; line: string }[] = []
  const inAttr = (at: number): boolean => attrs.some((it) => start + it.span.start <= at && at < start + it.span.end)
  for (const match of text.slice(start, end).matchAll(/\/\/\/(?!\/)[^\n]*|\/\*\*(?!\*|\/)[\s\S]*?\*\/|\/\/[^\n]*/g)) {
    const index = start + match.index
    if (inAttr(index) || /^\/\/(?!\/(?!\/))/.test(match[0])) continue
    found.push({ index, line: match[0].trimEnd() })
  }
  return found
}

/** Removes attributes, with their lines where nothing else stands on them. */
export function attributeCuts(text: string, spans: readonly Span[]): TextEdit[] {
  const merged: Span[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last && /^[ \t]*$/.test(text.slice(last.end, span.start)))
      merged[merged.length - 1] = { start: last.start, end: span.end }
    else merged.push(span)
  }
  return merged.map((span) => {
    const lines = wholeLines(text, span)
    if (lines.start !== span.start || lines.end !== span.end) return remove(lines)
    return remove({ start: span.start, end: span.end + (/^\s*/.exec(text.slice(span.end))?.[0].length ?? 0) })
  })
}

/** A text with `Self` written as the name of the data. */
export function withSelf(text: string, self: string): string {
  if (!text.includes('Self')) return text
  const words = tokensIn(text).flatMap((it) => (it.text === 'Self' ? [replace({ start: it.start, end: it.end }, self)] : []))
  return applyEdits(text, words) ?? text
}
