import type { CrateView } from '../../model/crate-view.ts'
import type { LocalField, LocalType } from '../../model/local-type.ts'
import type { ModId } from '../../resolve/defs.ts'
import type { TextEdit } from '../../syntax/edits.ts'
import { indexLines, positionAt } from '../../syntax/lines.ts'
import type { Span } from '../../syntax/span.ts'
import type { Field } from '../../syntax/summary.ts'
import type { RefusalReason } from '../fix.ts'
import type { Target } from './shape.ts'

/** One field getting another type. Filled step by step; the first thing that stands against it ends it. */
export interface Job {
  readonly cx: CrateView
  readonly owner: LocalType
  readonly index: number
  readonly field: LocalField
  readonly syntax: Field
  readonly target: Target
  /** By file; absolute spans. */
  readonly edits: Map<string, TextEdit[]>
  /** Names that modules have to import for the new text. */
  readonly wanted: Wanted[]
  /** `file:offset` of values that were found to become the field's value, so that a clone of the field may stand there. */
  readonly accepted: Set<string>
  refused: { readonly reason: RefusalReason; readonly detail: string } | null
}

export interface Wanted {
  readonly module: ModId
  readonly path: string
}

/** Ends a job. `at` is what the reader should look at. */
export function refuse(
  job: Job,
  reason: RefusalReason,
  text: string,
  at?: { readonly file: string; readonly span: Span },
): undefined {
  job.refused ??= { reason, detail: at ? `${text} (${placeText(job, at.file, at.span.start)})` : text }
}

export function edit(job: Job, file: string, span: Span, newText: string): undefined {
  const list = job.edits.get(file)
  if (list) list.push({ span, newText })
  else job.edits.set(file, [{ span, newText }])
}

/** `src/lib.rs:12`, the file relative to the crate's manifest. */
function placeText(job: Job, file: string, offset: number): string {
  const text = job.cx.db.text(file) ?? ''
  const manifest = job.cx.crate.crate.manifest?.path ?? ''
  const folder = manifest.slice(0, manifest.lastIndexOf('/') + 1)
  const name = folder !== '' && file.startsWith(folder) ? file.slice(folder.length) : file
  return `${name}:${positionAt(indexLines(text), offset).line + 1}`
}
