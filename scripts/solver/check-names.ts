/**
 * Lets rustc judge the rows of test/autotraits/names: every expectation that the fast test holds the analyser to.
 *
 *   node scripts/solver/check-names.ts [--write]     --write puts rustc's answers into the files
 *
 * The crates are copied, a constant is added for each alias, and rustdoc says what the constants and the structs are. Prints each
 * disagreement and exits with 1 if there is one. Needs cargo with PyO3 in reach; about ten seconds once that is built.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type CaseRow, caseRows } from '../../test/autotraits/cases.ts'
import { NAMES_DIR, nameFiles, PACKAGES } from '../../test/autotraits/name-rows.ts'
import { cacheRoot } from '../corpus/packages.ts'
import { oracleRows } from '../oracle/rows.ts'
import { documentCrate } from '../oracle/run-rustdoc.ts'
import { rowAnswers } from '../suites/derivations-rows.ts'

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })
const SCRATCH = join(cacheRoot(), 'names')
const PROBE = `
#[allow(dead_code)]
pub mod auto_probe {
    pub type Byte = ::std::primitive::u8;
    pub struct Probe<T: ?Sized>(::std::marker::PhantomData<T>);
    pub trait Otherwise { const SEND: Byte = 0; const SYNC: Byte = 0; }
    impl<T: ?Sized> Otherwise for Probe<T> {}
    impl<T: ?Sized + ::std::marker::Send> Probe<T> { pub const SEND: Byte = 1; }
    impl<T: ?Sized + ::std::marker::Sync> Probe<T> { pub const SYNC: Byte = 2; }
}
`

type Answers = ReadonlyMap<string, { readonly send: string; readonly sync: string }>

process.exitCode = (await main()) === 0 ? 0 : 1

async function main(): Promise<number> {
  rmSync(join(SCRATCH, 'crate'), { recursive: true, force: true })
  cpSync(NAMES_DIR, join(SCRATCH, 'crate'), { recursive: true })
  const rows = nameFiles().flatMap(({ path, text }) => caseRows(path, text))
  for (const { path, text } of nameFiles()) writeFileSync(join(SCRATCH, 'crate', path), withProbes(path, text, rows))
  const answers = new Map<string, { readonly send: string; readonly sync: string }>()
  for (const pack of PACKAGES) for (const [key, answer] of await askRustc(pack, rows)) answers.set(key, answer)
  return values.write ? write(rows, answers) : report(rows, answers)
}

function withProbes(path: string, text: string, rows: readonly CaseRow[]): string {
  const lines = text.split('\n')
  for (const [id, { file, line, kind, name }] of rows.entries()) {
    if (file !== path || kind !== 'type') continue
    const probe = `<crate::auto_probe::Probe<${name}>>`
    lines[line - 1] +=
      `\npub const R${id}: crate::auto_probe::Byte = { use crate::auto_probe::Otherwise as _; ${probe}::SEND + ${probe}::SYNC };`
    lines[line - 1] = lines[line - 1]?.replace(/\/\/~[^\n]*\n/, '') ?? ''
  }
  return lines.join('\n') + (path.endsWith('lib.rs') ? PROBE : '')
}

async function askRustc(pack: string, rows: readonly CaseRow[]): Promise<Answers> {
  const target = process.env['CARGO_TARGET_DIR'] ?? join(SCRATCH, 'target')
  const documented = await documentCrate({ crateDir: join(SCRATCH, 'crate'), package: pack, cargoFlags: [], target })
  const probes = [...rowAnswers(documented)].flatMap(([id, { Send, Sync }]) => {
    const row = rows[id]
    return row ? [[keyOf(row), { send: Send, sync: Sync }] as const] : []
  })
  const types = oracleRows(documented.doc, (file) => file).map((row) => [`${row.file}:${row.line}`, row] as const)
  return new Map([...types, ...probes])
}

function keyOf({ file, line }: CaseRow): string {
  return `${file}:${line}`
}

function report(rows: readonly CaseRow[], answers: Answers): number {
  const wrong = rows.filter((row) => {
    const answer = answers.get(keyOf(row))
    if (answer?.send === row.send && answer.sync === row.sync) return false
    const says = answer ? `${answer.send} | ${answer.sync}` : 'nothing'
    console.log(`${keyOf(row)} ${row.name}: the column has ${row.send} | ${row.sync}, rustc says ${says}`)
    return true
  })
  console.log(`${rows.length} names, ${wrong.length} disagreements`)
  return wrong.length
}

function write(rows: readonly CaseRow[], answers: Answers): number {
  let missing = 0
  for (const { path } of nameFiles()) {
    const lines = readFileSync(join(NAMES_DIR, path), 'utf8').split('\n')
    for (const row of rows.filter(({ file }) => file === path)) {
      const answer = answers.get(keyOf(row))
      if (answer) lines[row.line - 1] = lines[row.line - 1]?.replace(/\/\/~.*$/, `//~ ${answer.send} | ${answer.sync}`) ?? ''
      else {
        missing++
        console.log(`${keyOf(row)} ${row.name}: rustc says nothing`)
      }
    }
    writeFileSync(join(NAMES_DIR, path), lines.join('\n'))
  }
  return missing
}
