/**
 * Holds each step of sampled derivations against rustc: chains of why a type is not Send or not Sync, and the trees that
 * `explain` prints, of the types of real crates, of the same with fields exchanged, and of generated types.
 *
 *   node scripts/suites/derivations.ts [--quick] [--seed N] [--per-crate N] [--verbose] [NAME…]     NAME: of a crate, or `generated`
 *
 * A step becomes statements about types (`Shard` is not Sync; `Arc<Shard>` is Send exactly if `Shard` is Send and is Sync); each
 * type becomes a row of its own in a copy of the crate, where private names have been made visible: a constant that tells what
 * the type is, or for one with parameters a struct whose conditions rustdoc lists. No row that is false fails a build.
 */
import { parseArgs } from 'node:util'
import { ownerOf } from '../../server/src/autotraits/bounds.ts'
import { dbOracle } from '../../server/src/autotraits/db-oracle.ts'
import { AUTO_TRAITS, type AutoTrait } from '../../server/src/autotraits/oracle.ts'
import { definitionVerdict, derivationOf, linksBehind } from '../../server/src/autotraits/queries.ts'
import { renderType } from '../../server/src/autotraits/render.ts'
import { createSolver } from '../../server/src/autotraits/solver.ts'
import type { Database } from '../../server/src/query/database.ts'
import type { DefId } from '../../server/src/resolve/defs.ts'
import { crateItems } from '../../server/src/resolve/items.ts'
import type { Ty } from '../../server/src/resolve/ty.ts'
import { type Claim, chainLines, type Line, treeLines, typesOf } from './derivations-claims.ts'
import { askRustdoc, copyOf, generatedCrate, type Opened, openCrate, type Sample } from './derivations-crates.ts'
import { mutate } from './derivations-mutate.ts'
import { createNamer } from './derivations-names.ts'
import { placeComplaint } from './derivations-places.ts'
import { type CrateText, type Row, type RowAnswer, refusedRows, rowAnswers, withRows, writeCrate } from './derivations-rows.ts'
import { reportFailures } from './figures.ts'
import { oracleCrates } from './oracle-crates.ts'
import { random, shuffled } from './random.ts'

const QUICK = ['rpds', 'petgraph', 'im', 'rpds-py', 'cachebox', 'hifitime']
const MORE = ['minijinja', 'moka-py', 'loro', 'pycrdt', 'pydantic-core', 'cramjam', 'fastobo', 'tokenizers', 'tokio', 'rhai']
const WANTED = 300
const ATTEMPTS = 12
const ERROR_CHARACTERS = 1000
/** The generated types make up a larger share than any one crate. */
const GENERATED_FACTOR = 4

interface Derivation {
  readonly name: string
  readonly kind: 'chain' | 'no tree' | 'yes tree'
  readonly lines: readonly Line[]
  /** What is wrong with places. */
  readonly misplaced: readonly string[]
}

interface Tally {
  derivations: number
  whole: number
  lines: number
  claims: number
  unnamed: number
  wrong: number
}

const NOTHING: Tally = { derivations: 0, whole: 0, lines: 0, claims: 0, unnamed: 0, wrong: 0 }

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      'per-crate': { type: 'string', default: '40' },
      verbose: { type: 'boolean', default: false },
    },
  })
  const seed = Number(values.seed)
  const names = positionals.length > 0 ? positionals : [...QUICK, ...(values.quick ? [] : MORE), 'generated']
  const total = { ...NOTHING }
  const failures: string[] = []
  console.log('crate\tderivations\tjudged whole\tsteps\tstatements judged\tnot nameable\twrong')
  for (const name of names) {
    const crate = oracleCrates().find(({ pack }) => pack.name === name)
    if (!crate && name !== 'generated') throw new Error(`${name} is no crate of the oracle`)
    const sample = crate ? await copyOf(crate) : generatedCrate(seed)
    const wanted = Number(values['per-crate']) * (crate ? 1 : GENERATED_FACTOR)
    const tally = await judgeCrate(sample, seed, wanted, failures, values.verbose).catch((error: unknown) => {
      console.log(`${name} could not be judged`)
      failures.push(`${name}: ${String(error).slice(0, ERROR_CHARACTERS)}`)
      return NOTHING
    })
    console.log([name, tally.derivations, tally.whole, tally.lines, tally.claims, tally.unnamed, tally.wrong].join('\t'))
    for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key]
  }
  console.log(
    `\n${total.derivations} derivations with ${total.lines} steps, ${total.claims} statements judged;` +
      ` ${total.whole} derivations in every statement; ${total.unnamed} statements are about types without a name`,
  )
  if (positionals.length === 0 && total.whole < WANTED)
    failures.push(`only ${total.whole} derivations are judged in every statement`)
  return reportFailures('derivations', total.claims, failures)
}

async function judgeCrate(sample: Sample, seed: number, wanted: number, failures: string[], verbose: boolean): Promise<Tally> {
  const restore = sample.mutable ? await mutate(sample, await openCrate(sample), seed) : () => undefined
  try {
    const opened = await openCrate(sample)
    const derivations = opened.ask((db) => sampleDerivations(db, opened, random(seed), wanted))
    const texts = rowTexts(opened, derivations)
    const answers = await askRows(sample, texts)
    return tallyOf(sample, opened, derivations, answers, failures, verbose)
  } finally {
    restore()
  }
}

function sampleDerivations(db: Database, { crate }: Opened, next: () => number, wanted: number): readonly Derivation[] {
  const types = crateItems(db, crate.id).filter(({ item }) => item.kind === 'struct' || item.kind === 'enum')
  const all = types.flatMap(({ id, item }) =>
    AUTO_TRAITS.map((trait) => ({ id, trait, name: item.name, verdict: definitionVerdict(db, id, trait).verdict })),
  )
  const pick = (verdict: string, count: number) =>
    shuffled(
      all.filter((each) => each.verdict === verdict),
      next,
    ).slice(0, Math.ceil(count))
  const make = (
    kind: Derivation['kind'],
    { id, trait, name }: { readonly id: DefId; readonly trait: AutoTrait; readonly name: string },
  ) => {
    const solver = createSolver(dbOracle(db))
    const lines =
      kind === 'chain' ? chainLines(solver, linksBehind(db, id, trait)) : treeLines(solver, derivationOf(db, id, trait))
    const misplaced = lines.flatMap((line) => {
      const complaint = placeComplaint(db, line)
      return complaint === null ? [] : [`'${line.text}' ${complaint}`]
    })
    return { name: `${name}: ${trait}`, kind, lines, misplaced }
  }
  return [
    ...pick('no', wanted * 0.4).map((each) => make('chain', each)),
    ...pick('no', wanted * 0.25).map((each) => make('no tree', each)),
    ...pick('yes', wanted * 0.35).map((each) => make('yes tree', each)),
  ]
}

interface Texts {
  readonly rows: ReadonlyMap<Ty, Row>
  /** The crate with the rows that are not left out. */
  files(without: ReadonlySet<number>): CrateText
}

function rowTexts({ db, crate, ask }: Opened, derivations: readonly Derivation[]): Texts {
  const named = ask((at) => {
    const namer = createNamer(at, crate.id)
    const rows = new Map<Ty, Row>()
    for (const claim of derivations.flatMap(({ lines }) => lines.flatMap(({ claims }) => claims)))
      for (const ty of typesOf(claim)) {
        const text = rows.has(ty) ? null : namer.type(ty)
        if (text !== null) rows.set(ty, { id: rows.size, text, owner: ownerOf(ty) })
      }
    return { namer, rows }
  })
  const folder = (crate.root ?? '').replace(/\/[^/]*$/, '')
  const files = (without: ReadonlySet<number>): CrateText => {
    const kept = [...named.rows.values()].filter(({ id }) => !without.has(id))
    return withRows(db, crate.id, kept, named.namer, folder)
  }
  return { rows: named.rows, files }
}

/** Leaves out the rows that rustc does not take, until it takes the crate. */
async function askRows(sample: Sample, texts: Texts): Promise<ReadonlyMap<Ty, RowAnswer>> {
  const refused = new Set<number>()
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const files = texts.files(refused)
    const restore = writeCrate(files)
    try {
      const answers = rowAnswers(await askRustdoc(sample))
      return new Map(
        [...texts.rows].flatMap(([ty, { id }]) => (answers.get(id) ? [[ty, answers.get(id) as RowAnswer] as const] : [])),
      )
    } catch (error) {
      const more = refusedRows(files, String(error))
      if (more.size === 0) throw withLines(error, files)
      for (const id of more) refused.add(id)
    } finally {
      restore()
    }
  }
  throw new Error(`${sample.name}: rustc refuses rows again and again`)
}

/** The error with the lines that it names, which are in no file once the crate is as before. */
function withLines(error: unknown, files: CrateText): Error {
  const lines = [...String(error).matchAll(/^(?:Error: )?([^\s:]+\.rs):(\d+):/gm)].map(([, file = '', line]) => {
    const text = [...files].find(([path]) => path.endsWith(file))?.[1]
    return text?.split('\n')[Number(line) - 1] ?? '(another file)'
  })
  return new Error([String(error), ...lines].join('\n'))
}

function tallyOf(
  sample: Sample,
  { db }: Opened,
  derivations: readonly Derivation[],
  answers: ReadonlyMap<Ty, RowAnswer>,
  failures: string[],
  verbose: boolean,
): Tally {
  const tally = { ...NOTHING }
  for (const { name, kind, lines, misplaced } of derivations) {
    const unnamed = tally.unnamed
    tally.derivations++
    tally.lines += lines.length
    tally.wrong += misplaced.length
    failures.push(...misplaced.map((told) => `${sample.name}: ${kind} of ${name}: ${told}`))
    for (const line of lines)
      for (const claim of line.claims) {
        const held = holds(claim, answers)
        if (held === null && claim.kind === 'follows' && claim.instance) continue
        if (held === null) {
          tally.unnamed++
          if (verbose) console.log(`    no answer: ${shown(db, claim)}`)
        } else tally.claims++
        if (held !== false) continue
        tally.wrong++
        failures.push(`${sample.name}: ${kind} of ${name}: '${line.text}': ${shown(db, claim)} (${told(claim, answers)})`)
      }
    if (tally.unnamed === unnamed) tally.whole++
  }
  return tally
}

/** null if rustc was not asked about one of the types. */
function holds(claim: Claim, answers: ReadonlyMap<Ty, RowAnswer>): boolean | null {
  if (claim.kind === 'says otherwise') return false
  const needs = (at: { readonly ty: Ty; readonly trait: AutoTrait }) => needsOf(answers.get(at.ty)?.[at.trait])
  const own = needs(claim.at)
  if (own === undefined) return null
  if (claim.kind === 'is') return (own !== null) === (claim.verdict === 'yes')
  const premises = claim.all.map((each) => (each === null ? null : needs(each)))
  if (premises.includes(undefined)) return null
  const whole = premises.includes(null) ? null : new Set(premises.flatMap((each) => [...(each ?? [])]))
  if (own === null || whole === null) return own === whole
  return own.size === whole.size && [...own].every((need) => whole.has(need))
}

/** What an answer asks of parameters: null for `no`, undefined where it is no plain answer. */
function needsOf(answer: string | undefined): ReadonlySet<string> | null | undefined {
  if (answer === undefined || answer.startsWith('impls')) return undefined
  if (answer === 'no') return null
  const bounds = answer === 'yes' ? [] : answer.replace(/^yes if /, '').split(', ')
  return new Set(
    bounds.flatMap((bound) => {
      const [subject = '', traits = ''] = bound.split(': ')
      return traits.split(' + ').map((trait) => `${subject}: ${trait}`)
    }),
  )
}

function shown(db: Database, claim: Claim): string {
  const text = ({ ty, trait }: { readonly ty: Ty; readonly trait: AutoTrait }) => `${renderType(dbOracle(db), ty)}: ${trait}`
  if (claim.kind === 'says otherwise') return 'is not about what it follows from'
  if (claim.kind === 'is') return `${text(claim.at)} ${claim.verdict}`
  return `${text(claim.at)} exactly if ${claim.all.map((each) => (each === null ? 'never' : text(each))).join(', ') || 'always'}`
}

function told(claim: Claim, answers: ReadonlyMap<Ty, RowAnswer>): string {
  if (claim.kind === 'says otherwise') return 'by its text'
  const all = [claim.at, ...(claim.kind === 'follows' ? claim.all : [])]
  return `rustc: ${all.map((each) => (each === null ? 'no' : (answers.get(each.ty)?.[each.trait] ?? '?'))).join('; ')}`
}

process.exitCode = await main()
