import type { FileEdits } from '../fixes/fix.ts'
import { lineEnding, type TextEdit } from '../syntax/edits.ts'

/** One edit with the file that it is for. */
export interface PlacedEdit {
  readonly file: string
  readonly edit: TextEdit
}

/** Edits of one file, as a rewrite collects them. */
export function placed(file: string, edits: readonly TextEdit[]): PlacedEdit[] {
  return edits.map((edit) => ({ file, edit }))
}

/** All edits by file, in the order in which files first appear; new lines end as those of the file do. */
export function byFile(edits: readonly PlacedEdit[], textOf: (file: string) => string | null): FileEdits[] {
  const found = new Map<string, TextEdit[]>()
  for (const { file, edit } of edits) {
    const newText = edit.newText.replaceAll(/\r?\n/g, lineEnding(textOf(file) ?? ''))
    const list = found.get(file)
    if (list) list.push({ ...edit, newText })
    else found.set(file, [{ ...edit, newText }])
  }
  return [...found].map(([file, each]) => ({ file, edits: each }))
}
