import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadPackage } from '../corpus/download.ts'
import { analysisFolder } from '../corpus/packages.ts'
import { checkFolder } from './command-line.ts'
import { MAIN_CRATES, MORE_CRATES, packagesNamed } from './crates.ts'
import type { Figures } from './oracle-summary.ts'

/** What is unknown of the classes of the corpus. */
export interface CorpusAnswers {
  readonly figures: Figures
  /** Code of the reason, for each class that is unknown. */
  readonly codes: readonly string[]
}

/**
 * Asks the built command line about the packages that the corpus suite looks at, with the facts that ship and without any
 * dependency's sources: then the answer does not depend on what cargo has downloaded.
 */
export async function corpusAnswers(): Promise<CorpusAnswers> {
  const hidden = mkdtempSync(join(tmpdir(), 'no-sources-'))
  const codes: string[] = []
  let classes = 0
  try {
    for (const pack of packagesNamed([...MAIN_CRATES, ...MORE_CRATES])) {
      await downloadPackage(pack)
      const { crates } = checkFolder(analysisFolder(pack), pack.features, { CARGO_HOME: hidden })
      const verdicts = crates.flatMap((crate) => crate.classes.map(({ send, sync }) => [send, sync]))
      classes += verdicts.length
      codes.push(...verdicts.flatMap((both) => both.find(({ verdict }) => verdict === 'unknown')?.reason ?? []))
    }
  } finally {
    rmSync(hidden, { recursive: true })
  }
  return { figures: { rows: classes, unknown: codes.length }, codes }
}
