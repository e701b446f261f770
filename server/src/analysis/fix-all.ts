import type { Fix, Grade, Refusal } from '../fixes/fix.ts'
import type { Database } from '../query/database.ts'
import { applyEdits, overlaps, type TextEdit } from '../syntax/edits.ts'
import type { Finding } from './finding.ts'

const RANK: Readonly<Record<Grade, number>> = { safe: 0, suggested: 1, risky: 2 }

/** Which fixes to apply. */
export interface FixSelection {
  /** The boldest grade that is still applied. */
  readonly grade: Grade
  /** Only for findings of these rules; empty for all. */
  readonly rules: readonly string[]
}

/** A fix taken in one pass. */
export interface AppliedFix {
  readonly finding: Finding
  readonly fix: Fix
}

/** What one pass does to the files. */
export interface FixPass {
  readonly applied: readonly AppliedFix[]
  /** New texts by file. */
  readonly texts: ReadonlyMap<string, string>
}

/** The fix of a finding that would be applied: the preferred one, else the first within the grade. */
function chooseFix(finding: Finding, { grade, rules }: FixSelection): Fix | null {
  if (rules.length > 0 && !rules.includes(finding.rule)) return null
  const allowed = (finding.fixes ?? []).filter((it) => RANK[it.grade] <= RANK[grade])
  return allowed.find((it) => it.preferred) ?? allowed[0] ?? null
}

/**
 * One pass: as many fixes as do not touch each other. The caller puts the texts into the database, analyses again and goes on
 * until a pass applies nothing. A fix is taken whole, over all its files, or not at all.
 */
export function fixPass(db: Database, findings: readonly Finding[], selection: FixSelection): FixPass {
  const edits = new Map<string, TextEdit[]>()
  const applied: AppliedFix[] = []
  for (const finding of findings) {
    const fix = chooseFix(finding, selection)
    if (!fix || applied.some((it) => sameChange(it.fix, fix))) continue
    const fits = fix.changes.every(({ file, edits: own }) => !overlaps([...(edits.get(file) ?? []), ...own]))
    if (!fits) continue
    for (const { file, edits: own } of fix.changes) edits.set(file, [...(edits.get(file) ?? []), ...own])
    applied.push({ finding, fix })
  }
  const texts = new Map<string, string>()
  for (const [file, own] of edits) {
    const text = applyEdits(db.text(file) ?? '', own)
    if (text !== null) texts.set(file, text)
  }
  return { applied, texts }
}

function sameChange(a: Fix, b: Fix): boolean {
  return JSON.stringify(a.changes) === JSON.stringify(b.changes)
}

/** What was asked for and cannot be done, over all findings of the selected rules. */
export function refusals(
  findings: readonly Finding[],
  { rules }: FixSelection,
): readonly { readonly finding: Finding; readonly refusal: Refusal }[] {
  return findings
    .filter((it) => rules.length === 0 || rules.includes(it.rule))
    .flatMap((finding) => (finding.refused ?? []).map((refusal) => ({ finding, refusal })))
}
