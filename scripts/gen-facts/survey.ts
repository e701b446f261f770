/**
 * What the list of crates follows from: which crates without facts keep classes of the corpus unknown when no sources are there,
 * at which versions, and how many classes each.
 *
 *   node scripts/gen-facts/survey.ts [NAME…]
 *
 * Prints one line a crate, the one that costs most first: classes, crate, then `package@version` of those that want it. A class
 * counts for the first crate that its verdict waits for, so the next survey shows what was behind it. Needs the built command line.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { analysisFolder, type CorpusPackage, corpusPackages } from '../corpus/packages.ts'
import { checkFolder } from '../suites/command-line.ts'
import { lockedIn } from './crate-list.ts'

const wanted = process.argv.slice(2)
const hidden = mkdtempSync(join(tmpdir(), 'no-sources-'))
const costs = new Map<string, { classes: number; readonly users: Set<string> }>()
try {
  for (const pack of corpusPackages()) if (wanted.length === 0 || wanted.includes(pack.name)) survey(pack)
} finally {
  rmSync(hidden, { recursive: true })
}
for (const [crate, { classes, users }] of [...costs].sort(([, a], [, b]) => b.classes - a.classes))
  console.log(`${classes}\t${crate}\t${[...users].join(' ')}`)

function survey(pack: CorpusPackage): void {
  const { crates } = checkFolder(analysisFolder(pack), pack.features, { CARGO_HOME: hidden })
  for (const { send, sync } of crates.flatMap(({ classes }) => classes)) {
    const open = send.verdict === 'unknown' ? send : sync
    const crate = open.verdict === 'unknown' ? missingCrate(open.detail ?? '') : null
    if (crate === null) continue
    const cost = costs.get(crate) ?? { classes: 0, users: new Set() }
    cost.classes++
    cost.users.add(`${pack.name}@${lockedIn(pack.name, crate)?.version ?? '?'}`)
    costs.set(crate, cost)
  }
}

function missingCrate(detail: string): string | null {
  return /crate ([\w-]+) is not downloaded/.exec(detail)?.[1] ?? null
}
