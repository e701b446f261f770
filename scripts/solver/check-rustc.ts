/**
 * Lets rustc judge the cases of test/autotraits/cases: every expectation that the fast test holds the solver to.
 *
 *   node scripts/solver/check-rustc.ts
 *
 * Aliases are probed as types, structs and enums through the auto-trait impls that rustdoc lists. Prints each
 * disagreement and exits with 1 if there is one. Needs a toolchain, and nothing else; about ten seconds.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type CaseRow, caseFiles, caseRows } from '../../test/autotraits/cases.ts'
import { oracleRows } from '../oracle/rows.ts'
import type { RustdocCrate } from '../oracle/rustdoc.ts'
import { compileLibrary, PROBE_MODULE, probeRow, readProbes } from './probe.ts'

const folder = mkdtempSync(join(tmpdir(), 'solver-cases-'))
try {
  process.exitCode = main(folder) === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function main(dir: string): number {
  const rows: CaseRow[] = []
  mkdirSync(join(dir, 'src'))
  for (const [name, text] of caseFiles()) {
    const lines = text.split('\n')
    for (const row of caseRows(name, text)) {
      const at = row.line - 1
      if (row.kind === 'type') lines[at] = `${lines[at]?.replace(/\/\/~.*/, '')} ${probeRow(rows.length, row.name)}`
      rows.push(row)
    }
    writeFileSync(join(dir, 'src', name), lines.join('\n') + (name === 'lib.rs' ? PROBE_MODULE : ''))
  }
  const root = join(dir, 'src', 'lib.rs')
  const library = join(dir, 'libcases.rlib')
  compileLibrary(root, library, ['--crate-name', 'cases'])
  const answers = new Map([...aliasAnswers(rows, library), ...itemAnswers(root, dir)])
  return report(rows, answers)
}

type Answers = Map<string, { readonly send: string; readonly sync: string }>

function aliasAnswers(rows: readonly CaseRow[], library: string): Answers {
  const probes = readProbes(library)
  return new Map(
    rows.flatMap((row, id) => {
      const answer = probes.get(id)
      return answer ? [[`${row.file}:${row.line}`, answer] as const] : []
    }),
  )
}

function itemAnswers(root: string, dir: string): Answers {
  const flags = [
    '-Z',
    'unstable-options',
    '--output-format',
    'json',
    '--document-private-items',
    '--crate-name',
    'cases',
    '--cap-lints',
    'allow',
  ]
  execFileSync('nice', ['-n', '15', 'rustdoc', '--edition', '2021', ...flags, '-o', dir, root], {
    env: { ...process.env, RUSTC_BOOTSTRAP: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const doc = JSON.parse(readFileSync(join(dir, 'cases.json'), 'utf8')) as RustdocCrate
  return new Map(oracleRows(doc, (file) => basename(file)).map((row) => [`${row.file}:${row.line}`, row] as const))
}

function report(rows: readonly CaseRow[], answers: Answers): number {
  let wrong = 0
  for (const row of rows) {
    const key = `${row.file}:${row.line}`
    const answer = answers.get(key)
    if (answer?.send === row.send && answer.sync === row.sync) continue
    wrong++
    console.log(
      `${key} ${row.name}: expected ${row.send} | ${row.sync}, rustc says ${answer ? `${answer.send} | ${answer.sync}` : 'nothing'}`,
    )
  }
  console.log(`${rows.length} cases, ${wrong} disagreements`)
  return wrong
}
