/**
 * Compares the solver with rustc on random types over std, pyo3 and the generics of a made-up crate.
 *
 *   node scripts/solver/generated.ts [--per-constructor 200] [--depth 6] [--seed 1] [--pyo3 0.27.2] [--facts FOLDER]
 *
 * Every constructor is at the outside of `--per-constructor` types. Prints answers by kind, the reasons of what is unknown and
 * each disagreement; exits with 1 if there is one or if more than 1 % is unknown. Needs cargo with pyo3 in reach; build
 * output goes to a folder in the temporary directory. About a minute.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { StructuralVerdict } from '../../server/src/autotraits/verdicts.ts'
import { createFactsDb } from '../../server/src/facts/db.ts'
import { loadFacts } from '../../server/src/node-setup.ts'
import { loadCrate } from '../../test/autotraits/load.ts'
import { type GeneratedType, generateTypes, LOCAL_ITEMS } from './generator.ts'
import { PROBE_MODULE, type ProbeAnswer, probeRow, readProbes } from './probe.ts'

const { values } = parseArgs({
  options: {
    'per-constructor': { type: 'string', default: '200' },
    depth: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    pyo3: { type: 'string', default: '0.27.2' },
    facts: { type: 'string' },
  },
})
const CHUNK = 1000

const types = generateTypes({
  seed: Number(values.seed),
  perConstructor: Number(values['per-constructor']),
  maxDepth: Number(values.depth),
  pyo3: true,
})
const answers = askRustc(types)
const verdicts = askSolver(types)
process.exitCode = report(types, answers, verdicts) ? 0 : 1

/** The files of the crate; `probe` adds the statics that carry rustc's answers. */
function crateFiles(rows: readonly GeneratedType[], probe: boolean): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const names: string[] = []
  for (let start = 0; start < rows.length; start += CHUNK) {
    const name = `chunk${start / CHUNK}`
    names.push(name)
    const lines = rows.slice(start, start + CHUNK).map((row, i) => {
      const id = start + i
      return `type T${id} = ${row.text};${probe ? ` ${probeRow(id, `T${id}`)}` : ''}`
    })
    files.set(`${name}.rs`, lines.join('\n'))
  }
  const modules = names.map((name) => `mod ${name};`).join('\n')
  files.set('lib.rs', `#![feature(negative_impls)]\n#![allow(warnings)]\n${modules}\n${LOCAL_ITEMS}${probe ? PROBE_MODULE : ''}`)
  return files
}

function askRustc(rows: readonly GeneratedType[]): ReadonlyMap<number, ProbeAnswer> {
  const dir = join(tmpdir(), `solver-generated-${values.pyo3}`)
  rmSync(join(dir, 'src'), { recursive: true, force: true })
  mkdirSync(join(dir, 'src'), { recursive: true })
  for (const [name, text] of crateFiles(rows, true)) writeFileSync(join(dir, 'src', name), text)
  const manifest = `[package]\nname = "generated"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\npyo3 = { version = "=${values.pyo3}", features = ["extension-module"] }\n[workspace]\n`
  writeFileSync(join(dir, 'Cargo.toml'), manifest)
  execFileSync('nice', ['-n', '15', 'cargo', 'build', '-q', '--lib'], {
    cwd: dir,
    env: { ...process.env, RUSTC_BOOTSTRAP: '1', CARGO_TARGET_DIR: join(dir, 'target') },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return readProbes(join(dir, 'target', 'debug', 'libgenerated.rlib'))
}

function askSolver(rows: readonly GeneratedType[]): ReadonlyMap<number, readonly [StructuralVerdict, StructuralVerdict]> {
  const folder = values.facts
  const texts = folder === undefined ? null : readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  const crate = loadCrate(crateFiles(rows, false), values.pyo3, texts ? createFactsDb(texts) : loadFacts())
  const found = new Map<number, readonly [StructuralVerdict, StructuralVerdict]>()
  const started = performance.now()
  for (const item of crate.items()) {
    if (item.item.kind === 'type' && /^T\d+$/.test(item.item.name)) found.set(Number(item.item.name.slice(1)), crate.alias(item))
  }
  console.log(`solver: ${found.size} types in ${Math.round(performance.now() - started)} ms`)
  return found
}

function report(
  rows: readonly GeneratedType[],
  rustc: ReadonlyMap<number, ProbeAnswer>,
  solver: ReadonlyMap<number, readonly [StructuralVerdict, StructuralVerdict]>,
): boolean {
  const tally = { asked: 0, unknown: 0, wrong: 0 }
  const kinds = new Map<string, number>()
  const reasons = new Map<string, number>()
  for (const [id, row] of rows.entries()) {
    const expected = rustc.get(id)
    for (const [i, trait] of (['send', 'sync'] as const).entries()) {
      const verdict = solver.get(id)?.[i]
      const truth = expected?.[trait]
      if (!verdict || !truth) throw new Error(`row ${id} (${row.text}) has no answer`)
      tally.asked++
      count(kinds, `${trait} ${truth}`)
      if (verdict.verdict === 'unknown') {
        tally.unknown++
        count(reasons, `${verdict.reason?.code}: ${verdict.reason?.text}`)
      } else if (verdict.verdict !== truth || verdict.needs !== '') {
        if (++tally.wrong <= 50) console.log(`${trait} ${row.text}: ${verdict.verdict} ${verdict.needs}, rustc says ${truth}`)
      }
    }
  }
  for (const [kind, n] of [...kinds].sort()) console.log(`${kind}: ${n} (${percent(n, rows.length)})`)
  for (const [reason, n] of [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 20)) console.log(`unknown ${n}: ${reason}`)
  console.log(
    `${rows.length} types, ${tally.asked} answers: ${tally.wrong} disagreements, ${tally.unknown} unknown (${percent(tally.unknown, tally.asked)})`,
  )
  return tally.wrong === 0 && tally.unknown <= tally.asked / 100
}

function count(table: Map<string, number>, key: string): void {
  table.set(key, (table.get(key) ?? 0) + 1)
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(2)} %`
}
