/**
 * Puts a type that is not `Send` or not `Sync` into a field of a class of real crates, and something harmless into others, and sees
 * whether the analyser tells the two apart and points at the field.
 *
 *   node scripts/suites/mutants.ts [--seed N] [--per-crate N] [NAME…]
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Finding } from '../../server/src/analysis/finding.ts'
import { downloadPackage } from '../corpus/download.ts'
import { analysisFolder, type CorpusPackage } from '../corpus/packages.ts'
import { type FieldType, fieldTypes } from './class-fields.ts'
import { MAIN_CRATES, packagesNamed } from './crates.ts'
import { type EditedCrate, editCrate } from './edited-crate.ts'
import { percent, reportFailures } from './figures.ts'
import { random, shuffled } from './random.ts'
import { sourceClasses } from './source-classes.ts'
import { afterGroup, blankLiterals } from './source-text.ts'
import { fetchSources } from './sources.ts'

const FOUND_SHARE = 0.95
const SOUNDNESS = new Set(['not-send', 'not-sync', 'unsound-unsafe-impl'])

interface Mutation {
  readonly name: string
  readonly wrap: (type: string) => string
  /** Traits that the class loses. */
  readonly loses: readonly ('Send' | 'Sync')[]
}

/** Full paths, so that nothing in scope can change what the names mean. */
const HARMFUL: readonly Mutation[] = [
  { name: 'RefCell', wrap: (type) => `::std::cell::RefCell<${type}>`, loses: ['Sync'] },
  { name: 'Rc', wrap: (type) => `::std::rc::Rc<${type}>`, loses: ['Send', 'Sync'] },
  { name: '*mut', wrap: (type) => `*mut ${type}`, loses: ['Send', 'Sync'] },
]
const HARMLESS: readonly Mutation[] = [
  { name: 'Mutex<RefCell>', wrap: (type) => `::std::sync::Mutex<::std::cell::RefCell<${type}>>`, loses: [] },
  { name: 'PhantomData<fn>', wrap: (type) => `::std::marker::PhantomData<fn(${type})>`, loses: [] },
]

/** A field of a class whose Send and Sync follow from the fields. */
interface Site {
  readonly file: string
  readonly text: string
  readonly className: string
  readonly field: FieldType
  /** Traits for which somebody wrote `unsafe impl … for Class`. */
  readonly asserted: readonly string[]
}

interface Tally {
  harmful: number
  found: number
  atField: number
  harmless: number
  falseAlarms: number
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string', default: '1' }, 'per-crate': { type: 'string', default: '40' } },
  })
  const total: Tally = { harmful: 0, found: 0, atField: 0, harmless: 0, falseAlarms: 0 }
  const misses: string[] = []
  console.log('crate\tmutants\tfound\tat the field\tharmless\tfalse alarms')
  for (const pack of packagesNamed(positionals.length > 0 ? positionals : MAIN_CRATES)) {
    const tally = await mutate(pack, random(Number(values.seed)), Number(values['per-crate']), misses)
    console.log([pack.name, tally.harmful, tally.found, tally.atField, tally.harmless, tally.falseAlarms].join('\t'))
    for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key]
  }
  console.log(
    `\n${total.harmful} mutants, found ${percent(total.found, total.harmful)}, at the field ${percent(total.atField, total.harmful)};` +
      ` ${total.harmless} harmless ones, ${total.falseAlarms} false alarms`,
  )
  for (const miss of misses) console.error(`  ${miss}`)
  const failures: string[] = []
  if (total.harmful < 100 && positionals.length === 0) failures.push(`only ${total.harmful} mutants`)
  if (total.found < FOUND_SHARE * total.harmful)
    failures.push(`only ${percent(total.found, total.harmful)} of the mutants are found`)
  if (total.atField < FOUND_SHARE * total.found) failures.push('the finding is too often not at the field that was changed')
  if (total.falseAlarms > 0) failures.push(`${total.falseAlarms} harmless mutants are reported`)
  return reportFailures('mutants', total.harmful + total.harmless, failures)
}

async function mutate(pack: CorpusPackage, next: () => number, limit: number, misses: string[]): Promise<Tally> {
  await downloadPackage(pack)
  const folder = analysisFolder(pack)
  fetchSources(folder)
  const crate = await editCrate(folder, pack.features)
  const before = new Set(
    crate
      .findings()
      .filter(({ rule }) => SOUNDNESS.has(rule))
      .map(identity),
  )
  const sites = shuffled(sitesOf(folder, crate), next)
  const tally: Tally = { harmful: 0, found: 0, atField: 0, harmless: 0, falseAlarms: 0 }
  for (const site of sites.slice(0, limit)) {
    const mutation = HARMFUL[Math.floor(next() * HARMFUL.length)] ?? HARMFUL[0]
    const missing = mutation?.loses.filter((trait) => !site.asserted.includes(trait)) ?? []
    // A raw pointer under an `unsafe impl` is what such an impl is for.
    if (!mutation || (missing.length === 0 && mutation.name === '*mut')) continue
    const found = newFindings(crate, site, mutation, before)
    const wanted = missing.length > 0 ? missing.map((trait) => `not-${trait.toLowerCase()}`) : ['unsound-unsafe-impl']
    const hits = found.filter(({ rule, message }) => wanted.includes(rule) && message.includes(site.className))
    tally.harmful++
    if (hits.length > 0) tally.found++
    else
      misses.push(`missed: ${describe(site, mutation)}${found.map(({ rule, message }) => `; said ${rule}: ${message}`).join('')}`)
    if (hits.some((it) => pointsAt(it, site, mutation))) tally.atField++
    else if (hits.length > 0) misses.push(`elsewhere: ${describe(site, mutation)}`)
  }
  for (const site of sites.filter(({ asserted }) => asserted.length === 0).slice(0, Math.ceil(limit / 4))) {
    const mutation = HARMLESS[Math.floor(next() * HARMLESS.length)] ?? HARMLESS[0]
    if (!mutation) continue
    const found = newFindings(crate, site, mutation, before)
    tally.harmless++
    if (found.length > 0) tally.falseAlarms++
    for (const { rule, message } of found) misses.push(`false alarm: ${describe(site, mutation)}: ${rule}: ${message}`)
  }
  return tally
}

/** Fields of the classes that the analyser lists; those it overlooks are the corpus suite's business. */
function sitesOf(folder: string, crate: EditedCrate): readonly Site[] {
  const listed = new Set(crate.classes().map(({ file, name }) => `${file} ${name}`))
  const texts = new Map<string, { text: string; blank: string }>()
  const found: Site[] = []
  const classes = sourceClasses(folder)
  const all = [...new Set(classes.map(({ file }) => file))]
  for (const file of all) {
    const text = readFileSync(join(folder, file), 'utf8')
    texts.set(file, { text, blank: blankLiterals(text) })
  }
  const everything = [...texts.values()].map(({ blank }) => blank).join('\n')
  for (const { file, line, name } of classes) {
    const source = texts.get(file)
    if (!source || !listed.has(`${join(folder, file)} ${name}`)) continue
    const from = offsetOfLine(source.blank, line)
    if (/\bunsendable\b/.test(attributesBefore(source.blank, from))) continue
    const asserted = ['Send', 'Sync'].filter((trait) =>
      new RegExp(`\\bunsafe\\s+impl\\s+(?:[\\w:]+::)?${trait}\\s+for\\s+${name}\\b`).test(everything),
    )
    for (const field of fieldTypes(source.blank, from, name))
      found.push({ file: join(folder, file), text: source.text, className: name, field, asserted })
  }
  return found
}

function offsetOfLine(text: string, line: number): number {
  let at = 0
  for (let count = 1; count < line; count++) at = text.indexOf('\n', at) + 1
  return at
}

/** The attributes just above an item, roughly: from the end of what stands before it. */
function attributesBefore(text: string, at: number): string {
  const open = text.lastIndexOf('#[', at)
  let start = open
  for (let above = open; above > 0 && /^[\s]*(?:#\[|pub|$)/.test(text.slice(afterGroup(text, above + 1), start)); ) {
    start = above
    above = text.lastIndexOf('#[', above - 1)
  }
  return text.slice(Math.max(0, start), at)
}

function newFindings(crate: EditedCrate, site: Site, mutation: Mutation, before: ReadonlySet<string>): readonly Finding[] {
  const { start, end } = site.field
  const text = site.text.slice(0, start) + mutation.wrap(site.text.slice(start, end)) + site.text.slice(end)
  return crate.findingsWith(site.file, text).filter((it) => SOUNDNESS.has(it.rule) && !before.has(identity(it)))
}

/** Findings are told apart without their places, which the mutation moves, but with what they relate to: one may grow. */
function identity({ rule, message, at, related }: Finding): string {
  return `${rule} ${at.file} ${[message, ...(related ?? []).map((it) => it.message)].join(' | ')}`
}

/** Whether the finding, or for an `unsafe impl` a place related to it, lies in the field that was changed. */
function pointsAt(finding: Finding, { file, field, text }: Site, { wrap }: Mutation): boolean {
  const lineStart = text.lastIndexOf('\n', field.start) + 1
  const end = field.start + wrap(text.slice(field.start, field.end)).length
  const inside = (at: Finding['at']): boolean => at.file === file && at.span.start >= lineStart && at.span.start <= end
  return inside(finding.at) || (finding.rule === 'unsound-unsafe-impl' && (finding.related ?? []).some(({ at }) => inside(at)))
}

function describe({ file, className, field, text }: Site, { name }: Mutation): string {
  const line = text.slice(0, field.start).split('\n').length
  return `${name} in ${file}:${line} ${className}: ${text.slice(field.start, field.end).replaceAll(/\s+/g, ' ')}`
}

process.exitCode = await main()
