/**
 * Changes the types of many fields of a real crate at once, has rustc judge every type of the result, and holds the analyser
 * against it: the changed type, and all that own one, however many files away.
 *
 *   node scripts/suites/mutants-rustc.ts [--seed N] [--rounds N] [--per-round N] [NAME…]
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { cacheRoot, packageFolder } from '../corpus/packages.ts'
import { analyzedTypes } from './analyzed-types.ts'
import { type FieldType, fieldTypes } from './class-fields.ts'
import { compare } from './compare-answers.ts'
import { percent, reportFailures } from './figures.ts'
import { type OracleAnswer, type OracleCrate, oracleAnswers, oracleCrates, oracleFolder, parseAnswers } from './oracle-crates.ts'
import { random, shuffled } from './random.ts'
import { afterGroup, blankLiterals, lineOf } from './source-text.ts'
import { fetchSources } from './sources.ts'

const ORACLE = join(import.meta.dirname, '../oracle.ts')
const RECALL = 0.99
/** How often a set of mutants that rustc does not take is made smaller before the round is given up. */
const ATTEMPTS = 5
/** Names with a full path mean the same everywhere. The flag: whether a lifetime or parameter in the field's type is allowed. */
const WRAPPERS: readonly (readonly [name: string, wrap: (type: string) => string, anyType: boolean])[] = [
  ['RefCell', (type) => `::std::cell::RefCell<${type}>`, true],
  ['Cell', (type) => `::std::cell::Cell<${type}>`, true],
  ['Rc', (type) => `::std::rc::Rc<${type}>`, true],
  ['*mut', (type) => `*mut ${type}`, true],
  ['MutexGuard', (type) => `::std::sync::MutexGuard<'static, ${type}>`, false],
  ['Box<dyn Fn()>', () => '::std::boxed::Box<dyn Fn()>', false],
  ['Mutex<RefCell>', (type) => `::std::sync::Mutex<::std::cell::RefCell<${type}>>`, true],
  ['PhantomData<fn>', (type) => `::std::marker::PhantomData<fn(${type})>`, true],
]

interface Site {
  readonly file: string
  readonly line: number
  readonly type: string
  readonly field: FieldType
  /** No lifetime or parameter can be in it. */
  readonly plain: boolean
}

interface Mutant {
  readonly site: Site
  readonly wrapper: string
  readonly replacement: string
}

interface Tally {
  mutants: number
  rows: number
  /** Answers that became `no` by the mutants, and those of them that the analyser gives too. */
  lost: number
  found: number
  /** `no` where rustc says otherwise. */
  falseNo: number
  unknown: number
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '4' },
      'per-round': { type: 'string', default: '30' },
    },
  })
  const total: Tally = { mutants: 0, rows: 0, lost: 0, found: 0, falseNo: 0, unknown: 0 }
  const failures: string[] = []
  console.log('crate\tround\tmutants\ttypes\tbecame no\tfound\tfalse no\tunknown')
  for (const crate of oracleCrates().filter(({ pack }) => positionals.includes(pack.name) || positionals.length === 0)) {
    const next = random(Number(values.seed))
    const folder = await copyOf(crate)
    for (let round = 1; round <= Number(values.rounds); round++) {
      const tally = await judge(crate, folder, next, Number(values['per-round']), failures)
      if (!tally) console.log(`${crate.pack.name}\t${round}\tnot taken by rustc`)
      else {
        const { mutants, rows, lost, found, falseNo, unknown } = tally
        console.log([crate.pack.name, round, mutants, rows, lost, found, falseNo, unknown].join('\t'))
        for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key]
      }
    }
  }
  console.log(
    `\n${total.mutants} mutants, ${total.rows} types judged; ${total.lost} answers became no, found ${percent(total.found, total.lost)};` +
      ` ${total.falseNo} false no, ${total.unknown} unknown`,
  )
  if (total.found < RECALL * total.lost || total.lost === 0) failures.push(`only ${percent(total.found, total.lost)} are found`)
  return reportFailures('mutants-rustc', total.mutants, failures)
}

/** A copy of the crate that may be changed, without what was built. */
async function copyOf(crate: OracleCrate): Promise<string> {
  const source = await oracleFolder(crate)
  fetchSources(source)
  const whole = packageFolder(crate.pack)
  const copy = join(cacheRoot(), 'mutants', `${crate.pack.name}-${crate.pack.version}`)
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  cpSync(whole, copy, { recursive: true, filter: (path) => !/[\\/](?:target|\.git)$/.test(path) })
  return join(copy, crate.pack.folder)
}

async function judge(
  crate: OracleCrate,
  folder: string,
  next: () => number,
  limit: number,
  failures: string[],
): Promise<Tally | null> {
  const before = oracleAnswers(crate)
  let mutants = chooseMutants(folder, before, next, limit)
  const originals = new Map(mutants.map(({ site }) => [site.file, readFileSync(join(folder, site.file), 'utf8')] as const))
  try {
    for (let attempt = 0; attempt < ATTEMPTS && mutants.length > 0; attempt++) {
      write(folder, originals, mutants)
      const answer = askRustc(folder, crate.pack.features)
      if ('rows' in answer) {
        const found = await analyzedTypes(folder, crate.pack.features)
        return tallyOf(crate, mutants, before, answer.rows, found, failures)
      }
      mutants = withoutRefused(mutants, answer.errors)
    }
    return null
  } finally {
    for (const [file, text] of originals) writeFileSync(join(folder, file), text)
  }
}

/** One field each of types that rustc knows, at random. */
function chooseMutants(folder: string, known: readonly OracleAnswer[], next: () => number, limit: number): Mutant[] {
  const sites = shuffled(sitesOf(folder, known), next)
  const taken = new Set<string>()
  const chosen: Mutant[] = []
  for (const site of sites) {
    if (chosen.length >= limit) break
    if (taken.has(`${site.file} ${site.type}`)) continue
    const [wrapper, wrap, anyType] = WRAPPERS[Math.floor(next() * WRAPPERS.length)] ?? WRAPPERS[0] ?? ['', String, false]
    if (!anyType && !site.plain) continue
    taken.add(`${site.file} ${site.type}`)
    const text = readFileSync(join(folder, site.file), 'utf8')
    chosen.push({ site, wrapper, replacement: wrap(text.slice(site.field.start, site.field.end)) })
  }
  return chosen
}

function sitesOf(folder: string, known: readonly OracleAnswer[]): Site[] {
  const names = new Set(known.map(({ path }) => path.split('::').at(-1) ?? ''))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.rs') && !/(?:^|[\\/])(?:target|tests|benches|examples)[\\/]/.test(file),
  )
  return files.flatMap((file) => {
    const text = blankLiterals(readFileSync(join(folder, file), 'utf8'))
    const macros = [...text.matchAll(/\b\w+!\s*(?:\w+\s*)?([{([])/g)].map((it) => [
      it.index,
      afterGroup(text, it.index + it[0].length - 1),
    ])
    const structs = [...text.matchAll(/\bstruct\s+(\w+)\s*(<[^{(;]*>)?/g)]
    return structs.flatMap((match) => {
      const [, type = '', generics] = match
      if (!names.has(type) || macros.some(([start = 0, end = 0]) => start < match.index && match.index < end)) return []
      return fieldTypes(text, match.index, type).map((field) => ({
        file: relative(folder, join(folder, file)).replaceAll('\\', '/'),
        line: lineOf(text, match.index),
        type,
        field,
        plain: generics === undefined && !text.slice(field.start, field.end).includes("'"),
      }))
    })
  })
}

function write(folder: string, originals: ReadonlyMap<string, string>, mutants: readonly Mutant[]): void {
  for (const [file, original] of originals) {
    const here = mutants.filter(({ site }) => site.file === file).sort((a, b) => b.site.field.start - a.site.field.start)
    const text = here.reduce(
      (before, { site, replacement }) => before.slice(0, site.field.start) + replacement + before.slice(site.field.end),
      original,
    )
    writeFileSync(join(folder, file), text)
  }
}

/** rustdoc checks types and impls, not bodies: code that no longer fits the mutated fields does not disturb it. */
function askRustc(
  folder: string,
  features: readonly string[],
): { readonly rows: readonly OracleAnswer[] } | { readonly errors: string } {
  const flags = features.length > 0 ? ['--features', features.join(',')] : []
  const environment = { ...process.env, CARGO_TARGET_DIR: join(cacheRoot(), 'mutants', 'target') }
  try {
    const output = execFileSync(process.execPath, [ORACLE, folder, ...flags], {
      encoding: 'utf8',
      env: environment,
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return { rows: parseAnswers(output) }
  } catch (error) {
    return { errors: String((error as { stderr?: unknown }).stderr ?? error) }
  }
}

/** Without the mutants that the errors are about: those in the files named, near the lines named if any is. */
function withoutRefused(mutants: readonly Mutant[], errors: string): Mutant[] {
  const places = [...errors.matchAll(/--> ([^\s:]+\.rs):(\d+)/g)].map(([, file = '', line]) => ({ file, line: Number(line) }))
  const near = ({ site }: Mutant): boolean =>
    places.some(({ file, line }) => file.endsWith(site.file) && line >= site.line - 8 && line <= site.line + 60)
  const kept = mutants.filter((mutant) => !near(mutant))
  if (kept.length < mutants.length) return kept
  return mutants.slice(0, Math.floor(mutants.length / 2))
}

function tallyOf(
  crate: OracleCrate,
  mutants: readonly Mutant[],
  before: readonly OracleAnswer[],
  after: readonly OracleAnswer[],
  found: Awaited<ReturnType<typeof analyzedTypes>>,
  failures: string[],
): Tally {
  const { rows, disagreements, unknown } = compare(after, found)
  const old = new Map(before.map((row) => [row.path, row]))
  const ours = new Map(found.map((type) => [type.path, type]))
  const tally: Tally = { mutants: mutants.length, rows, lost: 0, found: 0, falseNo: 0, unknown: unknown.length }
  for (const row of after) {
    for (const trait of ['send', 'sync'] as const) {
      const [was, is, we] = [old.get(row.path)?.[trait], row[trait], ours.get(row.path)?.[trait]]
      if (is === 'no' && was !== 'no') {
        tally.lost++
        if (we === 'no') tally.found++
        else failures.push(`${crate.pack.name}: missed: ${row.file}:${row.line} ${row.path} ${trait}: rustc 'no', we '${we}'`)
      }
      if (we === 'no' && is !== 'no' && !is.startsWith('impls')) tally.falseNo++
    }
  }
  failures.push(...disagreements.map((it) => `${crate.pack.name}: ${it} (${mutationsIn(it, mutants)})`))
  return tally
}

function mutationsIn(disagreement: string, mutants: readonly Mutant[]): string {
  const here = mutants.filter(({ site }) => disagreement.includes(site.file))
  return here.map(({ site, replacement }) => `${site.type}: ${replacement}`).join('; ')
}

process.exitCode = await main()
