/**
 * Checks real crates with the built command line and holds the answers against what is known of them: they compile, and their
 * classes can be counted in the text.
 *
 *   node scripts/suites/corpus.ts [--all] [--no-sources] [--no-fetch] [NAME…]   the main crates and some more, or all, or these
 *   node scripts/suites/corpus.ts --write-list                                  makes test/corpus/classes.tsv anew
 *
 * --no-sources hides cargo's registry, so that only the facts that ship answer for dependencies.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { downloadPackage } from '../corpus/download.ts'
import { analysisFolder, type CorpusPackage, corpusPackages } from '../corpus/packages.ts'
import { CLASS_LIST, distinct, type ListedClass, missingClasses, readClassList, renderClassList } from './class-list.ts'
import { type CheckedClass, type CheckedFinding, checkFolder } from './command-line.ts'
import { MAIN_CRATES, MORE_CRATES, packagesNamed } from './crates.ts'
import { histogram, median, percent, reportFailures } from './figures.ts'
import { sourceClasses } from './source-classes.ts'
import { fetchSources } from './sources.ts'

const LISTED_SHARE = 0.95
const UNKNOWN_SHARE = { sources: 0.03, facts: 0.08 }
const SECONDS = 2
/** Other work slows a machine down: only a multiple of the limit is a failure. */
const SLACK = 4
/** Classes whose `unsafe impl` hides a `RefCell`. */
const UNSOUND: Readonly<Record<string, readonly string[]>> = { veloxloop: ['VeloxLoop', 'StreamReader', 'TcpTransport'] }
const WITHOUT_WARNINGS = ['granian']

interface Checked {
  readonly pack: CorpusPackage
  readonly classes: readonly CheckedClass[]
  readonly findings: readonly CheckedFinding[]
  readonly milliseconds: number
}

interface Options {
  readonly sources: boolean
  readonly fetch: boolean
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      'no-sources': { type: 'boolean', default: false },
      'no-fetch': { type: 'boolean', default: false },
      'write-list': { type: 'boolean', default: false },
    },
  })
  if (values['write-list']) return writeList()
  const names = positionals.length > 0 ? positionals : [...MAIN_CRATES, ...MORE_CRATES]
  const packages = values.all ? corpusPackages() : packagesNamed(names)
  return checkAll(packages, { sources: !values['no-sources'], fetch: !values['no-fetch'] })
}

async function writeList(): Promise<number> {
  const found: Parameters<typeof renderClassList>[0][number][] = []
  for (const pack of packagesNamed([...MAIN_CRATES, ...MORE_CRATES])) {
    await downloadPackage(pack)
    found.push(...sourceClasses(analysisFolder(pack)).map((each) => ({ ...each, package: pack.name })))
  }
  writeFileSync(CLASS_LIST, renderClassList(found, readClassList()))
  return 0
}

async function checkAll(packages: readonly CorpusPackage[], options: Options): Promise<number> {
  const list = readClassList()
  const hidden = mkdtempSync(join(tmpdir(), 'no-sources-'))
  const failures: string[] = []
  const all: Checked[] = []
  console.log('package\tlisted\tunknown\terrors\twarnings\tseconds')
  try {
    for (const pack of packages) {
      await downloadPackage(pack)
      const fetched = options.sources && options.fetch ? fetchSources(analysisFolder(pack)) : options.sources
      try {
        const checked = check(pack, options.sources ? {} : { CARGO_HOME: hidden })
        all.push(checked)
        const listed = list.filter((row) => row.package === pack.name)
        console.log(`${figures(checked, listed)}${options.sources && !fetched ? '\t(not all sources)' : ''}`)
        failures.push(...complaints(checked, listed))
      } catch (error) {
        failures.push(`${pack.name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  } finally {
    rmSync(hidden, { recursive: true })
  }
  failures.push(...unknownShare(all, options))
  printNodeStart(all)
  return reportFailures('corpus', all.length, failures)
}

/** The median of three runs for the main crates, whose time counts; one run for the others. */
function check(pack: CorpusPackage, environment: Readonly<Record<string, string>>): Checked {
  const times = isMain(pack) ? 3 : 1
  const runs = Array.from({ length: times }, () => checkFolder(analysisFolder(pack), pack.features, environment))
  const [first] = runs
  if (!first) throw new Error('not run')
  return {
    pack,
    classes: first.crates.flatMap(({ classes }) => classes),
    findings: first.diagnostics,
    milliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
  }
}

function isMain(pack: CorpusPackage): boolean {
  return (MAIN_CRATES as readonly string[]).includes(pack.name)
}

function figures(checked: Checked, listed: readonly ListedClass[]): string {
  const { pack, classes, findings, milliseconds } = checked
  const wanted = distinct(listed)
  const share =
    wanted.length === 0 ? `${classes.length}` : `${wanted.length - missingClasses(listed, classes).length}/${wanted.length}`
  const count = (severity: string): number => findings.filter((it) => it.severity === severity).length
  const row = [
    pack.name,
    share,
    unknownClasses(classes).length,
    count('error'),
    count('warning'),
    (milliseconds / 1000).toFixed(2),
  ]
  return row.join('\t')
}

/** What of a package is not as it must be. */
function complaints({ pack, classes, findings, milliseconds }: Checked, listed: readonly ListedClass[]): string[] {
  const found: string[] = []
  const missing = missingClasses(listed, classes)
  if (missing.length > (1 - LISTED_SHARE) * distinct(listed).length)
    found.push(...missing.map((row) => `${row.file}:${row.line} ${row.name} (${row.how}) is not listed`))
  for (const { rule, file, range, message } of findings.filter((it) => it.rule === 'not-send' || it.rule === 'not-sync'))
    found.push(`${file}:${range.start.line + 1} ${rule} on a class that compiles: ${message}`)
  const loud = findings.filter(({ severity }) => severity === 'error' || severity === 'warning')
  if (WITHOUT_WARNINGS.includes(pack.name)) found.push(...loud.map(({ file, rule }) => `${file}: ${rule}, but nothing is wrong`))
  for (const name of UNSOUND[pack.name] ?? []) {
    if (
      !loud.some(
        ({ rule, severity, message }) => rule === 'unsound-unsafe-impl' && severity === 'error' && message.includes(name),
      )
    )
      found.push(`the unsound unsafe impl for ${name} is not reported as an error`)
  }
  if (isMain(pack) && milliseconds > SECONDS * SLACK * 1000)
    found.push(`takes ${(milliseconds / 1000).toFixed(1)} s; it may take ${SECONDS}, and ${SLACK} times that on a busy machine`)
  return found.map((text) => `${pack.name}: ${text}`)
}

function unknownClasses(classes: readonly CheckedClass[]): readonly CheckedClass[] {
  return classes.filter(({ send, sync }) => send.verdict === 'unknown' || sync.verdict === 'unknown')
}

function unknownShare(all: readonly Checked[], { sources }: Options): string[] {
  const classes = all.flatMap((checked) => checked.classes)
  const unknown = unknownClasses(classes)
  const limit = sources ? UNKNOWN_SHARE.sources : UNKNOWN_SHARE.facts
  console.log(
    `\n${classes.length} classes of ${all.length} packages, unknown: ${unknown.length} = ${percent(unknown.length, classes.length)}`,
  )
  const reasons = unknown.map(({ send, sync }) => (send.verdict === 'unknown' ? send.reason : sync.reason) ?? 'no reason')
  for (const [reason, count] of histogram(reasons)) console.log(`  ${reason}\t${count}`)
  const details = unknown.map(({ send, sync }) => (send.verdict === 'unknown' ? send.detail : sync.detail) ?? '')
  for (const [detail, count] of histogram(details).slice(0, 12)) console.log(`    ${count}\t${detail}`)
  if (unknown.length <= limit * classes.length) return []
  return [`${percent(unknown.length, classes.length)} of the classes are unknown; the limit is ${limit * 100} %`]
}

/** What node takes to do nothing, against which the times are to be read. */
function printNodeStart(all: readonly Checked[]): void {
  const empty = median(
    Array.from({ length: 3 }, () => {
      const began = performance.now()
      spawnSync(process.execPath, ['-e', '0'])
      return performance.now() - began
    }),
  )
  const main = all.filter(({ pack }) => isMain(pack))
  if (main.length === 0) return
  const slowest = main.reduce((a, b) => (a.milliseconds > b.milliseconds ? a : b))
  const ratio = (slowest.milliseconds / empty).toFixed(0)
  console.log(
    `slowest main crate: ${slowest.pack.name} ${(slowest.milliseconds / 1000).toFixed(2)} s = ${ratio} × node -e 0 (${empty.toFixed(0)} ms)`,
  )
}

process.exitCode = await main()
