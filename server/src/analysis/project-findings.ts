import { crateGraph } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import { moduleTree } from '../resolve/module-tree.ts'
import { filePositions } from '../syntax/queries.ts'
import { RULE_IDS } from './config.ts'
import { configProblems } from './crate-config.ts'
import type { Finding } from './finding.ts'
import { suppressions } from './suppressions.ts'

const START = { start: 0, end: 0 }

/**
 * What stands in the way of looking at everything: manifests that are not understood, modules without a file, places that
 * cannot be parsed. One finding a file for the latter, so that broken code under the cursor stays quiet.
 */
export function projectFindings(
  db: Database,
  world: string,
): { readonly findings: readonly Finding[]; readonly files: readonly string[] } {
  const graph = crateGraph(db, world)
  const findings: Finding[] = graph.problems.map(({ file, message }) => note('parse-error', file, START, message))
  for (const { file, message } of configProblems(db, world)) {
    findings.push(note('parse-error', file, START, `[metadata.pyo3-thread-safety]: ${message}`))
  }
  const files = new Set<string>()
  for (const crate of graph.crates.values()) {
    if (crate.root === null) continue
    const tree = moduleTree(db, crate.id)
    for (const { file, message } of tree.problems) findings.push(note('unreadable', file, START, message))
    for (const file of tree.files) files.add(file)
  }
  for (const file of files) {
    findings.push(...commentFindings(db, file))
    const [first, ...rest] = filePositions(db, file)?.errors ?? []
    if (!first) continue
    const more = rest.length === 0 ? '' : ` and ${rest.length} more place${rest.length === 1 ? '' : 's'} in this file`
    findings.push(note('parse-error', file, first, `This cannot be parsed as Rust${more}; the rest of the file is analysed`))
  }
  return { findings, files: [...files] }
}

/** `allow` comments that silence nothing because they are misspelt. */
function commentFindings(db: Database, file: string): Finding[] {
  const positions = filePositions(db, file)
  if (!positions) return []
  const { valid, malformed } = suppressions(positions)
  const misspelt = valid.flatMap(({ directive, rules: ids }) =>
    ids.filter((id) => !RULE_IDS.has(id)).map((id) => note('parse-error', file, directive.span, `There is no rule \`${id}\``)),
  )
  const hint = 'Not understood; write `allow(rule-id): reason` or `allow-file(rule-id): reason`'
  return [...misspelt, ...malformed.map(({ span }) => note('parse-error', file, span, hint))]
}

function note(rule: 'parse-error' | 'unreadable', file: string, span: { start: number; end: number }, message: string): Finding {
  return { rule, severity: 'info', message, at: { file, span } }
}
